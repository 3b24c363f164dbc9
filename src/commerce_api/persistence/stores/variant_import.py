"""The variants of imported products, what they cost, and how many there are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.changes import Change
from commerce_api.domain.product_csv.sheet import SheetVariant
from commerce_api.domain.value import value
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.product_sheets import Desk
from commerce_api.persistence.rows import among, insert_set, row_set, update_set
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.catalog import prices, variants
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.stock import stock_levels, stock_movements
from commerce_api.persistence.unit_of_work import UnitOfWork

_VARIANT = (
    "position",
    "sku",
    "option_values",
    "barcode",
    "weight",
    "requires_shipping",
    "taxable",
    "stock_policy",
    "cost",
    "cost_currency",
    "other_columns",
    "media_id",
)
_RETIRE = Statement(
    update(variants)
    .values(deleted_at=bindparam("at", type_=moment("at").type), revision=variants.c.revision + 1)
    .where(or_(among(variants.c.id), among(variants.c.product_id, "product_ids")), variants.c.deleted_at.is_(None))
)
_FREE_SKUS = Statement(update(variants).values(sku=null()).where(among(variants.c.id)))
"""So that two variants can swap theirs."""
_COSTS_ELSEWHERE = Statement(
    select(variants.c.id, variants.c.cost, variants.c.cost_currency).where(
        among(variants.c.id), variants.c.cost_currency != bindparam("currency")
    )
)
_ADD = insert_set(variants, "id", "product_id", *_VARIANT)
_CHANGE = update_set(variants, *_VARIANT)

_price = row_set(prices, "variant_id", "price_list_id", "min_quantity", "amount", "compare_at", "lowest")
_add_prices = insert(prices).from_select(_price.c.keys(), select(_price))
_SET_PRICES = Statement(
    _add_prices.on_conflict_do_update(
        index_elements=["variant_id", "price_list_id", "min_quantity"],
        set_={name: _add_prices.excluded[name] for name in ("amount", "compare_at", "lowest")},
    )
)
_DROP_PRICES = Statement(
    delete(prices).where(
        among(prices.c.variant_id), prices.c.price_list_id == bindparam("price_list_id"), prices.c.min_quantity == 1
    )
)
_LOCK_LEVELS = Statement(
    select(stock_levels)
    .where(among(stock_levels.c.variant_id), stock_levels.c.location_id == bindparam("location_id"))
    .order_by(stock_levels.c.variant_id)
    .with_for_update()
)
_level = row_set(stock_levels, "variant_id", "location_id", "on_hand")
_add_levels = insert(stock_levels).from_select(_level.c.keys(), select(_level))
_SET_LEVELS = Statement(
    _add_levels.on_conflict_do_update(
        index_elements=["variant_id", "location_id"],
        set_={"on_hand": _add_levels.excluded.on_hand, "revision": stock_levels.c.revision + 1},
    )
)
_ADD_MOVEMENTS = insert_set(stock_movements, *(column.name for column in stock_movements.columns))


@value
class Level:
    """A stock level that is locked."""

    on_hand: int
    allocated: int
    unavailable: int


class VariantImport:
    def __init__(self, uow: UnitOfWork, desk: Desk) -> None:
        self._uow, self._desk, self._connection = uow, desk, uow.connection

    async def levels(self, variant_ids: Iterable[VariantId]) -> dict[VariantId, Level]:
        """Locked, in the order in which everybody locks them."""
        ids = sorted(variant_ids)
        rows = await self._connection.fetch(_LOCK_LEVELS, ids=ids, location_id=self._desk.location_id) if ids else []
        names = ("on_hand", "allocated", "unavailable")
        return {VariantId(row["variant_id"]): Level(**{name: row[name] for name in names}) for row in rows}

    async def save(
        self,
        changes: Sequence[Change],
        product_ids: Sequence[ProductId],
        media: Mapping[str, UUID],
        levels: Mapping[VariantId, Level],
    ) -> None:
        ids = [tuple(id_ or VariantId(self._uow.new_id()) for id_ in c.wanted.variant_ids) for c in changes]
        await self._make_room(changes, product_ids)
        await self._save_rows(changes, product_ids, ids, media)
        await self._save_prices(changes, ids)
        if self._desk.location_id:
            await self._save_stock(changes, ids, levels)

    async def _make_room(self, changes: Sequence[Change], product_ids: Sequence[ProductId]) -> None:
        """Take away what goes, and what a deleted product had that comes again."""
        retired = [id_ for c in changes for id_ in c.retired]
        again = [id_ for c, id_ in zip(changes, product_ids, strict=True) if c.known is None]
        if retired or again:
            await self._connection.execute(_RETIRE, ids=retired, product_ids=again, at=self._uow.by.at)
        free = [id_ for c in changes for i in c.variants if (id_ := c.wanted.variant_ids[i])]
        if free:
            await self._connection.execute(_FREE_SKUS, ids=free)

    async def _save_rows(
        self,
        changes: Sequence[Change],
        product_ids: Sequence[ProductId],
        ids: Sequence[Sequence[VariantId]],
        media: Mapping[str, UUID],
    ) -> None:
        added: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        elsewhere = await self._costs_elsewhere(changes)
        for change, product_id, variant_ids in zip(changes, product_ids, ids, strict=True):
            for place in change.variants:
                row = {**self._row(change.wanted.sheet.variants[place], media), "position": place}
                row |= {"id": variant_ids[place], "product_id": product_id}
                if row["cost"] is None:
                    row |= elsewhere.get(variant_ids[place], {})
                (changed if change.wanted.variant_ids[place] else added).append(row)
        if added:
            await self._connection.execute(_ADD, rows=added)
        if changed:
            await self._connection.execute(_CHANGE, rows=changed)

    async def _costs_elsewhere(self, changes: Sequence[Change]) -> Mapping[VariantId, dict[str, Any]]:
        """Costs in other currencies, of which the file knows nothing."""
        ids = [id_ for c in changes for i in c.variants if (id_ := c.wanted.variant_ids[i])]
        rows = await self._connection.fetch(_COSTS_ELSEWHERE, ids=ids, currency=self._desk.currency) if ids else []
        return {row["id"]: {"cost": row["cost"], "cost_currency": row["cost_currency"]} for row in rows}

    def _row(self, variant: SheetVariant, media: Mapping[str, UUID]) -> dict[str, Any]:
        return {
            "sku": variant.sku,
            "option_values": variant.option_values,
            "barcode": variant.barcode,
            "weight": variant.grams,
            "requires_shipping": variant.requires_shipping,
            "taxable": variant.taxable,
            "stock_policy": variant.stock_policy,
            "cost": variant.cost,
            "cost_currency": None if variant.cost is None else self._desk.currency,
            "other_columns": variant.others,
            "media_id": media[variant.image] if variant.image else None,
        }

    async def _save_prices(self, changes: Sequence[Change], ids: Sequence[Sequence[VariantId]]) -> None:
        rows: list[dict[str, Any]] = []
        gone: list[VariantId] = []
        for change, variant_ids in zip(changes, ids, strict=True):
            for place in change.prices:
                variant = change.wanted.sheet.variants[place]
                if variant.price is None:
                    gone.append(variant_ids[place])
                    continue
                price = {"amount": variant.price, "compare_at": variant.compare_at, "lowest": variant.lowest}
                rows.append(
                    {
                        **price,
                        "min_quantity": 1,
                        "variant_id": variant_ids[place],
                        "price_list_id": self._desk.price_list_id,
                    }
                )
        if rows:
            await self._connection.execute(_SET_PRICES, rows=rows)
        if gone:
            await self._connection.execute(_DROP_PRICES, ids=gone, price_list_id=self._desk.price_list_id)

    async def _save_stock(
        self, changes: Sequence[Change], ids: Sequence[Sequence[VariantId]], levels: Mapping[VariantId, Level]
    ) -> None:
        counted = [
            (variant_ids[place], change.wanted.sheet.variants[place].quantity or 0)
            for change, variant_ids in zip(changes, ids, strict=True)
            for place in change.stock
        ]
        if not counted:
            return
        location = {"location_id": self._desk.location_id}
        rows = [{**location, "variant_id": id_, "on_hand": on_hand} for id_, on_hand in sorted(counted)]
        await self._connection.execute(_SET_LEVELS, rows=rows)
        await self._connection.execute(_ADD_MOVEMENTS, rows=list(self._movements(counted, levels)))

    def _movements(
        self, counted: Collection[tuple[VariantId, int]], levels: Mapping[VariantId, Level]
    ) -> Iterable[dict[str, Any]]:
        adjustment_id, by = self._uow.new_id(), self._uow.by
        for id_, on_hand in counted:
            delta = on_hand - (levels[id_].on_hand if id_ in levels else 0)
            if delta:
                yield {
                    "id": self._uow.new_id(),
                    "adjustment_id": adjustment_id,
                    "variant_id": id_,
                    "location_id": self._desk.location_id,
                    "delta": delta,
                    "reason": "IMPORT",
                    "reference": by.request_id,
                    "actor": actor_document(by),
                    "at": by.at,
                }
