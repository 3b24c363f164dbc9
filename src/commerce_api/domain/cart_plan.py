"""How a cart would leave as of now, and how it would if its buyer chose otherwise (S1-06)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import CartLineId, VariantId
from commerce_api.domain.priced_cart import PricedCart, PricedLine, ships
from commerce_api.domain.shipping_plan import PlannedShipment, Portion, latest, plan
from commerce_api.domain.shipping_policy import AvailabilityChoice


def cart_plan(priced: PricedCart, today: date) -> list[PlannedShipment]:
    return plan(_portions(priced, {}), today)


def previewed(
    priced: PricedCart, line_ids: Iterable[UUID] | None, today: date
) -> dict[AvailabilityChoice, list[PlannedShipment]]:
    """What each choice would mean, for these lines or for all that follow the cart's."""
    chosen: list[CartLineId | None] = [None] if line_ids is None else [CartLineId(id_) for id_ in line_ids]
    return {choice: plan(_portions(priced, dict.fromkeys(chosen, choice)), today) for choice in AvailabilityChoice}


def to_separate(priced: PricedCart) -> list[CartLineId]:
    """Lines of which units were to become an order of their own, and are still among others."""
    portions = list(_portions(priced, {}))
    waiting = [portion for portion in portions if portion.split and portion.here < portion.quantity]
    alone = all(portion.split and not portion.here for portion in portions)
    return [] if alone else [CartLineId(line_id) for line_id in dict.fromkeys(portion.line_id for portion in waiting)]


def _portions(priced: PricedCart, supposed: Mapping[CartLineId | None, AvailabilityChoice]) -> Iterator[Portion]:
    """`supposed` are choices instead of those made, by line, and that of the whole under None."""
    whole = supposed.get(None, priced.availability_choice)
    free: dict[VariantId, int] = {}
    for found in priced.lines:
        if found.sold and ships(found.variant, found.agreed):
            choice = supposed.get(found.line.id, found.line.availability_choice) or whole
            yield from _of_line(priced, found, _dealt(found, free), choice, whole)


def _dealt(found: PricedLine, free: dict[VariantId, int]) -> int:
    """How many of a line are here, when the lines before it have got theirs."""
    line, stock = found.line, found.variant.availability if found.variant else None
    if stock is None or stock.policy is StockPolicy.UNTRACKED:
        return line.quantity
    left = free.get(line.variant_id, max(0, stock.available))
    free[line.variant_id] = max(0, left - line.quantity)
    return min(left, line.quantity)


def _of_line(
    priced: PricedCart, of: PricedLine, here: int, choice: AvailabilityChoice, whole: AvailabilityChoice
) -> Iterator[Portion]:
    """By ship groups: what is here goes to the first of them first."""
    line, separate = of.line, choice is AvailabilityChoice.SEPARATE_ORDER
    owed = of.variant is not None and of.variant.availability.policy is StockPolicy.BACKORDER
    for group in priced.groups:
        if quantity := group.quantities.get(line.id, 0):
            found, here = min(quantity, here), here - min(quantity, here)
            yield Portion(
                line_id=line.id,
                ship_group_id=group.group.id,
                quantity=quantity,
                here=found,
                policy=whole.policy if separate else choice.policy,
                tie_group=line.tie_group,
                not_before=latest(line.requests.requested_ship_date, group.group.requested_ship_date),
                split=separate and owed,
                owed=owed and of.in_stock,
            )
