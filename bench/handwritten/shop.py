"""What all its answers share: the shop, pieces of SQL, pieces of JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response
from uuid_utils.compat import uuid7 as new_id

_PAIRS = [a + b for a in "0123456789abcdefghjkmnpqrstvwxyz" for b in "0123456789abcdefghjkmnpqrstvwxyz"]
_AS_BASE_32 = str.maketrans("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv")
GUEST = {"kind": "GUEST", "id": None, "onBehalfOf": None}
PAGE = 24


@dataclass(frozen=True, slots=True)
class Shop:
    """What is read once, at the start."""

    pool: Any
    now: Callable[[], datetime]
    channel_id: UUID
    currency: str
    language: str
    location_ids: list[UUID]

    def asked(self) -> tuple[Any, ...]:
        """The first five parameters of every statement."""
        return self.channel_id, self.currency, self.language, self.now(), self.location_ids


LISTS = """
lists AS (
    SELECT id, row_number() OVER (ORDER BY priority DESC, id) AS precedence FROM price_lists
    WHERE channel_id = $1 AND currency = $2 AND customer_group_id IS NULL
    AND (valid_from IS NULL OR valid_from <= $4) AND (valid_until IS NULL OR valid_until > $4)
)
"""
PRICE = """
LATERAL (
    SELECT amount, compare_at FROM prices JOIN lists ON lists.id = price_list_id
    WHERE variant_id = v.id AND prices.min_quantity <= v.min_quantity
    ORDER BY precedence, prices.min_quantity DESC LIMIT 1
) AS price ON true
"""
STOCK = """
LATERAL (
    SELECT sum(greatest(on_hand - unavailable - safety_stock - allocated - coalesce(
        (SELECT sum(quantity) FROM reservations r
        WHERE r.variant_id = s.variant_id AND r.location_id = s.location_id AND expires_at > $4), 0), 0))::bigint AS available,
        sum(backordered)::bigint AS backordered
    FROM stock_levels s WHERE s.variant_id = v.id AND s.location_id = ANY ($5)
) AS stock ON true
"""
EVENTS = """
INSERT INTO events (id, entity, entity_id, sequence, type, data, actor, customer_visible, channel_id, request_id, ip, at, hash)
SELECT e.id, e.entity, e.entity_id, e.sequence + coalesce(
        (SELECT max(sequence) FROM events before WHERE before.entity = e.entity AND before.entity_id = e.entity_id), 0),
    e.type, e.data, e.actor, e.customer_visible, e.channel_id, e.request_id, e.ip, e.at, e.hash
FROM changed, jsonb_populate_recordset(NULL::events, {events}::text::jsonb) AS e
RETURNING sequence
"""
SOLD = """
pub.channel_id = $1 AND pub.published_from <= $4 AND (pub.published_until IS NULL OR pub.published_until > $4)
AND p.status = 'ACTIVE' AND p.deleted_at IS NULL
AND EXISTS (SELECT FROM product_offers o JOIN lists ON lists.id = o.price_list_id WHERE o.product_id = p.id)
"""


def availability(policy: str, limit: int | None, available: int, backordered: int) -> dict[str, Any]:
    if policy == "UNTRACKED" or available > 10:
        return {"status": "IN_STOCK", "quantityAvailable": None}
    if available > 0:
        return {"status": "LOW_STOCK", "quantityAvailable": available}
    to_come = policy == "BACKORDER" and (limit is None or backordered < limit)
    return {"status": "BACKORDER" if to_come else "OUT_OF_STOCK", "quantityAvailable": 0}


def money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": f"{minor // 100}.{minor % 100:02}", "currencyCode": currency}


def public(prefix: str, id_: UUID) -> str:
    rest, pairs = id_.int, []
    for _ in range(13):
        rest, pair = divmod(rest, 1024)
        pairs.append(_PAIRS[pair])
    return f"{prefix}_{''.join(reversed(pairs))}"


def uuid_of(id_: str) -> UUID:
    return UUID(int=int(id_[4:].translate(_AS_BASE_32), 32))


def event(
    subject: tuple[str, UUID], sequence: int, type_: str, data: dict[str, Any], how: dict[str, Any]
) -> dict[str, Any]:
    """A row of the log; `sequence` counts on from the last that the subject has."""
    entity, entity_id = subject
    row = {"id": new_id(), "entity": entity, "entity_id": entity_id, "sequence": sequence, "type": type_, "data": data}
    return {**row, "actor": GUEST, "customer_visible": False, **how}


def text_of(document: Any) -> str:
    """JSON for a parameter; asyncpg has UUIDs of its own kind."""
    return orjson.dumps(document, default=str).decode()


def answer(data: dict[str, Any]) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


def image(id_: Any, url: str | None, alt: str, width: int | None, height: int | None) -> dict[str, Any]:
    key = public("med", id_ if isinstance(id_, UUID) else UUID(id_))
    return {"id": key, "url": url or f"/media/{key}", "alt": alt, "width": width, "height": height}


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
