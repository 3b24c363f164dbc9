"""What happened, what is still to be done, and what was already answered."""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, LargeBinary, Table, UniqueConstraint, Uuid, text

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    moment,
    ref,
    string,
)

events = Table(
    "events",
    metadata,
    id_(),
    Column("position", BigInteger(), Identity(always=True), nullable=False, unique=True),
    string("entity"),
    Column("entity_id", Uuid(), nullable=False),
    integer("sequence"),
    string("type"),
    document("data"),
    document("actor"),
    Column("customer_visible", Boolean(), nullable=False, server_default=text("false")),
    ref("channel_id", "channels", nullable=True),
    string("request_id"),
    string("ip", nullable=True),
    moment("at"),
    Column("hash", LargeBinary(), nullable=True),
    UniqueConstraint("entity", "entity_id", "sequence"),
)
"""The append-only log (K10, K11). `entity` is a kind such as ORDER; `sequence` counts from 1 within one entity. The `hash` of
an order's event covers the one before it, so that nothing of its history can be changed unnoticed (`persistence.chain`).
"""

outbox = Table(
    "outbox",
    metadata,
    id_(),
    string("topic"),
    document("payload"),
    string("dedupe_key", nullable=True, unique=True),
    moment("created_at"),
    moment("due_at"),
    integer("attempts", 0),
    moment("done_at", nullable=True),
    moment("failed_at", nullable=True),
    string("last_error", nullable=True),
)
"""What has to happen after the commit. A worker claims what is due, at least once: whoever acts on it is idempotent."""
Index(
    "ix_outbox_due",
    outbox.c.due_at,
    postgresql_where=outbox.c.done_at.is_(None) & outbox.c.failed_at.is_(None),
)

timed_jobs = Table("timed_jobs", metadata, string("name", primary_key=True), moment("due_at"))
"""When each job of a worker's timetable runs next, whichever worker comes first."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    string("caller", primary_key=True),
    string("key", primary_key=True),
    string("operation"),
    Column("input_hash", LargeBinary(), nullable=False),
    document("result"),
    moment("created_at", index=True),
)
"""The answer to a request with a key, kept for at least 24 hours (K5)."""

files = Table(
    "files",
    metadata,
    id_(),
    string("name"),
    string("content_type"),
    Column("size", BigInteger(), nullable=True),
    Column("owner_id", Uuid(), nullable=True),
    moment("created_at", index=True),
)
"""What staff send in for a job, or a job made for them. Without a `size` it has not arrived yet."""

file_chunks = Table(
    "file_chunks",
    metadata,
    ref("file_id", "files", ondelete="CASCADE", primary_key=True),
    integer("position", primary_key=True, autoincrement=False),
    Column("content", LargeBinary(), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    id_(),
    string("kind"),
    string("state"),
    document("input"),
    Column("done", BigInteger(), nullable=False, server_default=text("0")),
    Column("total", BigInteger(), nullable=True),
    document("result", default="{}"),
    ref("file_id", "files", nullable=True, ondelete="SET NULL"),
    document("actor"),
    moment("created_at"),
    moment("finished_at", nullable=True),
)
"""`file_id` is what the job reads, or what it made. `result` is kept up to date while it runs."""

job_problems = Table(
    "job_problems",
    metadata,
    ref("job_id", "jobs", ondelete="CASCADE", primary_key=True),
    integer("position", primary_key=True, autoincrement=False),
    integer("line"),
    string("column", nullable=True),
    string("code"),
    string("message"),
)

mails = Table(
    "mails",
    metadata,
    id_(),
    string("kind"),
    string("dedupe_key", unique=True),
    string("recipient"),
    string("language"),
    string("subject"),
    string("html"),
    string("text"),
    string("template_version"),
    Column("content_hash", LargeBinary(), nullable=False),
    ref("order_id", "orders", nullable=True, index=True),
    string("opens", nullable=True),
    document("attaches", nullable=True),
    string("state"),
    string("error", nullable=True),
    moment("created_at", index=True),
    moment("sent_at", nullable=True),
)

provider_events = Table(
    "provider_events",
    metadata,
    string("provider", primary_key=True),
    string("event_id", primary_key=True),
    moment("received_at"),
)
"""Inbound webhooks already taken in: each counts once."""
