"""Shipping: what ways there are to send something, and what each costs."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from commerce_api.domain.ids import ShippingMethodId, TaxClassId, ZoneId
from commerce_api.domain.value import value
from commerce_api.domain.zone import nearest


@value
class ShippingRate:
    """Weights in grams, subtotals in minor units, both `[min, max)`. Free when the subtotal reaches `free_from`."""

    zone_id: ZoneId
    amount: int
    free_from: int | None = None
    min_weight: int = 0
    max_weight: int | None = None
    min_subtotal: int = 0
    max_subtotal: int | None = None


@value
class ShippingMethod:
    """`rates` are those of the document's currency only. Without a tax class, it is known from an agreement only."""

    id: ShippingMethodId
    code: str
    name: str
    tax_class_id: TaxClassId | None
    rates: tuple[ShippingRate, ...]
    description: str = ""
    min_days: int | None = None
    max_days: int | None = None


@value
class Consignment:
    """What goes to one address: its zones, the most closely described first, and what the goods weigh and cost."""

    zones: tuple[ZoneId, ...]
    weight: int
    subtotal: int


class ShippingObstacle(StrEnum):
    """Why there is no way to ship something."""

    NO_ADDRESS = "NO_ADDRESS"
    NOT_TO_THIS_PLACE = "NOT_TO_THIS_PLACE"
    NOT_THIS_WEIGHT = "NOT_THIS_WEIGHT"
    NOT_THIS_SUBTOTAL = "NOT_THIS_SUBTOTAL"


@value
class ShippingOption:
    method: ShippingMethod
    price: int


_CLOSENESS = (
    ShippingObstacle.NOT_TO_THIS_PLACE,
    ShippingObstacle.NOT_THIS_WEIGHT,
    ShippingObstacle.NOT_THIS_SUBTOTAL,
)


def option(method: ShippingMethod, consignment: Consignment) -> ShippingOption | ShippingObstacle:
    """What the method costs in the nearest zone that it serves. Where rates overlap, the cheapest counts."""
    zone = nearest(consignment.zones, (rate.zone_id for rate in method.rates))
    if zone is None:
        return ShippingObstacle.NOT_TO_THIS_PLACE
    rates = [rate for rate in method.rates if rate.zone_id == zone]
    if not (rates := [r for r in rates if _within(consignment.weight, r.min_weight, r.max_weight)]):
        return ShippingObstacle.NOT_THIS_WEIGHT
    if not (rates := [r for r in rates if _within(consignment.subtotal, r.min_subtotal, r.max_subtotal)]):
        return ShippingObstacle.NOT_THIS_SUBTOTAL
    return ShippingOption(method=method, price=min(_price(rate, consignment) for rate in rates))


def options(methods: Iterable[ShippingMethod], consignment: Consignment) -> Sequence[ShippingOption]:
    """All ways there are, in the order of the methods."""
    answers = [option(method, consignment) for method in methods]
    return [answer for answer in answers if isinstance(answer, ShippingOption)]


def obstacle(methods: Iterable[ShippingMethod], consignment: Consignment) -> ShippingObstacle | None:
    """Why there is no way at all: of the methods' reasons the one that came closest. None if there is a way."""
    answers = [option(method, consignment) for method in methods]
    if any(isinstance(answer, ShippingOption) for answer in answers):
        return None
    return max((a for a in answers if isinstance(a, ShippingObstacle)), key=_CLOSENESS.index, default=_CLOSENESS[0])


def _within(amount: int, least: int, below: int | None) -> bool:
    return least <= amount and (below is None or amount < below)


def _price(rate: ShippingRate, consignment: Consignment) -> int:
    free = rate.free_from is not None and consignment.subtotal >= rate.free_from
    return 0 if free else rate.amount
