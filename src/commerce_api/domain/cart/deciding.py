"""Deciding about a cart."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from commerce_api.domain.cart import adjusting, describing, groups, lines, wishing
from commerce_api.domain.cart import commands as c
from commerce_api.domain.cart import events as e
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.commands import CartCommand
from commerce_api.domain.cart.events import CartEvent
from commerce_api.domain.cart.evolving import evolve
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.state import Cart, CartState, Checkout, Merged, Ordered, Saved
from commerce_api.domain.decision import Decision, Notice, Refusal, Refused, refuse
from commerce_api.domain.ids import CartLineId, VariantId

_OF_SAVED = (c.ActivateCart, c.SaveCart, c.DeleteCart, c.LockCart, c.UnlockCart, c.TakeOverCart)
_OF_LINES = (e.CartLineAdded, e.CartLineChanged, e.CartLineRemoved, e.CurrencySet, e.CartPutAside)


def decide(cart: Cart, command: CartCommand, facts: Facts) -> Decision[CartEvent]:
    if reason := check_open(cart, command, facts):
        return refuse(reason)
    decided = _decided(cart, command, facts)
    if isinstance(cart.state, Checkout) and not isinstance(decided, Refused) and _touches_lines(decided):
        return [e.CheckoutLeft(), *decided]
    return decided


def check_open(cart: Cart, command: CartCommand, facts: Facts) -> Refusal | None:
    """Whether this can be done to the cart at all, whatever exactly is asked."""
    match cart.state:
        case Ordered():
            return r.CartOrdered()
        case Merged():
            return r.CartMerged()
        case _ if cart.expired(facts.at):
            return r.CartExpired()
        case Saved() if not isinstance(command, _OF_SAVED):
            return r.CartSaved()
        case _ if isinstance(command, c.TakeOverCart):
            return None
        case _:
            return _locked(cart, facts)


def _locked(cart: Cart, facts: Facts) -> Refusal | None:
    lock = cart.lock
    if lock is None or lock.until <= facts.at or lock.by == facts.author.id:
        return None
    return r.CartLocked(since=lock.since, until=lock.until, by=lock.by)


def _touches_lines(events: list[CartEvent]) -> bool:
    """What is reserved would not fit any more."""
    return any(isinstance(event, _OF_LINES) for event in events)


def _decided(cart: Cart, command: CartCommand, facts: Facts) -> Decision[CartEvent]:  # noqa: C901, PLR0911, PLR0912 - a table
    match command:
        case c.AddLines():
            return lines.added(cart, command, facts).decision()
        case c.UpdateLines():
            return lines.updated(cart, command, facts).decision()
        case c.RemoveLines():
            return lines.removed(cart, command)
        case c.ClearCart():
            return lines.removed(cart, c.RemoveLines(line_ids=tuple(line.id for line in cart.lines)))
        case c.SetShipGroups():
            return groups.set_groups(cart, command, facts)
        case c.SetShippingAddress():
            return groups.set_address(cart, command)
        case c.SetShippingMethod():
            return groups.set_method(cart, command, facts)
        case c.SetShipGroupRequests() | c.SetLineRequests() | c.SetAvailabilityChoice() | c.SetTieGroups():
            return wishing.decide(cart, command, facts)
        case c.SetParticulars() | c.SetLineFields():
            return describing.decide(cart, command, facts)
        case c.SetCurrency():
            return _set_currency(cart, command, facts)
        case (
            c.OverrideLinePrice()
            | c.OverrideCharge()
            | c.AddCharge()
            | c.RemoveCharge()
            | c.Deduct()
            | c.RemoveAdjustment()
        ):
            return adjusting.decide(cart, command, facts)
        case c.StartCheckout() | c.RenewCheckout() | c.LeaveCheckout() | c.CloseCart():
            return _check_out(cart, command, facts)
        case c.LockCart() | c.UnlockCart() | c.TakeOverCart():
            return _lock(cart, command, facts)
        case c.SaveCart() | c.ActivateCart() | c.BindCart() | c.DeleteCart():
            return _keep(cart, command)
        case _:
            return list(_content(cart, command, facts))


_Content = (
    c.SetBuyer
    | c.SetBillingAddress
    | c.SetNote
    | c.SetAttributes
    | c.SetPaymentInstructions
    | c.AcceptTerms
    | c.AcknowledgeChanges
)


def _content(cart: Cart, command: _Content, facts: Facts) -> Iterator[CartEvent]:
    """What can be anything; saying again what is known already is no event."""
    match command:
        case c.SetBuyer():
            yield from _buyer(cart, command)
        case c.SetBillingAddress(address=address) if address != cart.billing_address:
            yield e.BillingAddressSet(address=address, source=command.source)
        case c.SetNote(note=note) if note != cart.note:
            yield e.NoteSet(note=note)
        case c.SetAttributes(attributes=attributes) if attributes != cart.attributes:
            yield e.AttributesSet(attributes=attributes)
        case c.SetPaymentInstructions(instructions=instructions) if instructions != cart.payment_instructions:
            yield e.PaymentInstructionSet(instructions=instructions)
        case c.AcceptTerms(version=version) if version != cart.terms_version:
            yield e.TermsAccepted(version=version)
        case c.AcknowledgeChanges() if prices := dict(_unseen(cart, facts)):
            yield e.ChangesAcknowledged(prices=prices)
        case _:
            return


def _buyer(cart: Cart, command: c.SetBuyer) -> Iterator[CartEvent]:
    known = cart.phone, cart.phone_source
    phone, of_phone = known if command.phone is None else (command.phone, command.phone_source)
    if (command.email, phone) != (cart.email, cart.phone):
        of_email = command.email_source
        yield e.BuyerSet(email=command.email, phone=phone, email_source=of_email, phone_source=of_phone)


def _unseen(cart: Cart, facts: Facts) -> Iterator[tuple[CartLineId, int]]:
    for line in cart.lines:
        price = (facts.prices or {}).get((line.variant_id, line.quantity))
        if price is not None and price != line.seen_unit_price:
            yield line.id, price


def _set_currency(cart: Cart, command: c.SetCurrency, facts: Facts) -> Decision[CartEvent]:
    if command.currency not in facts.currencies:
        return refuse(r.CurrencyNotOffered(path=("currency",)))
    if command.currency == cart.currency:
        return []
    found = facts.prices or {}
    keys = {line.id: (line.variant_id, line.quantity) for line in cart.lines}
    prices = {line_id: found[key] for line_id, key in keys.items() if key in found}
    changed = e.CurrencySet(before=cart.currency, after=command.currency, prices=prices)
    reasons = tuple(lines.too_large(evolve(cart, changed)))
    return Refused(reasons=reasons) if reasons else [changed, *_unfixed(cart), *adjusting.dropped(cart)]


def _unfixed(cart: Cart) -> list[CartEvent]:
    """An amount that was to be paid in one currency means nothing in another: how to pay has to be said again."""
    fixed = any(instruction.amount is not None for instruction in cart.payment_instructions)
    return [e.PaymentInstructionSet(instructions=())] if fixed else []


_CheckOut = c.StartCheckout | c.RenewCheckout | c.LeaveCheckout | c.CloseCart


def _check_out(cart: Cart, command: _CheckOut, facts: Facts) -> Decision[CartEvent]:
    match command, cart.state:
        case c.StartCheckout() | c.CloseCart(), _ if not cart.lines:
            return refuse(r.CartEmpty())
        case c.StartCheckout(), Checkout(until=until) if facts.at < until:
            return []
        case c.StartCheckout(until=until), _:
            return [e.CheckoutStarted(until=until)]
        case c.CloseCart(order_id=order_id), _:
            return [e.CartClosed(order_id=order_id)]
        case c.LeaveCheckout(), state:
            return [e.CheckoutLeft()] if isinstance(state, Checkout) else []
        case c.RenewCheckout(until=until), state:
            return _renewed(state, until)


def _renewed(state: CartState, until: datetime) -> Decision[CartEvent]:
    match state:
        case Checkout(renewed=True):
            return refuse(r.CheckoutRenewedAlready())
        case Checkout():
            return [e.CheckoutRenewed(until=until)]
        case _:
            return refuse(r.CartNotInCheckout())


_Lock = c.LockCart | c.UnlockCart | c.TakeOverCart


def _lock(cart: Cart, command: _Lock, facts: Facts) -> Decision[CartEvent]:
    """Only people hold locks. One's own is prolonged, and has been held since it was taken."""
    holder, lock = facts.author.id, cart.lock if cart.lock and cart.lock.until > facts.at else None
    if isinstance(command, c.UnlockCart):
        return [e.CartLockGiven()] if cart.lock else []
    if holder is None:
        return []
    mine = lock is not None and lock.by == holder
    since = lock.since if lock and mine else facts.at
    taken_from = lock.by if lock and not mine else None
    return [e.CartLockTaken(by=holder, since=since, until=command.until, taken_from=taken_from)]


_Keep = c.SaveCart | c.ActivateCart | c.BindCart | c.DeleteCart


def _keep(cart: Cart, command: _Keep) -> Decision[CartEvent]:
    match command:
        case c.SaveCart(name=name):
            return [] if cart.state == Saved(name=name) else [e.CartPutAside(name=name)]
        case c.ActivateCart():
            return [e.CartTakenUp()] if isinstance(cart.state, Saved) else []
        case c.BindCart(customer_id=customer_id):
            return [] if cart.customer_id == customer_id else [e.CartBound(customer_id=customer_id)]
        case c.DeleteCart():
            return [e.CartDeleted()]
        case _:
            assert_never(command)


def notices(cart: Cart, command: CartCommand) -> tuple[Notice, ...]:
    """What is worth telling about a command although it is carried out (S0-09)."""
    if isinstance(command, c.SetCurrency) and command.currency != cart.currency:
        lost = (r.AdjustmentsDropped(),) if adjusting.dropped(cart) else ()
        return (r.CurrencyChanged(before=cart.currency, after=command.currency), *lost)
    if not isinstance(command, c.RemoveLines):
        return ()
    return tuple(
        r.LineMissing(path=("lineIds", str(number)))
        for number, line_id in enumerate(command.line_ids)
        if cart.line(line_id) is None
    )


def prices_wanted(cart: Cart, command: CartCommand, facts: Facts) -> set[tuple[VariantId, int]]:
    """The variants and quantities whose prices `decide` will need."""
    match command:
        case c.AcknowledgeChanges() | c.SetCurrency():
            return {(line.variant_id, line.quantity) for line in cart.lines}
        case c.AddLines():
            return prices_of(lines.added(cart, command, facts).events)
        case c.UpdateLines():
            return prices_of(lines.updated(cart, command, facts).events)
        case _:
            return set()


def prices_of(events: Iterable[CartEvent]) -> set[tuple[VariantId, int]]:
    """The variants and quantities that events speak of."""
    wanted: set[tuple[VariantId, int]] = set()
    for event in events:
        match event:
            case e.CartLineAdded(line=line):
                wanted.add((line.variant_id, line.quantity))
            case e.CartLineChanged(variant_id=variant_id, before=before, after=after):
                wanted |= {(variant_id, before), (variant_id, after)}
            case _:
                pass
    return wanted
