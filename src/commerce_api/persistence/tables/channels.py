"""Channels, zones, tax, shipping."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Numeric,
    Table,
    UniqueConstraint,
    text,
)

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    integers,
    metadata,
    minor,
    moment,
    ref,
    revision,
    string,
    strings,
)

channels = Table(
    "channels",
    metadata,
    id_(),
    string("code", unique=True),
    string("name"),
    strings("currencies"),
    strings("languages"),
    strings("countries"),
    string("time_zone"),
    Column("prices_include_tax", Boolean(), nullable=False),
    string("rounding"),
    string("rounding_level"),
    string("cross_border", server_default="KEEP_GROSS"),
    string("quote_prices", server_default="GUARANTEED"),
    integer("quote_hold_percent", 0),
    string("shipping_policy", server_default="SHIP_TOGETHER"),
    string("order_prefix"),
    string("terms_version"),
    string("capture_policy"),
    integer("cart_days", 30),
    integer("checkout_minutes", 15),
    integer("payment_retry_days", 7),
    integer("cancel_minutes", 0),
    integer("edit_minutes", 0),
    integer("payment_attempt_limit", 5),
    integer("payment_pause_seconds", 60),
    integers("payment_reminder_hours", (24, 48)),
    document("order_checks", default="{}"),
    document("payment_offers", default='[{"kind": "CARD", "names": {"en": "Card", "de": "Karte"}}]'),
    strings("required_mails"),
    Column("po_number_required", Boolean(), nullable=False, server_default=text("false")),
    Column("order_reads_logged", Boolean(), nullable=False, server_default=text("false")),
    Column("is_default", Boolean(), nullable=False, server_default=text("false")),
    Column("active", Boolean(), nullable=False, server_default=text("true")),
    revision(),
    CheckConstraint("cardinality(currencies) > 0", name="has_a_currency"),
    CheckConstraint("cardinality(languages) > 0", name="has_a_language"),
    CheckConstraint("cardinality(countries) > 0", name="has_a_country"),
    CheckConstraint("quote_prices IN ('GUARANTEED', 'BEST_OF')", name="quote_prices"),
    CheckConstraint("shipping_policy IN ('SHIP_TOGETHER', 'AS_AVAILABLE')", name="shipping_policy"),
    CheckConstraint("cross_border IN ('KEEP_GROSS', 'KEEP_NET')", name="cross_border"),
)
Index("uq_channels_default", channels.c.is_default, unique=True, postgresql_where=channels.c.is_default)

zones = Table("zones", metadata, id_(), string("code", unique=True), string("name"), revision())

zone_areas = Table(
    "zone_areas",
    metadata,
    id_(),
    ref("zone_id", "zones", ondelete="CASCADE", index=True),
    string("country"),
    string("region", server_default=""),
    string("postal_prefix", server_default=""),
    UniqueConstraint("zone_id", "country", "region", "postal_prefix"),
)
"""A part of the world that belongs to a zone. An empty region or prefix means all of them."""

tax_classes = Table("tax_classes", metadata, id_(), string("code", unique=True), string("name"), revision())

tax_rates = Table(
    "tax_rates",
    metadata,
    id_(),
    ref("zone_id", "zones", ondelete="CASCADE", index=True),
    ref("tax_class_id", "tax_classes", ondelete="CASCADE", index=True),
    string("name"),
    Column("rate", Numeric(9, 6), nullable=False),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
    revision(),
    CheckConstraint("rate >= 0 AND rate < 10", name="rate_in_range"),
)
"""`rate` 0.19 is 19 %. Several rates of one zone and class add up (state and county). Valid in `[from, until)`."""

shipping_methods = Table(
    "shipping_methods",
    metadata,
    id_(),
    ref("channel_id", "channels", ondelete="CASCADE", index=True),
    string("code"),
    string("name"),
    string("description", server_default=""),
    document("translations", default="{}"),
    ref("tax_class_id", "tax_classes"),
    integer("min_days", nullable=True),
    integer("max_days", nullable=True),
    integer("position", 0),
    Column("active", Boolean(), nullable=False, server_default=text("true")),
    revision(),
    UniqueConstraint("channel_id", "code"),
)

shipping_rates = Table(
    "shipping_rates",
    metadata,
    id_(),
    ref("shipping_method_id", "shipping_methods", ondelete="CASCADE", index=True),
    ref("zone_id", "zones", ondelete="CASCADE"),
    string("currency"),
    minor("amount"),
    minor("free_from", nullable=True),
    integer("min_weight", 0),
    integer("max_weight", nullable=True),
    minor("min_subtotal", server_default=text("0")),
    minor("max_subtotal", nullable=True),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
)
"""What a method costs in a zone. Weights in grams, `[min, max)`; subtotals likewise; free when the subtotal reaches `free_from`."""

stock_locations = Table("stock_locations", metadata, id_(), string("code", unique=True), string("name"), revision())

channel_locations = Table(
    "channel_locations",
    metadata,
    ref("channel_id", "channels", ondelete="CASCADE", primary_key=True),
    ref("location_id", "stock_locations", ondelete="CASCADE", primary_key=True),
    integer("position", 0),
)
"""Which locations serve a channel, in the order they are asked."""

market_version = Table(
    "market_version",
    metadata,
    Column("single", Boolean(), primary_key=True, server_default=text("true")),
    Column("version", BigInteger(), Identity(), nullable=False),
    CheckConstraint("single", name="single"),
)
"""One row, to which a trigger gives another number, never used before, with whatever is written to what `readers.markets` reads."""
