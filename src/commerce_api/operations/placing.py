"""Placing an order: the one transaction in which a cart becomes one (S0-21, T1).

Everything is looked up again and compared with what the buyer was shown. Nothing outside is asked in here: the bank comes
after the commit (`operations.payments`). The shelves are locked last, so that others wait for them as short as can be.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from commerce_api.domain import cart as carts
from commerce_api.domain.actor import SYSTEM
from commerce_api.domain.address import Address
from commerce_api.domain.cart import Cart, CartEvent
from commerce_api.domain.checkout import (
    Checkout,
    ReadinessIncomplete,
    Requirement,
    SummaryChanged,
    SummaryTokenInvalid,
    differences,
    dues,
    facts_of,
    missing,
    read_summary_token,
    summary_token,
    to_wait_for,
)
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Done, NotFound, Refused, refuse
from commerce_api.domain.ids import CartId, OrderId, TransactionId
from commerce_api.domain.money import decimal_of
from commerce_api.domain.notify import AS_PREFERRED, Notify, OrderMail
from commerce_api.domain.order import Order, OrderConfirmed, OrderPlaced, OrderState, secured
from commerce_api.domain.order_number import order_number
from commerce_api.domain.origin import Origin
from commerce_api.domain.payment import Payment, requested
from commerce_api.domain.priced_cart import PricedCart, PricedLine
from commerce_api.domain.shipping_plan import latest
from commerce_api.domain.stock import Slice, owed
from commerce_api.domain.value import value
from commerce_api.operations import block_rules, payments
from commerce_api.operations.acting import cart_to_price
from commerce_api.operations.block_rules import Inherited
from commerce_api.operations.carts import facts, touched
from commerce_api.operations.checkout import Viewed, deal, demands_of, view, viewed_by, with_terms
from commerce_api.operations.order_origin import origin_of
from commerce_api.operations.paying import Purse, payments_of
from commerce_api.operations.telling import Telling, tell, telling
from commerce_api.persistence.rows import Write, write_all
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.orders import Left, OrderStore
from commerce_api.persistence.stores.placed_orders import PlacedOrder
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class PlaceOrder:
    """`origin` is where the order came in, as the storefront or the agent tells it."""

    cart_id: CartId | None
    summary_token: str
    accepted_terms_version: str | None = None
    origin: Origin = Origin()
    inline: bool = True
    notify: Notify = AS_PREFERRED


@value
class Placing:
    """How an order comes about. `seen` is the token of what the buyer was shown, if it is that which is ordered; `beside` is what
    is written with it.
    """

    order_id: OrderId
    origin: Origin
    seen: str | None = None
    inline: bool = True
    notify: Notify = AS_PREFERRED
    inherited: Inherited = Inherited()
    beside: tuple[Write, ...] = ()


async def place(uow: UnitOfWork, command: PlaceOrder) -> Done[Order] | Order | Refused:
    """The cart's order: made now, or by whoever was faster (D2). How it was `Left` is known of the first."""
    looked = await cart_to_price(uow, command.cart_id)
    if isinstance(looked, Refused):
        return looked
    if isinstance(looked.cart.state, carts.Ordered):
        return await _placed_before(OrderStore(uow), looked.cart.id)
    cart = with_terms(looked.cart, command.accepted_terms_version)
    order_id = OrderId(uow.new_id())
    how = Placing(
        order_id=order_id,
        origin=command.origin,
        seen=command.summary_token,
        inline=command.inline,
        notify=command.notify,
        beside=tuple(uow.idempotency_keys.keeping({"id": order_id}, at=uow.by.at)),
    )
    closing = carts.decide(cart, carts.CloseCart(order_id=how.order_id), facts(uow.by))
    if isinstance(closing, Refused) and closing != refuse(carts.CartEmpty()):
        return closing
    viewed = await viewed_by(uow.ahead, cart, looked.known, uow.by.at)
    against = _against(viewed.checkout, command.summary_token)
    if isinstance(closing, Refused):
        return against or closing
    if against:
        return against
    left = await _placed(uow, viewed, cart, closing, how)
    return left if isinstance(left, Refused) else Done(result=left.order, known=left)


async def place_draft(
    uow: UnitOfWork, draft: Cart, viewed: Viewed, events: Sequence[CartEvent], how: Placing
) -> Order | Refused:
    """The order of a draft to which `events` have just happened. What it commits both sides to was agreed on before."""
    if incomplete := _incomplete(viewed.checkout):
        return incomplete
    closing = carts.decide(viewed.checkout.priced.cart, carts.CloseCart(order_id=how.order_id), facts(uow.by))
    if isinstance(closing, Refused):
        return closing
    left = await _placed(uow, viewed, draft, [*events, *closing], how)
    return left if isinstance(left, Refused) else left.order


async def _placed(
    uow: UnitOfWork, viewed: Viewed, before: Cart, events: Sequence[CartEvent], how: Placing
) -> Left | Refused:
    """The last of the events is that the cart is closed; whatever else there is has happened to what was viewed."""
    order = _order(uow, viewed, how, await OrderStore(uow).number_for(before))
    whom = telling(uow, order, viewed.channel, how.notify, OrderMail.ORDER_CONFIRMATION)
    if isinstance(whom, Refused):
        return whom
    origin = await origin_of(uow, how.origin, viewed.checkout.priced.cart)
    placed = PlacedOrder(viewed.checkout, order, viewed.channel, origin)
    blocks = await block_rules.raised(uow, order, await block_rules.causes(uow, order, viewed), how.inherited)
    await _queue(uow, order, how)
    await tell(uow, whom, _confirmation(viewed, order), f"order-confirmation:{order.id}")
    told = uow.events.first_rows("ORDER", order.id, [*_happened(order, whom), *blocks])
    closed = touched(carts.evolved(viewed.checkout.priced.cart, events[-1:]), viewed.channel, uow.by.at)
    beside = [*await placed.head(uow), *uow.outbox.taken()]
    await CartStore(uow).save(before, closed, events, beside=beside, told=told)
    await block_rules.write(uow, blocks)
    if refused := await _deal_out(uow, viewed, placed, order, how):
        return refused
    return Left(order=order, end=(told[-1]["sequence"], told[-1]["hash"]))


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    """The order that an earlier request was about; whoever has its answer's key has proven to be the same caller."""
    return await OrderStore(uow, SYSTEM).get(id) or refuse(NotFound())


async def _placed_before(orders: OrderStore, cart_id: CartId) -> Order | Refused:
    order_id = await orders.id_of_cart(cart_id)
    order = await orders.get(order_id) if order_id else None
    return order or refuse(NotFound(path=("cartId",)))


def _against(checkout: Checkout, token: str) -> Refused | None:
    """What is missing, then what has changed. Stock is left to those who hold the shelves."""
    if incomplete := _incomplete(checkout):
        return incomplete
    seen, now = read_summary_token(token), facts_of(checkout)
    if seen is None:
        return refuse(SummaryTokenInvalid(path=("summaryToken",)))
    if found := differences(seen, now):
        currency = checkout.priced.cart.currency
        changed = SummaryChanged(
            path=("summaryToken",), differences=found, summary_token=summary_token(now), currency=currency
        )
        return refuse(changed)
    return None


def _incomplete(checkout: Checkout) -> Refused | None:
    """All that is missing, unless it is nothing but stock."""
    lacking = missing(checkout)
    if all(one.requirement is Requirement.STOCK for one in lacking):
        return None
    return refuse(ReadinessIncomplete(missing=lacking))


def _order(uow: UnitOfWork, viewed: Viewed, how: Placing, number: int) -> Order:
    checkout, channel = viewed.checkout, viewed.channel
    cart, total = checkout.priced.cart, checkout.priced.totals.total
    payments = _requested(uow, checkout)
    order = Order(
        id=how.order_id,
        number=order_number(channel.order_prefix, number),
        channel_id=channel.id,
        customer_id=cart.customer_id,
        state=OrderState.PENDING,
        email=checkout.email,
        language=cart.language,
        currency=cart.currency,
        total=total,
        attempts=1,
        placed_at=uow.by.at,
        payment_due_at=_due_at(payments, uow.by.at + timedelta(days=channel.payment_retry_days)),
        retries=channel.retries,
        shipping_policy=checkout.priced.availability_choice.policy,
        cancelable_until=_until(uow, channel.cancel_minutes),
        editable_until=_until(uow, channel.edit_minutes),
        payments=payments,
    )
    return replace(order, state=OrderState.CONFIRMED) if secured(order) else order


def _until(uow: UnitOfWork, minutes: int) -> datetime | None:
    """Until when customers can do by themselves what they can for so long; without minutes never."""
    return uow.by.at + timedelta(minutes=minutes) if minutes else None


def _requested(uow: UnitOfWork, checkout: Checkout) -> tuple[Payment, ...]:
    """One payment for each instruction, with its request written down."""
    cart = checkout.priced.cart
    used = dues(cart.payment_instructions, checkout.priced.totals.due) or []
    purse = Purse(payer=checkout.payer, offers=checkout.offers, cards=checkout.cards, language=cart.language)
    made = payments_of(uow, used, purse, attempt=1)
    return tuple(requested(payment, TransactionId(uow.new_id()), uow.by.at) for payment in made)


def _due_at(payments: Sequence[Payment], usual: datetime) -> datetime:
    """A transfer may take longer than a card."""
    return max((usual, *(p.due_at for p in payments if p.due_at and not p.transactions)))


async def _deal_out(uow: UnitOfWork, viewed: Viewed, placed: PlacedOrder, order: Order, how: Placing) -> Refused | None:
    """The shelves are locked from `deal` to the commit: all that is left to write is one statement."""
    dealt = await deal(uow, viewed, demands_of(viewed.checkout.priced))
    if isinstance(dealt, Refused):
        return dealt
    if changed := await _gone_meanwhile(uow, viewed, dealt, how.seen):
        return changed
    stock, parts = StockStore(uow.connection, uow.by), [(uow.new_id(), part) for part in dealt]
    allocating = stock.allocating(order.id, parts, kept_for=viewed.id)
    await write_all(uow.connection, [*placed.lines(uow, dealt), *how.beside, allocating])
    await placed.finish(uow)
    return None


def _happened(order: Order, whom: Telling) -> list[Any]:
    events = [OrderPlaced(number=order.number, total=order.total, currency=order.currency), *whom.events]
    return [*events, OrderConfirmed()] if order.state is OrderState.CONFIRMED else events


async def _gone_meanwhile(uow: UnitOfWork, viewed: Viewed, dealt: Sequence[Slice], seen: str | None) -> Refused | None:
    """Whoever was faster may have left fewer units on the shelves than were there a moment ago. Nobody waits for goods, or gets
    in one order what was to be two, without having been shown it: this is refused as if it had been looked at now.
    """
    if seen is None or owed(dealt) <= sum(map(to_wait_for, viewed.checkout.priced.lines)):
        return None
    now = await view(uow.connection, viewed.checkout.priced.cart, uow.by.at)
    return _against(now.checkout, seen)


async def _queue(uow: UnitOfWork, order: Order, how: Placing) -> None:
    """What has to follow, whatever becomes of this process."""
    if order.state is OrderState.PENDING:
        await payments.ask(uow, order.id, f"authorize:{order.id}:1", inline=how.inline)
        await payments.watch(uow, order)


def _confirmation(viewed: Viewed, order: Order) -> dict[str, Any]:
    def money(minor: int) -> str:
        return str(decimal_of(minor, DIGITS[order.currency]))

    priced, totals = viewed.checkout.priced, viewed.checkout.priced.totals
    sums = {
        "discount": totals.discount_total,
        "shipping": totals.shipping_total,
        "tax_included" if viewed.channel.prices_include_tax else "tax": totals.tax_total,
    }
    data = {
        "number": order.number,
        "currency": order.currency,
        "time_zone": viewed.channel.time_zone,
        "lines": [_confirmed_line(line, money, priced) for line in priced.lines],
        "ship_to": _written(priced.groups[0].group.address),
        "total": money(totals.total),
        "payments": [
            {"amount": money(each.amount), "due_at": each.due_at, "how_to_pay": each.how_to_pay}
            for each in order.payments
            if each.due_at
        ],
        **{name: money(amount) for name, amount in sums.items() if amount},
    }
    return {
        "kind": "ORDER_CONFIRMATION",
        "language": order.language,
        "order_id": order.id,
        "data": data,
    }


def _confirmed_line(line: PricedLine, money: Callable[[int], str], priced: PricedCart) -> dict[str, Any]:
    title, options = (line.variant.title, line.variant.options) if line.variant else ("", ())
    name = ", ".join([title, *(option for _, option in options)])
    requests = line.line.requests
    days = (group.group.requested_ship_date for group in priced.groups if line.line.id in group.quantities)
    day = latest(requests.requested_ship_date, *days)
    asked = {"gift_message": requests.gift_message, "ship_date": day.isoformat() if day else ""}
    return {
        "name": name,
        "quantity": line.line.quantity,
        "amount": money(line.total.total if line.total else 0),
        **{key: said for key, said in asked.items() if said},
    }


def _written(address: Address | None) -> list[str]:
    """As it stands on a parcel."""
    if address is None:
        return []
    place = f"{address.postal_code} {address.city}".strip()
    person = f"{address.first_name} {address.last_name}".strip()
    parts = (person, address.company, address.line1, address.line2, place, address.country)
    return [part for part in parts if part]
