"""The append-only log of everything that happened, and the outbox of what must happen next; both in the writer's own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from commerce_api.domain.actor import Attribution
from commerce_api.persistence.outbox import CHANNEL as OUTBOX_CHANNEL
from commerce_api.persistence.rows import among, insert_into
from commerce_api.persistence.sql import Connection, Statement, json_of
from commerce_api.persistence.tables.records import events, outbox

_LAST = Statement(
    select(events.c.entity_id, events.c.sequence, events.c.hash)
    .where(events.c.entity == bindparam("entity"), among(events.c.entity_id, "entity_ids"))
    .order_by(events.c.entity_id, events.c.sequence.desc())
    .ext(distinct_on(events.c.entity_id))
)
CHAINED: Final = frozenset({"ORDER"})
"""The kinds of entities whose events are chained."""
_RECORD = insert_into(events)
_put = (
    insert(outbox)
    .values(
        {
            name: bindparam(name, type_=outbox.c[name].type)
            for name in ("id", "topic", "payload", "dedupe_key", "created_at", "due_at")
        }
    )
    .on_conflict_do_nothing(index_elements=["dedupe_key"])
    .returning(outbox.c.id)
    .cte("put")
)
_PUT = Statement(select(func.pg_notify(OUTBOX_CHANNEL, "")).select_from(_put))
"""Workers hear of it at the commit. Equal notifications of one transaction are sent once."""


def actor_document(by: Attribution) -> dict[str, Any]:
    """Who did it, as it is kept: kind, id and on whose behalf."""
    return {"kind": by.actor.kind, "id": by.actor.id, "onBehalfOf": by.on_behalf_of}


def _told(happened: Any) -> Any:
    """An event without its secrets and what people said of themselves, which are fields without a `repr`: null in the log."""
    if is_dataclass(happened):
        return {f.name: _told(getattr(happened, f.name)) if f.repr else None for f in fields(happened)}
    if isinstance(happened, Mapping):
        return {key: _told(each) for key, each in happened.items()}
    return [_told(each) for each in happened] if isinstance(happened, list | tuple) else happened


_HASHED: Final = tuple(column.name for column in events.columns if column.name not in {"position", "hash"})


def chained(previous: bytes | None, row: Mapping[str, Any]) -> bytes:
    """The hash of an event, which covers the hash of the one before it: equal for a row as it is written and as it is read."""
    plain = {name: row[name] for name in _HASHED}
    stored = orjson.loads(json_of({**plain, "at": row["at"].astimezone(UTC)}))
    return sha256((previous or b"") + orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)).digest()


class EventLog:
    """Call `record` while the entity's own row is locked, so that its sequence has no race."""

    def __init__(self, connection: Connection, by: Attribution, new_id: Any) -> None:
        self._connection, self._by, self._new_id = connection, by, new_id

    async def record(self, entity: str, entity_id: UUID, happened: Sequence[Any]) -> None:
        """Append domain events of one entity. The type is the class name; a class with `customer_visible = True` shows
        in the customer's own timeline.
        """
        if happened:
            await self.record_each(entity, {entity_id: happened})

    async def record_each(self, entity: str, happened: Mapping[UUID, Sequence[Any]]) -> None:
        """Append the events of many entities of one kind at once."""
        rows = await self._connection.fetch(_LAST, entity=entity, entity_ids=list(happened))
        last = {row["entity_id"]: (row["sequence"], row["hash"]) for row in rows}
        added: list[dict[str, Any]] = []
        for entity_id, events_ in happened.items():
            sequence, previous = last.get(entity_id, (0, None))
            for number, event in enumerate(events_, sequence + 1):
                row = self._row(entity, entity_id, number, event)
                previous = chained(previous, row) if entity in CHAINED else None
                added.append({**row, "hash": previous})
        await self._connection.execute_many(_RECORD, added)

    def _row(self, entity: str, entity_id: UUID, sequence: int, event: Any) -> dict[str, Any]:
        by = self._by
        return {
            "id": self._new_id(),
            "entity": entity,
            "entity_id": entity_id,
            "sequence": sequence,
            "type": type(event).__name__,
            "data": _told(event),
            "actor": actor_document(by),
            "customer_visible": getattr(event, "customer_visible", False),
            "channel_id": by.channel_id,
            "request_id": by.request_id,
            "ip": by.ip,
            "at": by.at,
        }


class Outbox:
    """What a worker is to do after the commit."""

    def __init__(self, connection: Connection, by: Attribution, new_id: Any) -> None:
        self._connection, self._by, self._new_id = connection, by, new_id

    async def put(
        self, topic: str, payload: Any, *, dedupe_key: str | None = None, due_at: datetime | None = None
    ) -> None:
        """Queue a task. `payload` is a mapping. With a `dedupe_key` that was used before, nothing is added."""
        await self._connection.execute(
            _PUT,
            id=self._new_id(),
            topic=topic,
            payload=payload,
            dedupe_key=dedupe_key,
            created_at=self._by.at,
            due_at=due_at or self._by.at,
        )
