"""Deciding about ship groups: which goods go where, and how."""

from collections.abc import Iterator

from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.commands import (
    SetShipGroupRequests,
    SetShipGroups,
    SetShippingAddress,
    SetShippingMethod,
    ShipGroupPlan,
)
from commerce_api.domain.cart.events import CartEvent, ShippingMethodSet, ShippingSet
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.state import Cart, ShipGroup
from commerce_api.domain.decision import Decision, NotFound, Path, Refusal, Refused, refuse
from commerce_api.domain.ids import CartLineId, ShipGroupId, ShippingMethodId
from commerce_api.domain.line_requests import against_date
from commerce_api.domain.shipping import ShippingObstacle
from commerce_api.domain.value import replace


def set_groups(cart: Cart, command: SetShipGroups, facts: Facts) -> Decision[CartEvent]:
    reasons = [
        *_unknown_lines(cart, command),
        *_mismatches(cart, command),
        *_unusable_methods(command, facts),
        *_unusable_dates(command, facts),
    ]
    if reasons:
        return Refused(reasons=tuple(reasons))
    alone = len(command.groups) == 1
    plans = zip(facts.new_ids, command.groups, strict=False)
    groups = tuple(_group(ShipGroupId(new_id), plan, alone=alone) for new_id, plan in plans)
    return [ShippingSet(ship_groups=groups)]


def _group(id: ShipGroupId, plan: ShipGroupPlan, *, alone: bool) -> ShipGroup:
    return ShipGroup(
        id=id,
        address=plan.address,
        shipping_method_id=plan.shipping_method_id,
        instructions=plan.instructions,
        requested_ship_date=plan.requested_ship_date,
        quantities={} if alone else plan.quantities,
    )


def _unknown_lines(cart: Cart, command: SetShipGroups) -> Iterator[Refusal]:
    for number, group in enumerate(command.groups):
        for position, (line_id, quantity) in enumerate(group.quantities.items()):
            path = ("groups", str(number), "lines", str(position))
            if cart.line(line_id) is None:
                yield r.LineNotFound(path=(*path, "lineId"))
            if quantity < 1:
                yield r.QuantityBelowMin(path=(*path, "quantity"), minimum=1)


def _mismatches(cart: Cart, command: SetShipGroups) -> Iterator[Refusal]:
    """Every unit goes somewhere, none goes twice."""
    if len(command.groups) == 1 and not command.groups[0].quantities:
        return
    for line in cart.lines:
        given = sum(group.quantities.get(line.id, 0) for group in command.groups)
        if given != line.quantity:
            yield r.ShipGroupQuantityMismatch(
                path=("groups",), line_id=CartLineId(line.id), expected=line.quantity, given=given
            )


def _unusable_methods(command: SetShipGroups, facts: Facts) -> Iterator[Refusal]:
    for number, group in enumerate(command.groups):
        if group.shipping_method_id is not None and group.shipping_method_id not in facts.shipping:
            yield NotFound(path=("groups", str(number), "shippingMethodId"))


def _unusable_dates(command: SetShipGroups, facts: Facts) -> Iterator[Refusal]:
    for number, group in enumerate(command.groups):
        path = ("groups", str(number), "requestedShipDate")
        if reason := against_date(group.requested_ship_date, facts.today, path):
            yield reason


def set_address(cart: Cart, command: SetShippingAddress) -> Decision[CartEvent]:
    group = cart.group(command.ship_group_id)
    if group is None:
        return refuse(r.ShipGroupNotFound(path=("shipGroupId",)))
    instructions = group.instructions if command.instructions is None else command.instructions
    changed = replace(group, address=command.address, instructions=instructions, source=command.source)
    return [] if changed == group else [ShippingSet(ship_groups=_exchanged(cart, changed))]


def set_requests(cart: Cart, command: SetShipGroupRequests, facts: Facts) -> Decision[CartEvent]:
    group, asked = cart.group(command.ship_group_id), command.requested_ship_date
    if group is None:
        return refuse(r.ShipGroupNotFound(path=("shipGroupId",)))
    if asked and (reason := against_date(asked.day, facts.today, ("requestedShipDate",))):
        return refuse(reason)
    changed = replace(
        group,
        instructions=group.instructions if command.instructions is None else command.instructions,
        requested_ship_date=asked.day if asked else group.requested_ship_date,
    )
    return [] if changed == group else [ShippingSet(ship_groups=_exchanged(cart, changed))]


def set_method(cart: Cart, command: SetShippingMethod, facts: Facts) -> Decision[CartEvent]:
    group = cart.group(command.ship_group_id)
    if group is None:
        return refuse(r.ShipGroupNotFound(path=("shipGroupId",)))
    if reason := _not_usable(command.shipping_method_id, facts, ("shippingMethodId",)):
        return refuse(reason)
    if group.shipping_method_id == command.shipping_method_id:
        return []
    return [ShippingMethodSet(ship_group_id=group.id, shipping_method_id=command.shipping_method_id)]


def _not_usable(method_id: ShippingMethodId | None, facts: Facts, path: Path) -> Refusal | None:
    """A method may be chosen before the address is known; then it is judged when the order is placed."""
    if method_id is None:
        return None
    match facts.shipping.get(method_id):
        case None:
            return NotFound(path=path)
        case ShippingObstacle() as obstacle if obstacle is not ShippingObstacle.NO_ADDRESS:
            return r.ShippingMethodUnavailable(path=path, obstacle=obstacle)
        case _:
            return None


def _exchanged(cart: Cart, changed: ShipGroup) -> tuple[ShipGroup, ...]:
    return tuple(changed if group.id == changed.id else group for group in cart.ship_groups)
