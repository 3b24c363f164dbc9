"""What an event makes of a cart."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import assert_never
from uuid import UUID

from commerce_api.domain.cart import events as e
from commerce_api.domain.cart.state import Active, Cart, CartLine, Checkout, Merged, Ordered, Saved, ShipGroup
from commerce_api.domain.cart.state import CartLock as Lock
from commerce_api.domain.decision import CautionsOverruled
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import replace


def evolve(cart: Cart, event: e.CartEvent) -> Cart:
    match event:
        case (
            e.CartLineAdded() | e.CartLineChanged() | e.CartLineRemoved() | e.LineFieldsSet() | e.ChangesAcknowledged()
        ):
            return _lines(cart, event)
        case e.LineRequestsSet() | e.AvailabilityChosen() | e.TieGroupsSet():
            return _wished(cart, event)
        case (
            e.CartPutAside()
            | e.CartTakenUp()
            | e.CheckoutStarted()
            | e.CheckoutRenewed()
            | e.CheckoutLeft()
            | e.CartClosed()
            | e.CartMergedInto()
        ):
            return _state(cart, event)
        case e.CartLockTaken(by=by, since=since, until=until):
            return replace(cart, lock=Lock(by=by, since=since, until=until))
        case e.CartLockGiven():
            return replace(cart, lock=None)
        case e.AdjustmentAdded() | e.AdjustmentRemoved():
            return _adjusted(cart, event)
        case e.CartCreated() | e.CartSplit() | e.CartDeleted() | CautionsOverruled():
            return cart
        case _:
            return _content(cart, event)


def evolved(cart: Cart, events: Iterable[e.CartEvent]) -> Cart:
    return reduce(evolve, events, cart)


_Lines = e.CartLineAdded | e.CartLineChanged | e.CartLineRemoved | e.LineFieldsSet | e.ChangesAcknowledged


def _lines(cart: Cart, event: _Lines) -> Cart:
    match event:
        case e.CartLineAdded(line=line):
            return _distributed(replace(cart, lines=(*cart.lines, line)), line.id, line.quantity)
        case e.CartLineChanged(line_id=id, after=after, seen_unit_price=seen):
            lines = (
                replace(line, quantity=after, seen_unit_price=seen) if line.id == id else line for line in cart.lines
            )
            return _distributed(replace(cart, lines=tuple(lines)), id, after)
        case e.CartLineRemoved(line_id=id):
            left = replace(cart, lines=tuple(line for line in cart.lines if line.id != id))
            return _distributed(_without(left, id), id, 0)
        case e.LineFieldsSet(line_id=id, fields=fields):
            lines = (replace(line, fields=fields) if line.id == id else line for line in cart.lines)
            return replace(cart, lines=tuple(lines))
        case e.ChangesAcknowledged(prices=prices):
            lines = (replace(line, seen_unit_price=prices.get(line.id, line.seen_unit_price)) for line in cart.lines)
            return replace(cart, lines=tuple(lines))
        case _:
            assert_never(event)


_State = (
    e.CartPutAside
    | e.CartTakenUp
    | e.CheckoutStarted
    | e.CheckoutRenewed
    | e.CheckoutLeft
    | e.CartClosed
    | e.CartMergedInto
)


def _state(cart: Cart, event: _State) -> Cart:
    match event:
        case e.CartPutAside(name=name):
            return replace(cart, state=Saved(name=name))
        case e.CartTakenUp() | e.CheckoutLeft():
            return replace(cart, state=Active())
        case e.CheckoutStarted(until=until):
            return replace(cart, state=Checkout(until=until))
        case e.CheckoutRenewed(until=until):
            return replace(cart, state=Checkout(until=until, renewed=True))
        case e.CartClosed():
            return replace(cart, state=Ordered())
        case e.CartMergedInto():
            return replace(cart, state=Merged())
        case _:
            assert_never(event)


_Content = (
    e.BuyerSet
    | e.BillingAddressSet
    | e.ShippingSet
    | e.ShippingMethodSet
    | e.NoteSet
    | e.AttributesSet
    | e.ParticularsSet
    | e.CurrencySet
    | e.PaymentInstructionSet
    | e.TermsAccepted
    | e.CartBound
)


def _content(cart: Cart, event: _Content) -> Cart:  # noqa: C901, PLR0911, PLR0912 - a table
    match event:
        case e.BuyerSet(email=email, phone=phone):
            of_email, of_phone = event.email_source, event.phone_source
            return replace(cart, email=email, phone=phone, email_source=of_email, phone_source=of_phone)
        case e.BillingAddressSet(address=address, source=source):
            return replace(cart, billing_address=address, billing_source=source)
        case e.ShippingSet(ship_groups=groups):
            gone = {group.id for group in cart.ship_groups} - {group.id for group in groups}
            return _without(replace(cart, ship_groups=groups), *gone)
        case e.ShippingMethodSet(ship_group_id=id, shipping_method_id=method):
            changed = (replace(g, shipping_method_id=method) if g.id == id else g for g in cart.ship_groups)
            return replace(cart, ship_groups=tuple(changed))
        case e.NoteSet(note=note):
            return replace(cart, note=note)
        case e.AttributesSet(attributes=attributes):
            return replace(cart, attributes=attributes)
        case e.ParticularsSet(particulars=particulars):
            return replace(cart, particulars=particulars)
        case e.CurrencySet(after=currency, prices=prices):
            lines = (replace(line, seen_unit_price=prices.get(line.id)) for line in cart.lines)
            return replace(cart, currency=currency, lines=tuple(lines))
        case e.PaymentInstructionSet(instructions=instructions):
            return replace(cart, payment_instructions=instructions)
        case e.TermsAccepted(version=version):
            return replace(cart, terms_version=version)
        case e.CartBound(customer_id=customer_id):
            return replace(cart, customer_id=customer_id)
        case _:
            assert_never(event)


def _adjusted(cart: Cart, event: e.AdjustmentAdded | e.AdjustmentRemoved) -> Cart:
    match event:
        case e.AdjustmentAdded(adjustment=adjustment):
            return replace(cart, adjustments=(*cart.adjustments, adjustment))
        case e.AdjustmentRemoved(adjustment=adjustment):
            return _without(cart, adjustment.id)


def _wished(cart: Cart, event: e.LineRequestsSet | e.AvailabilityChosen | e.TieGroupsSet) -> Cart:
    match event:
        case e.LineRequestsSet(line_id=id, requests=requests):
            return _with_lines(cart, lambda line: replace(line, requests=requests) if line.id == id else line)
        case e.AvailabilityChosen(choice=choice, line_ids=ids):
            return _chosen(cart, choice, ids)
        case e.TieGroupsSet(groups=groups):
            numbers = {id_: number for number, group in enumerate(groups, 1) for id_ in group}
            return _with_lines(cart, lambda line: replace(line, tie_group=numbers.get(line.id)))


def _chosen(cart: Cart, choice: AvailabilityChoice | None, ids: tuple[CartLineId, ...] | None) -> Cart:
    if ids is None:
        return replace(cart, availability_choice=choice)
    return _with_lines(cart, lambda line: replace(line, availability_choice=choice) if line.id in ids else line)


def _with_lines(cart: Cart, change: Callable[[CartLine], CartLine]) -> Cart:
    return replace(cart, lines=tuple(map(change, cart.lines)))


def _without(cart: Cart, *ids: UUID) -> Cart:
    """Without these adjustments, and those of what has these ids."""
    left = (each for each in cart.adjustments if each.id not in ids and each.target_id not in ids)
    return replace(cart, adjustments=tuple(left))


def _distributed(cart: Cart, id: CartLineId, quantity: int) -> Cart:
    """Keep the groups adding up: more of a line joins its first group, less is taken from its last ones."""
    if len(cart.ship_groups) == 1:
        return cart
    parts = [group.quantities.get(id, 0) for group in cart.ship_groups]
    first = next((number for number, part in enumerate(parts) if part), 0)
    parts[first] += max(0, quantity - sum(parts))
    for number in reversed(range(len(parts))):
        parts[number] -= min(parts[number], max(0, sum(parts) - quantity))
    groups = (_with(group, id, part) for group, part in zip(cart.ship_groups, parts, strict=True))
    return replace(cart, ship_groups=tuple(groups))


def _with(group: ShipGroup, id: CartLineId, quantity: int) -> ShipGroup:
    others: Mapping[CartLineId, int] = {line: count for line, count in group.quantities.items() if line != id}
    return replace(group, quantities={**others, id: quantity} if quantity else others)
