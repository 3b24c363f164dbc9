"""What of an order can be bought once more, and why the rest cannot."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from commerce_api.domain.cart import refusals as r
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartId, OrderLineId
from commerce_api.domain.value import value


class LeftOutReason(DescribedEnum):
    """Why a line of an order was not copied."""

    GONE = "GONE", "The catalog does not have it any more."
    NOT_ON_SALE = "NOT_ON_SALE", "It is not on sale now."
    OUT_OF_STOCK = "OUT_OF_STOCK", "There is none of it now."
    QUANTITY = "QUANTITY", "It is not sold in this quantity any more."


@value
class LeftOut:
    line_id: OrderLineId
    reason: LeftOutReason


@value
class OrderCloned:
    """Told in the history of the order that was copied."""

    cart_id: CartId
    left_out: tuple[LeftOut, ...]


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
