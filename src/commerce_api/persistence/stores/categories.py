"""Categories and collections under lock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, delete, func, literal_column, select
from sqlalchemy.dialects import postgresql

from commerce_api.domain.category import Category, Collection
from commerce_api.domain.ids import CategoryId
from commerce_api.persistence.rows import by_id, insert_into, upsert
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.tables.catalog import categories, collection_products, collections
from commerce_api.persistence.tables.search import product_facets
from commerce_api.persistence.unit_of_work import UnitOfWork

_ID = bindparam("id", type_=Uuid())
_CATEGORY = ("id", "parent_id", "handle", "name", "description_html", "translations", "position", "revision")
_COLLECTION = ("id", "handle", "name", "description_html", "translations", "revision")
_GET = by_id(categories, lock=True)
_SAVE = upsert(categories)
_DELETE = Statement(delete(categories).where(categories.c.id == _ID))
_HANDLE = Statement(select(categories.c.id).where(categories.c.handle == bindparam("handle")))
_CHILDREN = Statement(
    select(func.count().over().label("children"), categories.c.handle.label("one"))
    .where(categories.c.parent_id == _ID)
    .order_by(categories.c.position, categories.c.handle)
    .limit(1)
)
_GET_COLLECTION = by_id(collections, lock=True)
_SAVE_COLLECTION = upsert(collections)
_DELETE_COLLECTION = Statement(delete(collections).where(collections.c.id == _ID))
_COLLECTION_HANDLE = Statement(select(collections.c.id).where(collections.c.handle == bindparam("handle")))
_MEMBERS = Statement(
    select(collection_products.c.product_id)
    .where(collection_products.c.collection_id == _ID)
    .order_by(collection_products.c.position, collection_products.c.product_id)
)
_FORGET_MEMBERS = Statement(delete(collection_products).where(collection_products.c.collection_id == _ID))
_ADD_MEMBER = insert_into(collection_products)
_WITH_FACET = Statement(
    select(product_facets.c.product_id).where(
        product_facets.c.facets.contains(bindparam("facets", type_=postgresql.ARRAY(Text())))
    )
)


def _above() -> Statement:
    up = (
        select(categories.c.id, categories.c.parent_id, literal_column("1").label("steps"))
        .where(categories.c.id == _ID)
        .cte("up", recursive=True)
    )
    parent = categories.alias("parent")
    up = up.union_all(
        select(parent.c.id, parent.c.parent_id, up.c.steps + 1).join_from(up, parent, parent.c.id == up.c.parent_id)
    )
    return Statement(select(up.c.id).order_by(up.c.steps))


_ABOVE = _above()


class CategoryStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> Category | None:
        row = await self._connection.fetch_one(_GET, id=id)
        return row and Category(**{name: row[name] for name in _CATEGORY})

    async def above(self, id: UUID | None) -> list[CategoryId]:
        """The category itself and the way up from it; empty for none or an unknown one."""
        return [CategoryId(row["id"]) for row in await self._connection.fetch(_ABOVE, id=id)] if id else []

    async def handle_is_taken(self, handle: str, by_other_than: UUID) -> bool:
        owner = await self._connection.fetch_value(_HANDLE, handle=handle)
        return owner is not None and owner != by_other_than

    async def children(self, id: UUID) -> Row | None:
        """How many `children` are right below it, and the handle of `one`; None if there are none."""
        return await self._connection.fetch_one(_CHILDREN, id=id)

    async def save(self, category: Category, events: Sequence[Any]) -> None:
        """Write it; products in it and below it are found by its new name and place."""
        await self._connection.execute(_SAVE, {name: getattr(category, name) for name in _CATEGORY})
        await self._uow.events.record("CATEGORY", category.id, events)
        await self._refresh(category.id)

    async def delete(self, id: UUID, events: Sequence[Any]) -> None:
        inside = await self._inside(id)
        await self._connection.execute(_DELETE, id=id)
        await self._uow.events.record("CATEGORY", id, events)
        await product_search.refresh(self._connection, inside)

    async def _refresh(self, id: UUID) -> None:
        await product_search.refresh(self._connection, await self._inside(id))

    async def _inside(self, id: UUID) -> list[UUID]:
        rows = await self._connection.fetch(_WITH_FACET, facets=[f"CATEGORY\x1f\x1f{id}"])
        return [row["product_id"] for row in rows]


class CollectionStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> Collection | None:
        row = await self._connection.fetch_one(_GET_COLLECTION, id=id)
        if row is None:
            return None
        members = await self._connection.fetch(_MEMBERS, id=id)
        return Collection(
            product_ids=tuple(each["product_id"] for each in members), **{name: row[name] for name in _COLLECTION}
        )

    async def handle_is_taken(self, handle: str, by_other_than: UUID) -> bool:
        owner = await self._connection.fetch_value(_COLLECTION_HANDLE, handle=handle)
        return owner is not None and owner != by_other_than

    async def save(self, before: Collection | None, collection: Collection, events: Sequence[Any]) -> None:
        """Write it; products that came in or went out are filtered by it from now on, or no longer."""
        await self._connection.execute(_SAVE_COLLECTION, {name: getattr(collection, name) for name in _COLLECTION})
        await self._uow.events.record("COLLECTION", collection.id, events)
        old = before.product_ids if before else ()
        if old == collection.product_ids:
            return
        await self._connection.execute(_FORGET_MEMBERS, id=collection.id)
        rows = [
            {"collection_id": collection.id, "product_id": product_id, "position": position}
            for position, product_id in enumerate(collection.product_ids)
        ]
        await self._connection.execute_many(_ADD_MEMBER, rows)
        await product_search.refresh(self._connection, set(old) ^ set(collection.product_ids))

    async def delete(self, collection: Collection, events: Sequence[Any]) -> None:
        await self._connection.execute(_DELETE_COLLECTION, id=collection.id)
        await self._uow.events.record("COLLECTION", collection.id, events)
        await product_search.refresh(self._connection, collection.product_ids)
