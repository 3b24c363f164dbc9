from datetime import timedelta

from commerce_api.operations.purge import purge
from commerce_api.persistence.tables import identity, records
from tests import given


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
