from datetime import timedelta

from commerce_api.operations.payments import advance
from commerce_api.operations.purge import purge
from commerce_api.persistence.tables import identity, records
from commerce_api.worker import JOBS
from tests import given
from tests.buying import Shop, rows


async def count(connection):
    tables = ("idempotency_keys", "throttles", "one_time_tokens", "sessions", "outbox")
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_what_has_served_its_purpose_goes_and_the_rest_stays(connection, services):
    now, day = services.now(), timedelta(days=1)
    role = {"email": "a@shop.test", "name": "A", "password_hash": "", "status": "ENABLED", "created_at": now}
    staff_id = await given.insert(connection, identity.staff, **role)
    answer = {"caller": "x", "operation": "o", "input_hash": b"", "result": {}}
    session = {"staff_id": staff_id, "access_expires_at": now, "created_at": now}
    task = {"topic": "t", "payload": {}, "created_at": now, "due_at": now - 40 * day}
    for age in (0, 40):
        then = now - age * day
        await given.insert(connection, records.idempotency_keys, key=str(age), created_at=then, **answer)
        await given.insert(connection, identity.throttles, key=str(age).encode(), attempts=1, window_ends_at=then)
        subject = {"purpose": "p", "subject_id": staff_id, "expires_at": then}
        await given.insert(connection, identity.one_time_tokens, hash=bytes([age]), **subject)
        await given.insert(connection, identity.sessions, access_hash=bytes([age]), expires_at=then, **session)
        await given.insert(connection, records.outbox, done_at=then, **task)
    await given.insert(connection, records.outbox, done_at=None, **task)

    await purge(services)

    kept = {"idempotency_keys": 1, "throttles": 1, "one_time_tokens": 1, "sessions": 1, "outbox": 2}
    assert await count(connection) == kept


APPROVED, DECLINED, NEEDS_ACTION = "4242424242424242", "4000000000000002", "4000002760003184"
OF_ORDERS = (
    "orders",
    "order_lines",
    "order_versions",
    "payments",
    "payment_transactions",
    "allocations",
    "events",
    "mails",
)


async def orders_now(database):
    return {table: await rows(database, f"SELECT * FROM {table} ORDER BY 1") for table in OF_ORDERS}


async def test_whatever_runs_by_itself_leaves_good_orders_alone_for_years(database, services, clock, work):
    """Paid, free of charge, canceled before: nothing that is late, runs twice or tidies up touches them (D18)."""
    shop = await Shop.open(database)
    for card in (APPROVED, DECLINED, NEEDS_ACTION):
        order = await shop.place(clock, await shop.cart((await shop.product(stock=1), 1), cards=(card,)))
        await advance(services.desk, order.id, "r")
    await rows(database, "UPDATE shipping_rates SET amount = 0 RETURNING 1")
    await shop.place(clock, await shop.cart((await shop.product(price=0), 1), cards=(), amounts=()))
    for _ in range(10):
        clock.advance(timedelta(days=1))
        await work()
    before = await orders_now(database)

    for _ in range(3):
        clock.advance(timedelta(days=400))
        await rows(database, "UPDATE outbox SET done_at = NULL, due_at = created_at, attempts = 0 RETURNING 1")
        await work()
        for job in JOBS:
            await job.run(services)

    assert await rows(database, "SELECT state, count(*) FROM orders GROUP BY 1 ORDER BY 1") == [
        ("CANCELED", 2),
        ("CONFIRMED", 2),
    ]
    assert await orders_now(database) == before
