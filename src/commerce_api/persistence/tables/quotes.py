"""Quotes, their frozen versions, and what was said about them."""

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
    text,
)

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
)

quote_numbers = Table(
    "quote_numbers",
    metadata,
    Column("number", BigInteger(), Identity(always=True, start=100_001), primary_key=True),
)
"""Never has a row: its sequence gives the running numbers of quotes."""

quotes = Table(
    "quotes",
    metadata,
    id_(),
    string("number", unique=True),
    ref("channel_id", "channels"),
    ref("draft_id", "carts", unique=True),
    ref("customer_id", "customers", nullable=True),
    string("email", server_default=""),
    string("language"),
    string("currency"),
    string("state"),
    Column("requested", Boolean(), nullable=False, server_default=text("false")),
    string("author_kind", nullable=True),
    Column("author_id", Uuid(), nullable=True),
    integer("version", 0),
    integer("seen_version", 0),
    moment("sent_at", nullable=True),
    moment("valid_until", nullable=True),
    moment("reserve_until", nullable=True),
    Column("partial", Boolean(), nullable=False, server_default=text("false")),
    document("approval", nullable=True),
    document("choices", default="[]"),
    document("chosen", nullable=True),
    document("origin"),
    ref("order_id", "orders", nullable=True, unique=True),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    CheckConstraint(
        "state IN ('REQUESTED', 'IN_REVIEW', 'DRAFT', 'APPROVAL', 'SENT', 'COUNTERED', 'ACCEPTED', 'CONVERTED', "
        "'DECLINED', 'WITHDRAWN')",
        name="state",
    ),
    CheckConstraint("(version = 0) = (valid_until IS NULL)", name="sent_has_an_end"),
    CheckConstraint("(state = 'CONVERTED') = (order_id IS NOT NULL)", name="converted_has_an_order"),
    Index("ix_quotes_created_at_id", "created_at", "id"),
    Index("ix_quotes_customer_id_created_at", "customer_id", "created_at"),
    Index("ix_quotes_valid_until", "valid_until"),
)
"""Whether it has expired is judged when it is read. `draft_id` is the cart that holds what is being offered."""

quote_versions = Table(
    "quote_versions",
    metadata,
    ref("quote_id", "quotes", ondelete="CASCADE", primary_key=True),
    integer("version", primary_key=True, autoincrement=False),
    document("content"),
    document("agreement"),
    string("content_hash"),
    string("terms", server_default=""),
    moment("sent_at"),
    moment("valid_until"),
    document("waiting", default="{}"),
    Column("approved_by", Uuid(), nullable=True),
    document("actor"),
    document("accepted", nullable=True),
    moment("first_seen_at", nullable=True),
    document("open", nullable=True),
    ref("order_id", "orders", nullable=True, unique=True),
)
"""Never changes but for what becomes of it: when the buyer looked at it first, what was chosen of it (`accepted`), and the one
order that it can become, or what is still `open` after some of it was ordered (Q6).
`waiting` are units of lines that were not on the shelf when it was sent.
"""

quote_attachments = Table(
    "quote_attachments",
    metadata,
    id_(),
    ref("quote_id", "quotes", ondelete="CASCADE"),
    integer("round"),
    string("audience"),
    string("name"),
    string("content_type"),
    integer("size"),
    Column("content", LargeBinary(), nullable=False),
    document("author"),
    moment("at"),
    Index("ix_quote_attachments_quote_id_id", "quote_id", "id"),
    CheckConstraint("audience IN ('INTERNAL', 'CUSTOMER')", name="audience"),
)
"""Small files. Lists leave their `content` out."""

quote_parts = Table(
    "quote_parts",
    metadata,
    ref("order_id", "orders", primary_key=True),
    Column("quote_id", Uuid(), nullable=False),
    integer("version"),
    document("units"),
    minor("total"),
    moment("at"),
    ForeignKeyConstraint(
        ["quote_id", "version"], ["quote_versions.quote_id", "quote_versions.version"], ondelete="CASCADE"
    ),
    Index("ix_quote_parts_quote_id_order_id", "quote_id", "order_id"),
)
"""Orders of some of a version: how many of which line, and what each came to when it was placed."""

quote_comments = Table(
    "quote_comments",
    metadata,
    id_(),
    ref("quote_id", "quotes", ondelete="CASCADE"),
    integer("round"),
    string("audience"),
    string("text"),
    document("wishes", default="[]"),
    document("author"),
    moment("at"),
    Index("ix_quote_comments_quote_id_id", "quote_id", "id"),
    CheckConstraint("audience IN ('INTERNAL', 'CUSTOMER')", name="audience"),
)
"""`round` is the version that had been sent when it was said; `wishes` are the lines and prices of a counter-offer."""
