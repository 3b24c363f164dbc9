"""Price lists and the prices in them, under lock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.price_list import Price, PriceList
from commerce_api.persistence.rows import by_id, insert_into, upsert
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.tables.catalog import price_lists, prices, variants
from commerce_api.persistence.tables.identity import customer_groups
from commerce_api.persistence.unit_of_work import UnitOfWork

_FIELDS = (
    *("id", "code", "name", "channel_id", "currency", "customer_group_id", "priority", "valid_from", "valid_until"),
    "revision",
)
_GET = by_id(price_lists, lock=True)
_SAVE = upsert(price_lists)
_CODE = Statement(select(price_lists.c.id).where(price_lists.c.code == bindparam("code")))
_GROUP = Statement(select(customer_groups.c.id).where(customer_groups.c.id == bindparam("id", type_=Uuid())))
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_VARIANTS = Statement(
    select(variants.c.id, variants.c.product_id).where(variants.c.id == any_(_IDS), variants.c.deleted_at.is_(None))
)
_BY_SKU = Statement(
    select(variants.c.sku, variants.c.id).where(
        variants.c.sku == any_(bindparam("skus", type_=ARRAY(Text()))), variants.c.deleted_at.is_(None)
    )
)
_THEIRS = (prices.c.price_list_id == bindparam("list_id", type_=Uuid()), prices.c.variant_id == any_(_IDS))
_FORGET = Statement(delete(prices).where(*_THEIRS))
_LOWEST = Statement(
    select(prices.c.variant_id, prices.c.min_quantity, prices.c.lowest).where(*_THEIRS, prices.c.lowest.is_not(None))
)
_ADD = insert_into(prices)
_PRICED = Statement(
    select(func.count(prices.c.variant_id.distinct()))
    .join_from(prices, variants, variants.c.id == prices.c.variant_id)
    .where(prices.c.price_list_id == bindparam("id", type_=Uuid()), variants.c.deleted_at.is_(None))
)
_DELETE = Statement(delete(price_lists).where(price_lists.c.id == bindparam("id", type_=Uuid())))


class PriceListStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> PriceList | None:
        row = await self._connection.fetch_one(_GET, id=id)
        return row and PriceList(**{name: row[name] for name in _FIELDS})

    async def code_is_taken(self, code: str, by_other_than: UUID) -> bool:
        owner = await self._connection.fetch_value(_CODE, code=code)
        return owner is not None and owner != by_other_than

    async def group_exists(self, id: UUID) -> bool:
        return await self._connection.fetch_value(_GROUP, id=id) is not None

    async def save(self, price_list: PriceList, events: Sequence[Any]) -> None:
        await self._connection.execute(_SAVE, {name: getattr(price_list, name) for name in _FIELDS})
        await self._uow.events.record("PRICE_LIST", price_list.id, events)

    async def priced(self, id: UUID) -> int:
        """How many living variants have prices in it."""
        return int(await self._connection.fetch_value(_PRICED, id=id))

    async def delete(self, id: UUID, events: Sequence[Any]) -> None:
        """The list with all its prices."""
        await self._connection.execute(_DELETE, id=id)
        await self._uow.events.record("PRICE_LIST", id, events)

    async def products_of(self, variant_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """The product of each living variant."""
        rows = await self._connection.fetch(_VARIANTS, ids=list(variant_ids))
        return {row["id"]: row["product_id"] for row in rows}

    async def variants_by_sku(self, skus: Collection[str]) -> dict[str, UUID]:
        return {row["sku"]: row["id"] for row in await self._connection.fetch(_BY_SKU, skus=list(skus))}

    async def lowest(self, id: UUID, variant_ids: Collection[UUID]) -> Mapping[UUID, Mapping[int, int]]:
        """The lowest prices of variants in the list, by the quantity from which on they hold."""
        found: dict[UUID, dict[int, int]] = {}
        for row in await self._connection.fetch(_LOWEST, list_id=id, ids=list(variant_ids)):
            found.setdefault(row["variant_id"], {})[row["min_quantity"]] = row["lowest"]
        return found

    async def set_prices(
        self, price_list: PriceList, wanted: Mapping[UUID, Sequence[Price]], product_ids: Collection[UUID], event: Any
    ) -> None:
        """Replace all prices of these variants in the list; without any it has none there."""
        await self._connection.execute(_FORGET, list_id=price_list.id, ids=list(wanted))
        rows = [
            {
                "price_list_id": price_list.id,
                "variant_id": variant_id,
                "min_quantity": price.min_quantity,
                "amount": price.amount,
                "compare_at": price.compare_at,
                "lowest": price.lowest,
            }
            for variant_id, its in wanted.items()
            for price in its
        ]
        await self._connection.execute_many(_ADD, rows)
        await self.save(price_list, [event])
        await product_search.refresh_offers(self._connection, product_ids)
