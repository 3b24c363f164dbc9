"""The prices of before on what is bought again, as if whoever keeps them had set each by hand: with a reason, and within the same
limits (S2-18, D27).
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from commerce_api.domain.actor import lacking
from commerce_api.domain.cart import NewAmount, OverrideLinePrice
from commerce_api.domain.cart.refusals import OverrideReasonNotFound
from commerce_api.domain.cloning import PriceTerms, against_keeping, to_be_kept
from commerce_api.domain.decision import Path
from commerce_api.domain.ids import CartLineId, OrderLineId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.value import value
from commerce_api.operations.carts import Asked, Work
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.money_facts import override_reason
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.unit_of_work import UnitOfWork

KEEPING: Final = (Permission.OVERRIDE_PRICES,)
_PATH: Final[Path] = ("keepPrices",)


@value
class KeepPrices:
    reason: str
    note: str = field(default="", repr=False)
    acknowledge: frozenset[str] = frozenset()


async def keep(
    uow: UnitOfWork, work: Work, rows: Snapshot, copied: Mapping[OrderLineId, CartLineId], wanted: KeepPrices
) -> None:
    """What stands against it is among the reasons of the work."""
    head, channel = rows["order"], work.channel
    before = PriceTerms(currency=head["currency"], include_tax=head["prices_include_tax"])
    now = PriceTerms(currency=work.cart.currency, include_tax=channel.prices_include_tax)
    if reasons := lacking(uow.by.actor, KEEPING, channel.id):
        work.reasons += reasons
    elif reason := against_keeping(before, now):
        work.reasons.append(reason)
    else:
        work.acknowledged = wanted.acknowledge
        asked_before = [(row["id"], row["unit_price"]) for row in rows["lines"]]
        kept = to_be_kept(asked_before, copied, await _today(uow, work))
        if not kept and await override_reason(uow.connection, wanted.reason) is None:
            work.reasons.append(OverrideReasonNotFound(path=(*_PATH, "reason")))
        for line_id, price in kept.items():
            asked = OverrideLinePrice(
                line_id=line_id, change=NewAmount(amount=price), reason=wanted.reason, note=wanted.note
            )
            await work.do(Asked(action=asked, path=_PATH))
        work.reasons = list(dict.fromkeys(work.reasons))


async def _today(uow: UnitOfWork, work: Work) -> Mapping[CartLineId, int]:
    """What units of each line cost now."""
    cart = work.cart
    market = await market_facts(uow.connection, [cart], channel=work.channel, language=cart.language, at=uow.by.at)
    return {CartLineId(total.id): total.unit_price for total in price_cart(cart, market[cart.id]).totals.lines}
