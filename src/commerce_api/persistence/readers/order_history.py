"""What happened to orders. Asked for by ids of orders that were shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, false, or_, select

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.value import value
from commerce_api.persistence.events import chained
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.records import events


@value
class HistoryChoice:
    """`whole` shows also what only staff may see. What is None chooses nothing."""

    whole: bool
    types: tuple[str, ...] | None = None
    actor_kinds: tuple[ActorKind, ...] | None = None
    actor_id: UUID | None = None
    customer_visible: bool | None = None


@value
class HistoryCheck:
    """How many events were looked at, and the first that is not as it was written, or is missing."""

    checked: int
    first_broken: int | None


def _events(choice: HistoryChoice) -> Select[Any]:
    query = select(events).where(events.c.entity == "ORDER")
    if not choice.whole:
        query = query.where(events.c.customer_visible)
    if choice.customer_visible is not None:
        query = query.where(events.c.customer_visible == choice.customer_visible)
    if choice.types is not None:
        query = query.where(or_(false(), *(events.c.type == each for each in choice.types)))
    if choice.actor_kinds is not None:
        query = query.where(or_(false(), *(events.c.actor["kind"].astext == each for each in choice.actor_kinds)))
    if choice.actor_id is not None:
        query = query.where(events.c.actor["id"].astext == str(choice.actor_id))
    return query


_EVENTS = Lists[HistoryChoice](rows=_events, parent=events.c.entity_id, place=lambda _: ((events.c.sequence,), False))
_WHOLE = Statement(
    select(events)
    .where(events.c.entity == "ORDER", events.c.entity_id == bindparam("order_id", type_=events.c.entity_id.type))
    .order_by(events.c.sequence)
)


async def events_in(scope: Scope, parts: Sequence[Part[HistoryChoice]]) -> Mapping[Part[HistoryChoice], Sequence[Row]]:
    """Parts of orders' histories, the oldest first."""
    async with scope.database.connection() as connection:
        return await _EVENTS.parts(connection, parts)


async def count_events(scope: Scope, lists: Sequence[Listed[HistoryChoice]]) -> Mapping[Listed[HistoryChoice], int]:
    async with scope.database.connection() as connection:
        return await _EVENTS.counts(connection, lists)


async def check_history(scope: Scope, order_id: UUID) -> HistoryCheck:
    """Compute every hash again from the rows as they are now."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_WHOLE, order_id=order_id)
    previous = None
    for number, row in enumerate(rows, 1):
        previous = chained(previous, row)
        if row["sequence"] != number or row["hash"] != previous:
            return HistoryCheck(checked=number, first_broken=number)
    return HistoryCheck(checked=len(rows), first_broken=None if rows else 1)
