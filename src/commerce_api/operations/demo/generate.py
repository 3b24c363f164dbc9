"""A catalog of any size for benchmarks, always the same: products of a few variants each, in the demonstration shop's channels."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores import bulk, product_search

_THINGS = ("Kettle", "Lantern", "Blanket", "Knife", "Mug", "Pack", "Tarp", "Stove", "Bottle", "Jacket", "Board", "Bowl")
_KINDS = (
    "Alder",
    "Birch",
    "Cedar",
    "Dale",
    "Elm",
    "Fjord",
    "Grove",
    "Heath",
    "Ivy",
    "Juniper",
    "Kelp",
    "Linden",
    "Marsh",
)
_SIZES = ("Small", "Medium", "Large", "Extra Large")
_BATCH = 2_000


async def generate_catalog(database: Database, *, at: datetime, products: int, variants: int = 3) -> int:
    """Add `products` products with `variants` (at most 4) each to a demonstration shop; how many there were to add."""
    async with database.transaction() as connection:
        ground = await bulk.ground(connection)
        if await bulk.holds_product(connection, _handle(0)):
            return 0
        for first in range(0, products, _BATCH):
            rows = bulk.Rows()
            for number in range(first, min(first + _BATCH, products)):
                _put(rows, ground, number, variants, at)
            await rows.copy(connection)
        await bulk.analyze(connection, ("products", "variants", "prices", "stock_levels", "product_publications"))
        for ids in _batches(products):
            await product_search.refresh(connection, ids)
        await bulk.analyze(connection, ("product_search", "product_facets", "product_offers", "search_words"))
    return products


def _batches(products: int) -> Iterator[list[UUID]]:
    for first in range(0, products, _BATCH):
        yield [_id("product", number) for number in range(first, min(first + _BATCH, products))]


def _put(rows: bulk.Rows, ground: bulk.Ground, number: int, variants: int, at: datetime) -> None:
    id_, since = _id("product", number), at - timedelta(minutes=number)
    title = f"{_KINDS[number % len(_KINDS)]} {_THINGS[number // 7 % len(_THINGS)]} {number}"
    rows.add(
        "products",
        id=id_,
        handle=_handle(number),
        product_type_id=ground.product_types[number % len(ground.product_types)],
        tax_class_id=ground.tax_class_id,
        title=title,
        description_html=f"<p>{title}, made for measuring. It is number {number} of many.</p>",
        vendor=f"Maker {number % 40}",
        tags=[f"tag-{number % 12}", f"line-{number % 5}"],
        option_names=["Size"],
        status="ACTIVE",
        popularity=number * 7919 % 10_007,
        created_at=since,
        updated_at=since,
    )
    for channel_id in ground.channels:
        rows.add("product_publications", product_id=id_, channel_id=channel_id, published_from=since)
    category_id = ground.categories[number % len(ground.categories)]
    rows.add("product_categories", product_id=id_, category_id=category_id, position=0)
    rows.add("product_media", product_id=id_, media_id=ground.media[number % len(ground.media)], position=0, alt=title)
    for place in range(variants):
        _put_variant(rows, ground, number, place, id_)


def _put_variant(rows: bulk.Rows, ground: bulk.Ground, number: int, place: int, product_id: UUID) -> None:
    id_ = _id("variant", number * 4 + place)
    rows.add(
        "variants",
        id=id_,
        product_id=product_id,
        position=place,
        sku=f"GEN-{number:06}-{place}",
        option_values=[_SIZES[place]],
        weight=200 + number % 900,
        stock_policy="DENY",
    )
    for list_id in ground.price_lists:
        rows.add(
            "prices",
            variant_id=id_,
            price_list_id=list_id,
            min_quantity=1,
            amount=500 + number * 37 % 20_000 + place * 250,
        )
    for location_id in ground.locations:
        rows.add("stock_levels", variant_id=id_, location_id=location_id, on_hand=(number + place) * 13 % 120)


def _handle(number: int) -> str:
    return f"generated-{number:06}"


def _id(kind: str, number: int) -> UUID:
    """Of version 7 in form, from a moment long ago, so that they are the same each time and sort before real ones."""
    space = {"product": 1, "variant": 2}[kind]
    return UUID(int=(1_600_000_000_000 + number) << 80 | 0x7 << 76 | space << 64 | 0b10 << 62 | number)
