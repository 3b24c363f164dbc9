"""The stored answer to a repeated request (K5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, column, func, select, values
from sqlalchemy.dialects.postgresql import BIGINT

from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.value import value
from commerce_api.persistence.kept_findings import findings_of
from commerce_api.persistence.rows import Write, inserts
from commerce_api.persistence.sql import Connection, Statement
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


@value
class Answered:
    """The request ran before: the id of what it made, and what else it was answered."""

    id: UUID
    notices: tuple[Notice, ...]
    said: Any


class IdempotencyKeys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._claimed: dict[str, Any] = {}

    async def claim(self, caller: str, key: str, operation: str, input_hash: bytes) -> Answered | Refusal | None:
        """None: go on, nobody else runs with this key until the transaction ends."""
        path = ("idempotencyKey",)
        row: Any = await self._connection.fetch_one(_CLAIM, name=f"{caller}\n{key}", caller=caller, key=key)
        if not row["free"]:
            return IdempotencyInProgress(path=path)
        if row["operation"] is None:
            self._claimed = {"caller": caller, "key": key, "operation": operation, "input_hash": input_hash}
            return None
        if row["operation"] != operation or row["input_hash"] != input_hash:
            return IdempotencyKeyReused(path=path)
        result = row["result"]
        return Answered(id=UUID(result["id"]), notices=findings_of(result.get("notices", ())), said=result.get("said"))

    def keeping(self, result: Mapping[str, Any], *, at: datetime) -> list[Write]:
        """What is to be written for the key that was claimed, once. It fails if whoever let go of the key in the moment between
        our look and our lock has kept an answer that we did not see: then all is done once more (`sql.retried`).
        """
        claimed, self._claimed = self._claimed, {}
        return inserts({keys: [{**claimed, "result": result, "created_at": at}]}) if claimed else []
