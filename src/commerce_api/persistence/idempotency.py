"""The stored answer to a repeated request (K5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import BIGINT

from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.value import value
from commerce_api.persistence.kept_findings import findings_of
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.records import idempotency_keys as keys


@value
class IdempotencyKeyReused(Refusal):
    """This idempotency key was used for another request; take a new key for a new request."""


@value
class IdempotencyInProgress(Refusal):
    """The first request with this idempotency key is still running; repeat it in a moment to get its answer."""


_TRY = Statement(
    select(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("name"), bindparam("seed", 0, type_=BIGINT))))
)
_FIND = Statement(
    select(keys.c.operation, keys.c.input_hash, keys.c.result).where(
        keys.c.caller == bindparam("caller"), keys.c.key == bindparam("key")
    )
)
_KEEP = insert_into(keys)


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
        if not await self._connection.fetch_value(_TRY, name=f"{caller}\n{key}"):
            return IdempotencyInProgress(path=path)
        row = await self._connection.fetch_one(_FIND, caller=caller, key=key)
        if row is None:
            return None
        if row["operation"] != operation or row["input_hash"] != input_hash:
            return IdempotencyKeyReused(path=path)
        result = row["result"]
        return Answered(id=UUID(result["id"]), notices=findings_of(result.get("notices", ())), said=result.get("said"))

    async def keep(self, values: dict[str, Any], *, at: datetime) -> None:
        await self._connection.execute(_KEEP, values, created_at=at)
