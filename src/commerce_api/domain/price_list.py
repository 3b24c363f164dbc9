"""Which price applies: to whom, when, and for how many.

A channel and currency may have any number of lists. Those in force for the one who asks are tried in order: higher
priority first, then a customer group's list before one for everybody, then the older list. The first that has a price
for the quantity decides; it alone also says what the price was before.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from commerce_api.domain.decision import InvalidValue, Path, Refusal, Refused, refuse
from commerce_api.domain.ids import ChannelId, CustomerGroupId, PriceListId
from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.value import value


@value
class PriceList:
    """Valid in `[valid_from, valid_until)`; without a group it is for everybody."""

    id: PriceListId
    code: str
    name: str
    channel_id: ChannelId
    currency: str
    customer_group_id: CustomerGroupId | None = None
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    revision: int = 1


@value
class Price:
    """The unit price from `min_quantity` on, in minor units of the list's currency. `lowest` is what a limit of staff may hold
    them to, such as what a maker wants to see asked at least.
    """

    min_quantity: int = 1
    amount: int
    compare_at: int | None = None
    lowest: int | None = None


@value
class PriceFound:
    """The unit price that applies, and the list that it stands in; None if it was agreed on."""

    amount: int
    compare_at: int | None
    price_list_id: PriceListId | None
    lowest: int | None = None


@value
class PriceListSaved:
    price_list: PriceList


@value
class PricesSet:
    """The prices that variants have in the list from now on."""

    prices: Mapping[str, tuple[Price, ...]]


@value
class PriceListDeleted:
    pass


@value
class PriceListInForce(Refusal):
    """{count} variants have prices in this list, and it is in force. End it first with validUntil, or take the prices out."""

    staff_only: ClassVar[bool] = True
    count: int


def check_deletion(price_list: PriceList, priced: int, at: datetime) -> Refused | None:
    """A list that somebody may be shown prices from now is not taken away under them."""
    groups = frozenset({price_list.customer_group_id} if price_list.customer_group_id else ())
    if priced and in_force(price_list, groups, at):
        return refuse(PriceListInForce(path=("id",), count=priced))
    return None


def price_problems(prices: Iterable[Price], path: Path) -> Iterator[Refusal]:
    """What is wrong with a variant's prices in one list."""
    seen: set[int] = set()
    for place, price in enumerate(prices):
        here = (*path, "tiers", str(place))
        if price.min_quantity < 1 or price.min_quantity in seen:
            yield InvalidValue(path=(*here, "minQuantity"), problem="At least 1, and each quantity once.")
        if not 0 <= price.amount < MAX_MINOR:
            yield InvalidValue(path=(*here, "amount"), problem="Zero or more, and not beyond all measure.")
        if price.compare_at is not None and not price.amount < price.compare_at < MAX_MINOR:
            yield InvalidValue(path=(*here, "compareAt"), problem="More than the price itself.")
        if price.lowest is not None and not 0 <= price.lowest < MAX_MINOR:
            yield InvalidValue(path=(*here, "lowest"), problem="Zero or more, and not beyond all measure.")
        seen.add(price.min_quantity)


def in_force(price_list: PriceList, groups: frozenset[CustomerGroupId], at: datetime) -> bool:
    """Whether a list is for a member of these groups at this moment."""
    if price_list.customer_group_id is not None and price_list.customer_group_id not in groups:
        return False
    begun = price_list.valid_from is None or price_list.valid_from <= at
    return begun and (price_list.valid_until is None or at < price_list.valid_until)


def precedence(price_list: PriceList) -> tuple[int, bool, PriceListId]:
    """Sorts lists into the order in which they are tried."""
    return (-price_list.priority, price_list.customer_group_id is None, price_list.id)


def price_for(
    quantity: int,
    prices: Iterable[tuple[PriceList, Price]],
    *,
    groups: frozenset[CustomerGroupId],
    at: datetime,
) -> PriceFound | None:
    """The unit price of one variant, given all its prices in one channel and currency; None if it cannot be bought so."""
    reached = [(of, price) for of, price in prices if price.min_quantity <= quantity and in_force(of, groups, at)]
    if not reached:
        return None
    of, price = min(reached, key=lambda each: (precedence(each[0]), -each[1].min_quantity))
    return PriceFound(amount=price.amount, compare_at=price.compare_at, price_list_id=of.id, lowest=price.lowest)
