"""What staff changed about the money of carts and orders, and the reasons for which they may."""

from typing import Any

from sqlalchemy import Boolean, Column, Index, Numeric, Table, Uuid, text

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    minor,
    moment,
    ref,
    revision,
    string,
    strings,
)


def _adjustment() -> tuple[Column[Any], ...]:
    """What staff changed about money. `limits` are those that it was judged by."""
    return (
        integer("position"),
        string("kind"),
        Column("target_id", Uuid(), nullable=True),
        minor("original"),
        minor("amount"),
        Column("percent", Numeric(), nullable=True),
        document("extra", nullable=True),
        string("name"),
        string("reason"),
        string("note", server_default=""),
        string("by_kind"),
        Column("by_id", Uuid(), nullable=True),
        moment("at"),
        document("limits"),
        Column("beyond_limit", Boolean(), nullable=False),
    )


cart_adjustments = Table(
    "cart_adjustments",
    metadata,
    ref("cart_id", "carts", ondelete="CASCADE", primary_key=True),
    id_(),
    *_adjustment(),
)

order_adjustments = Table(
    "order_adjustments",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", index=True),
    *_adjustment(),
    Index("ix_order_adjustments_at_id", "at", "id"),
    Index("ix_order_adjustments_by_id_at_id", "by_id", "at", "id"),
)

override_reasons = Table(
    "override_reasons",
    metadata,
    id_(),
    string("code", unique=True),
    document("names"),
    strings("kinds"),
    Column("note_required", Boolean(), nullable=False, server_default=text("false")),
    revision(),
)
"""`names` by language; `kinds` are those of the changes that it fits."""
