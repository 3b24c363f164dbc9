"""The stored answer to a repeated request (K5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, column, func, select, values
from sqlalchemy.dialects.postgresql import BIGINT, insert

from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.value import value
from commerce_api.persistence.kept_findings import findings_of
from commerce_api.persistence.sql import Connection, Overtaken, Statement
from commerce_api.persistence.tables.records import idempotency_keys as keys


@value
class IdempotencyKeyReused(Refusal):
    """This idempotency key was used for another request; take a new key for a new request."""


@value
class IdempotencyInProgress(Refusal):
    """The first request with this idempotency key is still running; repeat it in a moment to get its answer."""


_free = func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("name"), bindparam("seed", 0, type_=BIGINT)))
_kept = and_(keys.c.caller == bindparam("caller"), keys.c.key == bindparam("key"))
_one = values(column("one", Integer()), name="one").data([(1,)])
_CLAIM = Statement(
    select(_free.label("free"), keys.c.operation, keys.c.input_hash, keys.c.result).select_from(
        _one.outerjoin(keys, _kept)
    )
)
_KEEP = Statement(
    insert(keys).values({c.name: bindparam(c.name, type_=c.type) for c in keys.columns}).on_conflict_do_nothing()
)


@value
class Answered:
    """The request ran before: the id of what it made, and what else it was answered."""

    id: UUID
    notices: tuple[Notice, ...]
    said: Any


class IdempotencyKeys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, caller: str, key: str, operation: str, input_hash: bytes) -> Answered | Refusal | None:
        """None: go on, nobody else runs with this key until the transaction ends."""
        path = ("idempotencyKey",)
        row: Any = await self._connection.fetch_one(_CLAIM, name=f"{caller}\n{key}", caller=caller, key=key)
        if not row["free"]:
            return IdempotencyInProgress(path=path)
        if row["operation"] is None:
            return None
        if row["operation"] != operation or row["input_hash"] != input_hash:
            return IdempotencyKeyReused(path=path)
        result = row["result"]
        return Answered(id=UUID(result["id"]), notices=findings_of(result.get("notices", ())), said=result.get("said"))

    async def keep(self, values: dict[str, Any], *, at: datetime) -> None:
        """Whoever let go of the key in the moment between our look and our lock has kept an answer that we did not see."""
        if not await self._connection.execute(_KEEP, values, created_at=at):
            raise Overtaken
