"""Custom fields: what there is, and what it is like."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commerce_api.domain.custom_field import CustomField, FieldAccess, FieldOwner
from commerce_api.domain.ids import ChannelId, CustomFieldId
from commerce_api.domain.typed_value import AttributeKind
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.custom_fields import custom_fields as t

_PLACE: Final = (t.c.position, t.c.code, t.c.id)
FIELDS_OF_ORDERS: Final = (
    select(func.jsonb_agg(aggregate_order_by(func.to_jsonb(t.table_valued()), *_PLACE)))
    .where(t.c.owner != FieldOwner.CUSTOMER.value)
    .scalar_subquery()
)
"""All of orders and lines as documents; null if there are none."""
_OF_OWNERS = Statement(select(t).where(among(t.c.owner, "owners")).order_by(*_PLACE))
_ALL = Statement(select(t).order_by(t.c.owner, *_PLACE))
_BY_ID = Statement(select(t).where(among(t.c.id)))


async def fields_of(scope: Scope, owners: Sequence[FieldOwner]) -> Mapping[FieldOwner, tuple[CustomField, ...]]:
    """In their order, in use or not: what was said in them can still be read."""
    async with scope.database.connection() as connection:
        found = [field_of(row) for row in await connection.fetch(_OF_OWNERS, owners=list(owners))]
    return {owner: tuple(field for field in found if field.owner is owner) for owner in owners}


async def fields_about(connection: Connection, owner: FieldOwner) -> list[CustomField]:
    """The same of one owner, within a transaction."""
    return [field_of(row) for row in await connection.fetch(_OF_OWNERS, owners=[owner])]


async def every_field(scope: Scope) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(_ALL)


async def fields_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(_BY_ID, ids=list(ids))}


def field_of(row: Mapping[str, Any]) -> CustomField:
    """Of a row, or of one as a document."""
    return CustomField(
        id=CustomFieldId(_id(row["id"])),
        owner=FieldOwner(row["owner"]),
        kind=AttributeKind(row["kind"]),
        choices=tuple(row["choices"]),
        shoppers=FieldAccess(row["shoppers"]),
        channel_ids=None if row["channel_ids"] is None else frozenset(map(_channel, row["channel_ids"])),
        required_in=frozenset(map(_channel, row["required_in"])),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN: Final = (
    *("code", "names", "several", "whole", "longest", "commercial", "purposes", "retention_days"),
    "active",
)


def _id(kept: UUID | str) -> UUID:
    return kept if isinstance(kept, UUID) else UUID(kept)


def _channel(kept: UUID | str) -> ChannelId:
    return ChannelId(_id(kept))
