"""A cart in two: what lies on the shelves, and what is still to come in, each to be checked out by itself (S1-09)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.cart import events as e
from commerce_api.domain.cart.commands import RemoveLines
from commerce_api.domain.cart.deciding import check_open
from commerce_api.domain.cart.evolving import evolved
from commerce_api.domain.cart.facts import Facts, QuantityRules
from commerce_api.domain.cart.state import Active, Cart, CartLine, Checkout, PaymentInstruction, ShipGroup
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.ids import AdjustmentId, CartId, CartLineId, ShipGroupId, VariantId
from commerce_api.domain.money import share_out
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import replace, value


@value
class NothingBackordered(Refusal):
    """Nothing of this is still to come in."""


@value
class AllBackordered(Refusal):
    """All of this is still to come in; nothing would be left to come sooner."""


@value
class Supply:
    """Of a variant that is sold before it is there: how many lie on the shelves for the cart, and in which quantities it is sold."""

    on_shelf: int
    rules: QuantityRules = QuantityRules()


@value
class CartInTwo:
    """What happens to the first cart, and the second one."""

    to_first: tuple[e.CartEvent, ...]
    second: Cart


def split_backorders(
    cart: Cart,
    supplies: Mapping[VariantId, Supply],
    worth: Mapping[CartLineId, int],
    facts: Facts,
    new_ids: Iterator[UUID],
    until: datetime,
) -> CartInTwo | Refused:
    """`worth` is what the lines cost: by that, amounts that staff took off the subtotal are shared out."""
    if reason := check_open(cart, RemoveLines(line_ids=()), facts):
        return refuse(reason)
    moved = _moved(cart, supplies)
    if not moved:
        return refuse(NothingBackordered())
    if all(moved.get(line.id) == line.quantity for line in cart.lines):
        return refuse(AllBackordered())
    events = [*_out_of_checkout(cart), *(_fewer(line, moved[line.id]) for line in cart.lines if line.id in moved)]
    left = evolved(cart, events)
    second = _second(cart, left, moved, new_ids, facts.at, until)
    deductions = _shared_deductions(cart, moved, worth)
    events += [*_without_empty_groups(left), *_lessened(deductions), e.CartSplit(from_id=cart.id, into_id=second.id)]
    shares = [(each, amount) for each, _, amount in deductions if amount]
    taken = [replace(each, id=AdjustmentId(next(new_ids)), amount=amount) for each, amount in shares]
    return CartInTwo(to_first=tuple(events), second=replace(second, adjustments=(*second.adjustments, *taken)))


def _out_of_checkout(cart: Cart) -> list[e.CartEvent]:
    return [e.CheckoutLeft()] if isinstance(cart.state, Checkout) else []


def _moved(cart: Cart, supplies: Mapping[VariantId, Supply]) -> dict[CartLineId, int]:
    """How many units of which lines go: of those that were to become an order of their own, or else of all. What was added on to
    a line that goes whole goes with it.
    """
    wanted = [line.id for line in cart.lines if cart.choice_for(line) is AvailabilityChoice.SEPARATE_ORDER]
    on_shelf = {variant_id: max(supply.on_shelf, 0) for variant_id, supply in supplies.items()}
    moved: dict[CartLineId, int] = {}
    for line in cart.lines:
        supply = supplies.get(line.variant_id)
        if supply is None:
            continue
        taken = min(line.quantity, on_shelf[line.variant_id])
        on_shelf[line.variant_id] -= taken
        if taken < line.quantity and (not wanted or line.id in wanted):
            moved[line.id] = _sellable(line.quantity, line.quantity - taken, supply.rules)
    whole = {line.id for line in cart.lines if moved.get(line.id) == line.quantity}
    return moved | {line.id: line.quantity for line in cart.lines if line.parent_id in whole}


def _sellable(quantity: int, owed: int, rules: QuantityRules) -> int:
    """At least as many as are owed, so that both parts are quantities it is sold in; or else all."""
    moved = max(-(-owed // rules.step) * rules.step, rules.minimum)
    return moved if quantity - moved >= rules.minimum else quantity


def _fewer(line: CartLine, moved: int) -> e.CartEvent:
    if moved == line.quantity:
        return e.CartLineRemoved(line_id=line.id, variant_id=line.variant_id, quantity=moved)
    return e.CartLineChanged(
        line_id=line.id,
        variant_id=line.variant_id,
        before=line.quantity,
        after=line.quantity - moved,
        seen_unit_price=line.seen_unit_price,
    )


def _second(
    cart: Cart, left: Cart, moved: Mapping[CartLineId, int], new_ids: Iterator[UUID], at: datetime, until: datetime
) -> Cart:
    """For the same buyer, to the same addresses in the same ways. It was touched when the first one was, which so stays the
    one that its owner goes on with. Terms are accepted anew, and charges that staff changed or added stay with the first.
    """
    id_ = CartId(next(new_ids))
    ids = {line.id: CartLineId(next(new_ids)) for line in cart.lines if line.id in moved}
    changed = [each for each in cart.adjustments if each.kind is AdjustmentKind.LINE_PRICE and each.target_id in ids]
    return replace(
        cart,
        id=id_,
        state=Active(),
        availability_choice=None,
        terms_version=None,
        lines=tuple(_line(line, moved[line.id], ids) for line in cart.lines if line.id in moved),
        ship_groups=_groups(cart, left, ids, id_, new_ids),
        payment_instructions=tuple(_instructions(cart, new_ids)),
        adjustments=tuple(_retargeted(each, ids, AdjustmentId(next(new_ids))) for each in changed),
        split_from_id=cart.id,
        created_at=at,
        expires_at=until,
        revision=1,
    )


def _line(line: CartLine, quantity: int, ids: Mapping[CartLineId, CartLineId]) -> CartLine:
    """It is apart from the others now, as its buyer chose."""
    parent_id = line.parent_id and ids.get(line.parent_id)
    return replace(line, id=ids[line.id], quantity=quantity, parent_id=parent_id, availability_choice=None)


def _groups(
    cart: Cart, left: Cart, ids: Mapping[CartLineId, CartLineId], cart_id: CartId, new_ids: Iterator[UUID]
) -> tuple[ShipGroup, ...]:
    """What left each destination goes to the same one."""
    divided = [
        (group, {ids[line_id]: gone for line_id in ids if (gone := _gone(line_id, before, after))})
        for group, before, after in (
            (group, cart.quantities_of(group), left.quantities_of(now))
            for group, now in zip(cart.ship_groups, left.ship_groups, strict=True)
        )
    ]
    going = [(group, quantities) for group, quantities in divided if quantities]
    return tuple(
        replace(
            group,
            id=ShipGroupId(next(new_ids)) if number else ShipGroupId(cart_id),
            quantities=quantities if len(going) > 1 else {},
        )
        for number, (group, quantities) in enumerate(going)
    )


def _gone(line_id: CartLineId, before: Mapping[CartLineId, int], after: Mapping[CartLineId, int]) -> int:
    return before.get(line_id, 0) - after.get(line_id, 0)


def _instructions(cart: Cart, new_ids: Iterator[UUID]) -> Iterator[PaymentInstruction]:
    """Amounts that were fixed were meant for the first cart."""
    return (replace(each, id=next(new_ids)) for each in cart.payment_instructions if each.amount is None)


def _retargeted(adjustment: Adjustment, ids: Mapping[CartLineId, CartLineId], id: AdjustmentId) -> Adjustment:
    targets: Mapping[UUID, UUID] = dict[UUID, UUID](ids.items())
    return replace(adjustment, id=id, target_id=adjustment.target_id and targets[adjustment.target_id])


def _without_empty_groups(left: Cart) -> Iterator[e.CartEvent]:
    kept = [group for group in left.ship_groups if left.quantities_of(group)]
    if len(kept) < len(left.ship_groups):
        groups = [replace(group, quantities={}) for group in kept] if len(kept) == 1 else kept
        yield e.ShippingSet(ship_groups=tuple(groups))


def _shared_deductions(
    cart: Cart, moved: Mapping[CartLineId, int], worth: Mapping[CartLineId, int]
) -> list[tuple[Adjustment, int, int]]:
    """What of each deduction each part bears, by what its lines cost. A percentage is the same of both."""
    gone = sum(worth.get(line.id, 0) * moved.get(line.id, 0) // line.quantity for line in cart.lines)
    weights = [sum(worth.values()) - gone, gone]
    found: list[tuple[Adjustment, int, int]] = []
    for each in cart.adjustments:
        if each.kind is AdjustmentKind.DEDUCTION:
            left, taken = share_out(each.amount, weights) if each.percent is None else (each.amount, each.amount)
            found.append((each, left, taken))
    return found


def _lessened(shared: Sequence[tuple[Adjustment, int, int]]) -> Iterator[e.CartEvent]:
    """All are taken away and what is left of them is added, so that they stay in their order."""
    if any(left != each.amount for each, left, _ in shared):
        yield from (e.AdjustmentRemoved(adjustment=each) for each, _, _ in shared)
        yield from (e.AdjustmentAdded(adjustment=replace(each, amount=left)) for each, left, _ in shared if left)
