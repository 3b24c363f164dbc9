"""A new cart with one line and what it costs: one statement to look, one to write."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from uuid_utils.compat import uuid7 as new_id

from bench.handwritten.shop import LISTS, STOCK, Shop, answer, money, public

FACTS = f"""
WITH {LISTS}
SELECT v.id, coalesce(nullif(t.title, ''), p.title) AS title, v.stock_policy, v.backorder_limit, price.amount,
    stock.available, stock.backordered, (
        SELECT coalesce(sum(r.rate), 0) FROM tax_rates r JOIN zone_areas a ON a.zone_id = r.zone_id
        WHERE r.tax_class_id = p.tax_class_id AND a.country = (SELECT countries[1] FROM channels WHERE id = $1)
        AND a.region = '' AND a.postal_prefix = '' AND v.taxable
        AND (r.valid_from IS NULL OR r.valid_from <= $4) AND (r.valid_until IS NULL OR r.valid_until > $4)
    ) AS rate
FROM variants v JOIN products p ON p.id = v.product_id
JOIN product_publications pub ON pub.product_id = p.id AND pub.channel_id = $1
LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = $3
JOIN LATERAL (
    SELECT amount FROM prices JOIN lists ON lists.id = price_list_id
    WHERE variant_id = v.id AND prices.min_quantity <= $7 ORDER BY precedence, prices.min_quantity DESC LIMIT 1
) AS price ON true
JOIN {STOCK}
WHERE v.sku = $6 AND v.deleted_at IS NULL AND p.status = 'ACTIVE' AND p.deleted_at IS NULL
AND pub.published_from <= $4 AND (pub.published_until IS NULL OR pub.published_until > $4)
AND v.min_quantity <= $7 AND (v.max_quantity IS NULL OR v.max_quantity >= $7)
"""
_WRITE = """
WITH cart AS (
    INSERT INTO carts (id, token_hash, channel_id, state, currency, language, created_at, updated_at, expires_at)
    VALUES ($1, $2, $3, 'ACTIVE', $4, $5, $6, $6, $7)
), line AS (
    INSERT INTO cart_lines (id, cart_id, variant_id, quantity, seen_unit_price, added_by, added_at)
    VALUES ($8, $1, $9, $10, $11, '{"kind": "GUEST", "id": null}', $6)
)
INSERT INTO events (id, entity, entity_id, sequence, type, data, actor, customer_visible, channel_id, request_id, ip, at)
SELECT id, 'CART', $1, sequence, type, data::jsonb, '{"kind": "GUEST", "id": null, "onBehalfOf": null}', false, $3, $12, $13, $6
FROM (VALUES ($14::uuid, 1, 'CartCreated', $15::text), ($16::uuid, 2, 'CartLineAdded', $17::text))
    AS happened (id, sequence, type, data)
"""


async def cart(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    wanted = orjson.loads(await request.body())
    quantity = 1
    asked = shop.asked()
    async with shop.pool.acquire() as connection:
        found = await connection.fetchrow(FACTS, *asked, wanted["sku"], quantity)
        made = _Made(asked[3])
        await connection.execute(_WRITE, *made.rows(shop, found, quantity, request.client.host))
    return answer({"createCart": made.told(found, wanted["sku"], quantity, shop.currency)})


class _Made:
    def __init__(self, at: datetime) -> None:
        self.at, self.cart_id, self.line_id, self.token = at, new_id(), new_id(), f"cart_{secrets.token_urlsafe(32)}"

    def rows(self, shop: Shop, found: Any, quantity: int, ip: str) -> tuple[Any, ...]:
        line = {
            "id": self.line_id,
            "variant_id": str(found["id"]),
            "parent_id": None,
            "quantity": quantity,
            "attributes": {},
            "seen_unit_price": found["amount"],
            "added_by": {"kind": "GUEST", "id": None},
            "added_at": self.at,
        }
        token_hash = sha256(self.token.encode()).digest()
        return (
            *(
                self.cart_id,
                token_hash,
                shop.channel_id,
                shop.currency,
                shop.language,
                self.at,
                self.at + timedelta(30),
            ),
            *(self.line_id, found["id"], quantity, found["amount"], str(new_id()), ip),
            *(new_id(), orjson.dumps({"currency": shop.currency}).decode()),
            *(new_id(), orjson.dumps({"line": line}).decode()),
        )

    def told(self, found: Any, sku: str, quantity: int, currency: str) -> dict[str, Any]:
        subtotal = found["amount"] * quantity
        tax = money(int(subtotal * found["rate"] * 2 / (1 + found["rate"]) + 1) // 2, currency)
        total = money(subtotal, currency)
        line = {
            "id": public("cln", self.line_id),
            "sku": sku,
            "title": found["title"],
            "quantity": quantity,
            "unitPrice": money(found["amount"], currency),
            "subtotal": total,
            "tax": tax,
            "total": total,
            "inStock": _covers(found, quantity),
        }
        cart = {
            "id": public("crt", self.cart_id),
            "status": "ACTIVE",
            "revision": 1,
            "totalQuantity": quantity,
            "lines": [line],
            "totals": {"subtotal": total, "shippingTotal": money(0, currency), "taxTotal": tax, "total": total},
        }
        return {"cart": cart, "token": self.token, "errors": []}


def _covers(found: Any, quantity: int) -> bool:
    available = found["available"] or 0
    if found["stock_policy"] == "BACKORDER":
        limit = found["backorder_limit"]
        return limit is None or quantity <= available + limit - found["backordered"]
    return found["stock_policy"] == "UNTRACKED" or quantity <= available
