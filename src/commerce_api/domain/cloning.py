"""What of an order can be bought once more, and why the rest cannot."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import ClassVar, Final

from commerce_api.domain.address import Address
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartId, CartLineId, OrderLineId, QuoteId, ShippingMethodId
from commerce_api.domain.value import replace, value


class CloneInto(DescribedEnum):
    """What becomes of the copy."""

    CART = "CART", "A cart, which can be ordered as it is."
    QUOTE = "QUOTE", "A quote that staff go on writing."


class LeftOutReason(DescribedEnum):
    """Why a line of an order was not copied."""

    GONE = "GONE", "The catalog does not have it any more."
    NOT_ON_SALE = "NOT_ON_SALE", "It is not on sale now."
    OUT_OF_STOCK = "OUT_OF_STOCK", "There is none of it now."
    QUANTITY = "QUANTITY", "It is not sold in this quantity any more."
    PARENT_LEFT_OUT = "PARENT_LEFT_OUT", "It was added on to a line that was not copied."


@value
class LeftOut:
    line_id: OrderLineId
    reason: LeftOutReason


@value
class OrderCloned:
    """Told in the history of the order that was copied. Into a quote, `cart_id` is that of its draft."""

    cart_id: CartId
    quote_id: QuoteId | None = None
    left_out: tuple[LeftOut, ...]


@value
class Destination:
    """Where some of an order went, and how. `quantities` are units of its lines."""

    address: Address | None = field(repr=False)
    shipping_method_id: ShippingMethodId | None
    instructions: str = field(repr=False)
    quantities: Mapping[OrderLineId, int]


@value
class PricesNotComparable(Refusal):
    """This order was priced in another currency, or taxes were told in another way; copy it at the prices of today."""

    staff_only: ClassVar[bool] = True


@value
class PriceTerms:
    """What a price means."""

    currency: str
    include_tax: bool


_REASONS: Final[Mapping[type[Refusal], LeftOutReason]] = MappingProxyType(
    {
        r.VariantNotFound: LeftOutReason.GONE,
        r.QuantityBelowMin: LeftOutReason.QUANTITY,
        r.QuantityAboveMax: LeftOutReason.QUANTITY,
        r.QuantityStep: LeftOutReason.QUANTITY,
    }
)


def left_out(reasons: Sequence[Refusal], line_ids: Sequence[OrderLineId]) -> dict[OrderLineId, LeftOutReason]:
    """Which of the lines that were to be added could not be, from what was said against them: the first word counts. What is
    said against all of them together, such as that they cost too much, is about their quantities.
    """
    found: dict[OrderLineId, LeftOutReason] = {}
    for reason in reasons:
        if reason.path[:1] != ("lines",):
            return dict.fromkeys(line_ids, LeftOutReason.QUANTITY)
        line_id = line_ids[int(reason.path[1])]
        found.setdefault(line_id, _REASONS.get(type(reason), LeftOutReason.NOT_ON_SALE))
    return found


def next_to_copy(
    parents: Mapping[OrderLineId, OrderLineId | None],
    copied: Mapping[OrderLineId, CartLineId],
    missing: Iterable[OrderLineId],
) -> list[OrderLineId]:
    """Of the wanted lines, which are given with what they were added on to: a line comes before its add-ons. One that was
    added on to a line that nobody wants stands for itself.
    """
    waiting = parents.keys() - copied.keys() - set(missing)
    return [
        line_id
        for line_id, parent_id in parents.items()
        if line_id in waiting and (parent_id not in parents or parent_id in copied)
    ]


def against_keeping(before: PriceTerms, now: PriceTerms) -> PricesNotComparable | None:
    """Whether the prices that were asked before can be asked now."""
    return None if before == now else PricesNotComparable(path=("keepPrices",))


def to_be_kept(
    asked: Iterable[tuple[OrderLineId, int]],
    copied: Mapping[OrderLineId, CartLineId],
    today: Mapping[CartLineId, int],
) -> dict[CartLineId, int]:
    """The prices that were asked and are not those of today. Of lines that have become one, the higher price counts."""
    before: dict[CartLineId, int] = {}
    for line_id, price in asked:
        if now := copied.get(line_id):
            before[now] = max(price, before.get(now, 0))
    return {line_id: price for line_id, price in before.items() if today.get(line_id) != price}


def divided(places: Sequence[Destination], wanted: Mapping[OrderLineId, int]) -> list[Destination]:
    """The same places for as many as are wanted now: if that is fewer, the first places get theirs first, and what is more goes
    to the first one of its line. Places to which nothing goes are left out; if nothing goes anywhere, the first one stays.
    """
    left, shares = Counter(wanted), list[dict[OrderLineId, int]]()
    for place in places:
        share = {line_id: min(many, left[line_id]) for line_id, many in place.quantities.items()}
        left.subtract(share)
        shares.append({line_id: many for line_id, many in share.items() if many})
    for line_id, more in left.items():
        if more and places:
            first = next((n for n, place in enumerate(places) if line_id in place.quantities), 0)
            shares[first][line_id] = shares[first].get(line_id, 0) + more
    kept = [replace(place, quantities=share) for place, share in zip(places, shares, strict=True) if share]
    return kept or [replace(place, quantities={}) for place in places[:1]]
