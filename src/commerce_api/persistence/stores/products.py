"""Products with all that belongs to them, under lock."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, any_, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product import (
    Picture,
    Product,
    ProductEvent,
    ProductStatus,
    Publication,
    Relation,
    RelationKind,
    Translation,
    Variant,
    VariantDeleted,
)
from commerce_api.persistence.rows import by_id, insert_into, upsert
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.stores.memberships import Memberships
from commerce_api.persistence.tables import catalog as t
from commerce_api.persistence.tables.channels import channels, tax_classes
from commerce_api.persistence.unit_of_work import UnitOfWork

_ID = bindparam("id", type_=Uuid())
_FIELDS = (
    *("handle", "product_type_id", "tax_class_id", "title", "description_html", "vendor", "tags", "option_names"),
    *("seo_title", "seo_description", "attributes", "status"),
)
_VARIANT_FIELDS = (
    *("sku", "option_values", "barcode", "weight", "requires_shipping", "taxable", "stock_policy", "backorder_limit"),
    *("min_quantity", "max_quantity", "quantity_step", "attributes", "media_id", "successor_id"),
)
_GET = by_id(t.products, t.products.c.deleted_at.is_(None), lock=True)
_VARIANTS = Statement(
    select(t.variants)
    .where(t.variants.c.product_id == _ID, t.variants.c.deleted_at.is_(None))
    .order_by(t.variants.c.position, t.variants.c.id)
)
_VARIANT_TRANSLATIONS = Statement(
    select(t.variant_translations)
    .join(t.variants, t.variants.c.id == t.variant_translations.c.variant_id)
    .where(t.variants.c.product_id == _ID)
)
_OF_PRODUCT: Mapping[str, tuple[Table, str]] = {
    "publications": (t.product_publications, "channel_id"),
    "media": (t.product_media, "position"),
    "category_ids": (t.product_categories, "category_id"),
    "collection_ids": (t.collection_products, "collection_id"),
    "relations": (t.product_relations, "position"),
    "translations": (t.product_translations, "language"),
}
"""What a product is joined with: the table of each field, and the column that orders it."""

_PARTS = {
    field: (
        Statement(select(table).where(table.c.product_id == _ID).order_by(table.c[order])),
        Statement(delete(table).where(table.c.product_id == _ID)),
        insert_into(table),
    )
    for field, (table, order) in _OF_PRODUCT.items()
}
_MEMBERSHIPS = {
    "category_ids": Memberships(t.product_categories, "category_id"),
    "collection_ids": Memberships(t.collection_products, "collection_id"),
}
_CREATE = insert_into(t.products, "id", *_FIELDS, "created_at", "updated_at")
_CHANGE = Statement(
    update(t.products)
    .where(t.products.c.id == _ID)
    .values(
        {name: bindparam(f"new_{name}", type_=t.products.c[name].type) for name in (*_FIELDS, "updated_at")}
        | {"revision": t.products.c.revision + 1}
    )
)
_SAVE_VARIANT = upsert(
    t.variants, "id", "product_id", "position", *_VARIANT_FIELDS, "cost", "cost_currency", "revision"
)
_DELETE_VARIANT = Statement(
    update(t.variants)
    .where(t.variants.c.id == _ID)
    .values(deleted_at=bindparam("at", type_=t.variants.c.deleted_at.type))
)
_FORGET_TRANSLATIONS = Statement(delete(t.variant_translations).where(t.variant_translations.c.variant_id == _ID))
_TRANSLATE_VARIANT = insert_into(t.variant_translations)
_HANDLE = Statement(select(t.products.c.id).where(t.products.c.handle == bindparam("handle")))
_SKUS = Statement(
    select(t.variants.c.sku, t.variants.c.id).where(
        t.variants.c.sku == any_(bindparam("skus", type_=ARRAY(Text()))), t.variants.c.deleted_at.is_(None)
    )
)
_ONE_AT_A_TIME = Statement(text("SELECT pg_advisory_xact_lock(7236111402)"))
_TARGETS: Mapping[str, Table] = {
    "cat": t.categories,
    "chn": channels,
    "col": t.collections,
    "med": t.media,
    "prd": t.products,
    "pty": t.product_types,
    "txc": tax_classes,
    "var": t.variants,
}
_EXISTING = {
    prefix: Statement(select(table.c.id).where(table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))))
    for prefix, table in _TARGETS.items()
}


class ProductStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> Product | None:
        """The product under lock; a deleted one is not there."""
        row = await self._connection.fetch_one(_GET, id=id)
        if row is None:
            return None
        parts = {field: await self._connection.fetch(read, id=id) for field, (read, _, _) in _PARTS.items()}
        return _product(row, await self._variants(id), parts)

    async def _variants(self, id: UUID) -> tuple[Variant, ...]:
        said: dict[UUID, dict[str, tuple[str, ...]]] = {}
        for row in await self._connection.fetch(_VARIANT_TRANSLATIONS, id=id):
            said.setdefault(row["variant_id"], {})[row["language"]] = tuple(row["option_values"])
        return tuple(_variant(row, said.get(row["id"], {})) for row in await self._connection.fetch(_VARIANTS, id=id))

    async def one_at_a_time(self) -> None:
        """Wait for whoever else is changing names in the catalog, so that what is found free stays free."""
        await self._connection.fetch_value(_ONE_AT_A_TIME)

    async def handle_is_taken(self, handle: str, by_other_than: UUID) -> bool:
        owner = await self._connection.fetch_value(_HANDLE, handle=handle)
        return owner is not None and owner != by_other_than

    async def sku_owners(self, skus: Iterable[str]) -> dict[str, VariantId]:
        rows = await self._connection.fetch(_SKUS, skus=list(skus))
        return {row["sku"]: VariantId(row["id"]) for row in rows}

    async def missing(self, prefix: str, ids: Sequence[UUID]) -> set[UUID]:
        """Those of these ids, of the kind that the prefix names, that do not exist."""
        rows = await self._connection.fetch(_EXISTING[prefix], ids=list(ids))
        return set(ids) - {row["id"] for row in rows}

    async def save(self, before: Product | None, product: Product, events: Sequence[ProductEvent]) -> None:
        """Write what differs, record what happened, and let browsing and search know."""
        values = {name: getattr(product, name) for name in _FIELDS}
        if before is None:
            at = self._uow.by.at
            await self._connection.execute(_CREATE, values, id=product.id, created_at=at, updated_at=at)
        else:
            new = {f"new_{name}": value for name, value in values.items()}
            await self._connection.execute(_CHANGE, new, id=product.id, new_updated_at=self._uow.by.at)
        await self._save_variants(before, product, events)
        for field in _PARTS:
            if before is None or getattr(before, field) != getattr(product, field):
                await self._replace(product, field)
        await self._uow.events.record("PRODUCT", product.id, events)
        await product_search.refresh(self._connection, [product.id])

    async def _save_variants(self, before: Product | None, product: Product, events: Sequence[ProductEvent]) -> None:
        known = {variant.id: variant for variant in before.variants} if before else {}
        for position, variant in enumerate(product.variants):
            if known.get(variant.id) != variant:
                await self._save_variant(product.id, position, variant)
        for event in events:
            if isinstance(event, VariantDeleted):
                await self._connection.execute(_DELETE_VARIANT, id=event.variant_id, at=self._uow.by.at)

    async def _save_variant(self, product_id: ProductId, position: int, variant: Variant) -> None:
        values = {name: getattr(variant, name) for name in _VARIANT_FIELDS}
        values["cost"], values["cost_currency"] = variant.cost or (None, None)
        keys = {"id": variant.id, "product_id": product_id, "position": position, "revision": variant.revision + 1}
        await self._connection.execute(_SAVE_VARIANT, values, **keys)
        await self._connection.execute(_FORGET_TRANSLATIONS, id=variant.id)
        said = [
            {"variant_id": variant.id, "language": language, "option_values": names}
            for language, names in variant.translations.items()
        ]
        await self._connection.execute_many(_TRANSLATE_VARIANT, said)

    async def _replace(self, product: Product, field: str) -> None:
        if field in _MEMBERSHIPS:
            await _MEMBERSHIPS[field].replace(self._connection, product.id, getattr(product, field))
            return
        _, forget, write = _PARTS[field]
        await self._connection.execute(forget, id=product.id)
        rows = [{"product_id": product.id, **row} for row in _rows(product, field)]
        await self._connection.execute_many(write, rows)


def _rows(product: Product, field: str) -> list[dict[str, Any]]:
    match field:
        case "publications":
            return [{name: getattr(each, name) for name in _PUBLICATION} for each in product.publications]
        case "media":
            return [{"media_id": p.media_id, "alt": p.alt, "position": n} for n, p in enumerate(product.media)]
        case "relations":
            return [
                {"kind": relation.kind, "related_product_id": relation.product_id, "position": place}
                for place, relation in enumerate(product.relations)
            ]
        case _:
            return [{name: getattr(each, name) for name in _TRANSLATION} for each in product.translations]


_PUBLICATION = ("channel_id", "published_from", "published_until")
_TRANSLATION = ("language", "title", "description_html", "option_names", "seo_title", "seo_description")


def _variant(row: Row, said: Mapping[str, tuple[str, ...]]) -> Variant:
    values = {name: row[name] for name in _VARIANT_FIELDS}
    values |= {"option_values": tuple(row["option_values"]), "stock_policy": StockPolicy(row["stock_policy"])}
    values["cost"] = None if row["cost"] is None else (row["cost"], row["cost_currency"])
    return Variant(id=row["id"], translations=said, revision=row["revision"], **values)


def _product(row: Row, variants: tuple[Variant, ...], parts: Mapping[str, list[Row]]) -> Product:
    values = {name: row[name] for name in _FIELDS}
    values |= {
        "status": ProductStatus(row["status"]),
        "tags": tuple(row["tags"]),
        "option_names": tuple(row["option_names"]),
    }
    return Product(
        id=row["id"],
        revision=row["revision"],
        variants=variants,
        publications=tuple(
            Publication(**{name: each[name] for name in _PUBLICATION}) for each in parts["publications"]
        ),
        media=tuple(Picture(media_id=each["media_id"], alt=each["alt"]) for each in parts["media"]),
        category_ids=tuple(each["category_id"] for each in parts["category_ids"]),
        collection_ids=tuple(each["collection_id"] for each in parts["collection_ids"]),
        relations=tuple(
            Relation(kind=RelationKind(each["kind"]), product_id=each["related_product_id"])
            for each in parts["relations"]
        ),
        translations=tuple(_translation(each) for each in parts["translations"]),
        **values,
    )


def _translation(row: Row) -> Translation:
    values = {name: row[name] for name in _TRANSLATION}
    return Translation(**values | {"option_names": tuple(row["option_names"])})
