"""A page of products, and one with everything."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bench.handwritten.shop import (
    LISTS,
    PAGE,
    PRICE,
    SOLD,
    STOCK,
    Shop,
    answer,
    availability,
    image,
    instant,
    money,
    public,
)

_BROWSE = f"""
WITH {LISTS}, page AS MATERIALIZED (
    SELECT p.id, p.handle, p.title, pub.published_from
    FROM product_publications pub JOIN products p ON p.id = pub.product_id
    WHERE {SOLD} AND (pub.published_from, pub.product_id) < ($6, $7)
    ORDER BY pub.published_from DESC, pub.product_id DESC LIMIT {PAGE + 1}
)
SELECT page.id, page.handle, coalesce(nullif(t.title, ''), page.title) AS title, page.published_from,
    v.sku, v.option_values, v.stock_policy, v.backorder_limit, price.amount, stock.available, stock.backordered
FROM page
LEFT JOIN product_translations t ON t.product_id = page.id AND t.language = $3
JOIN LATERAL (
    SELECT v.id, v.sku, v.position, v.min_quantity, v.stock_policy, v.backorder_limit,
        coalesce(nullif(vt.option_values, '{{}}'), v.option_values) AS option_values
    FROM variants v LEFT JOIN variant_translations vt ON vt.variant_id = v.id AND vt.language = $3
    WHERE v.product_id = page.id AND v.deleted_at IS NULL ORDER BY v.position, v.id LIMIT 3
) AS v ON true
JOIN {PRICE}
JOIN {STOCK}
ORDER BY page.published_from DESC, page.id DESC, v.position, v.id
"""


async def browse(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    after = orjson.loads(await request.body())["after"]
    place, last = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1)) if after is None else _position(after)
    async with shop.pool.acquire() as connection:
        rows = await connection.fetch(_BROWSE, *shop.asked(), place, last)
    products: dict[UUID, dict[str, Any]] = {}
    ends = []
    for id_, handle, title, place, *variant in rows:
        product = products.get(id_)
        if product is None:
            product = products[id_] = {"id": public("prd", id_), "handle": handle, "title": title, "variants": []}
            ends.append((place, id_))
        product["variants"].append(_card(title, shop.currency, *variant))
    nodes = list(products.values())[:PAGE]
    page = {"hasNextPage": len(ends) > PAGE, "endCursor": _cursor(ends[len(nodes) - 1]) if nodes else None}
    return answer({"products": {"nodes": nodes, "pageInfo": page}})


_OF = "products NEWEST"
"""Which list a cursor belongs to."""


def _cursor(position: tuple[datetime, UUID]) -> str:
    return urlsafe_b64encode(orjson.dumps([_OF, *position], default=str)).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, UUID]:
    _, place, id_ = orjson.loads(urlsafe_b64decode(cursor + "=="))
    return datetime.fromisoformat(place), UUID(id_)


def _card(title, currency, sku, options, policy, limit, amount, available, backordered) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": " / ".join(options) or title,
        "price": money(amount, currency),
        "availability": availability(policy, limit, available or 0, backordered or 0),
    }


_PRODUCT = f"""
WITH {LISTS}
SELECT p.id, p.handle, coalesce(nullif(t.title, ''), p.title) AS title, p.vendor, p.tags, p.created_at, p.updated_at,
    coalesce(nullif(t.description_html, ''), p.description_html) AS description_html,
    coalesce(nullif(t.seo_title, ''), p.seo_title) AS seo_title,
    coalesce(nullif(t.seo_description, ''), p.seo_description) AS seo_description,
    coalesce(nullif(t.option_names, '{{}}'), p.option_names) AS option_names, p.attributes::text AS attributes,
    (SELECT json_agg(json_build_array(m.id, m.url, pm.alt, m.width, m.height) ORDER BY pm.position, m.id)
        FROM product_media pm JOIN media m ON m.id = pm.media_id WHERE pm.product_id = p.id) AS media,
    (SELECT json_agg(json_build_array(code, coalesce(translations -> $3 ->> 'name', name), kind, of_variant) ORDER BY position, id)
        FROM attributes WHERE product_type_id = p.product_type_id) AS definitions,
    (SELECT json_agg(json_build_array(c.id, c.handle, coalesce(c.translations -> $3 ->> 'name', c.name)) ORDER BY pc.position, c.id)
        FROM product_categories pc JOIN categories c ON c.id = pc.category_id WHERE pc.product_id = p.id) AS categories
FROM products p JOIN product_publications pub ON pub.product_id = p.id
LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = $3
WHERE p.handle = $6 AND $5::uuid[] IS NOT NULL AND {SOLD}
"""
_VARIANTS = f"""
WITH {LISTS}
SELECT v.id, v.sku, v.barcode, v.weight, v.requires_shipping, v.min_quantity, v.max_quantity, v.quantity_step,
    v.stock_policy, v.backorder_limit, v.attributes::text AS attributes,
    coalesce(nullif(vt.option_values, '{{}}'), v.option_values) AS values,
    price.amount, price.compare_at, stock.available, stock.backordered, m.id AS picture, m.url, m.width, m.height,
    (SELECT json_agg(json_build_array(steps.min_quantity, tier.amount, tier.compare_at) ORDER BY steps.min_quantity)
        FROM (SELECT DISTINCT q.min_quantity FROM prices q JOIN lists ON lists.id = q.price_list_id
            WHERE q.variant_id = v.id) AS steps
        JOIN LATERAL (
            SELECT amount, compare_at FROM prices JOIN lists ON lists.id = price_list_id
            WHERE variant_id = v.id AND prices.min_quantity <= steps.min_quantity
            ORDER BY precedence, prices.min_quantity DESC LIMIT 1
        ) AS tier ON true) AS tiers
FROM variants v LEFT JOIN variant_translations vt ON vt.variant_id = v.id AND vt.language = $3
LEFT JOIN media m ON m.id = v.media_id
JOIN {PRICE}
JOIN {STOCK}
WHERE v.product_id = $6 AND v.deleted_at IS NULL ORDER BY v.position, v.id LIMIT 100
"""
_SAYS = {
    "TEXT": ("text", str),
    "NUMBER": ("number", str),
    "BOOLEAN": ("boolean", bool),
    "DATE": ("date", str),
    "CHOICE": ("choices", lambda raw: raw if isinstance(raw, list) else [raw]),
}


async def product(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    handle = orjson.loads(await request.body())["handle"]
    async with shop.pool.acquire() as connection:
        row = await connection.fetchrow(_PRODUCT, *shop.asked(), handle)
        if row is None:
            return answer({"product": None})
        variants = await connection.fetch(_VARIANTS, *shop.asked(), row["id"])
    media = [image(*picture) for picture in orjson.loads(row["media"] or "[]")]
    definitions = orjson.loads(row["definitions"] or "[]")
    amounts = [variant["amount"] for variant in variants]
    return answer(
        {
            "product": {
                "id": public("prd", row["id"]),
                "handle": row["handle"],
                "title": row["title"],
                "vendor": row["vendor"],
                "tags": row["tags"],
                "createdAt": instant(row["created_at"]),
                "updatedAt": instant(row["updated_at"]),
                "descriptionHtml": row["description_html"],
                "seoTitle": row["seo_title"],
                "seoDescription": row["seo_description"],
                "priceRange": {"min": money(min(amounts), shop.currency), "max": money(max(amounts), shop.currency)},
                "options": [
                    {"name": name, "values": list(dict.fromkeys(v["values"][place] for v in variants))}
                    for place, name in enumerate(row["option_names"])
                ],
                "media": media,
                "categories": [
                    {"id": public("cat", UUID(id_)), "handle": handle, "name": name}
                    for id_, handle, name in orjson.loads(row["categories"] or "[]")
                ],
                "attributes": _attributes(definitions, orjson.loads(row["attributes"]), of_variant=False),
                "variants": [_variant(shop.currency, row, v, media, definitions) for v in variants],
            }
        }
    )


def _variant(currency: str, product: Any, row: Any, media: list[Any], definitions: list[Any]) -> dict[str, Any]:
    tiers = orjson.loads(row["tiers"])
    picture = image(row["picture"], row["url"], "", row["width"], row["height"]) if row["picture"] else media[0]
    return {
        "id": public("var", row["id"]),
        "sku": row["sku"],
        "name": " / ".join(row["values"]) or product["title"],
        "price": money(row["amount"], currency),
        "compareAtPrice": money(row["compare_at"], currency) if row["compare_at"] is not None else None,
        "availability": availability(
            row["stock_policy"], row["backorder_limit"], row["available"] or 0, row["backordered"] or 0
        ),
        "barcode": row["barcode"],
        "weight": row["weight"],
        "requiresShipping": row["requires_shipping"],
        "minQuantity": row["min_quantity"],
        "maxQuantity": row["max_quantity"],
        "quantityStep": row["quantity_step"],
        "options": [
            {"name": name, "value": value} for name, value in zip(product["option_names"], row["values"], strict=False)
        ],
        "image": {"url": picture["url"]},
        "priceTiers": [
            {"minQuantity": quantity, "price": money(amount, currency)}
            for place, (quantity, amount, was) in enumerate(tiers)
            if place == 0 or tiers[place - 1][1:] != [amount, was]
        ],
        "attributes": _attributes(definitions, orjson.loads(row["attributes"]), of_variant=True),
    }


def _attributes(definitions: list[Any], values: dict[str, Any], *, of_variant: bool) -> list[dict[str, Any]]:
    said = []
    for code, name, kind, variants in definitions:
        if variants is of_variant and values.get(code) is not None:
            key, read = _SAYS[kind]
            said.append({"code": code, "name": name, key: read(values[code])})
    return said
