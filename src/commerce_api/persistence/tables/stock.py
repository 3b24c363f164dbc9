"""What lies where, for whom it is kept, and how it came there."""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Uuid, text

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    moment,
    ref,
    revision,
    string,
)

stock_levels = Table(
    "stock_levels",
    metadata,
    ref("variant_id", "variants", ondelete="CASCADE"),
    ref("location_id", "stock_locations", ondelete="CASCADE", index=True),
    integer("on_hand", 0),
    integer("unavailable", 0),
    integer("safety_stock", 0),
    integer("allocated", 0),
    integer("backordered", 0),
    revision(),
    PrimaryKeyConstraint("variant_id", "location_id"),
    CheckConstraint("unavailable >= 0 AND safety_stock >= 0", name="deductions_not_negative"),
    CheckConstraint("allocated >= 0 AND backordered >= 0", name="claims_not_negative"),
    CheckConstraint("allocated <= greatest(on_hand - unavailable, 0)", name="never_oversold"),
)
"""`allocated` units lie on the shelf and belong to orders; `backordered` ones are sold but not here yet."""

reservations = Table(
    "reservations",
    metadata,
    id_(),
    ref("cart_id", "carts", ondelete="CASCADE", index=True),
    ref("variant_id", "variants", ondelete="CASCADE"),
    ref("location_id", "stock_locations", ondelete="CASCADE"),
    integer("quantity"),
    moment("expires_at"),
    Index("ix_reservations_variant_id_location_id", "variant_id", "location_id"),
    Index("ix_reservations_expires_at", "expires_at"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)
"""Kept for a cart in checkout until `expires_at`, which is judged when read: no job has to run for it (D15)."""

allocations = Table(
    "allocations",
    metadata,
    id_(),
    ref("order_id", "orders", index=True),
    ref("order_line_id", "order_lines"),
    ref("variant_id", "variants"),
    ref("location_id", "stock_locations"),
    integer("quantity"),
    string("source"),
    moment("created_at"),
    Index("ix_allocations_variant_id_location_id", "variant_id", "location_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("source IN ('ON_HAND', 'BACKORDER', 'UNTRACKED')", name="source"),
)

stock_movements = Table(
    "stock_movements",
    metadata,
    id_(),
    Column("adjustment_id", Uuid(), nullable=False, index=True),
    ref("variant_id", "variants", ondelete="CASCADE"),
    ref("location_id", "stock_locations", ondelete="CASCADE"),
    integer("delta"),
    string("reason"),
    string("reference", server_default=text("''")),
    document("actor"),
    moment("at"),
    Index("ix_stock_movements_variant_id_at", "variant_id", "at"),
)
"""The ledger of counts. What was corrected together has one `adjustment_id`."""
