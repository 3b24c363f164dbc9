"""Carts, orders, payments."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Table,
    Uuid,
    literal_column,
    text,
)

from commerce_api.persistence.tables.columns import (
    day,
    document,
    id_,
    integer,
    integers,
    line_requests,
    metadata,
    minor,
    moment,
    particulars,
    ref,
    revision,
    string,
)

carts = Table(
    "carts",
    metadata,
    id_(),
    string("purpose", server_default="CART"),
    Column("token_hash", LargeBinary(), nullable=True, unique=True),
    ref("channel_id", "channels"),
    ref("customer_id", "customers", nullable=True, ondelete="CASCADE", index=True),
    string("state"),
    string("name", nullable=True),
    string("currency"),
    string("language"),
    string("email", server_default=""),
    string("phone", server_default=""),
    document("billing_address", nullable=True),
    string("email_source", server_default="ENTERED"),
    string("phone_source", server_default="ENTERED"),
    string("billing_source", server_default="ENTERED"),
    document("attributes", default="{}"),
    *particulars(),
    string("note", server_default=""),
    string("availability_choice", nullable=True),
    string("terms_version", nullable=True),
    document("made_from", default="[]"),
    ref("split_from_id", "carts", nullable=True, ondelete="SET NULL", index=True),
    moment("checkout_expires_at", nullable=True),
    Column("checkout_renewed", Boolean(), nullable=False, server_default=text("false")),
    Column("locked_by", Uuid(), nullable=True),
    moment("locked_since", nullable=True),
    moment("locked_until", nullable=True),
    document("agreement", nullable=True),
    Column("adjusted", Boolean(), nullable=False, server_default=text("false")),
    moment("created_at"),
    moment("updated_at"),
    moment("expires_at"),
    revision(),
    CheckConstraint("purpose IN ('CART', 'QUOTE', 'ORDER_EDIT')", name="purpose"),
    CheckConstraint("(purpose = 'CART') = (token_hash IS NOT NULL)", name="only_carts_have_tokens"),
    CheckConstraint("state IN ('ACTIVE', 'SAVED', 'CHECKOUT', 'ORDERED', 'MERGED')", name="state"),
    CheckConstraint("(state = 'SAVED') = (name IS NOT NULL)", name="saved_has_a_name"),
    CheckConstraint("(state = 'CHECKOUT') = (checkout_expires_at IS NOT NULL)", name="checkout_has_an_end"),
    CheckConstraint("num_nonnulls(locked_by, locked_since, locked_until) IN (0, 3)", name="lock_is_whole"),
    Index("ix_carts_updated_at_id", "updated_at", "id"),
)
"""`expires_at` is judged when read. Rows with another purpose than CART are drafts, whose lines and ship groups keep the ids of
what they come from: below a cart, ids are unique together with the cart's own. Only `adjusted` ones have rows in `cart_adjustments`.
"""

cart_lines = Table(
    "cart_lines",
    metadata,
    ref("cart_id", "carts", ondelete="CASCADE", primary_key=True),
    id_(),
    ref("variant_id", "variants"),
    Column("parent_id", Uuid(), nullable=True),
    integer("quantity"),
    document("attributes", default="{}"),
    *line_requests(),
    string("availability_choice", nullable=True),
    integer("tie_group", nullable=True),
    document("fields", default="{}"),
    minor("seen_unit_price", nullable=True),
    document("added_by"),
    moment("added_at"),
    ForeignKeyConstraint(
        ["cart_id", "parent_id"], ["cart_lines.cart_id", "cart_lines.id"], "fk_cart_lines_parent_id", ondelete="CASCADE"
    ),
    Index("ix_cart_lines_id", "id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)
"""`seen_unit_price` is what the owner was last shown, so that a change can be told (S0-06). Lines stand in the order of their ids."""

cart_ship_groups = Table(
    "cart_ship_groups",
    metadata,
    ref("cart_id", "carts", ondelete="CASCADE", primary_key=True),
    id_(),
    integer("position"),
    document("address", nullable=True),
    ref("shipping_method_id", "shipping_methods", nullable=True, ondelete="SET NULL"),
    string("instructions", server_default=""),
    day("requested_ship_date"),
    string("source", server_default="ENTERED"),
    Index("ix_cart_ship_groups_id", "id"),
)

cart_ship_group_lines = Table(
    "cart_ship_group_lines",
    metadata,
    Column("cart_id", Uuid(), primary_key=True),
    Column("ship_group_id", Uuid(), primary_key=True),
    Column("cart_line_id", Uuid(), primary_key=True),
    integer("quantity"),
    ForeignKeyConstraint(
        ["cart_id", "ship_group_id"],
        ["cart_ship_groups.cart_id", "cart_ship_groups.id"],
        "fk_cart_ship_group_lines_ship_group_id",
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["cart_id", "cart_line_id"],
        ["cart_lines.cart_id", "cart_lines.id"],
        "fk_cart_ship_group_lines_cart_line_id",
        ondelete="CASCADE",
    ),
    Index("ix_cart_ship_group_lines_cart_id_cart_line_id", "cart_id", "cart_line_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

cart_payment_instructions = Table(
    "cart_payment_instructions",
    metadata,
    id_(),
    ref("cart_id", "carts", ondelete="CASCADE", index=True),
    integer("position"),
    string("method"),
    string("card_token", nullable=True),
    minor("amount", nullable=True),
    string("source", server_default="ENTERED"),
    document("entered_by", nullable=True),
)
"""No `amount` means the remainder."""

order_numbers = Table(
    "order_numbers",
    metadata,
    Column("number", BigInteger(), Identity(always=True, start=100_001), primary_key=True),
)
"""Never has a row: its sequence gives the running numbers of orders."""

orders = Table(
    "orders",
    metadata,
    id_(),
    string("number", unique=True),
    ref("channel_id", "channels"),
    ref("cart_id", "carts", nullable=True, index=True),
    ref("split_from_id", "orders", nullable=True, index=True),
    ref("customer_id", "customers", nullable=True),
    string("state"),
    string("email"),
    string("phone", server_default=""),
    string("language"),
    string("currency"),
    Column("prices_include_tax", Boolean(), nullable=False),
    string("rounding"),
    string("rounding_level"),
    minor("subtotal"),
    minor("discount_total"),
    minor("shipping_total"),
    minor("charge_total"),
    minor("tax_total"),
    minor("total"),
    document("billing_address", nullable=True),
    document("attributes", default="{}"),
    *particulars(),
    string("note", server_default=""),
    string("terms_version"),
    document("origin"),
    string("shipping_policy"),
    moment("placed_at"),
    moment("updated_at"),
    moment("payment_due_at"),
    string("cancel_reason", nullable=True),
    moment("cancelable_until", nullable=True),
    moment("editable_until", nullable=True),
    integer("version", 1),
    integer("payment_attempts", 0),
    integer("payment_attempt_limit", 5),
    integer("payment_pause_seconds", 60),
    integers("payment_reminder_hours", (24, 48)),
    revision(),
    CheckConstraint(
        "state IN ('AWAITING_APPROVAL', 'PENDING', 'PAYMENT_REJECTED', 'CONFIRMED', 'IN_FULFILLMENT', 'SHIPPED', "
        "'COMPLETED', 'CANCELED')",
        name="state",
    ),
    Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
    Index("ix_orders_placed_at_id", "placed_at", "id"),
    Index("ix_orders_state_placed_at_id", "state", "placed_at", "id"),
    Index("ix_orders_channel_id_placed_at_id", "channel_id", "placed_at", "id"),
    Index("ix_orders_updated_at_id", "updated_at", "id"),
    Index("ix_orders_total_id", "total", "id"),
    Index("ix_orders_cancel_reason", "cancel_reason", postgresql_where=text("cancel_reason IS NOT NULL")),
)
PRIORITIZED = orders.c.priority != literal_column("'NORMAL'")
Index("ix_orders_prioritized", orders.c.placed_at, orders.c.id, postgresql_where=PRIORITIZED)
"""The few that are not as usual, in the order of time, whatever priorities are asked for."""
Index(
    "ix_orders_ordered_through",
    orders.c.origin["channel"].astext.label("ordered_through"),
    orders.c.placed_at,
    orders.c.id,
)
Index("uq_orders_placed_cart_id", orders.c.cart_id, unique=True, postgresql_where=orders.c.split_from_id.is_(None))
"""A cart is placed once. What is split off its order later is seen by whoever sees that: by the same cart's token."""
Index(
    "ix_orders_staff_id_placed_at",
    orders.c.origin["staff_id"].astext.label("staff_id"),
    orders.c.placed_at,
    postgresql_where=orders.c.origin["staff_id"].astext.is_not(None),
)

order_ship_groups = Table(
    "order_ship_groups",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", index=True),
    integer("position"),
    document("address", nullable=True),
    ref("shipping_method_id", "shipping_methods", nullable=True, ondelete="SET NULL"),
    string("method_code", server_default=""),
    string("method_name", server_default=""),
    string("instructions", server_default=""),
    day("requested_ship_date"),
)

order_lines = Table(
    "order_lines",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", index=True),
    ref("parent_id", "order_lines", nullable=True),
    integer("position"),
    ref("variant_id", "variants", nullable=True, ondelete="SET NULL"),
    ref("product_id", "products", nullable=True, ondelete="SET NULL"),
    string("sku", nullable=True),
    string("name"),
    document("options"),
    string("image_url", nullable=True),
    integer("weight"),
    Column("requires_shipping", Boolean(), nullable=False),
    document("attributes", default="{}"),
    *line_requests(),
    string("shipping_policy", nullable=True),
    integer("tie_group", nullable=True),
    document("fields", default="{}"),
    integer("quantity"),
    minor("unit_price"),
    minor("original_unit_price"),
    minor("unit_cost", nullable=True),
    minor("subtotal"),
    minor("discount"),
    document("discounts", default="[]"),
    minor("tax"),
    minor("total"),
    document("taxes"),
    integer("allocated", 0),
    integer("backordered", 0),
    integer("canceled", 0),
    document("uncanceled", nullable=True),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)
"""A placed line keeps its own copy of everything (K12). Each unit is in one bucket (C.1). `uncanceled`: its amounts before units went."""

order_ship_group_lines = Table(
    "order_ship_group_lines",
    metadata,
    ref("ship_group_id", "order_ship_groups", ondelete="CASCADE", primary_key=True),
    ref("order_line_id", "order_lines", ondelete="CASCADE", primary_key=True, index=True),
    integer("quantity"),
    document("rates", default="[]"),
)
"""`rates` are the taxes that these units bore, name and rate, so that they can be reckoned again."""

order_charges = Table(
    "order_charges",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", index=True),
    ref("ship_group_id", "order_ship_groups", nullable=True, ondelete="CASCADE"),
    integer("position"),
    string("kind"),
    string("name"),
    minor("amount"),
    minor("original_amount"),
    minor("tax"),
    document("taxes"),
    ref("tax_class_id", "tax_classes", nullable=True, ondelete="SET NULL"),
    Column("refundable", Boolean(), nullable=False, server_default=text("true")),
)

order_versions = Table(
    "order_versions",
    metadata,
    ref("order_id", "orders", ondelete="CASCADE", primary_key=True),
    integer("version", primary_key=True, autoincrement=False),
    document("snapshot"),
    minor("total_before", nullable=True),
    minor("total"),
    string("reason", server_default=""),
    string("comment", server_default=""),
    Column("edit_id", Uuid(), nullable=True),
    string("notify", server_default="DEFAULT"),
    document("actor"),
    ref("channel_id", "channels", nullable=True),
    string("request_id"),
    moment("committed_at"),
)
"""The whole order as it was committed; reads back as an order (C.3). Rows are added, never changed."""
LATER = order_versions.c.version > literal_column("1")
"""Whether it is an edit."""
Index("ix_order_versions_edited", order_versions.c.committed_at, order_versions.c.order_id, postgresql_where=LATER)

payments = Table(
    "payments",
    metadata,
    id_(),
    ref("order_id", "orders", index=True),
    integer("attempt"),
    integer("position"),
    string("method"),
    string("card_token", nullable=True),
    document("card", nullable=True),
    minor("amount"),
    moment("due_at", nullable=True),
    string("how_to_pay", server_default=""),
    document("entered_by", nullable=True),
    string("use", server_default="ORDER"),
    moment("created_at"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
)
Index("ix_payments_last_four", payments.c.card["last_four"].astext.label("last_four"))

payment_transactions = Table(
    "payment_transactions",
    metadata,
    id_(),
    ref("payment_id", "payments", index=True),
    string("kind"),
    string("status"),
    minor("amount"),
    string("provider_reference", nullable=True),
    string("code", nullable=True),
    string("action_url", nullable=True),
    moment("received_at", nullable=True),
    ref("reverses", "payment_transactions", nullable=True, unique=True),
    string("reason", server_default=""),
    ref("authorization_id", "payment_transactions", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    Index("ix_payment_transactions_provider_reference", "provider_reference"),
)
"""The ledger: how an order's money stands is read off it and stored nowhere else. Rows are written before the provider is
asked; the `id` is the provider's idempotency key. What people record names when the money came in; it is taken back once.
"""
