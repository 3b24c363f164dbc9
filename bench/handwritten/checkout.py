"""The way through checkout, step by step as ours goes it: addresses, shipping, reserving, card, summary."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from uuid_utils.compat import uuid7 as new_id

from bench.handwritten.shop import EVENTS, LISTS, Shop, answer, event, instant, money, public, text_of, uuid_of
from bench.handwritten.totals import LOCKED, RATES, READ, Priced, shipping_price
from bench.handwritten.writes import FACTS

SECRET = b"the benchmark keeps no secrets, but has one"
_CART = "id = $1 AND token_hash = $2 AND state IN ('ACTIVE', 'CHECKOUT') AND expires_at > $3"
_BEGIN = f"""
WITH changed AS (
    INSERT INTO carts (id, token_hash, channel_id, state, currency, language, email, created_at, updated_at, expires_at)
    VALUES ($1, $2, $4, 'ACTIVE', $5, $6, $7, $3, $3, $8) RETURNING id
), line AS (
    INSERT INTO cart_lines (id, cart_id, variant_id, quantity, seen_unit_price, added_by, added_at)
    VALUES ($9, $1, $10, $11, $12, '{{"kind": "GUEST", "id": null}}', $3)
) {EVENTS.format(events="$13")}
"""
_ADDRESSES = f"""
WITH changed AS (
    UPDATE carts SET billing_address = $4::text::jsonb, updated_at = $3, expires_at = $6, revision = revision + 1
    WHERE {_CART} RETURNING id
), grouped AS (
    INSERT INTO cart_ship_groups (id, cart_id, position, address)
    SELECT id, id, 0, $5::text::jsonb FROM changed
    ON CONFLICT (cart_id, id) DO UPDATE SET address = excluded.address, shipping_method_id = NULL
) {EVENTS.format(events="$7")}
"""
_OPTIONS = f"""
WITH {LISTS}, g AS (SELECT $6::text::jsonb AS address), goods AS (
    SELECT sum(v.weight * l.quantity) AS weight, sum(price.amount * l.quantity) AS subtotal
    FROM cart_lines l JOIN variants v ON v.id = l.variant_id JOIN LATERAL (
        SELECT amount FROM prices JOIN lists ON lists.id = price_list_id
        WHERE variant_id = v.id AND prices.min_quantity <= l.quantity ORDER BY precedence, prices.min_quantity DESC LIMIT 1
    ) AS price ON true
    WHERE l.cart_id = $7
)
SELECT m.id, m.name, {RATES} AS rates, goods.weight::int, goods.subtotal::bigint, $4::timestamptz, $5::uuid[], $3::text
FROM g, goods, shipping_methods m WHERE m.channel_id = $1 AND m.active ORDER BY m.position, m.id
"""
_METHOD = f"""
WITH changed AS (
    UPDATE carts SET updated_at = $3, expires_at = $4, revision = revision + 1
    WHERE {_CART} AND EXISTS (
        SELECT FROM shipping_methods m JOIN shipping_rates r ON r.shipping_method_id = m.id AND r.currency = carts.currency
        JOIN zone_areas a ON a.zone_id = r.zone_id JOIN cart_ship_groups g ON g.cart_id = $1
        WHERE m.id = $5 AND m.active AND m.channel_id = carts.channel_id AND a.country = g.address ->> 'country'
    ) RETURNING id
), grouped AS (
    UPDATE cart_ship_groups SET shipping_method_id = $5 FROM changed WHERE cart_id = changed.id
) {EVENTS.format(events="$6")}
"""
_SHELVES = """
SELECT variant_id, location_id, on_hand - unavailable - safety_stock - allocated AS free
FROM stock_levels WHERE variant_id = ANY ($1) ORDER BY variant_id, location_id FOR UPDATE
"""
_RESERVED = """
SELECT variant_id, location_id, sum(quantity)::int AS quantity FROM reservations
WHERE variant_id = ANY ($1) AND expires_at > $2 AND cart_id <> $3 GROUP BY variant_id, location_id
"""
_RESERVE = f"""
WITH released AS (DELETE FROM reservations WHERE cart_id = $1), kept AS (
    INSERT INTO reservations (id, cart_id, variant_id, location_id, quantity, expires_at)
    SELECT id, $1, variant_id, location_id, quantity, $2 FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[])
        AS part (id, variant_id, location_id, quantity)
), changed AS (
    UPDATE carts SET state = 'CHECKOUT', checkout_expires_at = $2, checkout_renewed = false, updated_at = $7, expires_at = $8,
        revision = revision + 1
    WHERE id = $1 RETURNING id
) {EVENTS.format(events="$9")}
"""
_VAULT = """
INSERT INTO vault_cards (token, brand, last_four, expiry_month, expiry_year, holder, fingerprint, script, created_at)
VALUES ($1, 'VISA', $2, $3, $4, '', $5, 'APPROVE', $6)
"""
_PAYMENT = f"""
WITH changed AS (
    UPDATE carts SET updated_at = $3, expires_at = $4, revision = revision + 1
    WHERE {_CART} AND EXISTS (SELECT FROM vault_cards WHERE token = $6) RETURNING id
), gone AS (
    DELETE FROM cart_payment_instructions WHERE cart_id IN (SELECT id FROM changed)
), put AS (
    INSERT INTO cart_payment_instructions (id, cart_id, position, method, card_token, entered_by)
    SELECT $5, id, 0, 'CARD', $6, '{{"kind": "GUEST", "id": null}}' FROM changed
) {EVENTS.format(events="$7")}
"""
CART_LASTS = timedelta(30)
_FIELDS = {"firstName": "first_name", "lastName": "last_name", "postalCode": "postal_code"}
_ADDRESS = {
    **dict.fromkeys(("first_name", "last_name", "company", "line1", "line2", "city", "region", "postal_code"), ""),
    **dict.fromkeys(("country", "phone"), ""),
}


class Asked:
    """What a step is asked, by whom and when."""

    def __init__(self, request: Request, body: dict[str, Any], token: str) -> None:
        self.shop: Shop = request.app.state.shop
        self.body, self.at = body, self.shop.now()
        self.cart_id = uuid_of(body["cartId"])
        self.token_hash = sha256(token.encode()).digest()
        self.ip, self.request_id = request.client.host, str(new_id())

    @property
    def cart(self) -> tuple[Any, ...]:
        return self.cart_id, self.token_hash, self.at

    def event(self, type_: str, data: dict[str, Any], place: int = 1, **how: Any) -> dict[str, Any]:
        where = {"channel_id": self.shop.channel_id, "request_id": self.request_id, "ip": self.ip, "at": self.at}
        return event(("CART", self.cart_id), place, type_, data, {**where, **how})

    async def rows(self, connection: Any, statement: str) -> list[Any]:
        asked = self.shop.channel_id, self.shop.currency, self.shop.language, self.at, self.shop.location_ids
        return list(await connection.fetch(statement, *asked, self.cart_id, self.token_hash))


async def asked_of(request: Request) -> Asked:
    return Asked(request, orjson.loads(await request.body()), request.headers.get("x-cart-token", ""))


async def begin(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    wanted, token = orjson.loads(await request.body()), f"cart_{secrets.token_urlsafe(32)}"
    cart_id, quantity = new_id(), wanted["lines"][0]["quantity"]
    asked = Asked(request, {"cartId": public("crt", cart_id)}, token)
    async with shop.pool.acquire() as connection:
        found = await connection.fetchrow(FACTS, *shop.asked(), wanted["lines"][0]["sku"], quantity)
        line = {"id": new_id(), "variant_id": found["id"], "parent_id": None, "quantity": quantity, "attributes": None}
        line |= {"seen_unit_price": found["amount"], "added_by": {"kind": "GUEST", "id": None}, "added_at": asked.at}
        told = {"CartCreated": {"currency": shop.currency}, "BuyerSet": {"email": None, "phone": None}}
        told["CartLineAdded"] = {"line": line}
        events = [asked.event(type_, data, place) for place, (type_, data) in enumerate(told.items(), 1)]
        await connection.fetchval(
            _BEGIN, *asked.cart, shop.channel_id, shop.currency, shop.language, wanted["email"], asked.at + CART_LASTS,
            line["id"], found["id"], quantity, found["amount"], text_of(events),
        )  # fmt: skip
    return answer({"createCart": {"token": token, "cart": {"id": public("crt", cart_id)}, "errors": []}})


async def addresses(request: Request) -> Response:
    asked = await asked_of(request)
    shop, address, billing = asked.shop, _address(asked.body["shipping"]), _address(asked.body["billing"])
    group = {"id": asked.cart_id, "address": None, "shipping_method_id": None, "instructions": None, "quantities": {}}
    events = [
        asked.event("ShippingSet", {"ship_groups": [group]}, 1),
        asked.event("BillingAddressSet", {"address": None}, 2),
    ]
    where = text_of(address)
    async with shop.pool.acquire() as connection:
        values = text_of(billing), where, asked.at + CART_LASTS, text_of(events)
        if await connection.fetchval(_ADDRESSES, *asked.cart, *values) is None:
            raise HTTPException(404)
        ways = await connection.fetch(_OPTIONS, *shop.asked(), where, asked.cart_id)
    prices = [(way, shipping_price(way["rates"], way["weight"], way["subtotal"])) for way in ways]
    options = [
        {
            "method": {"id": public("shm", way["id"]), "name": way["name"]},
            "price": {"amount": money(price, "")["amount"]},
        }
        for way, price in prices
        if price is not None
    ]
    return answer({"setCartAddresses": {"cart": {"shipGroups": [{"shippingOptions": options}]}, "errors": []}})


def _address(given: dict[str, str]) -> dict[str, str]:
    return {**_ADDRESS, **{_FIELDS.get(name, name): text.strip() for name, text in given.items()}}


async def method(request: Request) -> Response:
    asked = await asked_of(request)
    chosen = uuid_of(asked.body["shippingMethodId"])
    data = {"ship_group_id": asked.cart_id, "shipping_method_id": chosen}
    events = text_of([asked.event("ShippingMethodSet", data)])
    async with asked.shop.pool.acquire() as connection:
        if await connection.fetchval(_METHOD, *asked.cart, asked.at + CART_LASTS, chosen, events) is None:
            raise HTTPException(404)
    return answer({"setCartShippingMethod": {"errors": []}})


async def start(request: Request) -> Response:
    asked = await asked_of(request)
    async with asked.shop.pool.acquire() as connection, connection.transaction():
        rows = await asked.rows(connection, LOCKED)
        if not rows:
            raise HTTPException(404)
        priced = Priced(rows)
        until = asked.at + timedelta(minutes=priced.first["checkout_minutes"])
        slices = await dealt(connection, asked, priced)
        events = text_of([asked.event("CheckoutStarted", {"until": until})])
        columns = [list(column) for column in zip(*((new_id(), *part[1:]) for part in slices), strict=True)] or [[]] * 4
        await connection.fetchval(_RESERVE, asked.cart_id, until, *columns, asked.at, asked.at + CART_LASTS, events)
    missing = [{"requirement": requirement} for requirement in priced.missing(None)]
    return answer({"startCheckout": {"readiness": missing, "expiresAt": instant(until), "errors": []}})


async def dealt(connection: Any, asked: Asked, priced: Priced) -> list[tuple[Any, Any, Any, int]]:
    """Line, variant, location and quantity, the shelves being locked: from one location if it has all, else in their order."""
    variants = [line.row["variant_id"] for line in priced.lines]
    shelves = await connection.fetch(_SHELVES, variants)
    reserved = await connection.fetch(_RESERVED, variants, asked.at, asked.cart_id)  # once the shelves are locked
    kept = {(row["variant_id"], row["location_id"]): row["quantity"] for row in reserved}
    places = ((shelf["variant_id"], shelf["location_id"], shelf["free"]) for shelf in shelves)
    free = {
        (variant, location): max(0, units - kept.get((variant, location), 0)) for variant, location, units in places
    }
    return [part for line in priced.lines for part in _slices(line.row, free, asked.shop.location_ids)]


def _slices(row: Any, free: dict[Any, int], locations: list[Any]) -> list[tuple[Any, Any, Any, int]]:
    variant, left, parts = row["variant_id"], row["quantity"], []
    whole = [place for place in locations if free.get((variant, place), 0) >= left]
    for place in whole or locations:
        if taken := min(left, free.get((variant, place), 0)):
            parts.append((row["line_id"], variant, place, taken))
            free[variant, place] -= taken
            left -= taken
    return [] if left else parts


async def cards(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    card = orjson.loads(await request.body())
    number, month, year = card["number"], card["expiryMonth"], card["expiryYear"]
    if not (_luhn(number) and _still_good(month, year, shop.now())):
        return Response(status_code=422)
    token, last_four = f"card_{secrets.token_urlsafe(32)}", number[-4:]
    fingerprint = hmac.digest(SECRET, f"card:{number}".encode(), "sha256")
    async with shop.pool.acquire() as connection:
        await connection.execute(_VAULT, token, last_four, month, year, fingerprint, shop.now())
    said = {"token": token, "brand": "VISA", "lastFour": last_four, "expiryMonth": month, "expiryYear": year}
    return Response(orjson.dumps(said), status_code=201, media_type="application/json")


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0


def _still_good(month: int, year: int, at: datetime) -> bool:
    return (year, month) >= (at.year, at.month)


async def payment(request: Request) -> Response:
    asked = await asked_of(request)
    instruction = {"id": new_id(), "method": "CARD", "card_token": None, "amount": None}
    events = text_of([asked.event("PaymentInstructionSet", {"instructions": [instruction]})])
    values = asked.at + CART_LASTS, instruction["id"], asked.body["instructions"][0]["cardToken"], events
    async with asked.shop.pool.acquire() as connection:
        if await connection.fetchval(_PAYMENT, *asked.cart, *values) is None:
            raise HTTPException(404)
    return answer({"setPaymentInstructions": {"errors": []}})


async def summary(request: Request) -> Response:
    asked = await asked_of(request)
    async with asked.shop.pool.acquire() as connection:
        rows = await asked.rows(connection, READ)
    if not rows:
        raise HTTPException(404)
    priced = Priced(rows)
    shown = {
        "summaryToken": priced.token(),
        "termsVersion": priced.first["terms_version"],
        "totals": {"total": money(priced.total, asked.shop.currency)},
    }
    return answer({"checkoutSummary": shown})
