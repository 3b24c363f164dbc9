"""Deciding about lines: what is added, changed and removed, and what stands against it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from commerce_api.domain.cart import describing
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.commands import AddLine, AddLines, RemoveLines, SetTo, UpdateLine, UpdateLines
from commerce_api.domain.cart.events import CartEvent, CartLineAdded, CartLineChanged, CartLineRemoved
from commerce_api.domain.cart.evolving import evolve
from commerce_api.domain.cart.facts import Facts, QuantityRules, Sellable
from commerce_api.domain.cart.state import MAX_LINES, Cart, CartLine
from commerce_api.domain.custom_field import FieldValues
from commerce_api.domain.decision import Decision, Path, Refusal, Refused
from commerce_api.domain.ids import CartLineId, VariantId
from commerce_api.domain.line_requests import against_date
from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.totals import MoneyOverflow


class Draft:
    """A cart while several lines of one command are applied to it: all of them, or none and every reason why."""

    def __init__(self, cart: Cart) -> None:
        self.cart = cart
        self.events: list[CartEvent] = []
        self.reasons: list[Refusal] = []

    def take(self, answer: Sequence[CartEvent] | Sequence[Refusal]) -> None:
        for one in answer:
            if isinstance(one, Refusal):
                self.reasons.append(one)
            else:
                self.events.append(one)
                self.cart = evolve(self.cart, one)

    def decision(self) -> Decision[CartEvent]:
        reasons = [*self.reasons, *too_large(self.cart)]
        return Refused(reasons=tuple(reasons)) if reasons else self.events


def added(cart: Cart, command: AddLines, facts: Facts) -> Draft:
    draft = Draft(cart)
    for number, line in enumerate(command.lines):
        new_id = CartLineId(facts.new_ids[number])
        draft.take(_added(draft.cart, line, new_id, facts, ("lines", str(number))))
    return draft


def updated(cart: Cart, command: UpdateLines, facts: Facts) -> Draft:
    draft = Draft(cart)
    for number, line in enumerate(command.lines):
        draft.take(_updated(draft.cart, line, facts, ("lines", str(number))))
    return draft


def removed(cart: Cart, command: RemoveLines) -> list[CartEvent]:
    draft = Draft(cart)
    for line_id in command.line_ids:
        draft.take(removal(draft.cart, line_id))
    return draft.events


def removal(cart: Cart, id: CartLineId) -> list[CartEvent]:
    """The line and whatever was added on to it; nothing if there is no such line."""
    line = cart.line(id)
    if line is None:
        return []
    add_ons = [event for other in cart.lines if other.parent_id == id for event in removal(cart, other.id)]
    return [*add_ons, CartLineRemoved(line_id=id, variant_id=line.variant_id, quantity=line.quantity)]


def _added(
    cart: Cart, wanted: AddLine, new_id: CartLineId, facts: Facts, path: Path
) -> Sequence[CartEvent] | Sequence[Refusal]:
    of_variant = (*path, "sku" if isinstance(wanted.variant, str) else "variantId")
    sellable = facts.variants.get(wanted.variant)
    reasons = list(_not_addable(cart, wanted, sellable, path, of_variant))
    if late := against_date(wanted.requests.requested_ship_date, facts.today, (*path, *_DATE)):
        reasons.append(late)
    fields = describing.of_new_line(cart, wanted, facts, path)
    if isinstance(fields, Refused):
        reasons += fields.reasons
    if reasons or sellable is None or isinstance(fields, Refused):
        return reasons
    new = _new_line(new_id, sellable.variant_id, wanted, fields, facts)
    there = next((line for line in cart.lines if _same(line, new)), None)
    quantity = wanted.quantity + (there.quantity if there else 0)
    if against := list(_not_for_sale(sellable, quantity, facts, of_variant, (*path, "quantity"))):
        return against
    if there:
        return [_changed(there, quantity, facts)]
    return [CartLineAdded(line=new)]


_DATE: Final = ("requests", "requestedShipDate")


def _new_line(id: CartLineId, variant_id: VariantId, wanted: AddLine, fields: FieldValues, facts: Facts) -> CartLine:
    return CartLine(
        id=id,
        variant_id=variant_id,
        quantity=wanted.quantity,
        parent_id=wanted.parent_line_id,
        attributes=wanted.attributes,
        requests=wanted.requests,
        fields=fields,
        seen_unit_price=_price(facts, variant_id, wanted.quantity),
        added_by=facts.author,
        added_at=facts.at,
    )


def _same(line: CartLine, new: CartLine) -> bool:
    """Whether more of the one is more of the other."""
    return (line.variant_id, line.attributes, line.fields, line.parent_id, line.requests) == (
        new.variant_id,
        new.attributes,
        new.fields,
        new.parent_id,
        new.requests,
    )


def _not_addable(
    cart: Cart, wanted: AddLine, sellable: Sellable | None, path: Path, of_variant: Path
) -> Iterator[Refusal]:
    if sellable is None:
        yield r.VariantNotFound(path=of_variant)
    if wanted.parent_line_id is not None and cart.line(wanted.parent_line_id) is None:
        yield r.LineNotFound(path=(*path, "parentLineId"))
    if wanted.quantity < 1:
        yield r.QuantityBelowMin(path=(*path, "quantity"), minimum=sellable.rules.minimum if sellable else 1)


def _updated(cart: Cart, wanted: UpdateLine, facts: Facts, path: Path) -> Sequence[CartEvent] | Sequence[Refusal]:
    line = cart.line(wanted.line_id)
    if line is None:
        return [r.LineNotFound(path=(*path, "lineId"))]
    change = wanted.change
    quantity, field = (
        (change.quantity, "quantity") if isinstance(change, SetTo) else (line.quantity + change.delta, "delta")
    )
    if quantity == 0:
        return removal(cart, line.id)
    if quantity == line.quantity:
        return []
    of_quantity = (*path, "change", field)
    if against := list(_not_changeable(line, quantity, facts, (*path, "lineId"), of_quantity)):
        return against
    return [_changed(line, quantity, facts)]


def _not_changeable(line: CartLine, quantity: int, facts: Facts, of_line: Path, of_quantity: Path) -> Iterable[Refusal]:
    """Less of what is no longer sold is always possible; more of it is not."""
    sellable = facts.variants.get(line.variant_id)
    if sellable is None or (quantity < line.quantity and not sellable.on_sale):
        fewer = 0 < quantity < line.quantity
        return () if fewer else [r.NotSellableInChannel(path=of_line)]
    return _not_for_sale(sellable, quantity, facts, of_line, of_quantity)


def _not_for_sale(
    sellable: Sellable, quantity: int, facts: Facts, of_variant: Path, of_quantity: Path
) -> Iterator[Refusal]:
    """Nobody asks for the price of a quantity that cannot be bought."""
    broken = list(broken_rules(sellable.rules, quantity, of_quantity))
    if not sellable.on_sale or (not broken and _has_no_price(facts, sellable.variant_id, quantity)):
        yield r.NotSellableInChannel(path=of_variant)
    yield from broken


def broken_rules(rules: QuantityRules, quantity: int, path: Path = ()) -> Iterator[Refusal]:
    """The quantity rules that a quantity does not keep (D33)."""
    if quantity < rules.minimum:
        yield r.QuantityBelowMin(path=path, minimum=rules.minimum)
    if quantity > rules.most:
        yield r.QuantityAboveMax(path=path, maximum=rules.most)
    if quantity % rules.step:
        yield r.QuantityStep(path=path, step=rules.step)


def _changed(line: CartLine, quantity: int, facts: Facts) -> CartLineChanged:
    """The price at the new quantity counts as seen, unless a change of price before that was not seen yet."""
    seen = line.seen_unit_price
    if seen == _price(facts, line.variant_id, line.quantity):
        seen = _price(facts, line.variant_id, quantity)
    return CartLineChanged(
        line_id=line.id, variant_id=line.variant_id, before=line.quantity, after=quantity, seen_unit_price=seen
    )


def _price(facts: Facts, variant_id: VariantId, quantity: int) -> int | None:
    return None if facts.prices is None else facts.prices.get((variant_id, quantity))


def _has_no_price(facts: Facts, variant_id: VariantId, quantity: int) -> bool:
    return facts.prices is not None and (variant_id, quantity) not in facts.prices


def too_large(cart: Cart) -> Iterator[Refusal]:
    if len(cart.lines) > MAX_LINES:
        yield r.CartFull(most=MAX_LINES)
    if sum(line.quantity * (line.seen_unit_price or 0) for line in cart.lines) >= MAX_MINOR:
        yield MoneyOverflow()
