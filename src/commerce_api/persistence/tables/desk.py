"""What staff do about placed orders: blocks and their reasons, comments. Blocks are on quotes too."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

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


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(), nullable=False, server_default=text("false"))


block_reasons = Table(
    "block_reasons",
    metadata,
    id_(),
    string("code", unique=True),
    string("kind"),
    string("category"),
    strings("stops"),
    string("scope"),
    _flag("auto_resolve"),
    strings("resolver_roles"),
    _flag("only_resolver_roles"),
    _flag("four_eyes"),
    _flag("comment_required"),
    document("names"),
    document("shopper_texts"),
    integer("sla_hours", nullable=True),
    Column("channel_ids", ARRAY(Uuid()), nullable=True),
    revision(),
    CheckConstraint("kind IN ('AUTOMATIC', 'MANUAL', 'BOTH')", name="kind"),
    CheckConstraint("scope IN ('ORDER', 'LINES')", name="scope"),
)
"""`resolver_roles` are codes of roles; texts are by language; without `channel_ids` it is in force everywhere."""

blocks = Table(
    "blocks",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", nullable=True, index=True),
    ref("quote_id", "quotes", ondelete="CASCADE", nullable=True, index=True),
    ref("reason_id", "block_reasons", index=True),
    string("reason"),
    string("kind"),
    strings("stops"),
    Column("line_ids", ARRAY(Uuid()), nullable=False, server_default=text("'{}'")),
    string("comment", server_default=""),
    string("ref", nullable=True),
    minor("amount", server_default=text("0")),
    Column("caused_by", ARRAY(Uuid()), nullable=False, server_default=text("'{}'")),
    document("placed_by"),
    moment("placed_at"),
    ref("assignee_id", "staff", nullable=True),
    moment("due_at", nullable=True),
    string("resolution", nullable=True),
    document("resolved_by", nullable=True),
    moment("resolved_at", nullable=True),
    string("resolution_comment", server_default=""),
    CheckConstraint("kind IN ('AUTOMATIC', 'MANUAL')", name="kind"),
    CheckConstraint(
        "resolution IN ('CLEARED', 'OVERRULED', 'AUTO', 'ORDER_CANCELED', 'APPROVED', 'PASSED_ON')", name="resolution"
    ),
    CheckConstraint("num_nonnulls(order_id, quote_id) = 1", name="on_one_thing"),
    CheckConstraint("(resolution IS NULL) = (resolved_at IS NULL)", name="resolved_at_a_moment"),
    CheckConstraint("(resolution IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"),
)
"""On an order or on a quote. Without `line_ids` all of it; lines are never deleted. `caused_by` are staff who may not resolve it."""
_active = blocks.c.resolution.is_(None)
Index("ix_blocks_active", blocks.c.placed_at, blocks.c.id, postgresql_where=_active)
Index("ix_blocks_assignee", blocks.c.assignee_id, postgresql_where=_active)
Index("ix_blocks_due", blocks.c.due_at, postgresql_where=_active)
Index(
    "uq_blocks_cause",
    blocks.c.order_id,
    blocks.c.reason,
    blocks.c.ref,
    unique=True,
    postgresql_where=_active & (blocks.c.kind == "AUTOMATIC"),
)
"""The same rule does not raise a second active block for the same cause (B1)."""

order_comments = Table(
    "order_comments",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE"),
    string("visibility"),
    document("author"),
    moment("created_at"),
    string("emailed_to", server_default=""),
    Column("mentions", ARRAY(Uuid()), nullable=False, server_default=text("'{}'")),
    moment("redacted_at", nullable=True),
    document("redacted_by", nullable=True),
    revision(),
    CheckConstraint("visibility IN ('INTERNAL', 'CUSTOMER')", name="visibility"),
    Index("ix_order_comments_order_id_created_at_id", "order_id", "created_at", "id"),
)

order_comment_texts = Table(
    "order_comment_texts",
    metadata,
    ref("comment_id", "order_comments", ondelete="CASCADE", primary_key=True),
    integer("number", primary_key=True, autoincrement=False),
    string("body"),
    moment("at"),
)
"""All that a comment ever said; the text with the comment's `revision` is the one that counts. Blanked out they are empty."""

cancel_reasons = Table(
    "cancel_reasons",
    metadata,
    id_(),
    string("code", unique=True),
    integer("position"),
    document("names"),
    _flag("for_staff"),
    _flag("for_shoppers"),
    revision(),
)
"""Why orders are canceled; names are by language."""

order_edits = Table(
    "order_edits",
    metadata,
    id_(),
    ref("order_id", "orders", ondelete="CASCADE", index=True),
    ref("draft_id", "carts", unique=True),
    Column("begun_by", Uuid(), nullable=False),
    Column("owner_id", Uuid(), nullable=False),
    string("state"),
    integer("base_version"),
    moment("since"),
    moment("expires_at"),
    document("charge", nullable=True),
    CheckConstraint("state IN ('OPEN', 'SETTLING', 'EXPIRED', 'COMMITTED', 'DISCARDED')", name="state"),
    CheckConstraint("state <> 'SETTLING' OR charge IS NOT NULL", name="settling"),
)
"""At most one of an order is under way; that it has expired is judged when it is read. `charge` is what a bank was last asked
for it, and with what it is committed once the bank agrees.
"""
Index(
    "uq_order_edits_open",
    order_edits.c.order_id,
    unique=True,
    postgresql_where=order_edits.c.state.in_(("OPEN", "SETTLING")),
)
