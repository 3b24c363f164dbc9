"""What staff change about money: what it takes to decide about that, and what becomes of it when an order is made."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from commerce_api.domain import cart as domain
from commerce_api.domain.adjustment import PERMISSION_FOR, AdjustmentKind, Adjustments, conceded_in_all, exceeding
from commerce_api.domain.blocks import Cause
from commerce_api.domain.cart import Cart, MoneyAction, MoneyFacts
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import OrderId
from commerce_api.domain.limits import Limit, categories_named
from commerce_api.domain.originals import Lineages, originals_of
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.persistence.readers import cart_facts, money_facts
from commerce_api.persistence.readers.adjustments import adjustment_of
from commerce_api.persistence.readers.lineages import lineages_of
from commerce_api.persistence.readers.order_versions import adjustments_ever
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.unit_of_work import UnitOfWork

MONEY_RULES: Final[Mapping[AdjustmentKind, str]] = {
    AdjustmentKind.LINE_PRICE: "PRICE_OVERRIDE_LIMIT",
    AdjustmentKind.CHARGE: "CHARGE_OVERRIDE_LIMIT",
    AdjustmentKind.EXTRA_CHARGE: "CHARGE_OVERRIDE_LIMIT",
    AdjustmentKind.DEDUCTION: "DISCOUNT_LIMIT",
}
"""For what an order is held up that has such a change beyond a limit."""


async def known(
    uow: UnitOfWork, cart: Cart, channel: Channel, command: MoneyAction, acknowledged: frozenset[str]
) -> MoneyFacts:
    """What is asked for the cart as of now, and how far whoever acts may go."""
    connection, actor = uow.connection, uow.by.actor
    kind = domain.kind_of(cart, command)
    permission = PERMISSION_FOR[kind] if kind else None
    reason = None if isinstance(command, domain.RemoveAdjustment) else command.reason
    limits = actor.limits(permission, cart.channel_id) if permission else ()
    market = await cart_facts.market_facts(connection, [cart], channel=channel, language=cart.language, at=uow.by.at)
    priced = price_cart(cart, market[cart.id])
    tax_class_id = command.tax_class_id if isinstance(command, domain.AddCharge) else None
    return MoneyFacts(
        originals=originals_of(priced, await categories_of(connection, [priced], limits)),
        permitted=permission is None or actor.may_in(permission, cart.channel_id),
        limits=limits,
        reason=await money_facts.override_reason(connection, reason) if reason else None,
        tax_class_known=tax_class_id is None or await money_facts.has_tax_class(connection, tax_class_id),
        acknowledged=acknowledged,
    )


async def categories_of(connection: Connection, priced: Sequence[PricedCart], limits: Iterable[Limit] = ()) -> Lineages:
    """Those of what is bought, if these limits, or those that something was judged by, are about some."""
    kept = (limit for one in priced for each in one.cart.adjustments for limit in each.limits)
    if not categories_named((*limits, *kept)):
        return {}
    return await lineages_of(
        connection, {line.variant.product_id for one in priced for line in one.lines if line.variant}
    )


async def causes(connection: Connection, priced: PricedCart, edited: OrderId | None = None) -> tuple[Cause, ...]:
    """What goes beyond the limit of who changed it, judged by what is asked now; in an edit also by what was changed in any
    version of the order before.
    """
    if not priced.cart.adjustments:
        return ()
    former = [adjustment_of(row) for row in await adjustments_ever(connection, edited)] if edited else []
    limits = (limit for each in former for limit in each.limits)
    return causes_by(priced, await categories_of(connection, [priced], limits), former)


def causes_by(priced: PricedCart, categories: Lineages, former: Adjustments = ()) -> tuple[Cause, ...]:
    """The same where the categories of what is bought are known, and the changes in versions before."""
    adjustments = priced.cart.adjustments
    beyond = exceeding(adjustments, originals_of(priced, categories), former)
    return tuple(
        Cause(
            reason=MONEY_RULES[each.kind],
            ref=str(each.id),
            amount=conceded_in_all(each, priced.totals),
            caused_by=each.by.id,
        )
        for each in adjustments
        if each.id in beyond
    )
