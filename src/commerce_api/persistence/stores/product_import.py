"""Writes what an import changes: a whole batch of products with a fixed number of statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError
from sqlalchemy import Uuid, bindparam, case, delete, func, not_, null, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, insert

from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.changes import Change
from commerce_api.persistence.readers.product_sheets import Desk
from commerce_api.persistence.rows import among, insert_set, row_set, update_set
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.stores.import_references import ImportReferences
from commerce_api.persistence.stores.variant_import import Level, VariantImport
from commerce_api.persistence.tables.catalog import product_media, product_publications, products, variants
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.unit_of_work import UnitOfWork

_LOCK, _A_DAY = 7_236_111_403, 86_400
_at = bindparam("at", type_=moment("at").type)
_ALONE = Statement(select(func.pg_advisory_xact_lock(bindparam("lock", _LOCK, type_=BIGINT))))
_LOCK_PRODUCTS = Statement(
    select(products.c.id).where(among(products.c.handle, "handles")).order_by(products.c.id).with_for_update()
)
_OWNERS = Statement(
    select(variants.c.sku, variants.c.product_id)
    .join(products, products.c.id == variants.c.product_id)
    .where(
        among(variants.c.sku, "skus"),
        variants.c.deleted_at.is_(None),
        products.c.deleted_at.is_(None) | not_(among(products.c.handle, "handles")),
    )
)
"""Variants of a deleted product that comes again in this batch give way."""

_DESCRIPTION = (
    "product_type_id",
    "title",
    "description_html",
    "vendor",
    "tags",
    "option_names",
    "seo_title",
    "seo_description",
    "other_columns",
    "status",
    "updated_at",
)
_NEW = ("id", "handle", "tax_class_id", "created_at", *_DESCRIPTION)
_given = row_set(products, *_NEW)
_add = insert(products).from_select(_NEW, select(*(_given.c[name] for name in _NEW)))
_again = {name: _add.excluded[name] for name in _DESCRIPTION}
_ADD_PRODUCTS = Statement(
    _add.on_conflict_do_update(
        index_elements=["handle"],
        set_={**_again, "deleted_at": null(), "revision": products.c.revision + 1},
        where=products.c.deleted_at.is_not(None),
    ).returning(products.c.id, products.c.handle)
)
"""A deleted product whose handle comes again is that product again."""
_CHANGE_PRODUCTS = update_set(products, *_DESCRIPTION)

_publication = product_publications.c
_in_force = (_publication.published_from <= _at) & or_(
    _publication.published_until.is_(None), _publication.published_until > _at
)
_publish = insert(product_publications).from_select(
    ["product_id", "channel_id", "published_from"],
    select(func.unnest(bindparam("ids", type_=ARRAY(Uuid()))), bindparam("channel_id", type_=Uuid()), _at),
)
_PUBLISH = Statement(
    _publish.on_conflict_do_update(
        index_elements=["product_id", "channel_id"],
        set_={
            "published_from": _at,
            "published_until": case((_publication.published_until > _at, _publication.published_until)),
        },
        where=~_in_force,
    )
)
"""A publication that lies ahead begins now, and ends when it would have."""
_END_PUBLICATION = Statement(
    update(product_publications)
    .values(published_until=_at)
    .where(among(_publication.product_id), _publication.channel_id == bindparam("channel_id"), _in_force)
)
_DROP_IMAGES = Statement(delete(product_media).where(among(product_media.c.product_id)))
_ADD_IMAGES = insert_set(product_media, "product_id", "media_id", "position", "alt")


class Collision(Exception):  # noqa: N818 - it is no error: the batch is loaded again
    """Somebody made a product with the same handle, or a variant with the same SKU, at this moment."""


async def lock_products(connection: Connection, handles: Sequence[str]) -> None:
    """One import writes at a time, and its products are locked until the batch is written.

    Another may be one transaction as a whole, so that this one waits its turn for longer than a statement may take.
    """
    await connection.plan_for_values()
    await connection.raw.execute(_ALONE.sql, *_ALONE.arguments({}), timeout=_A_DAY)
    await connection.execute(_LOCK_PRODUCTS, handles=list(handles))


class ProductImport:
    """Of one batch, in one transaction."""

    def __init__(self, uow: UnitOfWork, desk: Desk) -> None:
        self._uow, self._desk, self._connection = uow, desk, uow.connection
        self._references = ImportReferences(uow)
        self._variants = VariantImport(uow, desk)

    async def sku_owners(self, skus: Iterable[str], handles: Sequence[str]) -> dict[str, ProductId]:
        rows = await self._connection.fetch(_OWNERS, skus=list(skus), handles=list(handles))
        return {row["sku"]: ProductId(row["product_id"]) for row in rows}

    async def levels(self, changes: Sequence[Change]) -> dict[VariantId, Level]:
        """The stock levels that would change."""
        return await self._variants.levels(id_ for c in changes for i in c.stock if (id_ := c.wanted.variant_ids[i]))

    async def save(self, changes: Sequence[Change], levels: Mapping[VariantId, Level]) -> list[ProductId]:
        """Write everything, and return the products' ids in order."""
        try:
            return await self._save(changes, levels)
        except UniqueViolationError as error:
            raise Collision from error

    async def _save(self, changes: Sequence[Change], levels: Mapping[VariantId, Level]) -> list[ProductId]:
        ids = await self._save_products(changes)
        media = await self._references.media(src for change in changes for src in _sources(change))
        await self._save_publications(changes, ids)
        await self._save_images(changes, ids, media)
        await self._variants.save(changes, ids, media, levels)
        return ids

    async def _save_products(self, changes: Sequence[Change]) -> list[ProductId]:
        types = await self._references.product_types({c.wanted.sheet.type for c in changes if c.product})
        made = await self._add_products([c for c in changes if c.known is None], types)
        changed = [{**self._row(c, types), "id": c.known.id} for c in changes if c.known and c.described]
        if changed:
            await self._connection.execute(_CHANGE_PRODUCTS, rows=changed)
        return [c.known.id if c.known else made[c.wanted.sheet.handle] for c in changes]

    async def _add_products(self, changes: Sequence[Change], types: Mapping[str, UUID]) -> dict[str, ProductId]:
        if not changes:
            return {}
        new = {"tax_class_id": await self._references.tax_class(), "created_at": self._uow.by.at}
        rows = [
            {**self._row(c, types), **new, "id": self._uow.new_id(), "handle": c.wanted.sheet.handle} for c in changes
        ]
        added = await self._connection.fetch(_ADD_PRODUCTS, rows=rows)
        if len(added) < len(rows):
            raise Collision
        return {row["handle"]: ProductId(row["id"]) for row in added}

    def _row(self, change: Change, types: Mapping[str, UUID]) -> dict[str, Any]:
        """The type is written only if it is another: several types may have one name."""
        sheet = change.wanted.sheet
        same_type = change.known and change.known.sheet.type == sheet.type
        return {
            "product_type_id": None if same_type else types[sheet.type],
            "title": sheet.title,
            "description_html": sheet.body,
            "vendor": sheet.vendor,
            "tags": sheet.tags,
            "option_names": sheet.option_names,
            "seo_title": sheet.seo_title,
            "seo_description": sheet.seo_description,
            "other_columns": sheet.others,
            "status": sheet.status,
            "updated_at": self._uow.by.at,
        }

    async def _save_publications(self, changes: Sequence[Change], ids: Sequence[ProductId]) -> None:
        for published, statement in ((True, _PUBLISH), (False, _END_PUBLICATION)):
            which = [
                id_
                for change, id_ in zip(changes, ids, strict=True)
                if change.publication and change.wanted.sheet.published is published
            ]
            if which:
                await self._connection.execute(
                    statement, ids=which, channel_id=self._desk.channel_id, at=self._uow.by.at
                )

    async def _save_images(
        self, changes: Sequence[Change], ids: Sequence[ProductId], media: Mapping[str, UUID]
    ) -> None:
        which = [(id_, change) for change, id_ in zip(changes, ids, strict=True) if change.images or not change.known]
        rows = [
            {"product_id": id_, "media_id": media[image.src], "position": position, "alt": image.alt}
            for id_, change in which
            for position, image in enumerate(change.wanted.sheet.images)
        ]
        if which:
            await self._connection.execute(_DROP_IMAGES, ids=[id_ for id_, _ in which])
        if rows:
            await self._connection.execute(_ADD_IMAGES, rows=rows)


def _sources(change: Change) -> Iterator[str]:
    """The pictures whose ids are needed."""
    sheet = change.wanted.sheet
    if change.images:
        yield from (image.src for image in sheet.images)
    yield from (image for place in change.variants if (image := sheet.variants[place].image))
