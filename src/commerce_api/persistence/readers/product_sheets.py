"""Products as the CSV format sees them: in one channel, one currency, at one stock location."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import ChannelId, PriceListId, ProductId, StockLocationId, VariantId
from commerce_api.domain.picture import address_of
from commerce_api.domain.product_csv.columns import TRACKER
from commerce_api.domain.product_csv.sheet import Known, Sheet, SheetImage, SheetVariant
from commerce_api.domain.value import value
from commerce_api.persistence.sql import Connection, Row, Statement

GENERAL: str = "general"
"""The product type of products that no type is given for."""


@value
class Desk:
    """Where the format's single price and quantity are looked up."""

    channel_id: ChannelId
    currency: str
    price_list_id: PriceListId | None
    location_id: StockLocationId | None


_SHEETS = """
SELECT p.id, p.handle, p.title, p.description_html, p.vendor, p.tags, p.status, p.option_names, p.seo_title,
       p.seo_description, p.other_columns, CASE WHEN t.code = 'general' THEN '' ELSE t.name END AS type,
       EXISTS (
           SELECT FROM product_publications AS b
           WHERE b.product_id = p.id AND b.channel_id = :channel_id
             AND b.published_from <= :at AND (b.published_until IS NULL OR b.published_until > :at)
       ) AS published,
       (
           SELECT jsonb_agg(
               jsonb_build_array(i.alt, (SELECT ARRAY[url, sha256, content_type] FROM media WHERE id = i.media_id))
               ORDER BY i.position, i.media_id
           )
           FROM product_media AS i
           WHERE i.product_id = p.id
       ) AS images,
       (
           SELECT jsonb_agg(
               jsonb_build_array(
                   v.id, v.sku, v.option_values, v.weight, v.stock_policy,
                   (SELECT on_hand FROM stock_levels WHERE variant_id = v.id AND location_id = :location_id),
                   (
                       SELECT ARRAY[amount, nullif(compare_at, 0), lowest] FROM prices
                       WHERE variant_id = v.id AND price_list_id = :price_list_id AND min_quantity = 1
                   ),
                   CASE WHEN v.cost_currency = :currency THEN v.cost END, v.requires_shipping, v.taxable, v.barcode,
                   v.other_columns,
                   (SELECT ARRAY[url, sha256, content_type] FROM media WHERE id = v.media_id)
               )
               ORDER BY v.position, v.id
           )
           FROM variants AS v
           WHERE v.product_id = p.id AND v.deleted_at IS NULL
       ) AS variants
FROM products AS p JOIN product_types AS t ON t.id = p.product_type_id
WHERE p.deleted_at IS NULL AND {condition}
"""
"""Each inner question goes by a whole key, so that it is quick however wrong the planner's statistics are in an import."""


def _statement(condition: str) -> Statement:
    clause = text(_SHEETS.format(condition=condition))
    for name, type_ in (
        ("channel_id", Uuid()),
        ("location_id", Uuid()),
        ("price_list_id", Uuid()),
        ("currency", Text()),
        ("handles", ARRAY(Text())),
        ("after", Text()),
    ):
        if f":{name}" in clause.text:
            clause = clause.bindparams(bindparam(name, type_=type_))
    return Statement(clause)


_OF_HANDLES = _statement("p.handle = ANY (:handles)")
_PAGE = _statement("p.handle > :after ORDER BY p.handle LIMIT 500")
_KEPT = Statement(
    text(
        "SELECT DISTINCT jsonb_object_keys(other_columns) AS name FROM products WHERE deleted_at IS NULL"
        " UNION SELECT DISTINCT jsonb_object_keys(other_columns) FROM variants WHERE deleted_at IS NULL"
    )
)


async def sheets_of(connection: Connection, handles: Sequence[str], *, desk: Desk, at: datetime) -> dict[str, Known]:
    rows = await connection.fetch(_OF_HANDLES, handles=list(handles), at=at, **_desk(desk))
    return {row["handle"]: _known(row) for row in rows}


async def sheets_after(connection: Connection, handle: str, *, desk: Desk, at: datetime) -> list[Known]:
    """The next page of all products, in the order of their handles."""
    return [_known(row) for row in await connection.fetch(_PAGE, after=handle, at=at, **_desk(desk))]


async def kept_names(connection: Connection) -> list[str]:
    """The columns that any product keeps for an export."""
    return [row["name"] for row in await connection.fetch(_KEPT)]


def _desk(desk: Desk) -> dict[str, Any]:
    return {
        "channel_id": desk.channel_id,
        "currency": desk.currency,
        "price_list_id": desk.price_list_id,
        "location_id": desk.location_id,
    }


def _known(row: Row) -> Known:
    variants = row["variants"] or []
    return Known(
        id=ProductId(row["id"]),
        variant_ids=tuple(VariantId(UUID(variant[0])) for variant in variants),
        sheet=Sheet(
            handle=row["handle"],
            title=row["title"],
            body=row["description_html"],
            vendor=row["vendor"],
            type=row["type"],
            tags=tuple(row["tags"]),
            status=row["status"],
            published=row["published"],
            option_names=tuple(row["option_names"]),
            seo_title=row["seo_title"],
            seo_description=row["seo_description"],
            images=tuple(SheetImage(src=_source(picture), alt=alt) for alt, picture in row["images"] or []),
            variants=tuple(_variant(*variant[1:]) for variant in variants),
            others=row["other_columns"],
        ),
    )


def _variant(
    sku: str | None,
    option_values: list[str],
    grams: int,
    policy: str,
    quantity: int | None,
    price: list[int | None] | None,
    cost: int | None,
    requires_shipping: bool,  # noqa: FBT001 - as they stand in the statement
    taxable: bool,  # noqa: FBT001
    barcode: str,
    others: dict[str, str],
    picture: list[str | None] | None,
) -> SheetVariant:
    if policy == StockPolicy.UNTRACKED:
        others.pop(TRACKER, None)
    return SheetVariant(
        sku=sku,
        option_values=tuple(option_values),
        grams=grams,
        stock_policy=StockPolicy(policy),
        quantity=quantity,
        price=price[0] if price else None,
        compare_at=price[1] if price else None,
        lowest=price[2] if price else None,
        cost=cost,
        requires_shipping=requires_shipping,
        taxable=taxable,
        barcode=barcode,
        image=_source(picture) if picture else "",
        others=others,
    )


def _source(picture: list[str | None]) -> str:
    url, sha256, content_type = picture
    return url or address_of(sha256 or "", content_type or "")
