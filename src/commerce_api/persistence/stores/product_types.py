"""Product types with their attributes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Integer, Text, Uuid, bindparam, case, cast, delete, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commerce_api.domain.attribute import ProductType
from commerce_api.persistence.product_types import ATTRIBUTE, product_type_of
from commerce_api.persistence.rows import Children, by_id, upsert
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.tables.catalog import attributes, product_types, products, variants
from commerce_api.persistence.unit_of_work import UnitOfWork

_GET = by_id(product_types, lock=True)
_SAVE = upsert(product_types)
_ATTRIBUTES = Children(attributes, "product_type_id", order_by="position")
_BY_CODE = Statement(select(product_types.c.id).where(product_types.c.code == bindparam("code")))
_PRODUCTS = Statement(select(products.c.id).where(products.c.product_type_id == bindparam("id", type_=Uuid())))
_DELETE = Statement(delete(product_types).where(product_types.c.id == bindparam("id", type_=Uuid())))
_MINE = products.c.product_type_id == bindparam("id", type_=Uuid())


def _told(*conditions: ColumnElement[bool]) -> Statement:
    """How many products there are for which this holds, and five of their handles."""
    handles = func.array_agg(aggregate_order_by(products.c.handle, products.c.handle))
    return Statement(
        select(
            func.count().label("count"),
            func.trim_array(handles, cast(func.greatest(func.count() - 5, 0), Integer())).label("handles"),
        )
        .where(_MINE, *conditions)
        .having(func.count() >= 0)
    )


_OF_TYPE = _told()
_CODE: ColumnElement[str] = bindparam("code", type_=Text())
_SAYING = _told(
    products.c.deleted_at.is_(None),
    case(
        (
            bindparam("of_variant", type_=Boolean()),
            select(variants.c.id)
            .where(variants.c.product_id == products.c.id, variants.c.deleted_at.is_(None))
            .where(variants.c.attributes.has_key(_CODE))
            .correlate(products)
            .exists(),
        ),
        else_=products.c.attributes.has_key(_CODE),
    ),
)


class ProductTypeStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> ProductType | None:
        row = await self._connection.fetch_one(_GET, id=id)
        if row is None:
            return None
        return product_type_of(row, await _ATTRIBUTES.of(self._connection, [id]))

    async def code_is_taken(self, code: str, by_other_than: UUID) -> bool:
        owner = await self._connection.fetch_value(_BY_CODE, code=code)
        return owner is not None and owner != by_other_than

    async def products_of(self, id: UUID) -> tuple[int, list[str]]:
        """How many products are of the type, archived ones too, and the handles of some."""
        row = await self._connection.fetch_one(_OF_TYPE, id=id)
        assert row is not None  # noqa: S101 - a count has a row
        return row["count"], list(row["handles"] or ())

    async def products_saying(self, id: UUID, code: str, *, of_variant: bool) -> tuple[int, list[str]]:
        """How many products of the type, or variants of them, have a value of the attribute, and the handles of some."""
        row = await self._connection.fetch_one(_SAYING, id=id, code=code, of_variant=of_variant)
        assert row is not None  # noqa: S101 - a count has a row
        return row["count"], list(row["handles"] or ())

    async def delete(self, id: UUID, event: Any) -> None:
        """The type with its attributes; nothing may be of it."""
        await self._connection.execute(_DELETE, id=id)
        await self._uow.events.record("PRODUCT_TYPE", id, [event])

    async def save(self, product_type: ProductType, event: Any) -> None:
        """Write the type and its attributes as a whole; what its products can be filtered by follows."""
        id_ = product_type.id
        values = {"code": product_type.code, "name": product_type.name, "revision": product_type.revision}
        await self._connection.execute(_SAVE, values, id=id_)
        rows: list[Mapping[str, Any]] = [
            {
                **{name: getattr(each, name) for name in ATTRIBUTE},
                "product_type_id": id_,
                "position": position,
            }
            for position, each in enumerate(product_type.attributes)
        ]
        await _ATTRIBUTES.replace(self._connection, id_, rows)
        await self._uow.events.record("PRODUCT_TYPE", id_, [event])
        of_type = [row["id"] for row in await self._connection.fetch(_PRODUCTS, id=id_)]
        await product_search.refresh(self._connection, of_type)
