"""The prices of before on what is bought again, as if whoever keeps them had set each by hand: with a reason, and within the same
limits (S2-18, D27).
"""

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Final

from commerce_api.domain.actor import lacking
from commerce_api.domain.cart import NewAmount, OverrideLinePrice
from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.ids import CartLineId, OrderLineId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.value import value
from commerce_api.operations.carts import Asked, Work
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.unit_of_work import UnitOfWork

KEEPING: Final = (Permission.OVERRIDE_PRICES,)
_PATH: Final[Path] = ("keepPrices",)


@value
class KeepPrices:
    reason: str
    note: str = field(default="", repr=False)
    acknowledge: frozenset[str] = frozenset()


@value
class PricesNotComparable(Refusal):
    """This order was priced in another currency, or taxes were told in another way; copy it at the prices of today."""

    staff_only: ClassVar[bool] = True


async def keep(
    uow: UnitOfWork, work: Work, rows: Snapshot, copied: Mapping[OrderLineId, CartLineId], wanted: KeepPrices
) -> None:
    """What stands against it is among the reasons of the work."""
    head, channel = rows["order"], work.channel
    if reasons := lacking(uow.by.actor, KEEPING, channel.id):
        work.reasons += reasons
    elif (head["currency"], head["prices_include_tax"]) != (work.cart.currency, channel.prices_include_tax):
        work.reasons.append(PricesNotComparable(path=_PATH))
    else:
        work.acknowledged = wanted.acknowledge
        for line_id, price in (await _others(uow, work, rows, copied)).items():
            asked = OverrideLinePrice(
                line_id=line_id, change=NewAmount(amount=price), reason=wanted.reason, note=wanted.note
            )
            await work.do(Asked(action=asked, path=_PATH))
        work.reasons = list(dict.fromkeys(work.reasons))


async def _others(
    uow: UnitOfWork, work: Work, rows: Snapshot, copied: Mapping[OrderLineId, CartLineId]
) -> Mapping[CartLineId, int]:
    """What was asked that is not asked today. Of lines that have become one, the higher price counts."""
    cart, before = work.cart, dict[CartLineId, int]()
    for row in rows["lines"]:
        if line_id := copied.get(row["id"]):
            before[line_id] = max(row["unit_price"], before.get(line_id, 0))
    market = await market_facts(uow.connection, [cart], channel=work.channel, language=cart.language, at=uow.by.at)
    today = {total.id: total.unit_price for total in price_cart(cart, market[cart.id]).totals.lines}
    return {line_id: price for line_id, price in before.items() if today.get(line_id) != price}
