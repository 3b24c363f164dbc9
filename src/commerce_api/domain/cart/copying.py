"""Another one with the same content."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from commerce_api.domain.adjustment import Adjustment
from commerce_api.domain.cart.state import Active, Cart, CartLine, Purpose, ShipGroup
from commerce_api.domain.ids import AdjustmentId, CartId, CartLineId, ShipGroupId
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import replace


def copied(cart: Cart, new_ids: Iterator[UUID], purpose: Purpose, at: datetime, until: datetime) -> Cart:
    """What is bought, for whom, and where it goes. How it is paid, what was agreed on and what was accepted is left behind; in
    a cart also what staff changed of the money, which in a quote goes along under the names of those who did.
    """
    id_ = CartId(next(new_ids))
    lines = {line.id: CartLineId(next(new_ids)) for line in cart.lines}
    groups = {
        group.id: ShipGroupId(next(new_ids)) if number else ShipGroupId(id_)
        for number, group in enumerate(cart.ship_groups)
    }
    changed = cart.adjustments if purpose is Purpose.QUOTE else ()
    charges = {each.id: AdjustmentId(next(new_ids)) for each in changed}
    ids: dict[UUID, UUID] = dict[UUID, UUID](lines.items()) | dict[UUID, UUID](groups.items()) | dict(charges.items())
    return replace(
        cart,
        id=id_,
        purpose=purpose,
        agreement=None,
        state=Active(),
        availability_choice=_choice(cart.availability_choice, purpose),
        terms_version=None,
        lines=tuple(_line(line, lines, purpose) for line in cart.lines),
        ship_groups=tuple(_group(group, groups[group.id], lines) for group in cart.ship_groups),
        adjustments=tuple(_adjustment(each, ids) for each in changed),
        payment_instructions=(),
        lock=None,
        split_from_id=None,
        created_at=at,
        updated_at=at,
        expires_at=until,
        revision=1,
    )


def _adjustment(adjustment: Adjustment, ids: Mapping[UUID, UUID]) -> Adjustment:
    """An added charge has the id of its adjustment, and is its target."""
    target = adjustment.target_id and ids[adjustment.target_id]
    return replace(adjustment, id=AdjustmentId(ids[adjustment.id]), target_id=target)


def _line(line: CartLine, ids: Mapping[CartLineId, CartLineId], purpose: Purpose) -> CartLine:
    choice = _choice(line.availability_choice, purpose)
    return replace(line, id=ids[line.id], parent_id=line.parent_id and ids[line.parent_id], availability_choice=choice)


def _choice(choice: AvailabilityChoice | None, purpose: Purpose) -> AvailabilityChoice | None:
    """Only carts can be divided into several orders."""
    divided = choice is AvailabilityChoice.SEPARATE_ORDER and purpose is not Purpose.CART
    return None if divided else choice


def _group(group: ShipGroup, id: ShipGroupId, ids: Mapping[CartLineId, CartLineId]) -> ShipGroup:
    return replace(group, id=id, quantities={ids[line_id]: many for line_id, many in group.quantities.items()})
