"""The same answers from a program written by hand for nothing else: Starlette, asyncpg, orjson, and SQL as one would write it.

It knows what it will be asked and for whom (a guest of the default channel), so it decides nothing at run time that can be
decided here. That is what ours is measured against.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_PAIRS = [a + b for a in "0123456789abcdefghjkmnpqrstvwxyz" for b in "0123456789abcdefghjkmnpqrstvwxyz"]
_PAGE = 24


@dataclass(frozen=True, slots=True)
class Shop:
    """What is read once, at the start."""

    pool: Any
    channel_id: UUID
    currency: str
    language: str
    location_ids: list[UUID]

    def asked(self) -> tuple[Any, ...]:
        """The first five parameters of every statement."""
        at = datetime.now(UTC)  # noqa: TID251 - stands alone
        return self.channel_id, self.currency, self.language, at, self.location_ids


_LISTS = """
lists AS (
    SELECT id, row_number() OVER (ORDER BY priority DESC, id) AS precedence FROM price_lists
    WHERE channel_id = $1 AND currency = $2 AND customer_group_id IS NULL
    AND (valid_from IS NULL OR valid_from <= $4) AND (valid_until IS NULL OR valid_until > $4)
)
"""
_PRICE = """
LATERAL (
    SELECT amount, compare_at FROM prices JOIN lists ON lists.id = price_list_id
    WHERE variant_id = v.id AND prices.min_quantity <= v.min_quantity
    ORDER BY precedence, prices.min_quantity DESC LIMIT 1
) AS price ON true
"""
_STOCK = """
LATERAL (
    SELECT sum(greatest(on_hand - unavailable - safety_stock - allocated - coalesce(
        (SELECT sum(quantity) FROM reservations r
        WHERE r.variant_id = s.variant_id AND r.location_id = s.location_id AND expires_at > $4), 0), 0))::bigint AS available,
        sum(backordered)::bigint AS backordered
    FROM stock_levels s WHERE s.variant_id = v.id AND s.location_id = ANY ($5)
) AS stock ON true
"""
_SOLD = """
pub.channel_id = $1 AND pub.published_from <= $4 AND (pub.published_until IS NULL OR pub.published_until > $4)
AND p.status = 'ACTIVE' AND p.deleted_at IS NULL
AND EXISTS (SELECT FROM product_offers o JOIN lists ON lists.id = o.price_list_id WHERE o.product_id = p.id)
"""
_BROWSE = f"""
WITH {_LISTS}, page AS MATERIALIZED (
    SELECT p.id, p.handle, p.title, pub.published_from
    FROM product_publications pub JOIN products p ON p.id = pub.product_id
    WHERE {_SOLD} AND (pub.published_from, pub.product_id) < ($6, $7)
    ORDER BY pub.published_from DESC, pub.product_id DESC LIMIT {_PAGE + 1}
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
JOIN {_PRICE}
JOIN {_STOCK}
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
            product = products[id_] = {"id": _public("prd", id_), "handle": handle, "title": title, "variants": []}
            ends.append((place, id_))
        product["variants"].append(_card(title, shop.currency, *variant))
    nodes = list(products.values())[:_PAGE]
    page = {"hasNextPage": len(ends) > _PAGE, "endCursor": _cursor(ends[len(nodes) - 1]) if nodes else None}
    return _answer({"products": {"nodes": nodes, "pageInfo": page}})


_PRODUCT = f"""
WITH {_LISTS}
SELECT p.id, p.handle, coalesce(nullif(t.title, ''), p.title) AS title, p.vendor, p.tags, p.created_at, p.updated_at,
    coalesce(nullif(t.description_html, ''), p.description_html) AS description_html,
    coalesce(nullif(t.seo_title, ''), p.seo_title) AS seo_title,
    coalesce(nullif(t.seo_description, ''), p.seo_description) AS seo_description,
    coalesce(nullif(t.option_names, '{{}}'), p.option_names) AS option_names, p.attributes,
    (SELECT json_agg(json_build_array(m.id, m.url, pm.alt, m.width, m.height) ORDER BY pm.position, m.id)
        FROM product_media pm JOIN media m ON m.id = pm.media_id WHERE pm.product_id = p.id) AS media,
    (SELECT json_agg(json_build_array(code, coalesce(translations -> $3 ->> 'name', name), kind, of_variant) ORDER BY position, id)
        FROM attributes WHERE product_type_id = p.product_type_id) AS definitions
FROM products p JOIN product_publications pub ON pub.product_id = p.id
LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = $3
WHERE p.handle = $6 AND $5::uuid[] IS NOT NULL AND {_SOLD}
"""
_VARIANTS = f"""
WITH {_LISTS}
SELECT v.*, coalesce(nullif(vt.option_values, '{{}}'), v.option_values) AS values,
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
JOIN {_PRICE}
JOIN {_STOCK}
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
            return _answer({"product": None})
        variants = await connection.fetch(_VARIANTS, *shop.asked(), row["id"])
    media = [_image(*picture) for picture in orjson.loads(row["media"] or "[]")]
    definitions = orjson.loads(row["definitions"] or "[]")
    amounts = [variant["amount"] for variant in variants]
    return _answer(
        {
            "product": {
                "id": _public("prd", row["id"]),
                "handle": row["handle"],
                "title": row["title"],
                "vendor": row["vendor"],
                "tags": row["tags"],
                "createdAt": _instant(row["created_at"]),
                "updatedAt": _instant(row["updated_at"]),
                "descriptionHtml": row["description_html"],
                "seoTitle": row["seo_title"],
                "seoDescription": row["seo_description"],
                "priceRange": {"min": _money(min(amounts), shop.currency), "max": _money(max(amounts), shop.currency)},
                "options": [
                    {"name": name, "values": list(dict.fromkeys(v["values"][place] for v in variants))}
                    for place, name in enumerate(row["option_names"])
                ],
                "media": media,
                "attributes": _attributes(definitions, orjson.loads(row["attributes"]), of_variant=False),
                "variants": [_variant(shop.currency, row, v, media, definitions) for v in variants],
            }
        }
    )


def _variant(currency: str, product: Any, row: Any, media: list[Any], definitions: list[Any]) -> dict[str, Any]:
    tiers = orjson.loads(row["tiers"])
    image = _image(row["picture"], row["url"], "", row["width"], row["height"]) if row["picture"] else media[0]
    return {
        "id": _public("var", row["id"]),
        "sku": row["sku"],
        "name": " / ".join(row["values"]) or product["title"],
        "price": _money(row["amount"], currency),
        "compareAtPrice": _money(row["compare_at"], currency) if row["compare_at"] is not None else None,
        "availability": _availability(
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
        "image": {"url": image["url"]},
        "priceTiers": [
            {"minQuantity": quantity, "price": _money(amount, currency)}
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


def _image(id_: Any, url: str | None, alt: str, width: int | None, height: int | None) -> dict[str, Any]:
    public = _public("med", id_ if isinstance(id_, UUID) else UUID(id_))
    return {"id": public, "url": url or f"/media/{public}", "alt": alt, "width": width, "height": height}


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _card(title, currency, sku, options, policy, limit, amount, available, backordered) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": " / ".join(options) or title,
        "price": _money(amount, currency),
        "availability": _availability(policy, limit, available or 0, backordered or 0),
    }


def _availability(policy: str, limit: int | None, available: int, backordered: int) -> dict[str, Any]:
    if policy == "UNTRACKED" or available > 10:
        return {"status": "IN_STOCK", "quantityAvailable": None}
    if available > 0:
        return {"status": "LOW_STOCK", "quantityAvailable": available}
    to_come = policy == "BACKORDER" and (limit is None or backordered < limit)
    return {"status": "BACKORDER" if to_come else "OUT_OF_STOCK", "quantityAvailable": 0}


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": f"{minor // 100}.{minor % 100:02}", "currencyCode": currency}


def _public(prefix: str, id_: UUID) -> str:
    rest, pairs = id_.int, []
    for _ in range(13):
        rest, pair = divmod(rest, 1024)
        pairs.append(_PAIRS[pair])
    return f"{prefix}_{''.join(reversed(pairs))}"


def _cursor(position: tuple[datetime, UUID]) -> str:
    return urlsafe_b64encode(orjson.dumps(position, default=str)).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, UUID]:
    place, id_ = orjson.loads(urlsafe_b64decode(cursor + "=="))
    return datetime.fromisoformat(place), UUID(id_)


def _answer(data: dict[str, Any]) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


_SHOP = """
SELECT id, currencies[1] AS currency, languages[1] AS language, ARRAY(
    SELECT location_id FROM channel_locations WHERE channel_id = channels.id ORDER BY position
) AS location_ids
FROM channels WHERE is_default
"""


async def shop_of(pool: Any) -> Shop:
    return Shop(pool=pool, **{("channel_id" if k == "id" else k): v for k, v in (await pool.fetchrow(_SHOP)).items()})


def application(shop: Shop | None = None) -> Starlette:
    """With the database of the environment, or the one that is given."""

    @asynccontextmanager
    async def opened(app: Starlette) -> AsyncGenerator[None]:
        fast = {"plan_cache_mode": "force_generic_plan", "enable_memoize": "off"}  # both halve what a statement costs
        async with asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=10, max_size=10, server_settings=fast
        ) as pool:
            app.state.shop = await shop_of(pool)
            yield

    routes = [Route(f"/{page.__name__}", page, methods=["POST"]) for page in (browse, product)]
    app = Starlette(routes=routes, lifespan=None if shop else opened)
    app.state.shop = shop
    return app
