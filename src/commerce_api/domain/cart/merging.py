"""Two carts become one when somebody signs in who had filled one before (D29)."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from commerce_api.domain.cart import describing
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.events import (
    CartBound,
    CartEvent,
    CartLineAdded,
    CartLineChanged,
    CartMergedInto,
    CartPutAside,
    CheckoutLeft,
)
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.lines import Draft
from commerce_api.domain.cart.state import Cart, CartLine, Checkout
from commerce_api.domain.decision import Notice, Refused
from commerce_api.domain.ids import CartLineId, CustomerId, VariantId
from commerce_api.domain.particulars import joined
from commerce_api.domain.value import replace, value


class MergeStrategy(StrEnum):
    """What becomes of the anonymous cart and of the customer's own one."""

    SUM = "SUM"
    MAX = "MAX"
    KEEP_GUEST = "KEEP_GUEST"
    KEEP_CUSTOMER_SAVE_GUEST = "KEEP_CUSTOMER_SAVE_GUEST"


@value
class Merge:
    """What happens to either cart."""

    to_guest: tuple[CartEvent, ...] = ()
    to_own: tuple[CartEvent, ...] = ()
    notices: tuple[Notice, ...] = ()


def merge(
    guest: Cart, own: Cart | None, strategy: MergeStrategy, facts: Facts, *, customer_id: CustomerId, name: str
) -> Merge | Refused:
    """`name` is what a cart is saved under that is put aside. Nothing is lost: what is not merged is saved or kept."""
    bound = CartBound(customer_id=customer_id)
    if own is None:
        return Merge(to_guest=(bound,))
    if strategy is MergeStrategy.KEEP_GUEST:
        return Merge(to_guest=(bound,), to_own=tuple(_put_aside(own, name)))
    united = _united(guest, own, _QUANTITIES[strategy], facts)
    if isinstance(united, Refused):
        return united
    to_own, notices = united
    saved = strategy is MergeStrategy.KEEP_CUSTOMER_SAVE_GUEST and guest.lines
    to_guest = (
        (bound, *_put_aside(guest, name)) if saved else (*_out_of_checkout(guest), CartMergedInto(cart_id=own.id))
    )
    return Merge(to_guest=to_guest, to_own=tuple(to_own), notices=tuple(notices))


def _sum(own: int, guest: int) -> int:
    return own + guest


_QUANTITIES: Mapping[MergeStrategy, Callable[[int, int], int]] = {
    MergeStrategy.SUM: _sum,
    MergeStrategy.MAX: max,
    MergeStrategy.KEEP_CUSTOMER_SAVE_GUEST: max,
}


def _put_aside(cart: Cart, name: str) -> list[CartEvent]:
    return [*_out_of_checkout(cart), CartPutAside(name=name)]


def _out_of_checkout(cart: Cart) -> list[CartEvent]:
    return [CheckoutLeft()] if isinstance(cart.state, Checkout) else []


def _united(
    guest: Cart, own: Cart, quantity_of: Callable[[int, int], int], facts: Facts
) -> tuple[list[CartEvent], list[Notice]] | Refused:
    draft, notices = Draft(own), list[Notice]()
    tied = max((line.tie_group or 0 for line in own.lines), default=0)
    new_of: dict[CartLineId, CartLineId] = {}
    for new_id, theirs in zip(facts.new_ids, guest.lines, strict=False):
        parent = new_of.get(theirs.parent_id) if theirs.parent_id else None
        mine = next((line for line in draft.cart.lines if _alike(line, theirs, parent)), None)
        wanted = quantity_of(mine.quantity if mine else 0, theirs.quantity)
        quantity = _allowed(theirs.variant_id, wanted, facts)
        new_of[theirs.id] = mine.id if mine else CartLineId(new_id)
        if quantity != wanted:
            notices.append(r.MergeLimited(line_id=new_of[theirs.id], wanted=wanted, taken=quantity))
        taken = replace(theirs, id=new_of[theirs.id], parent_id=parent, tie_group=_apart(theirs, tied))
        draft.take(_event(mine, taken, quantity, facts))
    decided = draft.decision()
    if isinstance(decided, Refused):
        return decided
    left = _out_of_checkout(own) if decided else []
    said = describing.particulars_set(own, joined(own.particulars, guest.particulars))
    return [*left, *decided, *said], [*notices, *_repriced(guest, draft.cart, new_of)]


def _apart(theirs: CartLine, tied: int) -> int | None:
    """The groups of lines that leave together stay apart from those that are there."""
    return theirs.tie_group and theirs.tie_group + tied


def _alike(mine: CartLine, theirs: CartLine, parent: CartLineId | None) -> bool:
    mine_is = (mine.variant_id, mine.attributes, mine.fields, mine.requests, mine.parent_id)
    return mine_is == (theirs.variant_id, theirs.attributes, theirs.fields, theirs.requests, parent)


def _allowed(variant_id: VariantId, wanted: int, facts: Facts) -> int:
    """Two quantities that were each allowed may be too many together."""
    sellable = facts.variants.get(variant_id)
    return wanted if sellable is None else min(wanted, sellable.rules.most // sellable.rules.step * sellable.rules.step)


def _event(mine: CartLine | None, theirs: CartLine, quantity: int, facts: Facts) -> list[CartEvent]:
    price = (facts.prices or {}).get((theirs.variant_id, quantity))
    if mine is None:
        return [CartLineAdded(line=replace(theirs, quantity=quantity, seen_unit_price=price))]
    if quantity == mine.quantity:
        return []
    return [
        CartLineChanged(
            line_id=mine.id,
            variant_id=mine.variant_id,
            before=mine.quantity,
            after=quantity,
            seen_unit_price=price,
        )
    ]


def _repriced(guest: Cart, own: Cart, new_of: Mapping[CartLineId, CartLineId]) -> list[Notice]:
    """Another currency is told once, another price for each line."""
    if guest.currency != own.currency and guest.lines:
        return [r.CurrencyChanged(before=guest.currency, after=own.currency)]
    found: list[Notice] = []
    for theirs in guest.lines:
        mine, before = own.line(new_of[theirs.id]), theirs.seen_unit_price
        if mine and before is not None and mine.seen_unit_price != before:
            found.append(r.PriceChanged(line_id=mine.id, before=before, after=mine.seen_unit_price))
    return found
