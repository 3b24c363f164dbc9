"""Orders as they were: versions, and the rows of each as if they had just been read. Asked for by ids of orders that were shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import DateTime, Integer, Uuid, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.orders import Shares
from commerce_api.persistence.rows import read_back
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.adjustments import order_adjustments

VersionKey: TypeAlias = tuple[UUID, int]
"""Of which order, and which version."""

_v = t.order_versions
_TOLD: Final = (*(c for c in _v.c if c.name != "snapshot"), t.orders.c.currency)
_VERSIONS = Lists[None](
    rows=lambda _: select(*_TOLD).join(t.orders, t.orders.c.id == _v.c.order_id),
    parent=_v.c.order_id,
    place=lambda _: ((_v.c.version,), False),
)
_KEYS = (
    func.unnest(bindparam("orders", type_=ARRAY(Uuid())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("order_id", Uuid()), column("number", Integer()), name="keys")
    .render_derived()
)
_MINE = (_v.c.order_id == _KEYS.c.order_id) & (_v.c.version == _KEYS.c.number)
_BY_NUMBER = Statement(select(*_TOLD).join(t.orders, t.orders.c.id == _v.c.order_id).join(_KEYS, _MINE))
_SNAPSHOTS = Statement(select(_v.c.order_id, _v.c.version, _v.c.snapshot).join(_KEYS, _MINE))
_MOMENTS = (
    func.unnest(bindparam("orders", type_=ARRAY(Uuid())), bindparam("moments", type_=ARRAY(DateTime(timezone=True))))
    .table_valued(column("order_id", Uuid()), column("moment", DateTime(timezone=True)), name="moments")
    .render_derived()
)
_LATEST = (
    select(func.max(_v.c.version).label("version"))
    .where(_v.c.order_id == _MOMENTS.c.order_id, _v.c.committed_at <= _MOMENTS.c.moment)
    .lateral("latest")
)
_AT = Statement(
    select(_MOMENTS.c.order_id, _MOMENTS.c.moment, _LATEST.c.version).select_from(_MOMENTS.join(_LATEST, true()))
)
_ADJUSTMENTS = Statement(
    select(func.jsonb_array_elements(_v.c.snapshot["adjustments"], type_=JSONB()).label("adjustment"))
    .where(_v.c.order_id == bindparam("id", type_=Uuid()))
    .distinct()
)


@value
class Past:
    """An order as it was committed: its rows, and `snapshot`, the document that they are kept in."""

    snapshot: Mapping[str, Any]
    order: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    groups: Sequence[tuple[Mapping[str, Any], Shares]]
    charges: Sequence[Mapping[str, Any]]
    adjustments: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, snapshot: Mapping[str, Any]) -> "Past":
        lines = sorted((read_back(t.order_lines, row) for row in snapshot["lines"]), key=_position)
        places = {line["id"]: place for place, line in enumerate(lines)}
        shares: defaultdict[UUID, Shares] = defaultdict(list)
        for share in snapshot["shares"]:
            row = read_back(t.order_ship_group_lines, share)
            shares[row["ship_group_id"]].append((row["order_line_id"], row["quantity"]))
        groups = sorted((read_back(t.order_ship_groups, row) for row in snapshot["groups"]), key=_position)
        return cls(
            snapshot=snapshot,
            order=read_back(t.orders, snapshot["order"]),
            lines=lines,
            groups=[(row, sorted(shares[row["id"]], key=lambda share: places[share[0]])) for row in groups],
            charges=sorted((read_back(t.order_charges, row) for row in snapshot["charges"]), key=_position),
            adjustments=sorted((read_back(order_adjustments, row) for row in snapshot["adjustments"]), key=_position),
        )


async def versions_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    """Parts of the lists of orders' versions, the first one first."""
    async with scope.database.connection() as connection:
        return await _VERSIONS.parts(connection, parts)


async def count_versions(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _VERSIONS.counts(connection, lists)


async def versions_by_number(scope: Scope, keys: Sequence[VersionKey]) -> Mapping[VersionKey, Row]:
    """What is told of versions, without their content."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_NUMBER, **_apart(keys))
    return {(row["order_id"], row["version"]): row for row in rows}


async def snapshots(scope: Scope, keys: Sequence[VersionKey]) -> Mapping[VersionKey, Past]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_SNAPSHOTS, **_apart(keys))
    return {(row["order_id"], row["version"]): Past.of(row["snapshot"]) for row in rows}


async def versions_at(scope: Scope, keys: Sequence[tuple[UUID, datetime]]) -> Mapping[tuple[UUID, datetime], int]:
    """The number of the version that held at a moment; none before the order was placed."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_AT, orders=[id_ for id_, _ in keys], moments=[at for _, at in keys])
    return {(row["order_id"], row["moment"]): row["version"] for row in rows if row["version"]}


async def adjustments_ever(connection: Connection, order_id: UUID) -> list[Mapping[str, Any]]:
    """What staff changed about an order's money in any of its versions, each change once."""
    rows = await connection.fetch(_ADJUSTMENTS, id=order_id)
    return [read_back(order_adjustments, row["adjustment"]) for row in rows]


def _apart(keys: Sequence[VersionKey]) -> dict[str, Any]:
    return {"orders": [id_ for id_, _ in keys], "numbers": [number for _, number in keys]}


def _position(row: Mapping[str, Any]) -> int:
    position: int = row["position"]
    return position
