"""The cart of an order that takes some of a quote: the units of its share, at the prices that were promised. And the draft of
the quote when what was left is offered again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from commerce_api.domain import cart as carts
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.agreement import AgreedLine, Agreement
from commerce_api.domain.cart import Cart, CartEvent, CartLine, Purpose, ShipGroup
from commerce_api.domain.ids import CartLineId, ShipGroupId
from commerce_api.domain.quote.parting import Share
from commerce_api.domain.value import replace, value
from commerce_api.domain.zone import Place


@value
class Cut:
    """`origins` are the ids that lines and adjustments have in the quote, by those that they have here."""

    cart: Cart
    origins: Mapping[UUID, UUID]


def uncut(cart: Cart) -> Cut:
    """All of it."""
    return Cut(cart=cart, origins={id_: id_ for id_ in _ids(cart)})


def narrowed(cart: Cart, share: Share) -> Cart:
    """The same cart with nothing in it but the share."""
    many = share.quantities
    groups = [group for group in cart.ship_groups if any(each.ship_group_id == group.id for each in share.units)]
    return replace(
        cart,
        agreement=cart.agreement and replace(_agreed(cart.agreement, share), charges_at=_first_place(cart)),
        lines=tuple(_line(line, many) for line in cart.lines if line.id in many),
        ship_groups=tuple(_group(group, share, alone=len(groups) == 1) for group in groups),
        adjustments=tuple(changed for each in cart.adjustments if (changed := _adjustment(each, share))),
    )


def _first_place(cart: Cart) -> Place | None:
    """What staff added is taxed as in the whole, wherever the first goods of a part go."""
    address = cart.ship_groups[0].address or cart.billing_address
    return Place.of(address) if address else None


def leaving_open(cart: Cart, share: Share) -> list[CartEvent]:
    """What makes of the draft of a quote what is left of it after some was ordered. Of an amount that staff took off or added
    its share stays; a percentage stays one of whatever there is.
    """
    left = narrowed(cart, share)
    events = [event for line in cart.lines for event in _to(left.line(line.id), line)]
    events.append(carts.ShippingSet(ship_groups=left.ship_groups))
    present = carts.evolved(cart, events).adjustments
    wanted = tuple(filter(None, (_left(each, left) for each in cart.adjustments)))
    gone = [carts.AdjustmentRemoved(adjustment=each) for each in present if each not in wanted]
    return [*events, *gone, *(carts.AdjustmentAdded(adjustment=each) for each in wanted if each not in present)]


def _to(left: CartLine | None, line: CartLine) -> Iterator[CartEvent]:
    """What was added on to something that is not left stands for itself."""
    if left is None or left.parent_id != line.parent_id:
        yield carts.CartLineRemoved(line_id=line.id, variant_id=line.variant_id, quantity=line.quantity)
        if left:
            yield carts.CartLineAdded(line=left)
    elif left.quantity != line.quantity:
        yield carts.CartLineChanged(
            line_id=line.id,
            variant_id=line.variant_id,
            before=line.quantity,
            after=left.quantity,
            seen_unit_price=line.seen_unit_price,
        )


def _left(adjustment: Adjustment, left: Cart) -> Adjustment | None:
    return left.adjustment(adjustment.id) if adjustment.percent is None else adjustment


def cut(cart: Cart, share: Share, new_ids: Iterator[UUID], at: datetime) -> Cut:
    """A cart of its own, with ids of its own, paid as the whole would be."""
    smaller = narrowed(cart, share)
    copy = carts.copied(smaller, new_ids, Purpose.QUOTE, at, at)
    ids = dict(zip(_ids(smaller), _ids(copy), strict=True))
    made = replace(
        copy,
        agreement=smaller.agreement and _renamed(smaller.agreement, ids),
        terms_version=cart.terms_version,
        payment_instructions=tuple(replace(one, id=next(new_ids)) for one in cart.payment_instructions),
    )
    return Cut(cart=made, origins={after: before for before, after in ids.items()})


def _ids(cart: Cart) -> list[UUID]:
    return [each.id for parts in (cart.lines, cart.ship_groups, cart.adjustments) for each in parts]


def _line(line: CartLine, many: Mapping[CartLineId, int]) -> CartLine:
    """What was added on to something that is not taken stands for itself."""
    return replace(line, quantity=many[line.id], parent_id=line.parent_id if line.parent_id in many else None)


def _group(group: ShipGroup, share: Share, *, alone: bool) -> ShipGroup:
    taken = {each.line_id: each.quantity for each in share.units if each.ship_group_id == group.id}
    return replace(group, quantities={} if alone else taken)


def _adjustment(adjustment: Adjustment, share: Share) -> Adjustment | None:
    """A price is that of each unit; of all that belongs to several units, its share."""
    charge = share.charge(adjustment.target_id or adjustment.id)
    match adjustment.kind:
        case AdjustmentKind.LINE_PRICE:
            return adjustment if adjustment.target_id in share.quantities else None
        case AdjustmentKind.DEDUCTION:
            amount = share.deducted(adjustment.id)
            subtotal = sum(each.cost for each in share.units)
            return replace(adjustment, amount=amount, percent=None, original=subtotal) if amount else None
        case AdjustmentKind.CHARGE:
            return replace(adjustment, amount=charge.amount, original=charge.original) if charge else None
        case AdjustmentKind.EXTRA_CHARGE:
            return replace(adjustment, amount=charge.original) if charge else None


def _agreed(agreement: Agreement, share: Share) -> Agreement:
    many = share.quantities
    return replace(
        agreement,
        lines=tuple(_agreed_line(line, share) for line in agreement.lines if line.line_id in many),
        shipping=tuple(
            replace(each, amount=charge.original)
            for each in agreement.shipping
            if (charge := share.charge(each.ship_group_id))
        ),
    )


def _agreed_line(line: AgreedLine, share: Share) -> AgreedLine:
    """Deductions are among the adjustments."""
    discounts = tuple(each for each in share.discounts.get(line.line_id, ()) if each.adjustment_id is None)
    return replace(line, quantity=share.quantities[line.line_id], discounts=discounts)


def _renamed(agreement: Agreement, ids: Mapping[UUID, UUID]) -> Agreement:
    return replace(
        agreement,
        lines=tuple(replace(line, line_id=CartLineId(ids[line.line_id])) for line in agreement.lines),
        shipping=tuple(
            replace(each, ship_group_id=ShipGroupId(ids[each.ship_group_id])) for each in agreement.shipping
        ),
    )
