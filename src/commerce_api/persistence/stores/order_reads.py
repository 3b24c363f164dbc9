"""Orders of whose reading something is to be told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, exists, select

from commerce_api.domain.ids import OrderId
from commerce_api.persistence.rows import among
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.records import events
from commerce_api.persistence.unit_of_work import UnitOfWork

_told = exists().where(
    events.c.entity == "ORDER",
    events.c.entity_id == orders.c.id,
    events.c.type == bindparam("told"),
    events.c.actor["id"].astext == bindparam("reader", type_=Text()),
    events.c.at > bindparam("since", type_=events.c.at.type),
)
_LOCK = Statement(select(orders.c.id).where(among(orders.c.id), ~_told).order_by(orders.c.id).with_for_update())


async def locked_unless_told(
    uow: UnitOfWork, ids: Sequence[OrderId], event: str, *, since: datetime
) -> Sequence[OrderId]:
    """Those of which the log has no such event by the same actor since then, under lock."""
    reader = str(uow.by.actor.id)
    rows = await uow.connection.fetch(_LOCK, ids=list(ids), told=event, reader=reader, since=since)
    return [OrderId(row["id"]) for row in rows]
