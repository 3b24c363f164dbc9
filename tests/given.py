"""Situations for tests: small facts put straight into the tables."""

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.tables import buying, catalog, identity
from commerce_api.persistence.tables import channels as t
from commerce_api.persistence.tables import stock as stock_tables

EARLIER = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def insert(raw, table, **values):
    """A row of any table; an id is made if the table has one and none is given."""
    if "id" in table.c and "id" not in values:
        values["id"] = new_id()
    await Connection(raw).execute(insert_into(table, *values), values)
    return values.get("id")


CHANNEL = {
    "name": "Europe",
    "currencies": ["EUR", "USD"],
    "languages": ["en", "de"],
    "countries": ["DE", "AT", "FR"],
    "time_zone": "Europe/Berlin",
    "prices_include_tax": True,
    "rounding": "HALF_UP",
    "rounding_level": "LINE",
    "order_prefix": "E",
    "terms_version": "2026-01",
    "capture_policy": "ON_SHIPMENT",
    "is_default": True,
}


async def channel(raw, code="eu", **changes):
    """A channel with one stock location."""
    channel_id = await insert(raw, t.channels, code=code, **{**CHANNEL, **changes})
    location_id = await insert(raw, t.stock_locations, code=f"{code}-main", name="Main")
    await insert(raw, t.channel_locations, channel_id=channel_id, location_id=location_id, position=0)
    return channel_id


PASSWORD = "correct horse battery"
_PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def customer(raw, email="ada@example.com", *, channel_id, **changes):
    """A customer who may sign in with `PASSWORD`."""
    values = {
        "email_verified_at": EARLIER,
        "password_hash": _PASSWORD_HASH,
        "first_name": "Ada",
        "last_name": "Byron",
        "status": "ENABLED",
        "terms_version": "2026-01",
        "created_at": EARLIER,
        "updated_at": EARLIER,
    }
    return await insert(raw, identity.customers, email=email, channel_id=channel_id, **{**values, **changes})


async def customer_token(raw, customer_id, *, at=EARLIER, lasts=timedelta(days=30)):
    """The access token of a session that lasts as long as a test needs."""
    return await _session(raw, TokenKind.SHOP_ACCESS, at, lasts, customer_id=customer_id)


async def staff(raw, *permissions, email="grace@example.com", channel_ids=None, **changes):
    """A member of staff with a role of their own that holds these permissions."""
    values = {"name": "Grace", "password_hash": _PASSWORD_HASH, "status": "ENABLED", "created_at": EARLIER}
    staff_id = await insert(raw, identity.staff, email=email, **{**values, **changes})
    code = f"role-of-{email}"
    role_id = await insert(raw, identity.roles, code=code, name=code, permissions=list(permissions))
    await insert(raw, identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=channel_ids)
    return staff_id


async def staff_token(raw, staff_id, *, at=EARLIER, lasts=timedelta(days=30)):
    return await _session(raw, TokenKind.STAFF_ACCESS, at, lasts, staff_id=staff_id)


async def _session(raw, kind, at, lasts, **subject):
    token = new_token(kind)
    await insert(
        raw,
        identity.sessions,
        access_hash=token_hash(token),
        access_expires_at=at + lasts,
        created_at=at,
        expires_at=at + lasts,
        **subject,
    )
    return token


async def variant(raw, sku, *, title="Mug", **changes):
    """A variant of a product of its own."""
    product_type_id = await insert(raw, catalog.product_types, code=f"type-{sku}", name="Things")
    tax_class_id = await insert(raw, t.tax_classes, code=f"tax-{sku}", name="Standard")
    product_id = await insert(
        raw,
        catalog.products,
        handle=sku,
        product_type_id=product_type_id,
        tax_class_id=tax_class_id,
        title=title,
        option_names=[],
        tags=[],
        status="ACTIVE",
        created_at=EARLIER,
        updated_at=EARLIER,
    )
    values = {"option_values": [], "stock_policy": "DENY", **changes}
    return await insert(raw, catalog.variants, product_id=product_id, sku=sku, **values)


async def stock(raw, variant_id, location_id, on_hand, **changes):
    """Units on a shelf."""
    values = {"variant_id": variant_id, "location_id": location_id, "on_hand": on_hand, **changes}
    await insert(raw, stock_tables.stock_levels, **values)


async def location(raw, channel_id):
    """The first location that serves a channel."""
    return await raw.fetchval(
        "SELECT location_id FROM channel_locations WHERE channel_id = $1 ORDER BY position", channel_id
    )


async def bare_order(raw, channel_id, variant_id, **changes):
    """An order of one line, as a row and nothing more. Its id and its line's."""
    order_id = await insert(
        raw,
        buying.orders,
        **{
            "number": "E100001-0",
            "channel_id": channel_id,
            "state": "CONFIRMED",
            "email": "ada@example.com",
            "language": "en",
            "currency": "EUR",
            "prices_include_tax": True,
            "rounding": "HALF_UP",
            "rounding_level": "LINE",
            **dict.fromkeys(("subtotal", "total"), 1000),
            **dict.fromkeys(("discount_total", "shipping_total", "charge_total", "tax_total"), 0),
            "terms_version": "2026-01",
            "origin": {},
            "shipping_policy": "SHIP_TOGETHER",
            "placed_at": EARLIER,
            "updated_at": EARLIER,
            **changes,
        },
    )
    line_id = await insert(
        raw,
        buying.order_lines,
        order_id=order_id,
        position=0,
        variant_id=variant_id,
        name="Mug",
        options=[],
        weight=0,
        requires_shipping=True,
        quantity=1,
        taxes=[],
        **dict.fromkeys(("unit_price", "subtotal", "total"), 1000),
        **dict.fromkeys(("discount", "tax"), 0),
    )
    return order_id, line_id
