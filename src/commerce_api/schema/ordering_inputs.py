"""What clients say of what is being bought: of carts, of quotes and of orders that are edited, in the same words (S2-02).

Each input reads itself into commands of the domain; what is wrong with it is told under the path that it stands at.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import strawberry

from commerce_api.domain import cart as domain
from commerce_api.domain.address import Address
from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.decision import NotFound
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import CartLineId, ShipGroupId, ShippingMethodId, VariantId
from commerce_api.domain.intake import Intake
from commerce_api.domain.line_requests import MOST_TEXT, NO_REQUESTS
from commerce_api.operations.carts import Action
from commerce_api.operations.chosen_cards import PayBy
from commerce_api.schema.address import AddressInput
from commerce_api.schema.field_values import FieldValueInput, parse_fields
from commerce_api.schema.line_request_inputs import LineRequestsInput
from commerce_api.schema.node import key_of
from commerce_api.schema.particulars import DESK, Priority, parse_po_number, parse_tags
from commerce_api.schema.payment import PaymentInstructionInput, parse_instructions
from commerce_api.schema.scalars import CurrencyCode

MOST_AT_ONCE: Final = 200
MOST_ATTRIBUTES: Final = 20
_NOTHING: Final = CartLineId(UUID(int=0))


class Content(ABC):
    """What can be said of anything that is being bought."""

    @abstractmethod
    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        """Of the domain, or as far as one gets without looking anything up."""


@strawberry.input(description="A key and a value that the storefront keeps.")
class KeyValueInput:
    key: str = strawberry.field(description="Name of its own choice, at most 50 characters.")
    value: str = strawberry.field(description="Text, at most 500 characters.")


def parse_attributes(intake: Intake, raw: Sequence[KeyValueInput] | None, *path: Any) -> dict[str, str]:
    """In the order of their keys, so that equal attributes are equal."""
    given = raw or ()
    if len(given) > MOST_ATTRIBUTES:
        intake.invalid("At most {most}, please.", *path, most=MOST_ATTRIBUTES)
    attributes = {
        intake.text(pair.key, *path, number, "key", most=50, required=True): intake.text(
            pair.value, *path, number, "value", most=500
        )
        for number, pair in enumerate(given)
    }
    if len(attributes) < len(given):
        intake.invalid("Each key once, please.", *path)
    return dict(sorted(attributes.items()))


def parse_line_id(intake: Intake, raw: str, *path: Any) -> CartLineId:
    """A line of an order has the same key in its draft."""
    key = key_of(raw, "cln") or key_of(raw, "oln")
    if key is None:
        intake.add(domain.LineNotFound(path=tuple(map(str, path))))
    return CartLineId(key or _NOTHING)


def parse_group_id(intake: Intake, raw: str | None, *path: Any) -> ShipGroupId | None:
    """The only group of a cart has the cart's own key."""
    key = (key_of(raw, "csg") or key_of(raw, "osg")) if raw else None
    if raw and key is None:
        intake.add(domain.ShipGroupNotFound(path=tuple(map(str, (*path, "shipGroupId")))))
    return ShipGroupId(key) if key else None


def parse_method_id(intake: Intake, raw: str | None, *path: Any) -> ShippingMethodId | None:
    key = key_of(raw, "shm") if raw else None
    if raw and key is None:
        intake.add(NotFound(path=tuple(map(str, path))))
    return ShippingMethodId(key) if key else None


def check_count(intake: Intake, given: Sequence[Any], *path: Any, least: int = 1, most: int = MOST_AT_ONCE) -> None:
    if not least <= len(given) <= most:
        intake.invalid("Between {least} and {most}, please.", *path, least=least, most=most)


@strawberry.input(description="Some of one variant. Name it by id or by SKU.")
class CartLineInput:
    variant_id: strawberry.ID | None = strawberry.field(default=None, description="The variant.")
    sku: str | None = strawberry.field(default=None, description="The variant by its stock keeping unit.")
    quantity: int = strawberry.field(default=1, description="How many, at least 1.")
    attributes: list[KeyValueInput] | None = strawberry.field(
        default=None, description="At most 20. Lines with other attributes are kept apart."
    )
    fields: list[FieldValueInput] | None = strawberry.field(
        default=None, description="Custom fields of the line. Lines that say something else in them are kept apart."
    )
    parent_line_id: strawberry.ID | None = strawberry.field(
        default=None, description="The line that this is an add-on to; removing that removes this."
    )
    requests: LineRequestsInput | None = strawberry.field(
        default=None, description="What is asked for beside it. Lines with other requests are kept apart."
    )


def parse_lines(intake: Intake, raw: Sequence[CartLineInput], *path: Any) -> domain.AddLines:
    return domain.AddLines(lines=tuple(_line(intake, line, (*path, "lines", n)) for n, line in enumerate(raw)))


def _line(intake: Intake, raw: CartLineInput, path: tuple[Any, ...]) -> domain.AddLine:
    parent = raw.parent_line_id
    return domain.AddLine(
        variant=_variant(intake, raw, path),
        quantity=raw.quantity,
        attributes=parse_attributes(intake, raw.attributes, *path, "attributes"),
        fields=parse_fields(intake, raw.fields, *path, "fields"),
        parent_line_id=parse_line_id(intake, parent, *path, "parentLineId") if parent else None,
        requests=raw.requests.parse(intake, *path, "requests").of(NO_REQUESTS) if raw.requests else NO_REQUESTS,
    )


def _variant(intake: Intake, raw: CartLineInput, path: tuple[Any, ...]) -> domain.VariantRef:
    if (raw.variant_id is None) == (raw.sku is None):
        intake.invalid("Give either `variantId` or `sku`.", *path)
    if raw.sku is not None:
        return intake.text(raw.sku, *path, "sku", required=True)
    key = key_of(raw.variant_id or "", "var")
    if raw.variant_id is not None and key is None:
        intake.add(domain.VariantNotFound(path=tuple(map(str, (*path, "variantId")))))
    return VariantId(key or _NOTHING)


@strawberry.input(description="Put something in: all of it, or nothing.")
class AddLinesInput(Content):
    lines: list[CartLineInput] = strawberry.field(
        description="Between 1 and 200. More of a line with the same variant, attributes, requests and parent is added "
        "to that."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.lines, *path, "lines")
        return (parse_lines(intake, self.lines, *path),)


@strawberry.input(one_of=True, description="Either the new quantity, or how much more or less.")
class QuantityChangeInput:
    quantity: strawberry.Maybe[int] = strawberry.field(description="The new quantity; 0 removes the line.")
    delta: strawberry.Maybe[int] = strawberry.field(description="How many more, or fewer if negative.")

    def parse(self) -> domain.SetTo | domain.ChangeBy:
        if self.quantity is not None:
            return domain.SetTo(quantity=self.quantity.value)
        assert self.delta is not None  # noqa: S101 - exactly one is given
        return domain.ChangeBy(delta=self.delta.value)


@strawberry.input(description="Another quantity of a line.")
class CartLineUpdateInput:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    change: QuantityChangeInput = strawberry.field(description="The new quantity.")


@strawberry.input(description="Change quantities: all of them, or none.")
class UpdateLinesInput(Content):
    lines: list[CartLineUpdateInput] = strawberry.field(description="Between 1 and 200.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.lines, *path, "lines")
        updates = tuple(
            domain.UpdateLine(
                line_id=parse_line_id(intake, line.line_id, *path, "lines", number, "lineId"),
                change=line.change.parse(),
            )
            for number, line in enumerate(self.lines)
        )
        return (domain.UpdateLines(lines=updates),)


@strawberry.input(description="Take lines out, with what was added on to them.")
class RemoveLinesInput(Content):
    line_ids: list[strawberry.ID] = strawberry.field(
        description="Between 1 and 200. One that is not there (any more) is a warning, not an error."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.line_ids, *path, "lineIds")
        keys = (CartLineId(key_of(line_id, "cln") or key_of(line_id, "oln") or _NOTHING) for line_id in self.line_ids)
        return (domain.RemoveLines(line_ids=tuple(keys)),)


@strawberry.input(description="Who buys.")
class SetBuyerInput(Content):
    email: str = strawberry.field(description="Where mail about the order goes.")
    phone: strawberry.Maybe[str | None] = strawberry.field(
        description="With + and the country's prefix; null takes it away. Left out, it stays as it is."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        email = parse_email(intake, self.email, *path, "email")
        if self.phone is None:
            return (domain.SetBuyer(email=email),)
        said = intake.text(self.phone.value, *path, "phone", most=40)
        return (domain.SetBuyer(email=email, phone=parse_phone(intake, said, "ZZ", *path, "phone")),)


@strawberry.input(description="Where goods and bill go. What is left out stays as it is.")
class SetAddressesInput(Content):
    shipping: strawberry.Maybe[AddressInput | None] = strawberry.field(
        description="Where goods go; null takes it away."
    )
    billing: strawberry.Maybe[AddressInput | None] = strawberry.field(
        description="Who gets the bill; null: as for shipping, if everything goes to one address."
    )
    ship_group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which ship group `shipping` is for, if there are several."
    )
    instructions: str | None = strawberry.field(
        default=None, description="For whoever delivers, with `shipping`; null: as they are."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        group_id = parse_group_id(intake, self.ship_group_id, *path)
        said = intake.text(self.instructions, *path, "instructions", most=MOST_TEXT)
        instructions = None if self.instructions is None else said
        commands: list[Action] = []
        if self.shipping is not None:
            address = _address(intake, self.shipping.value, *path, "shipping")
            commands.append(
                domain.SetShippingAddress(ship_group_id=group_id, address=address, instructions=instructions)
            )
        if self.billing is not None:
            commands.append(domain.SetBillingAddress(address=_address(intake, self.billing.value, *path, "billing")))
        return tuple(commands)


def _address(intake: Intake, raw: AddressInput | None, *path: Any) -> Address | None:
    return raw.parse(intake, *path) if raw else None


@strawberry.input(description="How many of a line go with a ship group.")
class ShipGroupLineInput:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    quantity: int = strawberry.field(description="How many of it.")


@strawberry.input(description="What goes to one address in one way.")
class ShipGroupInput:
    address: AddressInput | None = strawberry.field(default=None, description="Where to; may follow later.")
    shipping_method_id: strawberry.ID | None = strawberry.field(default=None, description="How; may follow later.")
    instructions: str | None = strawberry.field(default=None, description="For whoever delivers.")
    requested_ship_date: date | None = strawberry.field(
        default=None, description="Do not let it leave before this day, today to a year from now."
    )
    lines: list[ShipGroupLineInput] = strawberry.field(
        default_factory=list, description="What; a single group takes everything if none are named."
    )


@strawberry.input(description="Divide the goods over addresses. Replaces the groups that there are.")
class SetShipGroupsInput(Content):
    groups: list[ShipGroupInput] = strawberry.field(
        description="Between 1 and 50. The quantities of each line must add up to the line's."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.groups, *path, "groups", most=domain.MAX_GROUPS)
        plans = (_group(intake, group, *path, "groups", number) for number, group in enumerate(self.groups))
        return (domain.SetShipGroups(groups=tuple(plans)),)


def _group(intake: Intake, raw: ShipGroupInput, *path: Any) -> domain.ShipGroupPlan:
    lines = {
        parse_line_id(intake, line.line_id, *path, "lines", number, "lineId"): line.quantity
        for number, line in enumerate(raw.lines)
    }
    if len(lines) < len(raw.lines):
        intake.invalid("Each line once in a group, please.", *path, "lines")
    return domain.ShipGroupPlan(
        address=_address(intake, raw.address, *path, "address"),
        shipping_method_id=parse_method_id(intake, raw.shipping_method_id, *path, "shippingMethodId"),
        instructions=intake.text(raw.instructions, *path, "instructions", most=MOST_TEXT),
        requested_ship_date=raw.requested_ship_date,
        quantities=lines,
    )


@strawberry.input(description="How goods are sent.")
class SetShippingMethodInput(Content):
    shipping_method_id: strawberry.ID | None = strawberry.field(description="The method; null takes the choice back.")
    ship_group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which ship group it is for, if there are several."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        group_id = parse_group_id(intake, self.ship_group_id, *path)
        method_id = parse_method_id(intake, self.shipping_method_id, *path, "shippingMethodId")
        return (domain.SetShippingMethod(ship_group_id=group_id, shipping_method_id=method_id),)


@strawberry.input(description="A word from the buyer.")
class SetNoteInput(Content):
    note: str = strawberry.field(description="At most 2,000 characters; empty takes it away.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        return (domain.SetNote(note=intake.text(self.note, *path, "note", most=2000)),)


@strawberry.input(description="What is said of it as a whole. What is left out stays as it is.")
class SetAttributesInput(Content):
    attributes: list[KeyValueInput] | None = strawberry.field(
        default=None, description="What the storefront keeps of it, at most 20. Replaces those that there are."
    )
    po_number: str | None = strawberry.field(
        default=None, description="The number of the buyer's own order, at most 50 characters; empty takes it away."
    )
    gift: bool | None = strawberry.field(default=None, description="Whether it is a gift.")
    fields: list[FieldValueInput] | None = strawberry.field(
        default=None, description="Custom fields; those that are not named stay as they are."
    )
    priority: Priority | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="What staff attend to first.", directives=DESK
    )
    tags: list[str] | None = strawberry.field(
        default=None, description="Words of staff, at most 20. Replaces those that there are.", directives=DESK
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        said = domain.SetParticulars(
            po_number=parse_po_number(intake, self.po_number, *path, "poNumber"),
            gift=self.gift,
            priority=self.priority,
            tags=parse_tags(intake, self.tags, *path, "tags"),
            fields=parse_fields(intake, self.fields, *path, "fields"),
        )
        if self.attributes is None:
            return (said,)
        kept = domain.SetAttributes(attributes=parse_attributes(intake, self.attributes, *path, "attributes"))
        return kept, said


@strawberry.input(description="What is said of a line. What is left out stays as it is.")
class SetLineFieldsInput(Content):
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    fields: list[FieldValueInput] = strawberry.field(
        description="Custom fields; those that are not named stay as they are."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        line_id = parse_line_id(intake, self.line_id, *path, "lineId")
        return (domain.SetLineFields(line_id=line_id, fields=parse_fields(intake, self.fields, *path, "fields")),)


@strawberry.input(description="Pay in another currency.")
class SetCurrencyInput(Content):
    currency: CurrencyCode = strawberry.field(description="One that the channel sells in.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:  # noqa: ARG002 - nothing can be wrong with it
        return (domain.SetCurrency(currency=self.currency),)


@strawberry.input(description="How it is to be paid. What was said before is replaced.")
class PayWithInput(Content):
    instructions: list[PaymentInstructionInput] = strawberry.field(description="1 to 10; one may leave its amount out.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        return (PayBy(chosen=parse_instructions(intake, self.instructions, *path)),)


@strawberry.input(description="Accept the terms that will be in force when it is ordered.")
class OrderTermsInput(Content):
    version: str = strawberry.field(description="Which version of them.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        return (domain.AcceptTerms(version=intake.text(self.version, *path, "version", most=50, required=True)),)
