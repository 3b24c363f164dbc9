"""What clients send to change a cart. Each input becomes commands of the domain, or all problems at once."""

from dataclasses import replace

import strawberry

from commerce_api.domain import cart as domain
from commerce_api.domain.cart import CartCommand, MergeStrategy
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cart_opening import MergeCarts
from commerce_api.operations.carts import Action, Asked, ChangeCart
from commerce_api.operations.chosen_cards import PayBy
from commerce_api.schema.enums import described
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.node import key_of
from commerce_api.schema.ordering import OrderingActionInput, parse_actions
from commerce_api.schema.ordering_inputs import (
    AddLinesInput,
    Content,
    PayWithInput,
    RemoveLinesInput,
    SetAddressesInput,
    SetAttributesInput,
    SetBuyerInput,
    SetCurrencyInput,
    SetNoteInput,
    SetShipGroupsInput,
    SetShippingMethodInput,
    UpdateLinesInput,
)
from commerce_api.schema.permissions import requires
from commerce_api.schema.shipping_wish_inputs import (
    SetAvailabilityChoiceInput,
    SetLineRequestsInput,
    SetShipGroupRequestsInput,
    SetTieGroupsInput,
)

described(
    MergeStrategy,
    "What becomes of the anonymous cart and of the customer's own one.",
    SUM="Quantities of equal lines are added; the anonymous cart is used up.",
    MAX="Of equal lines the greater quantity counts; the anonymous cart is used up.",
    KEEP_GUEST="The anonymous cart becomes the customer's; their former one is saved.",
    KEEP_CUSTOMER_SAVE_GUEST="As `MAX`, and the anonymous cart is saved as well.",
)


@strawberry.input(description="What all changes of a cart have in common.")
class CartInput:
    cart_id: strawberry.ID = strawberry.field(description="Which cart.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if the cart is at another one, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def changes(self, *actions: Asked) -> ChangeCart:
        key = key_of(self.cart_id, "crt")
        return ChangeCart(
            cart_id=CartId(key) if key else None, actions=actions, expected_revision=self.expected_revision
        )

    def parsed(self, intake: Intake, *commands: Action) -> ChangeCart | Refused:
        return intake.refused() if intake.problems else self.changes(*(Asked(action=command) for command in commands))


class CartContent(Content, CartInput):
    """Something that is said of a cart."""

    def parse(self) -> ChangeCart | Refused:
        intake = Intake()
        return self.parsed(intake, *map(self.of_cart, self.commands(intake)))

    def of_cart(self, action: Action) -> Action:
        """With what can be said of carts only."""
        return action


@strawberry.input(description="Which cart.")
class PlainCartInput(CartInput):
    def parse(self, command: CartCommand) -> ChangeCart:
        return self.changes(Asked(action=command))


@strawberry.input(description="Put something into a cart: all of it, or nothing.")
class AddCartLinesInput(AddLinesInput, CartContent):
    pass


@strawberry.input(description="Change quantities: all of them, or none.")
class UpdateCartLinesInput(UpdateLinesInput, CartContent):
    pass


@strawberry.input(description="Take lines out, with what was added on to them.")
class RemoveCartLinesInput(RemoveLinesInput, CartContent):
    pass


@strawberry.input(description="Who buys.")
class SetCartBuyerInput(SetBuyerInput, CartContent):
    pass


@strawberry.input(description="Addresses that may be kept for the next time.")
class CartAddresses(CartContent):
    save_to_profile: bool | None = strawberry.field(
        default=None,
        description="Whether to keep the addresses in the customer's address book too; impossible for guests. Null: yes where "
        "staff set them for a customer, no otherwise.",
    )

    def of_cart(self, action: Action) -> Action:
        if isinstance(action, domain.SetShippingAddress | domain.SetBillingAddress | domain.SetShipGroups):
            return replace(action, save=self.save_to_profile)
        return action


@strawberry.input(description="Where goods and bill go. What is left out stays as it is.")
class SetCartAddressesInput(SetAddressesInput, CartAddresses):
    pass


@strawberry.input(description="Divide the goods over addresses. Replaces the groups that there are.")
class SetCartShipGroupsInput(SetShipGroupsInput, CartAddresses):
    pass


@strawberry.input(description="How goods are sent.")
class SetCartShippingMethodInput(SetShippingMethodInput, CartContent):
    pass


@strawberry.input(description="Say what becomes of goods that are not all here: of all, or of some lines.")
class SetCartAvailabilityChoiceInput(SetAvailabilityChoiceInput, CartContent):
    pass


@strawberry.input(description="Say which lines leave together. Replaces what was said before.")
class SetCartTieGroupsInput(SetTieGroupsInput, CartContent):
    pass


@strawberry.input(description="Ask for something beside lines: all of it, or nothing.")
class SetCartLineRequestsInput(SetLineRequestsInput, CartContent):
    pass


@strawberry.input(description="Ask for something beside a ship group. What is left out stays as it is.")
class SetCartShipGroupRequestsInput(SetShipGroupRequestsInput, CartContent):
    pass


@strawberry.input(description="A word from the buyer.")
class SetCartNoteInput(SetNoteInput, CartContent):
    pass


@strawberry.input(description="What is said of a cart as a whole. What is left out stays as it is.")
class SetCartAttributesInput(SetAttributesInput, CartContent):
    pass


@strawberry.input(description="Pay in another currency.")
class SetCartCurrencyInput(SetCurrencyInput, CartContent):
    pass


@strawberry.input(description="How a cart is to be paid. What was set before is replaced.")
class SetPaymentInstructionsInput(PayWithInput, CartContent):
    save_to_profile: bool = strawberry.field(
        default=False,
        description="Whether to keep the cards for the customer's next order too, at once, as `keepPaymentMethod` does; impossible "
        "for guests. Unlike addresses, cards are kept only if the holder has been asked and agreed, whoever sets them.",
    )

    def of_cart(self, action: Action) -> Action:
        return replace(action, save=self.save_to_profile) if isinstance(action, PayBy) else action


@strawberry.input(description="Several things said of a cart at once: all of them are done, or none.")
class ApplyToCartInput(CartInput):
    actions: list[OrderingActionInput] = strawberry.field(description="Between 1 and 100, done in this order.")
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list,
        description="Codes of warnings that were seen: do it nevertheless. The log keeps who did.",
        directives=[requires(Permission.ACT_FOR_CUSTOMERS)],
    )

    def parse(self) -> ChangeCart | Refused:
        intake = Intake()
        actions = parse_actions(intake, self.actions, "actions")
        changes = replace(self.changes(*actions), acknowledge=acknowledged(self.acknowledge))
        return intake.refused() if intake.problems else changes


@strawberry.input(description="Put a cart aside.")
class SaveCartInput(CartInput):
    name: str = strawberry.field(description="To find it again, at most 100 characters.")

    def parse(self) -> ChangeCart | Refused:
        intake = Intake()
        return self.parsed(intake, domain.SaveCart(name=intake.text(self.name, "name", most=100, required=True)))


@strawberry.input(description="Join the anonymous cart, whose token is sent as `X-Cart-Token`, with your own one.")
class MergeCartsInput:
    strategy: MergeStrategy = strawberry.field(
        default=MergeStrategy.KEEP_CUSTOMER_SAVE_GUEST, description="What becomes of the two."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> MergeCarts:
        return MergeCarts(strategy=self.strategy)
