"""Deciding about how it should leave: together or as it comes, when, and with which words (S1-06, S2-07, S2-20)."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.cart import commands as c
from commerce_api.domain.cart import events as e
from commerce_api.domain.cart import groups
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.state import Cart, Purpose
from commerce_api.domain.decision import Decision, Path, Refusal, Refused, refuse
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.line_requests import against_date
from commerce_api.domain.shipping_policy import AvailabilityChoice


def decide(cart: Cart, command: c.ShippingWish, facts: Facts) -> Decision[e.CartEvent]:
    match command:
        case c.SetShipGroupRequests():
            return groups.set_requests(cart, command, facts)
        case c.SetLineRequests():
            reasons = tuple(_against_requests(cart, command, facts))
            return Refused(reasons=reasons) if reasons else list(_requested(cart, command))
        case c.SetAvailabilityChoice():
            return _chosen(cart, command, facts)
        case c.SetTieGroups():
            return _tied(cart, command)
        case _:
            assert_never(command)


def _against_requests(cart: Cart, command: c.SetLineRequests, facts: Facts) -> Iterator[Refusal]:
    named = enumerate(command.lines)
    yield from _unknown(cart, ((each.line_id, ("lines", str(number), "lineId")) for number, each in named))
    for number, each in enumerate(command.lines):
        asked, path = each.change.requested_ship_date, ("lines", str(number), "requests", "requestedShipDate")
        if asked and (reason := against_date(asked.day, facts.today, path)):
            yield reason


def _requested(cart: Cart, command: c.SetLineRequests) -> Iterator[e.CartEvent]:
    changes = {each.line_id: each.change for each in command.lines}
    for line in cart.lines:
        if line.id in changes and (requests := changes[line.id].of(line.requests)) != line.requests:
            yield e.LineRequestsSet(line_id=line.id, requests=requests)


def _chosen(cart: Cart, command: c.SetAvailabilityChoice, facts: Facts) -> Decision[e.CartEvent]:
    if command.choice is AvailabilityChoice.SEPARATE_ORDER and (reason := _against_separating(cart, facts)):
        return refuse(reason)
    if command.line_ids is None:
        same = cart.availability_choice is command.choice
        return [] if same else [e.AvailabilityChosen(choice=command.choice, line_ids=None)]
    places = ((line_id, ("lineIds", str(number))) for number, line_id in enumerate(command.line_ids))
    if unknown := tuple(_unknown(cart, places)):
        return Refused(reasons=unknown)
    named = frozenset(command.line_ids)
    others = (line for line in cart.lines if line.id in named and line.availability_choice is not command.choice)
    changed = tuple(line.id for line in others)
    return [e.AvailabilityChosen(choice=command.choice, line_ids=changed)] if changed else []


def _against_separating(cart: Cart, facts: Facts) -> Refusal | None:
    """Whoever chooses this must be able to do it: divide the cart before anything is ordered."""
    if cart.purpose is not Purpose.CART:
        return r.SeparateOrderInCartsOnly(path=("choice",))
    return r.SeparateOrderNeedsAccount(path=("choice",)) if facts.author.kind is ActorKind.GUEST else None


def _tied(cart: Cart, command: c.SetTieGroups) -> Decision[e.CartEvent]:
    places = (
        (line_id, ("groups", str(number), "lineIds", str(place)))
        for number, group in enumerate(command.groups)
        for place, line_id in enumerate(group)
    )
    if unknown := tuple(_unknown(cart, places)):
        return Refused(reasons=unknown)
    numbers = {id_: number for number, group in enumerate(command.groups, 1) for id_ in group}
    same = all(line.tie_group == numbers.get(line.id) for line in cart.lines)
    return [] if same else [e.TieGroupsSet(groups=command.groups)]


def _unknown(cart: Cart, named: Iterable[tuple[CartLineId, Path]]) -> Iterator[Refusal]:
    """Lines that are not there, at the place where they were named."""
    return (r.LineNotFound(path=path) for line_id, path in named if cart.line(line_id) is None)
