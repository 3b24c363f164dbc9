"""How an order is paid that was not paid yet: chosen anew, and tried again (S0-27)."""

from dataclasses import replace

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import order as domain
from commerce_api.domain.actor import SYSTEM, Actor
from commerce_api.domain.checkout import dues
from commerce_api.domain.decision import NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import OrderId, PaymentId, TransactionId
from commerce_api.domain.order import Order, ReplaceInstructions, Resubmit, decide
from commerce_api.domain.payment import Payment
from commerce_api.domain.payment_offers import (
    Payer,
    PaymentMethodUnavailable,
    PaymentOffer,
    against_card,
    obstacle,
    offer_of,
)
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import acting, payments
from commerce_api.operations.chosen_cards import Chosen, ToPay, looked_up
from commerce_api.operations.paying import payer_of, payments_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class PaymentLinkInvalid(Refusal):
    """This link was used or has expired; please ask us for a new one."""


@value
class BalanceChanged(Refusal):
    """Another amount is due than the one that you were shown; look at it again."""


@value
class OrderToPay:
    """By its id for those who may see it, or by the secret of a mailed link."""

    order_id: OrderId | None = None
    link: str | None = None


@value
class PayOrder:
    order: OrderToPay
    chosen: Chosen


@value
class PayBalance:
    """With what is `chosen`, or what pays the order already. `expected_due` is an amount with its currency."""

    order: OrderToPay
    chosen: Chosen | None = None
    expected_due: tuple[int, str] | None = None
    inline: bool = True


@value
class TryAgain:
    order: OrderToPay
    inline: bool = True


async def pay_order(uow: UnitOfWork, command: PayOrder) -> Order | Refused:
    """Keep new instructions for an order; no bank is asked yet."""
    orders, order = await _open(uow, command.order)
    if order is None:
        return _not_there(command.order)
    if refused := await acting.against(uow, order.customer_id):
        return refused
    prepared = await paid_with(uow, order, command.chosen, order.unpaid)
    if isinstance(prepared, Refused):
        return prepared
    decided = decide(order, ReplaceInstructions(payments=prepared))
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided)
    await commit_version(uow, order.id, VersionNote(total_before=order.total))
    return after


async def try_again(uow: UnitOfWork, command: TryAgain) -> Order | Refused:
    """Ask the bank once more, after the commit. A link is used up by this, with all others of the order."""
    orders, order = await _open(uow, command.order)
    if order is None or (command.order.link and not await _used_up(uow, order.id, command.order.link)):
        return _not_there(command.order)
    if refused := await acting.against(uow, order.customer_id):
        return refused
    count = 2 * len(order.payments) + 1
    decided = decide(
        order,
        Resubmit(
            at=uow.by.at,
            spare_ids=tuple(TransactionId(uow.new_id()) for _ in range(count)),
            payment_ids=tuple(PaymentId(uow.new_id()) for _ in range(count)),
        ),
    )
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided)
    await payments.ask(uow, order.id, f"authorize:{order.id}:{after.attempts}", inline=command.inline)
    return after


async def pay_balance(uow: UnitOfWork, command: PayBalance) -> Order | Refused:
    """Ask the bank for what is left beside what is held, after the commit. A link is used up by this."""
    orders, order = await _open(uow, command.order)
    if order is None or (command.order.link and not await _used_up(uow, order.id, command.order.link)):
        return _not_there(command.order)
    if refused := await acting.against(uow, order.customer_id):
        return refused
    if command.expected_due not in {None, (order.balance, order.currency)}:
        return refuse(BalanceChanged(path=("expectedDue",)))
    chosen = await chosen_for(uow, order, command.chosen, order.balance)
    if isinstance(chosen, Refused):
        return chosen
    spare = tuple(TransactionId(uow.new_id()) for _ in (*order.payments, *chosen))
    decided = decide(order, domain.PayBalance(payments=chosen, at=uow.by.at, spare_ids=spare))
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided)
    await payments.ask(uow, order.id, f"balance:{spare[0]}", inline=command.inline)
    return after


async def chosen_for(uow: UnitOfWork, order: Order, chosen: Chosen | None, due: int) -> tuple[Payment, ...] | Refused:
    """What is to pay so much, new or as before; nothing, where nothing is due."""
    if due <= 0:
        return ()
    return await (paid_with(uow, order, chosen, due) if chosen else paid_as_before(uow, order, due))


async def paid_with(uow: UnitOfWork, order: Order, chosen: Chosen, due: int) -> tuple[Payment, ...] | Refused:
    """Payments of so much by what was chosen, as far as this customer may pay with it."""
    channel = await channel_by_id(uow.connection, order.channel_id)
    to_pay = ToPay(
        customer_id=order.customer_id,
        currency=order.currency,
        language=order.language,
        offers=channel.payment_offers,
        cards={},
        due=due,
    )
    found = await looked_up(uow, chosen, to_pay)
    if isinstance(found, Refused):
        return found
    used = dues(found.instructions, due) or []
    return payments_of(uow, used, found.purse, attempt=order.attempts + 1)


async def paid_as_before(uow: UnitOfWork, order: Order, due: int) -> tuple[Payment, ...] | Refused:
    """So much more by what pays the order already, as far as that may be used for it now."""
    channel = await channel_by_id(uow.connection, order.channel_id)
    payer = await payer_of(uow.connection, order.customer_id, order.currency, channel.payment_offers)
    same = domain.as_before(order, due, lambda: PaymentId(uow.new_id()))
    found = (_against_as_before(each, offer_of(channel.payment_offers, each.method), payer, uow) for each in same)
    reasons = tuple(replace(reason, path=("instructions",)) for reason in found if reason)
    return Refused(reasons=reasons) if reasons else same


def _against_as_before(payment: Payment, offer: PaymentOffer | None, payer: Payer, uow: UnitOfWork) -> Refusal | None:
    if against := obstacle(offer, payer, payment.amount):
        return PaymentMethodUnavailable(obstacle=against)
    return against_card(offer, payment.card, uow.by.at) if payment.card else None


async def _used_up(uow: UnitOfWork, order_id: OrderId, link: str) -> bool:
    found = await one_time_tokens.use(uow.connection, Purpose.PAY_ORDER, token_hash(link), uow.by.at)
    await one_time_tokens.forget(uow.connection, Purpose.PAY_ORDER, order_id)
    return found is not None


async def to_pay(uow: UnitOfWork, wanted: OrderToPay) -> Order | Refused:
    """What is to be paid, for whoever has the right or the link."""
    _, order = await _open(uow, wanted)
    return order or _not_there(wanted)


async def _open(uow: UnitOfWork, wanted: OrderToPay) -> tuple[OrderStore, Order | None]:
    if not wanted.link:
        orders = OrderStore(uow)
        order = await orders.get(wanted.order_id) if wanted.order_id else None
        return orders, order if order and _may_pay(uow.by.actor, order) else None
    proven = OrderStore(uow, SYSTEM)
    order_id = await one_time_tokens.find(uow.connection, Purpose.PAY_ORDER, token_hash(wanted.link), uow.by.at)
    return proven, await proven.get(order_id) if order_id else None


def _may_pay(actor: Actor, order: Order) -> bool:
    """Staff may where they act for customers; seeing an order is not enough."""
    return (
        not actor.is_staff
        or actor.delegation is not None
        or actor.may_in(Permission.ACT_FOR_CUSTOMERS, order.channel_id)
    )


def _not_there(wanted: OrderToPay) -> Refused:
    return refuse(PaymentLinkInvalid(path=("paymentToken",)) if wanted.link else NotFound(path=("orderId",)))
