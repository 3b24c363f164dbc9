"""What rules make of orders, and what becomes of blocks when something else happens (B6, B8). Who calls records the events with
those of the order, and keeps the order locked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from commerce_api.domain import blocks as b
from commerce_api.domain.order import (
    Order,
    OrderBalanceSubmitted,
    OrderCanceled,
    OrderConfirmed,
    OrderEvent,
    OrderPaymentRejected,
    PaymentsCounted,
    blockable,
)
from commerce_api.domain.quote import Quote
from commerce_api.domain.value import value
from commerce_api.operations import adjusting, block_reminders, credit
from commerce_api.operations.checkout import Viewed
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

NOTHING_MOVED: Final[Mapping[UUID, UUID]] = MappingProxyType({})


async def judged(
    uow: UnitOfWork, order: Order, causes: Iterable[b.Cause], rules: Iterable[str], blocks: tuple[b.Block, ...]
) -> list[b.BlockEvent]:
    """What the rules make of an order now; nothing is written. `rules` were asked, and can let go what they once held."""
    found = b.Judged(causes=tuple(causes), rules=frozenset(rules), by=uow.by.actor.id, at=uow.by.at)
    codes = {*(cause.reason for cause in found.causes), *(block.reason for block in blocks if block.active)}
    if not codes:
        return []
    reasons = await BlockStore(uow).reasons(codes)
    return b.judge(blockable(order), blocks, found, reasons, [uow.new_id() for _ in found.causes])


async def write(uow: UnitOfWork, events: Sequence[b.BlockEvent]) -> None:
    """The rows of what `judged` said."""
    if events:
        store, added = BlockStore(uow), [event.block.reason for event in events if isinstance(event, b.BlockAdded)]
        await store.write(events, await store.reasons(added) if added else {})


async def causes(uow: UnitOfWork, order: Order, viewed: Viewed) -> tuple[b.Cause, ...]:
    """What the rules find in an order that is about to be written. Like orders are looked for only where the channel wants it."""
    checks, minutes = viewed.channel.checks, viewed.channel.checks.duplicate_minutes
    wanted: Counter[str] = Counter()
    for line in viewed.checkout.priced.cart.lines:
        wanted[str(line.variant_id)] += line.quantity
    since = uow.by.at - timedelta(minutes=minutes or 0)
    alike = await BlockStore(uow).alike(order, wanted, since) if minutes else ()
    staff_id = uow.by.actor.id if uow.by.actor.is_staff else None
    facts = b.OrderFacts(total=order.total, currency=order.currency, alike=tuple(alike), staff_id=staff_id)
    of_prices = await adjusting.causes(uow.connection, viewed.checkout.priced)
    of_money = (*of_prices, *await credit.causes(uow, order, unkept=order.payments))
    return (*b.automatic_causes(checks, facts), *of_money)


async def following(uow: UnitOfWork, order: Order, happened: Sequence[OrderEvent]) -> list[b.BlockEvent]:
    """What becomes of the blocks of an order when this happened to it: written, and to be recorded with it."""
    events: list[b.BlockEvent] = []
    if any(isinstance(event, OrderCanceled) for event in happened):
        events += b.closed(await BlockStore(uow).of_order(order.id), b.Resolution.ORDER_CANCELED, uow.by.at)
    elif found := await _of_payment(uow, order, happened):
        events += await judged(uow, order, found, (), await BlockStore(uow).of_order(order.id))
    await write(uow, events)
    return events


async def _of_payment(uow: UnitOfWork, order: Order, happened: Sequence[OrderEvent]) -> list[b.Cause]:
    """An order that a bank declined as often as it may is looked at by somebody, whatever the channel wants."""
    declined, confirmed = order.declined_attempts, any(isinstance(event, OrderConfirmed) for event in happened)
    if confirmed:
        checks = (await channel_by_id(uow.connection, order.channel_id)).checks if declined else b.NO_CHECKS
        facts = b.OrderFacts(total=0, currency=order.currency, declined_attempts=declined)
        found = [cause for cause in b.automatic_causes(checks, facts) if cause.reason == b.PAYMENT_ATTEMPTS]
        return [*found, *await credit.causes(uow, order)]
    for event in happened:
        if isinstance(event, OrderBalanceSubmitted | PaymentsCounted):
            unkept = event.payments if isinstance(event, OrderBalanceSubmitted) else ()
            return list(await credit.causes(uow, order, unkept))
    if order.attempts >= order.retries.limit and any(isinstance(event, OrderPaymentRejected) for event in happened):
        return [b.Cause(reason=b.PAYMENT_ATTEMPTS, ref="payment", amount=declined)]
    return []


@value
class Inherited:
    """What an order has from the quote that it is made of: `settled` are refs of causes that were within limits then, or that
    `approved_by` has approved; `blocks` are all that there are on the quote.
    """

    settled: frozenset[str] = frozenset()
    approved_by: UUID | None = None
    blocks: tuple[b.Block, ...] = ()


async def raised(uow: UnitOfWork, order: Order, causes: Sequence[b.Cause], inherited: Inherited) -> list[b.BlockEvent]:
    """At placing: blocks for all causes and those of the quote, to be written after the order and recorded with it. Without
    any nothing is asked.
    """
    approver, settled = inherited.approved_by, inherited.settled
    left = causes if approver else [cause for cause in causes if cause.ref not in settled]
    events = await judged(uow, order, left, (), ()) if left else []
    if approver:
        events += b.approved(events, settled, approver, uow.by.at)
    return [*await _copies(uow, inherited.blocks, blockable(order).owner, NOTHING_MOVED), *events]


async def copied(
    uow: UnitOfWork, present: Sequence[b.Block], owner: b.Owner, moved: Mapping[UUID, UUID]
) -> Sequence[b.BlockEvent]:
    """What holds something up holds up what is made of it: nobody gets round whoever has to let it go on (D27)."""
    events = await _copies(uow, present, owner, moved)
    await write(uow, events)
    return events


async def _copies(
    uow: UnitOfWork, present: Sequence[b.Block], owner: b.Owner, moved: Mapping[UUID, UUID]
) -> Sequence[b.BlockEvent]:
    events = b.copied(present, owner, uow.by.actor.id, uow.by.at, [uow.new_id() for _ in present], moved)
    await block_reminders.schedule(uow, events)
    return events


async def passed_on(uow: UnitOfWork, quote: Quote, present: Sequence[b.Block]) -> None:
    """The orders of a quote have its blocks; nothing is left of it to hold up."""
    events = b.closed(present, b.Resolution.PASSED_ON, uow.by.at)
    await write(uow, events)
    await uow.events.record("QUOTE", quote.id, events)
