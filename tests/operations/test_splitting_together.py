"""Somebody splits an order while others cancel, edit or split it: nothing is promised twice, and no money is lost (S1-09)."""

import asyncio

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.cart import SetNote
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import SplitShipping
from commerce_api.domain.permissions import Permission
from commerce_api.operations import order_edits
from commerce_api.operations.cancellations import CancelOrder, cancel
from commerce_api.operations.carts import Asked
from commerce_api.operations.edit_charging import commit
from commerce_api.operations.edit_commit import CommitEdit
from commerce_api.operations.execute import execute
from commerce_api.operations.order_edits import ApplyToEdit, BeginEdit
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.payments import advance
from commerce_api.operations.splitting import SplitOrders, SplitPlacedOrder, split
from tests import given
from tests.buying import Shop, rows

CLERK = Actor(kind=ActorKind.STAFF, id=new_id(), permissions=frozenset(Permission))


@pytest.fixture
def desk(committing, clock):
    sandbox = SandboxProvider(committing, now=clock, address="http://shop.test")
    return PaymentDesk(database=committing, provider=sandbox, now=clock, inline=False)


@pytest.fixture
async def order(committing, clock, desk):
    """Five kettles for 100.00, of which three are still to come in, paid."""
    async with committing.connection() as connection:
        await given.cancel_reasons(connection.raw)
    shop = await Shop.open(committing)
    kettle = await shop.product(variants=[{"price": 10000, "stock": 2, "stock_policy": "BACKORDER"}])
    placed = await shop.place(clock, await shop.cart((kettle, 5)), inline=False)
    return await advance(desk, placed.id, "race")


@pytest.fixture
def do(committing, clock):
    async def do(operation, command):
        by = Attribution(actor=CLERK, at=clock(), request_id=str(new_id()))
        outcome = await execute(committing, by, operation, command)
        return outcome.reasons[0].code() if isinstance(outcome, Refused) else getattr(outcome, "result", outcome)

    return do


def splitting(order):
    return SplitPlacedOrder(order_id=order.id, units=None, shipping=SplitShipping.KEEP_ON_PARENT)


async def test_of_several_who_split_at_once_one_does(order, do, committing):
    outcomes = await asyncio.gather(*(do(split, splitting(order)) for _ in range(4)))

    assert sorted(each if isinstance(each, str) else "done" for each in outcomes) == ["NOTHING_TO_MOVE"] * 3 + ["done"]
    assert await rows(committing, "SELECT total, version FROM orders ORDER BY placed_at, id") == [
        (20490, 2),
        (30000, 1),
    ]
    assert await rows(committing, "SELECT sum(quantity), count(DISTINCT order_id) FROM allocations") == [(5, 2)]
    assert await rows(committing, "SELECT allocated, backordered FROM stock_levels") == [(2, 3)]


@pytest.mark.parametrize("first", ["split", "cancel"])
async def test_canceling_lets_go_of_what_the_order_has_then(order, do, desk, committing, first):
    canceling = do(cancel, CancelOrder(order_id=order.id, units=None, reason="OTHER"))
    both = [do(split, splitting(order)), canceling]
    done = await asyncio.gather(*(both if first == "split" else reversed(both)))
    made = next((each for each in done if isinstance(each, SplitOrders)), None)

    after = await advance(desk, order.id, "race")
    child = await advance(desk, made.id, "race") if made else None

    assert (after.state, after.balance) == ("CANCELED", 0)
    assert made or "ORDER_NOT_SPLITTABLE" in done
    assert (child.state, child.balance) == ("CONFIRMED", 0) if made else child is None
    assert await rows(committing, "SELECT allocated, backordered FROM stock_levels") == [(0, 3 if made else 0)]
    held = "SELECT sum(amount) FILTER (WHERE kind = 'VOID') FROM sandbox_operations"
    assert await rows(committing, held) == [(20490 if made else 50490,)]


async def test_an_edit_that_is_open_or_just_committed_is_not_lost(order, do, committing):
    edit = await do(order_edits.begin, BeginEdit(order_id=order.id))
    await do(order_edits.apply, ApplyToEdit(edit_id=edit.id, actions=(Asked(action=SetNote(note="Ring twice")),)))

    committed, made = await asyncio.gather(do(commit, CommitEdit(edit_id=edit.id)), do(split, splitting(order)))

    assert not isinstance(committed, str)
    assert made == "EDIT_LOCKED" or isinstance(made, SplitOrders)
    ((version, note),) = await rows(committing, "SELECT version, note FROM orders WHERE id = $1", order.id)
    assert (version, note) == (2 if made == "EDIT_LOCKED" else 3, "Ring twice")


async def test_an_edit_begins_before_or_after_and_goes_on(order, do):
    begun, made = await asyncio.gather(do(order_edits.begin, BeginEdit(order_id=order.id)), do(split, splitting(order)))

    assert begun.base_version == (1 if made == "EDIT_LOCKED" else 2)
    asked = (Asked(action=SetNote(note="Ring twice")),)
    assert not isinstance(await do(order_edits.apply, ApplyToEdit(edit_id=begun.id, actions=asked)), str)
