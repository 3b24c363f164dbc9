"""What staff have set up, page by page in the order of codes."""

from collections import defaultdict
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, bindparam, func, select, tuple_

from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import attributes, price_lists, product_types
from commerce_api.persistence.tables.channels import shipping_methods, stock_locations, zones

_ATTRIBUTES = Statement(
    select(attributes).where(among(attributes.c.product_type_id)).order_by(attributes.c.position, attributes.c.id)
)


class ByCode:
    """One list. A code may come twice, in two channels."""

    def __init__(self, table: Table) -> None:
        self._table, self.name = table, table.name
        self._count = Statement(select(func.count()).select_from(table))
        self._page = cache(self._made)

    def _made(self, *, backward: bool, positioned: bool) -> Statement:
        place = (self._table.c.code, self._table.c.id)
        page = select(self._table).order_by(*(each.desc() if backward else each for each in place))
        if positioned:
            here = tuple_(bindparam("code", type_=Text()), bindparam("last_id", type_=Uuid()))
            page = page.where(tuple_(*place) < here if backward else tuple_(*place) > here)
        return Statement(page.limit(bindparam("limit")))

    async def page(self, scope: Scope, *, position: tuple[Any, ...] | None, limit: int, backward: bool) -> list[Row]:
        code, last_id = position or (None, UUID(int=0))
        statement = self._page(backward=backward, positioned=position is not None)
        async with scope.database.connection() as connection:
            return await connection.fetch(statement, code=code, last_id=last_id, limit=limit)

    async def count(self, scope: Scope) -> int:
        async with scope.database.connection() as connection:
            return int(await connection.fetch_value(self._count))


class TypesByCode(ByCode):
    """Product types with the rows of their attributes."""

    async def page(self, scope: Scope, *, position: tuple[Any, ...] | None, limit: int, backward: bool) -> list[Row]:
        types = await super().page(scope, position=position, limit=limit, backward=backward)
        found: defaultdict[UUID, list[Row]] = defaultdict(list)
        async with scope.database.connection() as connection:
            for row in await connection.fetch(_ATTRIBUTES, ids=[each["id"] for each in types]):
                found[row["product_type_id"]].append(row)
        return [{**each, "attributes": found[each["id"]]} for each in types]


PRODUCT_TYPES, PRICE_LISTS = TypesByCode(product_types), ByCode(price_lists)
ZONES, SHIPPING_METHODS, STOCK_LOCATIONS = ByCode(zones), ByCode(shipping_methods), ByCode(stock_locations)
