import asyncio
from datetime import timedelta

import asyncpg
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import NotFound, refuse
from commerce_api.domain.stock import (
    AdjustStock,
    AllocatedStock,
    Demand,
    Slice,
    StockBelowZero,
    StockChanged,
    StockRule,
    StockSource,
    allocate,
)
from commerce_api.operations.execute import Once, execute
from commerce_api.operations.stock import AdjustStockLevels, adjust, load_adjusted
from commerce_api.persistence.stores.shelves import shelves_of
from commerce_api.persistence.stores.stock import StockStore
from tests import given


@pytest.fixture
def by(clock):
    return Attribution(actor=SYSTEM, at=clock(), request_id="test")


@pytest.fixture
async def shop(connection):
    channel_id = await given.channel(connection)
    return await given.location(connection, channel_id)


async def count_of(raw, variant_id):
    row = await raw.fetchrow(
        "SELECT on_hand, unavailable, safety_stock, allocated, backordered, revision FROM stock_levels"
        " WHERE variant_id = $1",
        variant_id,
    )
    return row and tuple(row)


def corrections(*adjustments):
    return AdjustStockLevels(adjustments=adjustments)


async def test_counts_are_corrected_together_and_kept_in_the_ledger(database, connection, by, shop):
    mug, tea = await given.variant(connection, "MUG"), await given.variant(connection, "TEA")
    await given.stock(connection, mug, shop, 5)

    outcome = await execute(
        database,
        by,
        adjust,
        corrections(
            AdjustStock(variant_id=mug, location_id=shop, on_hand=7, expected=5, reason="COUNT"),
            AdjustStock(variant_id=tea, location_id=shop, delta=3, safety_stock=1, reason="RECEIPT", reference="D-1"),
        ),
    )

    assert [level.on_hand for level in outcome.levels] == [7, 3]
    assert await count_of(connection, mug) == (7, 0, 0, 0, 0, 2)
    assert await count_of(connection, tea) == (3, 0, 1, 0, 0, 1)
    moved = await connection.fetch("SELECT delta, reason, reference, actor FROM stock_movements ORDER BY id")
    assert [tuple(row)[:3] for row in moved] == [(2, "COUNT", ""), (3, "RECEIPT", "D-1")]
    assert moved[0]["actor"] == {"kind": "SYSTEM", "id": None, "onBehalfOf": None}


async def test_one_wrong_count_stops_them_all(database, connection, by, shop):
    mug, tea = await given.variant(connection, "MUG"), await given.variant(connection, "TEA")
    await given.stock(connection, mug, shop, 5, allocated=4)
    await given.stock(connection, tea, shop, 5)

    outcome = await execute(
        database,
        by,
        adjust,
        corrections(
            AdjustStock(variant_id=tea, location_id=shop, delta=1, reason="COUNT", path=("adjustments", "0")),
            AdjustStock(variant_id=tea, location_id=shop, delta=-9, reason="COUNT", path=("adjustments", "1")),
            AdjustStock(variant_id=mug, location_id=shop, delta=-2, reason="COUNT", path=("adjustments", "2")),
            AdjustStock(
                variant_id=mug, location_id=shop, on_hand=9, expected=4, reason="COUNT", path=("adjustments", "3")
            ),
        ),
    )

    assert outcome == refuse(
        StockBelowZero(path=("adjustments", "1"), current=6),
        AllocatedStock(path=("adjustments", "2"), allocated=4),
        StockChanged(path=("adjustments", "3"), expected=4, current=5),
    )
    assert await count_of(connection, tea) == (5, 0, 0, 0, 0, 1)
    assert await connection.fetchval("SELECT count(*) FROM stock_movements") == 0


async def test_what_is_not_there_cannot_be_counted(database, connection, by, shop):
    outcome = await execute(
        database,
        by,
        adjust,
        corrections(AdjustStock(variant_id=new_id(), location_id=new_id(), delta=1, reason="COUNT", path=("a",))),
    )

    assert outcome == refuse(NotFound(path=("a", "variantId")), NotFound(path=("a", "locationId")))


async def test_a_repeated_correction_counts_once(database, connection, by, shop):
    mug = await given.variant(connection, "MUG")
    command = corrections(AdjustStock(variant_id=mug, location_id=shop, delta=3, reason="RECEIPT"))
    once = Once(key="k-1", load=load_adjusted)

    answers = [await execute(database, by, adjust, command, once) for _ in range(2)]

    assert answers[0].levels == answers[1].levels
    assert await count_of(connection, mug) == (3, 0, 0, 0, 0, 1)


async def test_the_database_itself_refuses_to_oversell(connection, shop):
    mug = await given.variant(connection, "MUG")
    await given.stock(connection, mug, shop, 1)

    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE stock_levels SET allocated = 2")


async def reserve(uow, demand):
    """Keep what a cart wants, or refuse."""
    stock = StockStore(uow.connection, uow.by)
    variant_ids = [d.variant_id for d in demand["lines"]]
    levels = await stock.lock(variant_ids, cart_id=demand["cart"])
    rules = dict.fromkeys(variant_ids, StockRule(policy=StockPolicy.DENY))
    dealt = allocate(demand["lines"], rules, shelves_of(levels, [demand["location"]]), [demand["location"]])
    if isinstance(dealt, list):
        until = uow.by.at + timedelta(minutes=15)
        await stock.reserve(demand["cart"], [(uow.new_id(), part) for part in dealt], until)
    return dealt


async def a_cart(raw, channel_id):
    return await given.insert(
        raw,
        given.buying.carts,
        token_hash=new_id().bytes,
        channel_id=channel_id,
        state="CHECKOUT",
        checkout_expires_at=given.EARLIER + timedelta(minutes=15),
        currency="EUR",
        language="en",
        created_at=given.EARLIER,
        updated_at=given.EARLIER,
        expires_at=given.EARLIER + timedelta(days=90),
    )


def want(variant_id, quantity=1):
    return Demand(line_id=new_id(), variant_id=variant_id, quantity=quantity)


async def test_the_last_units_are_kept_once_however_many_ask(committing, by):
    async with committing.connection() as connection:
        raw = connection.raw
        channel_id = await given.channel(raw)
        location = await given.location(raw, channel_id)
        mug, tea = await given.variant(raw, "MUG"), await given.variant(raw, "TEA")
        for variant_id in (mug, tea):
            await given.stock(raw, variant_id, location, 10)
        carts = [await a_cart(raw, channel_id) for _ in range(40)]

    async def ask(number, cart):
        lines = [want(mug), want(tea)] if number % 2 else [want(tea), want(mug)]
        return await execute(committing, by, reserve, {"cart": cart, "location": location, "lines": lines})

    answers = await asyncio.gather(*(ask(number, cart) for number, cart in enumerate(carts)))

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused"] * 30 + ["list"] * 10
    async with committing.connection() as connection:
        kept = await connection.raw.fetch("SELECT variant_id, sum(quantity) FROM reservations GROUP BY 1")
    assert {row[0]: row[1] for row in kept} == {mug: 10, tea: 10}


async def test_a_reservation_ends_by_the_clock_and_never_stands_in_its_owners_way(
    database, connection, by, clock, shop
):
    channel_id = await connection.fetchval("SELECT id FROM channels")
    mug = await given.variant(connection, "MUG")
    await given.stock(connection, mug, shop, 1)
    mine, theirs = await a_cart(connection, channel_id), await a_cart(connection, channel_id)

    async def ask(cart):
        now = Attribution(actor=SYSTEM, at=clock(), request_id="test")
        answer = await execute(database, now, reserve, {"cart": cart, "location": shop, "lines": [want(mug)]})
        return type(answer).__name__

    assert [await ask(mine), await ask(theirs), await ask(mine)] == ["list", "Refused", "list"]
    clock.advance(timedelta(minutes=15))
    assert [await ask(theirs), await ask(mine)] == ["list", "Refused"]


async def test_an_orders_units_are_claimed_and_given_back(connection, database, by, shop):
    mug = await given.variant(connection, "MUG", stock_policy="BACKORDER")
    await given.stock(connection, mug, shop, 5)
    order_id, line_id = await given.bare_order(connection, await connection.fetchval("SELECT id FROM channels"), mug)

    def part(quantity, source):
        slice_ = Slice(line_id=line_id, variant_id=mug, location_id=shop, quantity=quantity, source=source)
        return new_id(), slice_

    async with database.transaction() as transaction:
        await StockStore(transaction, by).allocate(
            order_id, [part(5, StockSource.ON_HAND), part(2, StockSource.BACKORDER), part(9, StockSource.UNTRACKED)]
        )
    assert await count_of(connection, mug) == (5, 0, 0, 5, 2, 2)

    async with database.transaction() as transaction:
        await StockStore(transaction, by).release_order(order_id)
    assert await count_of(connection, mug) == (5, 0, 0, 0, 0, 3)
    assert await connection.fetchval("SELECT count(*) FROM allocations") == 0


async def test_levels_that_are_missing_can_be_opened(connection, database, by, shop):
    mug, tea = await given.variant(connection, "MUG"), await given.variant(connection, "TEA")
    await given.stock(connection, mug, shop, 5)

    async with database.transaction() as transaction:
        await StockStore(transaction, by).open([tea, mug], shop)

    assert [await count_of(connection, v) for v in (mug, tea)] == [(5, 0, 0, 0, 0, 1), (0, 0, 0, 0, 0, 1)]
