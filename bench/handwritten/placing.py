"""Placing an order: one transaction with everything that ours writes, then the bank, then its answer."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from stdnum import damm
from uuid_utils.compat import uuid7 as new_id

from bench.handwritten.checkout import CART_LASTS, Asked, asked_of, dealt
from bench.handwritten.shop import EVENTS, answer, money, text_of
from bench.handwritten.totals import LOCKED, Line, Priced
from commerce_api.domain.address import Address
from commerce_api.domain.order.keys import Findable, key_pieces, order_keys

_CLAIM = """
INSERT INTO idempotency_keys (caller, key, operation, input_hash, result, created_at)
VALUES ($1, $2, 'commerce_api.operations.placing.place', $3, jsonb_build_object('id', $4::uuid), $5)
ON CONFLICT DO NOTHING RETURNING true
"""
_PLACED = """
SELECT o.number, o.state, o.total FROM idempotency_keys k JOIN orders o ON o.id = (k.result ->> 'id')::uuid
WHERE k.caller = $1 AND k.key = $2 AND k.input_hash = $3
"""
_NUMBER = "SELECT nextval(pg_get_serial_sequence('order_numbers', 'number'))"
_WRITE = f"""
WITH changed AS (
    UPDATE carts SET state = 'ORDERED', terms_version = $3, checkout_expires_at = NULL, updated_at = $4, expires_at = $5,
        revision = revision + 1
    WHERE id = $2 RETURNING id
), placed AS (
    INSERT INTO orders SELECT o.* FROM jsonb_populate_record(NULL::orders, $1::text::jsonb -> 'order') AS o
), grouped AS (
    INSERT INTO order_ship_groups
    SELECT g.* FROM jsonb_populate_recordset(NULL::order_ship_groups, $1::text::jsonb -> 'groups') AS g
), charged AS (
    INSERT INTO order_charges SELECT c.* FROM jsonb_populate_recordset(NULL::order_charges, $1::text::jsonb -> 'charges') AS c
), lined AS (
    INSERT INTO order_lines SELECT l.* FROM jsonb_populate_recordset(NULL::order_lines, $1::text::jsonb -> 'lines') AS l
), shared AS (
    INSERT INTO order_ship_group_lines
    SELECT s.* FROM jsonb_populate_recordset(NULL::order_ship_group_lines, $1::text::jsonb -> 'shares') AS s
), paid AS (
    INSERT INTO payments SELECT p.* FROM jsonb_populate_recordset(NULL::payments, $1::text::jsonb -> 'payments') AS p
), asked AS (
    INSERT INTO payment_transactions (id, payment_id, kind, status, amount, created_at, updated_at)
    SELECT $6, p.id, 'AUTHORIZE', 'REQUESTED', p.amount, $4, $4
    FROM jsonb_populate_recordset(NULL::payments, $1::text::jsonb -> 'payments') AS p
), versioned AS (
    INSERT INTO order_versions (order_id, version, snapshot, total, actor, channel_id, request_id, committed_at)
    VALUES ($7, 1, $1::text::jsonb, $15, '{{"kind": "GUEST", "id": null, "onBehalfOf": null}}', $16, $17, $4)
), dealt AS (
    SELECT * FROM unnest($8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::int[])
        AS part (id, line_id, variant_id, location_id, quantity)
), counted AS (
    UPDATE stock_levels s SET allocated = allocated + part.quantity, revision = revision + 1
    FROM (SELECT variant_id, location_id, sum(quantity) AS quantity FROM dealt GROUP BY 1, 2) AS part
    WHERE s.variant_id = part.variant_id AND s.location_id = part.location_id
), allocated AS (
    INSERT INTO allocations (id, order_id, order_line_id, variant_id, location_id, quantity, source, created_at)
    SELECT id, $7, line_id, variant_id, location_id, quantity, 'ON_HAND', $4 FROM dealt
), released AS (
    DELETE FROM reservations WHERE cart_id = $2
), queued AS (
    INSERT INTO outbox (id, topic, payload, dedupe_key, created_at, due_at)
    SELECT o.id, o.topic, o.payload, o.dedupe_key, o.created_at, o.due_at
    FROM jsonb_populate_recordset(NULL::outbox, $13::text::jsonb) AS o
), keyed AS (
    SELECT key, value FROM jsonb_each_text($18::text::jsonb) AS k (key, value)
), pieced AS (
    INSERT INTO order_key_texts (key, pieces) SELECT key, ARRAY(SELECT jsonb_array_elements_text(pieces))
    FROM jsonb_each($19::text::jsonb) AS p (key, pieces) ON CONFLICT DO NOTHING
), found_by AS (
    INSERT INTO order_keys (order_id, key, value, recency) SELECT $7, key, value, $20 FROM keyed
), told AS (
    SELECT pg_notify('outbox', '')
) {EVENTS.format(events="$14")}, (SELECT count(*) FROM told)
"""
_AUTHORIZE = """
INSERT INTO sandbox_operations (key, kind, reference, card_token, amount, currency, status, created_at)
SELECT $1, 'AUTHORIZE', $2, token, $3, $4, 'APPROVED', $5 FROM vault_cards WHERE token = $6
ON CONFLICT DO NOTHING
"""
_RECORD = f"""
WITH changed AS (
    UPDATE orders SET state = 'CONFIRMED', updated_at = $2, revision = revision + 1
    WHERE id = $1 AND state = 'PENDING' RETURNING id
), answered AS (
    UPDATE payment_transactions t SET status = 'SUCCEEDED', provider_reference = $3, updated_at = $2
    FROM changed WHERE t.id = $4
) {EVENTS.format(events="$5")}
"""
_OPERATION = b"place"


async def place(request: Request) -> Response:
    asked = await asked_of(request)
    caller = "GUEST:" + asked.token_hash.hex()
    key, order_id = asked.body["idempotencyKey"], new_id()
    wanted = sha256(_OPERATION + orjson.dumps(asked.body, option=orjson.OPT_SORT_KEYS)).digest()
    async with asked.shop.pool.acquire() as connection:
        async with connection.transaction():
            if not await connection.fetchval(_CLAIM, caller, key, wanted, order_id, asked.at):
                return _again(await connection.fetchrow(_PLACED, caller, key, wanted), asked.shop.currency)
            rows = await asked.rows(connection, LOCKED)
            if not rows:
                raise HTTPException(404)
            order = _Order(asked, Priced(rows), order_id)
            await order.write(connection)
        await order.authorize(connection)
    return answer({"placeOrder": {"order": _told(order.number, order.priced.total, asked.shop.currency), "errors": []}})


class _Order:
    """What is written down, and what the bank is asked."""

    def __init__(self, asked: Asked, priced: Priced, order_id: UUID) -> None:
        self.asked, self.priced, self.id, self.number = asked, priced, order_id, ""
        self.payment_id, self.transaction_id = new_id(), new_id()
        self.told, self.hash = 0, b""
        if priced.missing(asked.body["acceptedTermsVersion"]) or priced.token() != asked.body["summaryToken"]:
            raise HTTPException(409, "Not what was shown.")

    async def write(self, connection: Any) -> None:
        """The shelves are locked as late as can be."""
        asked, first = self.asked, self.priced.first
        self.number = _numbered(first["order_prefix"], await connection.fetchval(_NUMBER))
        slices = await dealt(connection, asked, self.priced)
        if len({part[0] for part in slices}) < len(self.priced.lines):
            raise HTTPException(409, "Not enough of it.")
        columns = [[new_id() for _ in slices], *(list(column) for column in zip(*slices, strict=True))]
        await connection.fetchval(
            _WRITE, text_of(self._document()), asked.cart_id, first["terms_version"], asked.at, asked.at + CART_LASTS,
            self.transaction_id, self.id, *columns, text_of(self._tasks()), text_of(self._events()),
            self.priced.total, asked.shop.channel_id, asked.request_id, *self._keys(),
        )  # fmt: skip

    async def authorize(self, connection: Any) -> None:
        """Ask the bank, which commits by itself, and write down what it said."""
        asked, reference = self.asked, f"sbx_{secrets.token_urlsafe(32)}"
        first, total = self.priced.first, self.priced.total
        key = str(self.transaction_id)
        await connection.execute(_AUTHORIZE, key, reference, total, asked.shop.currency, asked.at, first["card_token"])
        entry = {"id": key, "kind": "AUTHORIZE", "status": "SUCCEEDED", "amount": total, "reference": reference}
        entry |= {"code": None, "action_url": None, "at": asked.at}
        system = {"actor": {"kind": "SYSTEM", "id": None, "onBehalfOf": None}, "channel_id": None, "ip": None}
        events = [
            self._event("PaymentAuthorized", {"payment_id": self.payment_id, "transaction": entry}, 1, **system),
            self._event("OrderConfirmed", {}, 2, **system),
        ]
        await connection.fetchval(_RECORD, self.id, asked.shop.now(), reference, self.transaction_id, text_of(events))

    def _keys(self) -> tuple[str, str, int]:
        """What it is found by, in the plain forms that are ours; new ones in pieces; how recent it is."""
        first = self.priced.first
        bill_to, ship_to = (Address(**orjson.loads(first[name])) for name in ("billing", "address"))
        skus = tuple(line.row["sku"] for line in self.priced.lines)
        given = {"number": self.number, "email": first["email"], "phone": "", "attributes": {}}
        keys = order_keys(Findable(bill_to=bill_to, ship_to=(ship_to,), skus=skus, **given))
        pieces = {key: key_pieces(key) for key in sorted(keys) if not key.startswith("#")}
        return text_of(keys), text_of(pieces), -round(self.asked.at.timestamp() * 1_000_000)

    def _document(self) -> dict[str, Any]:
        """The order as it is placed, which is its first version too."""
        first, lines = self.priced.first, self.priced.lines
        group = {
            "id": self.asked.cart_id,
            "order_id": self.id,
            "position": 0,
            "address": orjson.loads(first["address"]),
        }
        group |= {
            "shipping_method_id": first["method_id"],
            "method_code": first["method"],
            "method_name": first["method_name"],
        }
        charge = {
            "id": group["id"],
            "order_id": self.id,
            "ship_group_id": group["id"],
            "position": 0,
            "kind": "SHIPPING",
        }
        charge |= {"name": first["method_name"], "amount": self.priced.shipping, "tax": self.priced.shipping_tax}
        charge |= {
            "original_amount": self.priced.shipping,
            "tax_class_id": first["ship_tax_class_id"],
            "refundable": True,
        }
        charge["taxes"] = _taxes(
            first["ship_vat"], first["ship_vat_rate"], self.priced.shipping, self.priced.shipping_tax
        )
        card = {name: first[name] for name in ("brand", "last_four", "expiry_month", "expiry_year", "holder")}
        payment = {
            "id": self.payment_id,
            "order_id": self.id,
            "attempt": 1,
            "position": 0,
            "due_at": None,
            "how_to_pay": "",
            "entered_by": {"kind": "GUEST", "id": None},
            "method": "CARD",
            "use": "ORDER",
            "card": card,
        }
        payment |= {"card_token": first["card_token"], "amount": self.priced.total, "created_at": self.asked.at}
        return {
            "order": self._head(),
            "groups": [{**group, "instructions": "", "requested_ship_date": None}],
            "charges": [charge],
            "adjustments": [],
            "lines": [self._line(position, line) for position, line in enumerate(lines)],
            "shares": [
                {
                    "ship_group_id": group["id"],
                    "order_line_id": line.row["line_id"],
                    "quantity": line.row["quantity"],
                    "rates": _rates(line.row["vat"], line.row["vat_rate"]),
                }
                for line in lines
            ],
            "payments": [payment],
        }

    def _head(self) -> dict[str, Any]:
        asked, priced, first = self.asked, self.priced, self.priced.first
        origin = {
            "channel": "WEB", "source": "", "campaign": "", "device": "", "store": "", "placed_by": "GUEST",
            "staff_id": None, "agent": "", "session_id": None, "chain": [], "request_id": asked.request_id, "ip": asked.ip,
        }  # fmt: skip
        return {
            "id": self.id, "number": self.number, "channel_id": asked.shop.channel_id, "cart_id": asked.cart_id,
            "split_from_id": None,
            "customer_id": None, "state": "PENDING", "email": first["email"], "phone": "", "language": asked.shop.language,
            "currency": asked.shop.currency, "prices_include_tax": True, "rounding": "HALF_UP", "rounding_level": "LINE",
            "subtotal": priced.subtotal, "discount_total": 0, "shipping_total": priced.shipping, "charge_total": 0,
            "tax_total": priced.tax, "total": priced.total, "billing_address": orjson.loads(first["billing"]),
            "attributes": {}, "po_number": "", "gift": False, "priority": "NORMAL", "tags": [], "fields": {},
            "note": "", "terms_version": first["terms_version"], "origin": origin,
            "shipping_policy": "SHIP_TOGETHER", "placed_at": asked.at, "updated_at": asked.at,
            "payment_due_at": self._payment_due, "cancel_reason": None,
            "cancelable_until": None, "editable_until": None, "version": 1, "payment_attempts": 1, "revision": 1,
            "payment_attempt_limit": first["payment_attempt_limit"], "payment_pause_seconds": first["payment_pause_seconds"],
            "payment_reminder_hours": first["payment_reminder_hours"],
        }  # fmt: skip

    @property
    def _payment_due(self) -> datetime:
        return self.asked.at + timedelta(days=self.priced.first["payment_retry_days"])

    def _line(self, position: int, line: Line) -> dict[str, Any]:
        row = line.row
        return {
            "id": row["line_id"], "order_id": self.id, "parent_id": None, "position": position,
            "variant_id": row["variant_id"], "product_id": row["product_id"], "sku": row["sku"], "name": row["title"],
            "options": list(zip(row["option_names"], row["option_values"], strict=True)), "image_url": row["url"],
            "weight": row["weight"], "requires_shipping": row["requires_shipping"], "attributes": {}, "fields": {},
            "quantity": row["quantity"], "unit_price": row["amount"], "original_unit_price": row["amount"], "unit_cost": None,
            "discounts": [],
            "subtotal": line.subtotal, "discount": 0,
            "tax": line.tax, "total": line.subtotal, "allocated": row["quantity"], "backordered": 0, "canceled": 0,
            "uncanceled": None, "instructions": "", "gift_message": "", "requested_ship_date": None, "expedite": False,
            "shipping_policy": None, "tie_group": None,
            "taxes": _taxes(row["vat"], row["vat_rate"], line.subtotal, line.tax),
        }  # fmt: skip

    def _events(self) -> list[dict[str, Any]]:
        placed = {"number": self.number, "total": self.priced.total, "currency": self.asked.shop.currency}
        return [self.asked.event("CartClosed", {"order_id": self.id}), self._event("OrderPlaced", placed, 1)]

    def _event(self, type_: str, data: dict[str, Any], place: int, **how: Any) -> dict[str, Any]:
        of_order = {"entity": "ORDER", "entity_id": self.id, "customer_visible": True}
        row, self.told = self.asked.event(type_, data, place, **of_order, **how), self.told + 1
        counted = orjson.dumps({**row, "sequence": self.told}, default=str, option=orjson.OPT_SORT_KEYS)
        self.hash = sha256(self.hash + counted).digest()
        return {**row, "hash": f"\\x{self.hash.hex()}"}

    def _tasks(self) -> list[dict[str, Any]]:
        """What has to follow, whatever becomes of this process."""
        at, subject = self.asked.at, {"order_id": self.id}
        head_start = at + timedelta(seconds=30)
        return [
            self._task("payments.advance", subject, f"authorize:{self.id}:1", head_start),
            self._task(
                "payments.timeout",
                subject,
                f"payment-timeout:{self.id}:{self._payment_due.isoformat()}",
                self._payment_due,
            ),
            self._task("mail", self._confirmation(), f"order-confirmation:{self.id}", at),
        ]

    def _task(self, topic: str, payload: dict[str, Any], dedupe_key: str, due_at: datetime) -> dict[str, Any]:
        row = {"id": new_id(), "topic": topic, "payload": payload, "dedupe_key": dedupe_key}
        return {**row, "created_at": self.asked.at, "due_at": due_at}

    def _confirmation(self) -> dict[str, Any]:
        first, to = self.priced.first, orjson.loads(self.priced.first["address"])
        person, place = f"{to['first_name']} {to['last_name']}", f"{to['postal_code']} {to['city']}"
        lines = [
            {"name": ", ".join([line.row["title"], *line.row["option_values"]]), "quantity": line.row["quantity"],
             "amount": _amount(line.subtotal)} for line in self.priced.lines
        ]  # fmt: skip
        sums = {"shipping": self.priced.shipping, "tax_included": self.priced.tax}
        data = {
            "number": self.number, "currency": self.asked.shop.currency, "time_zone": first["time_zone"], "lines": lines,
            "payments": [], "ship_to": [part for part in (person, to["company"], to["line1"], to["line2"], place, to["country"]) if part],
            "total": _amount(self.priced.total), **{name: _amount(amount) for name, amount in sums.items() if amount},
        }  # fmt: skip
        to_whom = {"recipient": first["email"], "language": self.asked.shop.language, "order_id": self.id}
        return {"kind": "ORDER_CONFIRMATION", **to_whom, "data": data}


def _again(row: Any, currency: str) -> Response:
    """The answer to a request that was answered before."""
    if row is None:
        raise HTTPException(409, "This key was used for another request.")
    return answer({"placeOrder": {"order": _told(row["number"], row["total"], currency), "errors": []}})


def _told(number: str, total: int, currency: str) -> dict[str, Any]:
    totals = {"total": money(total, currency)}
    return {"number": number, "state": "CONFIRMED", "paymentStatus": "AUTHORIZED", "totals": totals}


def _numbered(prefix: str, sequence: int) -> str:
    letters = "".join(str(ord(letter) - ord("A") + 10) for letter in prefix)
    return f"{prefix}{sequence}-{damm.calc_check_digit(f'{letters}{sequence}')}"


def _taxes(name: str | None, rate: Decimal | None, gross: int, tax: int) -> list[dict[str, Any]]:
    return [{"name": name, "rate": str(rate), "base": gross - tax, "amount": tax}] if name else []


def _rates(name: str | None, rate: Decimal | None) -> list[dict[str, Any]]:
    return [{"name": name, "rate": str(rate)}] if name else []


def _amount(minor: int) -> str:
    return money(minor, "")["amount"]
