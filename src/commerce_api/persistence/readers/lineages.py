"""Categories after those above them, from the top: what limits of some categories are judged by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, any_, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.ids import CategoryId, ProductId
from commerce_api.domain.limits import Lineage
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.catalog import categories, product_categories

_IDS: ColumnElement[Any] = bindparam("ids", type_=ARRAY(Uuid()))


def _up(first: ColumnElement[bool]) -> Statement:
    """A row for each of the categories and for each above it, the top one first."""
    steps = literal_column("0", Integer()).label("steps")
    columns = (categories.c.id.label("below"), categories.c.id, categories.c.parent_id, steps)
    up = select(*columns).where(first).cte("up", recursive=True)
    above = categories.alias("above")
    further = select(up.c.below, above.c.id, above.c.parent_id, up.c.steps + 1)
    up = up.union_all(further.join_from(up, above, above.c.id == up.c.parent_id))
    return Statement(select(up.c.below, up.c.id).order_by(up.c.below, up.c.steps.desc()))


_ABOVE = _up(categories.c.id == any_(_IDS))
_OF_PRODUCTS = Statement(
    select(product_categories.c.product_id, product_categories.c.category_id)
    .where(product_categories.c.product_id == any_(_IDS))
    .order_by(product_categories.c.product_id, product_categories.c.category_id)
)


async def lineages(connection: Connection, category_ids: Iterable[UUID]) -> Mapping[CategoryId, Lineage]:
    """By category, as far as there are such."""
    found: defaultdict[CategoryId, Lineage] = defaultdict(tuple)
    for row in await connection.fetch(_ABOVE, ids=list(category_ids)):
        found[CategoryId(row["below"])] += (CategoryId(row["id"]),)
    return found


async def lineages_of(
    connection: Connection, product_ids: Iterable[ProductId]
) -> Mapping[ProductId, tuple[Lineage, ...]]:
    """All of each product; two statements."""
    rows = await connection.fetch(_OF_PRODUCTS, ids=list(product_ids))
    above = await lineages(connection, {row["category_id"] for row in rows})
    found: defaultdict[ProductId, tuple[Lineage, ...]] = defaultdict(tuple)
    for row in rows:
        found[ProductId(row["product_id"])] += (above[CategoryId(row["category_id"])],)
    return found
