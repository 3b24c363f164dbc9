"""The append-only log of everything that happened, and the outbox of what must happen next; both in the writer's own transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto
from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import Insert, distinct_on, insert

from commerce_api.domain.actor import Attribution
from commerce_api.persistence.outbox import CHANNEL as OUTBOX_CHANNEL
from commerce_api.persistence.parameters import json_of
from commerce_api.persistence.rows import Write, among, few, inserts, row_set, write_all
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.records import events, outbox

_LAST = Statement(
    select(events.c.entity_id, events.c.sequence, events.c.hash)
    .where(events.c.entity == bindparam("entity"), among(events.c.entity_id, "entity_ids"))
    .order_by(events.c.entity_id, events.c.sequence.desc())
    .ext(distinct_on(events.c.entity_id))
)
Link: TypeAlias = tuple[int, bytes | None]
"""The sequence and the hash of an event."""
_START: Final[Link] = (0, None)
CHAINED: Final = frozenset({"ORDER"})
"""The kinds of entities whose events are chained."""
_WRITTEN: Final = tuple(column.name for column in events.columns if column.name not in {"position", "hash"})
_APPENDED: Final = (*_WRITTEN, "hash")
_before = events.alias("before")


@cache
def appending(*conditions: ColumnElement[bool], count: int) -> Insert:
    """For a statement that changes an entity and tells so at once: `EventLog.rows` are given to it as `told`, so many as `few`
    says. They are numbered from 1, and go on from where their entity is.
    """
    given = row_set(events, *_APPENDED, called="told", count=count)
    mine = _before.c.entity == given.c.entity, _before.c.entity_id == given.c.entity_id
    so_far = select(func.coalesce(func.max(_before.c.sequence), 0)).where(*mine).scalar_subquery()
    rows = select(*(given.c[n] + so_far if n == "sequence" else given.c[n] for n in _APPENDED))
    return insert(events).from_select(_APPENDED, rows.where(*conditions))


@cache
def _appending_alone(count: int) -> Statement:
    return Statement(appending(count=count))


_TASK: Final = ("id", "topic", "payload", "dedupe_key", "created_at", "due_at")


@cache
def _putting(count: int) -> Select[Any]:
    """Workers hear of it at the commit. Equal notifications of one transaction are sent once."""
    tasks = row_set(outbox, *_TASK, called="tasks", count=count)
    put = (
        insert(outbox)
        .from_select(_TASK, select(*(tasks.c[name] for name in _TASK)))
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(outbox.c.id)
        .cte("put")
    )
    return select(func.count(func.pg_notify(OUTBOX_CHANNEL, ""))).select_from(put)


def actor_document(by: Attribution) -> dict[str, Any]:
    """Who did it, as it is kept: kind, id and on whose behalf."""
    return {"kind": by.actor.kind, "id": by.actor.id, "onBehalfOf": by.on_behalf_of}


_PLAIN: Final = frozenset({str, int, bool, type(None), UUID, pgproto.UUID, datetime})


@cache
def _fields(kind: type) -> tuple[tuple[str, bool], ...] | None:
    """Of a dataclass the names, and which of them are told; nothing of other types."""
    return tuple((f.name, f.repr) for f in fields(kind)) if is_dataclass(kind) else None


def _told(happened: Any) -> Any:
    """An event without its secrets and what people said of themselves, which are fields without a `repr`: null in the log."""
    kind: Any = type(happened)  # mypy does not take types to be hashable
    if kind in _PLAIN:
        return happened
    if (named := _fields(kind)) is not None:
        values = ((name, getattr(happened, name) if told else None) for name, told in named)
        return {name: value if value.__class__ in _PLAIN else _told(value) for name, value in values}
    if isinstance(happened, Mapping):
        return {key: _told(each) for key, each in happened.items()}
    return [_told(each) for each in happened] if isinstance(happened, list | tuple) else happened


def chained(previous: bytes | None, row: Mapping[str, Any]) -> bytes:
    """The hash of an event, which covers the hash of the one before it: equal for a row as it is written and as it is read."""
    plain = {name: row[name] for name in _WRITTEN}
    stored = orjson.loads(json_of({**plain, "at": row["at"].astimezone(UTC)}))
    return sha256((previous or b"") + orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)).digest()


def _linked(rows: Iterable[Mapping[str, Any]], last: Mapping[UUID, Link]) -> list[dict[str, Any]]:
    """Rows that are numbered from 1, in the chains of their entities."""
    ends, linked = dict(last), []
    for row in rows:
        first, (_, previous) = last.get(row["entity_id"], _START)[0], ends.get(row["entity_id"], _START)
        numbered = {**row, "sequence": first + row["sequence"]}
        link = (numbered["sequence"], chained(previous, numbered))
        ends[row["entity_id"]] = link
        linked.append({**numbered, "hash": link[1]})
    return linked


class EventLog:
    """Call `record` while the entity's own row is locked, so that its sequence has no race."""

    def __init__(self, connection: Connection, by: Attribution, new_id: Any) -> None:
        self._connection, self._by, self._new_id = connection, by, new_id
        self._ends: dict[UUID, Link] = {}

    def know(self, entity_id: UUID, end: Link) -> None:
        """Where the chain of an entity ends, for who has looked while its row was locked."""
        self._ends[entity_id] = end

    async def record(self, entity: str, entity_id: UUID, happened: Sequence[Any]) -> None:
        """Append domain events of one entity. The type is the class name; a class with `customer_visible = True` shows
        in the customer's own timeline.
        """
        if happened:
            await self.record_each(entity, {entity_id: happened})

    async def record_each(self, entity: str, happened: Mapping[UUID, Sequence[Any]]) -> None:
        """Append the events of many entities of one kind at once."""
        rows = [row for entity_id, events_ in happened.items() for row in self.rows(entity, entity_id, events_)]
        if entity in CHAINED:
            await write_all(self._connection, inserts({events: await self.continued(entity, rows)}))
        else:
            await self._connection.execute(_appending_alone(few(rows)), told=rows)

    async def continued(self, entity: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Of `rows`, the whole ones, to be written with the entities: the events of a kind that is chained, each in its chain."""
        linked = _linked(rows, await self._last(entity, {row["entity_id"] for row in rows}))
        self._ends |= {row["entity_id"]: (row["sequence"], row["hash"]) for row in linked}
        return linked

    def rows(self, entity: str, entity_id: UUID, happened: Sequence[Any]) -> list[dict[str, Any]]:
        """What `appending` takes, and `continued` for what is chained."""
        return [self._row(entity, entity_id, number, event) for number, event in enumerate(happened, 1)]

    def first_rows(self, entity: str, entity_id: UUID, happened: Sequence[Any]) -> list[dict[str, Any]]:
        """The whole rows of events of an entity that is made by the same statement, whatever its kind. `appending` takes them too.
        The last of them is the end of its chain.
        """
        rows = self.rows(entity, entity_id, happened)
        return _linked(rows, {}) if entity in CHAINED else rows

    async def _last(self, entity: str, entity_ids: Collection[UUID]) -> Mapping[UUID, Link]:
        if unknown := [id_ for id_ in entity_ids if id_ not in self._ends]:
            rows = await self._connection.fetch(_LAST, entity=entity, entity_ids=unknown)
            self._ends |= {row["entity_id"]: (row["sequence"], row["hash"]) for row in rows}
        return self._ends

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
            "hash": None,
        }


class Outbox:
    """What a worker is to do after the commit. It is written down at the end of the transaction, all of it by one statement."""

    def __init__(self, connection: Connection, by: Attribution, new_id: Any) -> None:
        self._connection, self._by, self._new_id = connection, by, new_id
        self._waiting: list[dict[str, Any]] = []

    def put(self, topic: str, payload: Any, *, dedupe_key: str | None = None, due_at: datetime | None = None) -> None:
        """Queue a task. `payload` is a mapping. With a `dedupe_key` that was used before, nothing is added."""
        self._waiting.append(
            {
                "id": self._new_id(),
                "topic": topic,
                "payload": payload,
                "dedupe_key": dedupe_key,
                "created_at": self._by.at,
                "due_at": due_at or self._by.at,
            }
        )

    def taken(self) -> list[Write]:
        """What was queued until now, for who writes it with other things. It is a query, and so comes last."""
        waiting, self._waiting = self._waiting, []
        return [Write(_putting(few(waiting)), {"tasks": waiting})] if waiting else []

    async def write(self) -> None:
        await write_all(self._connection, self.taken())
