"""A bank answers while an order is being canceled: whoever is first, nothing is held in the end (T3, T10)."""

import asyncio

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.domain.actor import SYSTEM, Actor, ActorKind, Attribution
from commerce_api.domain.order import Order, OrderState
from commerce_api.domain.payment import Approved, DeclineCode, Declined
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cancellations import CancelOrder, cancel
from commerce_api.operations.execute import execute
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.payments import ProviderMessage, advance, take_in
from tests import given
from tests.buying import Shop, rows


@pytest.fixture
async def shop(committing):
    async with committing.connection() as connection:
        await given.cancel_reasons(connection.raw)
    return await Shop.open(committing)


@pytest.fixture
def desk(committing, clock):
    sandbox = SandboxProvider(committing, now=clock, address="http://shop.test")
    return PaymentDesk(database=committing, provider=sandbox, now=clock, inline=False)


CLERK = Actor(kind=ActorKind.STAFF, id=new_id(), permissions=frozenset(Permission))


def by(clock, actor):
    return Attribution(actor=actor, at=clock(), request_id="race")


@pytest.mark.parametrize("answer", [Approved(reference="r"), Declined(reference="r", code=DeclineCode.CARD_DECLINED)])
async def test_an_order_canceled_while_its_bank_answers_holds_neither_goods_nor_money(
    shop, desk, committing, clock, answer
):
    kettle = await shop.product(stock=10)
    orders = [await shop.place(clock, await shop.cart((kettle, 1)), inline=False) for _ in range(10)]

    def told(order):
        entry = order.payments[0].transactions[0]
        message = ProviderMessage(provider="sandbox", event_id=str(new_id()), transaction_id=entry.id, answer=answer)
        return execute(committing, by(clock, SYSTEM), take_in, message)

    def canceled(order):
        return execute(committing, by(clock, CLERK), cancel, CancelOrder(order_id=order.id, units=None, reason="OTHER"))

    pairs = [
        (told(order), canceled(order)) if n % 2 else (canceled(order), told(order)) for n, order in enumerate(orders)
    ]
    done = await asyncio.gather(*(each for pair in pairs for each in pair))

    assert all(isinstance(each, Order) for each in done), done
    for order in orders:
        after = await advance(desk, order.id, "race")
        assert (after.state, after.balance, after.version) == (OrderState.CANCELED, 0, 2)
    assert await rows(committing, "SELECT allocated FROM stock_levels") == [(0,)]
    assert await rows(committing, "SELECT count(*) FROM events WHERE type = 'OrderCanceled'") == [(10,)]
    assert await rows(committing, "SELECT count(*) FROM order_versions WHERE version = 2") == [(10,)]
