"""From an accepted quote to orders: at the prices that were promised, once, or in parts until nothing is open (Q3, Q6).

The quote is locked from the first look at it to the commit: whoever comes second finds that it has become an order. Prices and
how they are rounded are those of the version; what tax there is on them is up to the law of the day.
"""

from collections.abc import Sequence
from dataclasses import field, replace

from commerce_api.domain import cart as carts
from commerce_api.domain import quote as domain
from commerce_api.domain.blocks import Block
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Refusal, Refused, overruled, refuse, unheeded
from commerce_api.domain.ids import CartLineId, OrderId
from commerce_api.domain.order import Order
from commerce_api.domain.origin import Origin
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.cutting import Cut, cut, uncut
from commerce_api.domain.quote.parting import Share, WantedUnits, parted, whole
from commerce_api.domain.quote.promise import keeps_within
from commerce_api.domain.quote.readiness import readiness, waiting, worse
from commerce_api.domain.value import value
from commerce_api.operations import block_rules, placing, quote_holds
from commerce_api.operations.block_rules import Inherited
from commerce_api.operations.carts import Asked, Work
from commerce_api.operations.checkout import Viewed, view
from commerce_api.operations.quote_answers import QuoteRef, opened
from commerce_api.operations.quote_promises import Promise, promise_of
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class QuoteTotalChanged(Refusal):
    """It comes to another total than the one that you were shown, because of taxes or of where it goes; look at it again."""

    expected: int
    total: int
    currency: str


@value
class Convert:
    """`details` are what was left open when it was sent: who buys, where it goes and how, how it is paid. `expected_total` is
    what the buyer was shown, with its currency. Without `units` it is all that is still open.
    """

    quote: QuoteRef
    version: int
    units: tuple[WantedUnits, ...] | None = None
    details: tuple[Asked, ...] = field(repr=False)
    expected_total: tuple[int, str] | None = None
    acknowledge: frozenset[str] = frozenset()
    origin: Origin
    inline: bool = True


@value
class _Parts:
    """What is taken of a quote that is ordered in parts, and what is left of it."""

    taken: Share
    left: Share


@value
class _Given:
    """`blocks` are those of the quote."""

    promise: Promise
    parts: _Parts | None
    blocks: tuple[Block, ...]


async def convert(uow: UnitOfWork, wanted: Convert) -> Order | Refused:
    quote = await opened(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    command = domain.ConvertQuote(
        version=wanted.version, order_id=OrderId(uow.new_id()), in_part=wanted.units is not None, at=uow.by.at
    )
    if against := tuple(domain.against(quote, command)):
        return await _refused(uow, quote, wanted, against)
    promise = await promise_of(uow, quote)
    parts = _parts(promise, wanted.units)
    if isinstance(parts, Refused):
        return parts
    held, blocks = await quote_holds.let_go(uow, quote), await BlockStore(uow).on(domain.blockable(quote).owner)
    order = await _ordered(uow, quote, wanted, _Given(promise=promise, parts=parts, blocks=blocks), command.order_id)
    if not isinstance(order, Refused):
        last = parts is None or not parts.left.units
        await _converted(uow, quote, replace(command, last=last), parts, order)
        if last:
            await block_rules.passed_on(uow, quote, blocks)
        await quote_holds.keep(uow, quote, held, parts.left if parts else None)
    return order


def _parts(promise: Promise, units: Sequence[WantedUnits] | None) -> _Parts | Refused | None:
    """None for a quote that is ordered as a whole."""
    if not promise.partial:
        return None
    remaining = promise.frozen.open or whole(promise.frozen.content)
    everything = [WantedUnits(line_id=id_, quantity=many) for id_, many in remaining.quantities.items()]
    found = parted(remaining, everything if units is None else units)
    return found if isinstance(found, Refused) else _Parts(taken=found[0], left=found[1])


async def _refused(uow: UnitOfWork, quote: Quote, wanted: Convert, against: Sequence[Refusal]) -> Refused:
    """Whoever comes too late hears what else there is to do before it can be ordered again."""
    if not all(isinstance(each, domain.QuoteExpired) for each in against):
        return Refused(reasons=tuple(against))
    promise = await promise_of(uow, quote)
    detailed = await _detailed(uow, promise, wanted.details)
    if isinstance(detailed, Refused):
        return Refused(reasons=(*against, *detailed.reasons))
    viewed = await view(uow.connection, detailed.cart, uow.by.at)
    missing = readiness(quote, viewed.checkout, uow.by.at)
    return Refused(reasons=(*against, ReadinessIncomplete(missing=missing)))


async def _detailed(uow: UnitOfWork, promise: Promise, details: Sequence[Asked]) -> Work | Refused:
    """The draft of the quote with what was left open when it was sent."""
    worked = Work(uow, promise.draft, promise.channel)
    for asked in details:
        await worked.do(asked)
    return Refused(reasons=tuple(worked.reasons)) if worked.reasons else worked


async def _converted(
    uow: UnitOfWork, quote: Quote, command: domain.ConvertQuote, parts: _Parts | None, order: Order
) -> None:
    store, decided = QuoteStore(uow), domain.decide(quote, command)
    assert not isinstance(decided, Refused)  # noqa: S101 - nothing was against it before, and the quote is locked
    await store.save(replace(domain.evolved(quote, decided), revision=quote.revision + 1), decided)
    if parts:
        await store.take(quote, order, parts.taken, parts.left)
    else:
        await store.convert(quote, command.order_id)


@value
class _Making:
    """An order on its way: the cart that it is made of, as it was before and as it is seen now."""

    made: Cut
    worked: Work
    viewed: Viewed


async def _ordered(uow: UnitOfWork, quote: Quote, wanted: Convert, given: _Given, order_id: OrderId) -> Order | Refused:
    making = await _making(uow, wanted, given)
    if isinstance(making, Refused):
        return making
    now = {CartLineId(making.made.origins[id_]): many for id_, many in waiting(making.viewed.checkout.priced).items()}
    cautions = worse(now, given.promise.frozen.waiting)
    if refused := _against(making.viewed, wanted) or unheeded(cautions, wanted.acknowledge):
        return refused
    await uow.events.record("QUOTE", quote.id, overruled(cautions))
    how = placing.Placing(
        order_id=order_id, origin=wanted.origin, inline=wanted.inline, inherited=_inherited(given, making)
    )
    if not given.parts:
        return await placing.place_draft(uow, given.promise.draft, making.viewed, making.worked.events, how)
    cart = making.made.cart
    await CartStore(uow).add(cart, [carts.CartCreated(currency=cart.currency)])
    return await placing.place_draft(uow, cart, making.viewed, (), how)


async def _making(uow: UnitOfWork, wanted: Convert, given: _Given) -> _Making | Refused:
    worked = await _detailed(uow, given.promise, wanted.details)
    if isinstance(worked, Refused):
        return worked
    cart = await given.promise.kept(uow.connection, worked.cart, uow.by.at)
    made = cut(cart, given.parts.taken, iter(uow.new_id, None), uow.by.at) if given.parts else uncut(cart)
    return _Making(made=made, worked=worked, viewed=await view(uow.connection, made.cart, uow.by.at))


def _inherited(given: _Given, making: _Making) -> Inherited:
    """What was within limits, or was approved, when it was quoted is so for the order, as long as it gives no more. What holds
    the quote up holds each of its orders up (B8).
    """
    promise = given.promise
    quoted, now = promise.frozen.content.totals, making.viewed.checkout.priced.totals
    settled = (
        str(each.id)
        for each in making.made.cart.adjustments
        if (was := promise.draft.adjustment(making.made.origins[each.id])) and keeps_within((each, now), (was, quoted))
    )
    return Inherited(settled=frozenset(settled), approved_by=promise.frozen.approved_by, blocks=given.blocks)


def _against(viewed: Viewed, wanted: Convert) -> Refused | None:
    total, currency = viewed.checkout.priced.totals.total, viewed.checkout.priced.cart.currency
    if wanted.expected_total is None or wanted.expected_total == (total, currency):
        return None
    expected, _ = wanted.expected_total
    return refuse(QuoteTotalChanged(path=("expectedTotal",), expected=expected, total=total, currency=currency))
