"""What became of the lines of a cart since its owner last saw them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from commerce_api.domain.adjustment import AdjustmentKind, instead_of
from commerce_api.domain.cart import Cart, CartLine
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.value import value


class ChangeKind(StrEnum):
    PRICE_INCREASED = "PRICE_INCREASED"
    PRICE_DECREASED = "PRICE_DECREASED"
    NO_LONGER_SOLD = "NO_LONGER_SOLD"


@value
class LineChange:
    line_id: CartLineId
    kind: ChangeKind
    before: int | None
    after: int | None


def _overridden(cart: Cart, line: CartLine) -> bool:
    return instead_of(cart.adjustments, AdjustmentKind.LINE_PRICE, line.id) is not None


def changes(cart: Cart, prices: Mapping[CartLineId, PriceFound | None]) -> Iterator[LineChange]:
    for line in cart.lines:
        before, price = line.seen_unit_price, prices[line.id]
        if price is None:
            yield LineChange(line_id=line.id, kind=ChangeKind.NO_LONGER_SOLD, before=before, after=None)
        elif before is not None and price.amount != before and not _overridden(cart, line):
            kind = ChangeKind.PRICE_INCREASED if price.amount > before else ChangeKind.PRICE_DECREASED
            yield LineChange(line_id=line.id, kind=kind, before=before, after=price.amount)
