"""Second factors, of customers and of staff alike. Use them while the account's own row is locked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, any_, bindparam, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.identity import second_factors as t

_GET = Statement(select(t).where(t.c.subject_id == bindparam("subject_id")))
_prepare = insert(t).values(
    subject_id=bindparam("subject_id", type_=t.c.subject_id.type), pending=bindparam("sealed", type_=LargeBinary())
)
_PREPARE = Statement(
    _prepare.on_conflict_do_update(index_elements=["subject_id"], set_={"pending": _prepare.excluded.pending})
)
_mine = update(t).where(t.c.subject_id == bindparam("of"))
_hashes = bindparam("hashes", type_=ARRAY(LargeBinary()))
_TURN_ON = Statement(
    _mine.values(
        secret=t.c.pending,
        pending=null(),
        step=bindparam("used", type_=BigInteger()),
        recovery_hashes=_hashes,
        turned_on_at=bindparam("at", type_=t.c.turned_on_at.type),
    )
)
_USE_STEP = Statement(
    _mine.where(t.c.step < bindparam("used", type_=BigInteger())).values(step=bindparam("used", type_=BigInteger()))
)
_hash = bindparam("hash", type_=LargeBinary())
_USE_RECOVERY = Statement(
    _mine.where(_hash == any_(t.c.recovery_hashes))
    .values(recovery_hashes=func.array_remove(t.c.recovery_hashes, _hash))
    .returning(func.cardinality(t.c.recovery_hashes))
)
_RENEW = Statement(_mine.where(t.c.secret.is_not(None)).values(recovery_hashes=_hashes))
_TURN_OFF = Statement(delete(t).where(t.c.subject_id == bindparam("of")).returning(t.c.secret.is_not(None)))


async def get(connection: Connection, subject_id: UUID) -> Row | None:
    return await connection.fetch_one(_GET, subject_id=subject_id)


async def is_on(connection: Connection, subject_id: UUID) -> bool:
    row = await get(connection, subject_id)
    return row is not None and row["secret"] is not None


async def prepare(connection: Connection, subject_id: UUID, sealed: bytes) -> None:
    await connection.execute(_PREPARE, subject_id=subject_id, sealed=sealed)


async def turn_on(connection: Connection, subject_id: UUID, step: int, hashes: Sequence[bytes], at: datetime) -> None:
    await connection.execute(_TURN_ON, of=subject_id, used=step, hashes=list(hashes), at=at)


async def use_step(connection: Connection, subject_id: UUID, step: int) -> bool:
    """Whether no code of this step or a later one was used before."""
    return await connection.execute(_USE_STEP, of=subject_id, used=step) == 1


async def use_recovery(connection: Connection, subject_id: UUID, hash_: bytes) -> int | None:
    """How many recovery codes are left after this one; None if it is none of them (any more)."""
    left: int | None = await connection.fetch_value(_USE_RECOVERY, of=subject_id, hash=hash_)
    return left


async def renew(connection: Connection, subject_id: UUID, hashes: Sequence[bytes]) -> bool:
    """Whether there is a second factor that they belong to."""
    return await connection.execute(_RENEW, of=subject_id, hashes=list(hashes)) == 1


async def turn_off(connection: Connection, subject_id: UUID) -> bool:
    """Whether it was on."""
    return bool(await connection.fetch_value(_TURN_OFF, of=subject_id))
