"""One action on what is being bought, as a cart, a quote and an edit of an order take it (S2-02)."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import strawberry
from strawberry.utils.str_converters import to_camel_case

from commerce_api.domain.cart import ClearCart
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.carts import Asked
from commerce_api.schema.money_inputs import (
    AddChargeInput,
    DeductInput,
    OverrideChargeInput,
    OverrideLinePriceInput,
    RemoveAdjustmentInput,
    RemoveChargeInput,
)
from commerce_api.schema.ordering_inputs import (
    AddLinesInput,
    OrderTermsInput,
    PayWithInput,
    RemoveLinesInput,
    SetAddressesInput,
    SetAttributesInput,
    SetBuyerInput,
    SetCurrencyInput,
    SetLineFieldsInput,
    SetNoteInput,
    SetShipGroupsInput,
    SetShippingMethodInput,
    UpdateLinesInput,
    check_count,
)
from commerce_api.schema.permissions import requires
from commerce_api.schema.shipping_wish_inputs import (
    SetAvailabilityChoiceInput,
    SetLineRequestsInput,
    SetShipGroupRequestsInput,
    SetTieGroupsInput,
)

MOST_ACTIONS: Final = 100
_charges: Final = [requires(Permission.OVERRIDE_CHARGES)]


@strawberry.input(
    one_of=True, description="One thing to do to what is being bought. Any number can follow in any order."
)
class OrderingActionInput:
    add_lines: strawberry.Maybe[AddLinesInput] = strawberry.field(description="Put something in.")
    update_lines: strawberry.Maybe[UpdateLinesInput] = strawberry.field(description="Change quantities.")
    remove_lines: strawberry.Maybe[RemoveLinesInput] = strawberry.field(description="Take lines out.")
    clear_lines: strawberry.Maybe[bool] = strawberry.field(description="Take all lines out, if `true`.")
    set_buyer: strawberry.Maybe[SetBuyerInput] = strawberry.field(description="Say who buys.")
    set_addresses: strawberry.Maybe[SetAddressesInput] = strawberry.field(description="Say where goods and bill go.")
    set_ship_groups: strawberry.Maybe[SetShipGroupsInput] = strawberry.field(
        description="Divide the goods over addresses."
    )
    set_shipping_method: strawberry.Maybe[SetShippingMethodInput] = strawberry.field(
        description="Choose how goods are sent."
    )
    set_availability_choice: strawberry.Maybe[SetAvailabilityChoiceInput] = strawberry.field(
        description="Say what becomes of goods that are not all here."
    )
    set_tie_groups: strawberry.Maybe[SetTieGroupsInput] = strawberry.field(
        description="Say which lines leave together."
    )
    set_line_requests: strawberry.Maybe[SetLineRequestsInput] = strawberry.field(
        description="Ask for something beside lines: words, a day, haste."
    )
    set_ship_group_requests: strawberry.Maybe[SetShipGroupRequestsInput] = strawberry.field(
        description="Ask for something beside a ship group: words, a day."
    )
    set_note: strawberry.Maybe[SetNoteInput] = strawberry.field(description="Write a note.")
    set_attributes: strawberry.Maybe[SetAttributesInput] = strawberry.field(
        description="Set the number of the buyer's own order, custom fields, and what else is said of it as a whole."
    )
    set_line_fields: strawberry.Maybe[SetLineFieldsInput] = strawberry.field(description="Set custom fields of a line.")
    set_currency: strawberry.Maybe[SetCurrencyInput] = strawberry.field(description="Change the currency.")
    set_payment_instructions: strawberry.Maybe[PayWithInput] = strawberry.field(description="Say how it will be paid.")
    accept_terms: strawberry.Maybe[OrderTermsInput] = strawberry.field(description="Accept the terms.")

    override_line_price: strawberry.Maybe[OverrideLinePriceInput] = strawberry.field(
        description="Ask another price for a line.", directives=[requires(Permission.OVERRIDE_PRICES)]
    )
    override_charge: strawberry.Maybe[OverrideChargeInput] = strawberry.field(
        description="Ask another amount for a charge.", directives=_charges
    )
    add_charge: strawberry.Maybe[AddChargeInput] = strawberry.field(
        description="Add an amount that is no product.", directives=_charges
    )
    remove_charge: strawberry.Maybe[RemoveChargeInput] = strawberry.field(
        description="Remove a charge that was added.", directives=_charges
    )
    deduct: strawberry.Maybe[DeductInput] = strawberry.field(
        description="Take something off the subtotal.", directives=[requires(Permission.DEDUCT_AMOUNTS)]
    )
    remove_adjustment: strawberry.Maybe[RemoveAdjustmentInput] = strawberry.field(
        description="Take back what was changed about the money.",
        directives=[requires(Permission.OVERRIDE_PRICES, Permission.OVERRIDE_CHARGES, Permission.DEDUCT_AMOUNTS)],
    )

    def parse(self, intake: Intake, *path: Any) -> list[Asked]:
        """One action may be several commands, all of which stand at its place."""
        name, given = next((f.name, said) for f in fields(self) if (said := getattr(self, f.name)) is not None)
        here = (*path, to_camel_case(name))
        if isinstance(given.value, bool):
            return [Asked(action=ClearCart(), path=_texts(here))] if given.value else []
        return [Asked(action=command, path=_texts(here)) for command in given.value.commands(intake, *here)]


def _texts(path: Sequence[Any]) -> tuple[str, ...]:
    return tuple(map(str, path))


def parse_actions(intake: Intake, raw: Sequence[OrderingActionInput], *path: Any, least: int = 1) -> tuple[Asked, ...]:
    """All of them in their order; what is wrong with any is in the intake."""
    check_count(intake, raw, *path, least=least, most=MOST_ACTIONS)
    parsed = (action.parse(intake, *path, number) for number, action in enumerate(raw[:MOST_ACTIONS]))
    return tuple(asked for of_action in parsed for asked in of_action)
