"""A cart on its way to an order: everything about it in one statement, and what it costs."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from bench.handwritten.shop import LISTS, STOCK

_MILLION = 1_000_000
_VAT = """
(SELECT name, rate FROM tax_rates r JOIN zone_areas a ON a.zone_id = r.zone_id
WHERE r.tax_class_id = {tax_class} AND a.country = g.address ->> 'country' AND a.region = '' AND a.postal_prefix = ''
AND (r.valid_from IS NULL OR r.valid_from <= $4) AND (r.valid_until IS NULL OR r.valid_until > $4))
"""
RATES = """
(SELECT jsonb_agg(jsonb_build_array(r.amount, r.free_from, r.min_weight, r.max_weight, r.min_subtotal, r.max_subtotal))::text
FROM shipping_rates r JOIN zone_areas a ON a.zone_id = r.zone_id
WHERE r.shipping_method_id = m.id AND r.currency = $2 AND a.country = g.address ->> 'country'
AND a.region = '' AND a.postal_prefix = '')
"""
_FACTS = f"""
WITH {LISTS}
SELECT c.email, c.billing_address::text AS billing, l.id AS line_id, l.quantity, v.id AS variant_id, v.product_id, v.sku,
    v.weight, v.requires_shipping, coalesce(nullif(t.title, ''), p.title) AS title, p.option_names, v.option_values,
    picture.url, price.amount, vat.name AS vat, vat.rate AS vat_rate, stock.available, g.address::text AS address,
    m.id AS method_id, m.code AS method, m.name AS method_name, m.tax_class_id AS ship_tax_class_id,
    ship_vat.name AS ship_vat, ship_vat.rate AS ship_vat_rate,
    {RATES} AS rates, pay.card_token,
    card.brand, card.last_four, card.expiry_month, card.expiry_year, card.holder, ch.terms_version, ch.time_zone,
    ch.order_prefix, ch.payment_retry_days, ch.payment_attempt_limit, ch.payment_pause_seconds, ch.payment_reminder_hours,
    ch.checkout_minutes, ch.cart_days
FROM carts c
JOIN channels ch ON ch.id = c.channel_id
JOIN cart_ship_groups g ON g.cart_id = c.id
JOIN cart_lines l ON l.cart_id = c.id
JOIN variants v ON v.id = l.variant_id AND v.deleted_at IS NULL
JOIN products p ON p.id = v.product_id AND p.status = 'ACTIVE' AND p.deleted_at IS NULL
JOIN product_publications pub ON pub.product_id = p.id AND pub.channel_id = $1
    AND pub.published_from <= $4 AND (pub.published_until IS NULL OR pub.published_until > $4)
LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = $3
LEFT JOIN LATERAL (
    SELECT url FROM product_media pm JOIN media ON media.id = pm.media_id
    WHERE pm.product_id = p.id ORDER BY pm.position LIMIT 1
) AS picture ON true
JOIN LATERAL (
    SELECT amount FROM prices JOIN lists ON lists.id = price_list_id
    WHERE variant_id = v.id AND prices.min_quantity <= l.quantity ORDER BY precedence, prices.min_quantity DESC LIMIT 1
) AS price ON true
JOIN {STOCK}
LEFT JOIN LATERAL {_VAT.format(tax_class="p.tax_class_id")} AS vat ON v.taxable
LEFT JOIN shipping_methods m ON m.id = g.shipping_method_id AND m.active
LEFT JOIN LATERAL {_VAT.format(tax_class="m.tax_class_id")} AS ship_vat ON true
LEFT JOIN cart_payment_instructions pay ON pay.cart_id = c.id
LEFT JOIN vault_cards card ON card.token = pay.card_token
WHERE c.id = $6 AND c.token_hash = $7 AND c.state IN ('ACTIVE', 'CHECKOUT') AND c.expires_at > $4 AND c.channel_id = $1
ORDER BY l.id
"""
READ, LOCKED = _FACTS, _FACTS + "FOR UPDATE OF c"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its share of the tax."""

    row: Any
    subtotal: int
    tax: int


class Priced:
    """The rows of a cart, added up. `first` is a row with what all of them have in common."""

    def __init__(self, rows: list[Any]) -> None:
        self.first = rows[0]
        self.lines = [_line(row) for row in rows]
        self.subtotal = sum(line.subtotal for line in self.lines)
        self.weight = sum(row["weight"] * row["quantity"] for row in rows)
        self.shipping = shipping_price(self.first["rates"], self.weight, self.subtotal)
        self.shipping_tax = tax_in(self.shipping or 0, self.first["ship_vat_rate"])
        self.tax = sum(line.tax for line in self.lines) + self.shipping_tax
        self.total = self.subtotal + (self.shipping or 0)

    def token(self) -> str:
        """Of all that the buyer is shown; another token tells that something changed since."""
        first = self.first
        lines = [[str(line.row["line_id"]), line.row["quantity"], line.subtotal] for line in self.lines]
        shown = [lines, first["billing"], first["address"], first["email"], first["card_token"], first["terms_version"]]
        totals = [self.total, self.tax, self.shipping, str(first["method_id"])]
        return hashlib.sha256(orjson.dumps([shown, totals])).hexdigest()

    def missing(self, accepted_terms: str | None) -> list[str]:
        """What keeps it from being ordered."""
        first = self.first
        met = {
            "STOCK": all(line.row["available"] >= line.row["quantity"] for line in self.lines),
            "EMAIL_OR_PHONE": bool(first["email"]),
            "SHIPPING_METHOD": self.shipping is not None,
            "BILLING_ADDRESS": first["billing"] is not None,
            "PAYMENT": first["card_token"] is not None and first["brand"] is not None,
            "TERMS": accepted_terms == first["terms_version"],
        }
        return [requirement for requirement, holds in met.items() if not holds]


def _line(row: Any) -> Line:
    subtotal = row["amount"] * row["quantity"]
    return Line(row=row, subtotal=subtotal, tax=tax_in(subtotal, row["vat_rate"]))


def tax_in(gross: int, rate: Any) -> int:
    """The tax that an amount contains, rounded half up."""
    part = int((rate or 0) * _MILLION)
    whole = _MILLION + part
    return (2 * gross * part + whole) // (2 * whole)


def shipping_price(rates: str | None, weight: int, subtotal: int) -> int | None:
    """The cheapest of the rates that fit."""
    fitting = [
        0 if free_from is not None and subtotal >= free_from else amount
        for amount, free_from, min_weight, max_weight, min_subtotal, max_subtotal in orjson.loads(rates or "[]")
        if min_weight <= weight and (max_weight is None or weight < max_weight)
        and min_subtotal <= subtotal and (max_subtotal is None or subtotal < max_subtotal)
    ]  # fmt: skip
    return min(fitting, default=None)
