"""Situations for tests: small facts put straight into the tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from types import SimpleNamespace

from argon2 import PasswordHasher

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.operations.cancel_reasons import SHIPPED_CANCEL_REASONS
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores import cancel_reasons as stored_reasons
from commerce_api.persistence.stores import customer_keys, product_search
from commerce_api.persistence.tables import adjustments, buying, catalog, custom_fields, desk, identity, quotes, records
from commerce_api.persistence.tables import cards as cards
from commerce_api.persistence.tables import channels as t
from commerce_api.persistence.tables import stock as stock_tables

EARLIER = datetime(2026, 3, 1, 9, tzinfo=UTC)
_NUMBERS = count(1)
_insert_into = cache(insert_into)
"""Tests put the same columns into the same tables again and again; making a statement takes longer than running it."""


async def insert(raw, table, **values):
    """A row of any table; an id is made if the table has one and none is given."""
    if "id" in table.c and "id" not in values:
        values["id"] = new_id()
    await Connection(raw).execute(_insert_into(table, *values), values)
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
    row = {"email": email, "channel_id": channel_id, **values, **changes}
    customer_id = await insert(raw, identity.customers, **row)
    await customer_keys.refresh(Connection(raw), [customer_id])
    return customer_id


async def address(raw, customer_id, **fields):
    """An entry of a customer's address book."""
    blank = dict.fromkeys(("first_name", "last_name", "company", "line1", "line2", "city", "region"), "")
    written = {**blank, "postal_code": "", "phone": "", "country": "DE", **fields}
    address_id = await insert(raw, identity.addresses, customer_id=customer_id, address=written)
    await customer_keys.refresh(Connection(raw), [customer_id])
    return address_id


async def customer_token(raw, customer_id, *, at=EARLIER, lasts=timedelta(days=30)):
    """The access token of a session that lasts as long as a test needs."""
    return await _session(raw, TokenKind.SHOP_ACCESS, at, lasts, customer_id=customer_id)


async def staff(raw, *permissions, email="grace@example.com", channel_ids=None, limits=None, **changes):
    """A member of staff with a role of their own that holds these permissions, with these limits."""
    values = {"name": "Grace", "password_hash": _PASSWORD_HASH, "status": "ENABLED", "created_at": EARLIER}
    staff_id = await insert(raw, identity.staff, email=email, **{**values, **changes})
    role_id = await role(raw, f"role-of-{email}", *permissions, limits=limits)
    await insert(raw, identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=channel_ids)
    return staff_id


async def assisted_session(raw, channel_id, *, at=EARLIER, staff_id=None, **changes):
    """One that went on for half an hour, begun by somebody of the staff."""
    staff_id = staff_id or await staff(raw, email=f"helper{next(_NUMBERS)}@example.com")
    times = {"started_at": at, "expires_at": at + timedelta(minutes=30)}
    row = {"staff_id": staff_id, "channel_id": channel_id, "source": "PHONE", "reason": "Asked for help", **times}
    return await insert(raw, identity.assisted_sessions, **{**row, "token_hash": new_id().bytes, **changes})


async def override_reason(raw, code="GOODWILL", *kinds, note_required=False, **names):
    """A reason for changing money; of all kinds unless some are named."""
    every = ["LINE_PRICE", "CHARGE", "EXTRA_CHARGE", "DEDUCTION"]
    values = {"names": names or {"en": "Goodwill", "de": "Kulanz"}, "note_required": note_required}
    return await insert(raw, adjustments.override_reasons, code=code, kinds=list(kinds or every), **values)


async def custom_field(raw, code="cost_center", owner="ORDER", **changes):
    """One that shoppers set."""
    asked_for = (
        {"purposes": {"en": "To get to know you.", "de": "Um Sie kennenzulernen."}} if owner == "CUSTOMER" else {}
    )
    named = {"kind": "TEXT", "names": {"en": code.replace("_", " ").title()}, "shoppers": "SET"}
    values = {**named, **asked_for, **changes}
    return await insert(raw, custom_fields.custom_fields, code=code, owner=owner, **values)


async def second_factor(raw, subject_id):
    """One that is turned on; no app knows its secret."""
    await insert(raw, identity.second_factors, subject_id=subject_id, secret=b"sealed", turned_on_at=EARLIER)


async def role(raw, code, *permissions, limits=None):
    limited = {name: _limit(**limit) for name, limit in (limits or {}).items()}
    return await insert(raw, identity.roles, code=code, name=code, permissions=list(permissions), limits=limited)


def _limit(**changes):
    return {"percent": None, "amounts": {}, "floor": "NONE", "exceptions": [], **changes}


def exception(percent, *, reason=None, category_id=None):
    """Of a limit, as it is kept."""
    return {"reason": reason, "category_id": category_id and str(category_id), "limit": _limit(percent=percent)}


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
            "payment_due_at": EARLIER + timedelta(days=7),
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
        **dict.fromkeys(("unit_price", "original_unit_price", "subtotal", "total"), 1000),
        **dict.fromkeys(("discount", "tax"), 0),
    )
    return order_id, line_id


async def cancel_reasons(raw):
    """Those that every store begins with."""
    await stored_reasons.seed(Connection(raw), [(new_id(), reason) for reason in SHIPPED_CANCEL_REASONS])


async def cancel_reason(raw, code="UNUSED", **changes):
    """One that staff can choose."""
    values = {"names": {"en": code.title()}, "position": 0, "for_staff": True}
    return await insert(raw, desk.cancel_reasons, code=code, **{**values, **changes})


_SNAPSHOT = """SELECT jsonb_build_object('order', to_jsonb(o),
  'lines', (SELECT jsonb_agg(to_jsonb(l)) FROM order_lines l WHERE l.order_id = o.id),
  'groups', '[]'::jsonb, 'shares', '[]'::jsonb, 'charges', '[]'::jsonb, 'payments', '[]'::jsonb,
  'adjustments', '[]'::jsonb) FROM orders o WHERE id = $1"""


async def block_reason(raw, code="OTHER", **changes):
    """A reason for which people block, and anybody who resolves blocks may resolve, alone."""
    texts = {"names": {"en": code.title()}, "shopper_texts": {"en": "We are having a closer look at this."}}
    values = {"kind": "MANUAL", "category": "OTHER", "stops": ["RELEASE"], "scope": "LINES", **texts}
    return await insert(raw, desk.block_reasons, code=code, **{**values, **changes})


async def block(raw, order_id, **changes):
    """An active block, for a reason of its own unless told."""
    code = changes.pop("reason", "OTHER")
    reason_id = await raw.fetchval("SELECT id FROM block_reasons WHERE code = $1", code)
    values = {
        "reason_id": reason_id or await block_reason(raw, code),
        "reason": code,
        "kind": "MANUAL",
        "stops": ["RELEASE"],
        "placed_by": {"kind": "STAFF", "id": None},
        "placed_at": EARLIER,
    }
    return await insert(raw, desk.blocks, order_id=order_id, **{**values, **changes})


async def comment(raw, order_id, body="Called.", **changes):
    """A comment that the customer sees too."""
    values = {"visibility": "CUSTOMER", "author": {"kind": "STAFF", "id": None}, "created_at": EARLIER, **changes}
    comment_id = await insert(raw, desk.order_comments, order_id=order_id, **values)
    await insert(raw, desk.order_comment_texts, comment_id=comment_id, number=1, body=body, at=values["created_at"])
    return comment_id


async def bare_version(raw, order_id, number, **changes):
    """A version of a bare order, as a row."""
    row = {"snapshot": await raw.fetchval(_SNAPSHOT, order_id), "total": 1000, "request_id": "r"}
    row |= {"actor": {"kind": "STAFF", "id": None, "onBehalfOf": None}, "committed_at": EARLIER}
    await insert(raw, buying.order_versions, order_id=order_id, version=number, **{**row, **changes})


async def price_list(raw, channel_id, currency="EUR", **changes):
    """A price list for everybody; the usual one of the channel and currency if nothing else is said."""
    code = changes.pop("code", f"{channel_id}-{currency}")
    found = await raw.fetchval("SELECT id FROM price_lists WHERE code = $1", code)
    values = {"name": "Prices", "channel_id": channel_id, "currency": currency, **changes}
    return found or await insert(raw, catalog.price_lists, code=code, **values)


async def price(raw, price_list_id, variant_id, amount, *, min_quantity=1, compare_at=None, lowest=None):
    await insert(
        raw,
        catalog.prices,
        price_list_id=price_list_id,
        variant_id=variant_id,
        min_quantity=min_quantity,
        amount=amount,
        compare_at=compare_at,
        lowest=lowest,
    )


async def a_product(raw, title="Kettle", *, variants=None, price=1990, stock=5, **changes):
    """An ACTIVE product that the default channel sells, with what `a_variant` takes for each of its `variants`.

    `channel_id`, `language` and any column of `products` may be given; `published_from=None` leaves it unpublished.
    The product comes back with `id`, `handle`, `variants` (each with `id` and `sku`) and `variant`, the first of them.
    """
    channel_id = changes.pop("channel_id", None) or await raw.fetchval("SELECT id FROM channels WHERE is_default")
    published_from, published_until = changes.pop("published_from", EARLIER), changes.pop("published_until", None)
    categories, collections = changes.pop("categories", ()), changes.pop("collections", ())
    handle = changes.pop("handle", None) or f"{title.lower().replace(' ', '-')}-{next(_NUMBERS)}"
    product_id = await insert(
        raw, catalog.products, handle=handle, title=title, **{**await _product_defaults(raw, channel_id), **changes}
    )
    if published_from:
        dates = {"published_from": published_from, "published_until": published_until}
        await insert(raw, catalog.product_publications, product_id=product_id, channel_id=channel_id, **dates)
    for place, category_id in enumerate(categories):
        await insert(raw, catalog.product_categories, product_id=product_id, category_id=category_id, position=place)
    for collection_id in collections:
        await insert(raw, catalog.collection_products, product_id=product_id, collection_id=collection_id, position=0)
    made = [
        await _a_variant(
            raw,
            product_id,
            channel_id,
            **{"sku": f"{handle}-{place}", "price": price, "stock": stock, **variant},
            position=place,
        )
        for place, variant in enumerate(variants or [{}])
    ]
    await product_search.refresh(Connection(raw), [product_id])
    return SimpleNamespace(id=product_id, handle=handle, variants=made, variant=made[0])


async def _product_defaults(raw, channel_id):
    type_id = await raw.fetchval("SELECT id FROM product_types WHERE code = 'default'")
    class_id = await raw.fetchval("SELECT id FROM tax_classes WHERE code = 'standard'")
    return {
        "product_type_id": type_id or await insert(raw, catalog.product_types, code="default", name="Product"),
        "tax_class_id": class_id or await insert(raw, t.tax_classes, code="standard", name="Standard"),
        "status": "ACTIVE",
        "created_at": EARLIER,
        "updated_at": EARLIER,
    }


async def _a_variant(raw, product_id, channel_id, *, price, stock, currency="EUR", prices=None, **changes):
    """`price` in minor units of `currency`, or `prices` by currency; `stock` lies at the channel's first location.
    None for no price, no stock.
    """
    values = {"stock_policy": "DENY", **changes}
    variant_id = await insert(raw, catalog.variants, product_id=product_id, **values)
    for code, amount in (prices if prices is not None else {currency: price}).items():
        if amount is not None:
            list_id = await price_list(raw, channel_id, code)
            await insert(
                raw, catalog.prices, price_list_id=list_id, variant_id=variant_id, min_quantity=1, amount=amount
            )
    if stock is not None:
        location_id = await raw.fetchval(
            "SELECT location_id FROM channel_locations WHERE channel_id = $1 ORDER BY position LIMIT 1", channel_id
        )
        await insert(raw, stock_tables.stock_levels, variant_id=variant_id, location_id=location_id, on_hand=stock)
    return SimpleNamespace(id=variant_id, sku=values["sku"])


async def a_category(raw, name, *, parent_id=None, **changes):
    """A category; its handle is made of the name."""
    handle = changes.pop("handle", name.lower().replace(" ", "-"))
    return await insert(raw, catalog.categories, handle=handle, name=name, parent_id=parent_id, **changes)


async def a_collection(raw, name, **changes):
    """A collection; its handle is made of the name."""
    handle = changes.pop("handle", name.lower().replace(" ", "-"))
    return await insert(raw, catalog.collections, handle=handle, name=name, **changes)


async def refresh(raw, *product_ids):
    """Derive again what browsing and search know of these products, after tables were changed directly."""
    await product_search.refresh(Connection(raw), product_ids)


async def zone(raw, code, *areas):
    """A zone of areas such as `"DE"` or `("US", "CA", "900")`: country, region, postal prefix."""
    zone_id = await insert(raw, t.zones, code=code, name=code)
    for area in areas:
        country, region, prefix = (*([area] if isinstance(area, str) else area), "", "")[:3]
        await insert(raw, t.zone_areas, zone_id=zone_id, country=country, region=region, postal_prefix=prefix)
    return zone_id


async def tax_rate(raw, zone_id, percent, *, name="VAT", tax_class="standard", **changes):
    class_id = await raw.fetchval("SELECT id FROM tax_classes WHERE code = $1", tax_class)
    class_id = class_id or await insert(raw, t.tax_classes, code=tax_class, name=tax_class)
    rate = Decimal(str(percent)) / 100
    return await insert(raw, t.tax_rates, zone_id=zone_id, tax_class_id=class_id, name=name, rate=rate, **changes)


async def shipping_method(raw, channel_id, zone_id, amount, *, code="post", name="Post", currency="EUR", **rate):
    """A method with one rate; its tax class is the standard one."""
    class_id = await raw.fetchval("SELECT id FROM tax_classes WHERE code = 'standard'")
    class_id = class_id or await insert(raw, t.tax_classes, code="standard", name="Standard")
    values = {"channel_id": channel_id, "code": code, "name": name, "tax_class_id": class_id}
    method_id = await insert(raw, t.shipping_methods, **values)
    values = {"shipping_method_id": method_id, "zone_id": zone_id, "currency": currency, "amount": amount, **rate}
    await insert(raw, t.shipping_rates, **values)
    return method_id


_QUOTED = {
    "currency": "EUR",
    "policy": {"prices_include_tax": True, "rounding": "HALF_UP", "level": "LINE", "cross_border": "KEEP_GROSS"},
    "lines": [],
    "groups": [],
    "estimated": False,
    "po_number": "",
    "gift": False,
    "fields": {},
    "totals": {
        **{name: [] for name in ("lines", "charges", "discounts", "taxes")},
        **dict.fromkeys(
            ("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total", "total"),
            0,
        ),
    },
}


async def bare_quote(raw, channel_id, number, **changes):
    """A quote that its buyer has asked for, as rows and nothing more."""
    values = {"channel_id": channel_id, "currency": "EUR", "language": "en", "created_at": EARLIER}
    values |= {"updated_at": EARLIER, "customer_id": changes.get("customer_id")}
    draft = {"purpose": "QUOTE", "state": "ACTIVE", "expires_at": EARLIER + timedelta(days=30)}
    draft_id = await insert(raw, buying.carts, **values, **draft)
    asked = {"number": number, "state": "REQUESTED", "requested": True, "origin": {}}
    return await insert(raw, quotes.quotes, draft_id=draft_id, **{**values, **asked, **changes})


async def quote_version(raw, quote_id, version):
    """What was sent, of nothing."""
    values = {"quote_id": quote_id, "version": version, "content": _QUOTED, "agreement": {}, "content_hash": "x"}
    await insert(
        raw, quotes.quote_versions, **values, sent_at=EARLIER, valid_until=EARLIER + timedelta(days=30), actor={}
    )


async def quote_part(raw, quote_id, order_id, version=1):
    await insert(
        raw, quotes.quote_parts, quote_id=quote_id, order_id=order_id, version=version, units={}, total=100, at=EARLIER
    )


async def quote_comment(raw, quote_id, at=EARLIER):
    said = {"round": 0, "audience": "CUSTOMER", "text": "Well?", "author": {"kind": "CUSTOMER", "id": None}}
    await insert(raw, quotes.quote_comments, quote_id=quote_id, at=at, **said)


async def event(raw, entity, entity_id, sequence, *, channel_id, at=EARLIER):
    """One that customers see."""
    row = {"entity": entity, "entity_id": entity_id, "type": "QuoteSent", "data": {}, "request_id": "r"}
    row |= {"actor": {"kind": "STAFF", "id": None}, "customer_visible": True, "channel_id": channel_id}
    await insert(raw, records.events, **row, sequence=sequence, at=at)
