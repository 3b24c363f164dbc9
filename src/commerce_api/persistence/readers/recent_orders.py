"""What customers ordered lately (S1-04)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import order_lines, orders

MOST = 50

_lines = (
    select(
        orders.c.customer_id,
        orders.c.id.label("order_id"),
        orders.c.currency,
        orders.c.placed_at,
        *(order_lines.c[name] for name in ("variant_id", "sku", "name", "quantity", "unit_price")),
        func.row_number()
        .over(
            partition_by=(orders.c.customer_id, order_lines.c.variant_id),
            order_by=(orders.c.placed_at.desc(), order_lines.c.id.desc()),
        )
        .label("before"),
    )
    .select_from(orders.join(order_lines))
    .where(
        among(orders.c.customer_id),
        order_lines.c.variant_id.is_not(None),
        orders.c.state != "CANCELED",
        visible_orders(),
    )
    .subquery()
)
_latest = (
    select(
        _lines,
        func.row_number()
        .over(partition_by=_lines.c.customer_id, order_by=(_lines.c.placed_at.desc(), _lines.c.variant_id))
        .label("place"),
    )
    .where(_lines.c.before == 1)
    .subquery()
)
_RECENT = Statement(select(_latest).where(_latest.c.place <= MOST).order_by(_latest.c.customer_id, _latest.c.place))


async def recently_ordered(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """Each variant once, with the last order of it, the latest first."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_RECENT, ids=list(customer_ids), **visibility(scope.actor))
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["customer_id"]].append(row)
    return found
