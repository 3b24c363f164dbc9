"""Customers, staff, API keys, and how they prove who they are."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    moment,
    ref,
    revision,
    string,
    strings,
)

customer_groups = Table("customer_groups", metadata, id_(), string("code", unique=True), string("name"), revision())

accounts = Table("accounts", metadata, id_(), string("number", unique=True), string("name"), revision())
"""Companies that customers buy for, by the number that they have with the shop."""

customers = Table(
    "customers",
    metadata,
    id_(),
    string("email", unique=True),
    string("logon", nullable=True, unique=True),
    moment("email_verified_at", nullable=True),
    string("password_hash", nullable=True),
    Column("password_is_temporary", Boolean(), nullable=False, server_default=text("false")),
    Column("made_by_staff", Boolean(), nullable=False, server_default=text("false")),
    string("first_name", server_default=""),
    string("last_name", server_default=""),
    string("phone", server_default=""),
    string("language", nullable=True),
    string("currency", nullable=True),
    string("status"),
    string("status_reason", server_default=""),
    string("terms_version", nullable=True),
    Column("order_mail", Boolean(), nullable=False, server_default=text("true")),
    Column("assistance_allowed", Boolean(), nullable=False, server_default=text("true")),
    Column("assistance_with_cards", Boolean(), nullable=False, server_default=text("false")),
    ref("account_id", "accounts", nullable=True, index=True),
    ref("channel_id", "channels"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    CheckConstraint("status IN ('ENABLED', 'DISABLED')", name="status"),
    CheckConstraint("email = lower(email)", name="email_normalized"),
    CheckConstraint("logon = lower(logon)", name="logon_normalized"),
)
"""`email` is normalized and identifies, and so does `logon`, where there is one; `channel_id` is where the customer came from.
Who was `made_by_staff` may sign in without having confirmed the address; a password that `is_temporary` lets nobody further
than to choosing another.
"""

customer_group_members = Table(
    "customer_group_members",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    ref("group_id", "customer_groups", ondelete="CASCADE", primary_key=True),
)

addresses = Table(
    "addresses",
    metadata,
    id_(),
    ref("customer_id", "customers", ondelete="CASCADE", index=True),
    document("address"),
    Column("default_shipping", Boolean(), nullable=False, server_default=text("false")),
    Column("default_billing", Boolean(), nullable=False, server_default=text("false")),
    revision(),
)
Index(
    "uq_addresses_default_shipping", addresses.c.customer_id, unique=True, postgresql_where=addresses.c.default_shipping
)
Index(
    "uq_addresses_default_billing", addresses.c.customer_id, unique=True, postgresql_where=addresses.c.default_billing
)

consents = Table(
    "consents",
    metadata,
    id_(),
    ref("customer_id", "customers", ondelete="CASCADE", index=True),
    string("kind"),
    string("version", server_default=""),
    Column("granted", Boolean(), nullable=False),
    string("source"),
    moment("at"),
)
"""Append-only: the latest row of a kind is in force."""

roles = Table(
    "roles",
    metadata,
    id_(),
    string("code", unique=True),
    string("name"),
    strings("permissions"),
    document("limits", default="{}"),
    revision(),
)
"""`limits` by permission; one that has none goes as far as one likes."""

staff = Table(
    "staff",
    metadata,
    id_(),
    string("email", unique=True),
    string("name"),
    string("password_hash"),
    string("status"),
    document("limits", default="{}"),
    moment("created_at"),
    revision(),
    CheckConstraint("status IN ('ENABLED', 'DISABLED')", name="status"),
    CheckConstraint("email = lower(email)", name="email_normalized"),
)
"""`limits` of the person, by permission, take the place of those of their roles."""

second_factors = Table(
    "second_factors",
    metadata,
    Column("subject_id", UUID(), primary_key=True),
    Column("secret", LargeBinary(), nullable=True),
    Column("pending", LargeBinary(), nullable=True),
    Column("step", BigInteger(), nullable=False, server_default=text("0")),
    Column("recovery_hashes", ARRAY(LargeBinary()), nullable=False, server_default=text("'{}'")),
    moment("turned_on_at", nullable=True),
)
"""Of a customer or a member of staff. Secrets are encrypted; `pending` waits for its first code; no code of a step up to
`step` counts again. Only keyed hashes of recovery codes are kept, those that were not used.
"""

staff_roles = Table(
    "staff_roles",
    metadata,
    ref("staff_id", "staff", ondelete="CASCADE", primary_key=True),
    ref("role_id", "roles", primary_key=True, index=True),
    Column("channel_ids", ARRAY(UUID()), nullable=True),
)
"""A grant; with `channel_ids` it holds in these channels only."""

api_keys = Table(
    "api_keys",
    metadata,
    id_(),
    string("name"),
    string("prefix"),
    Column("secret_hash", LargeBinary(), nullable=False, unique=True),
    Column("previous_hash", LargeBinary(), nullable=True, unique=True),
    moment("previous_until", nullable=True),
    strings("permissions"),
    Column("channel_ids", ARRAY(UUID()), nullable=True),
    ref("created_by", "staff"),
    moment("created_at"),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("last_used_at", nullable=True),
)
"""The secret before the last rotation, `previous_hash`, opens it until `previous_until`. `last_used_at` may lag by minutes."""

sessions = Table(
    "sessions",
    metadata,
    id_(),
    ref("customer_id", "customers", nullable=True, ondelete="CASCADE", index=True),
    ref("staff_id", "staff", nullable=True, ondelete="CASCADE", index=True),
    Column("access_hash", LargeBinary(), nullable=False, unique=True),
    moment("access_expires_at"),
    moment("created_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    string("end_reason", nullable=True),
    CheckConstraint("(customer_id IS NULL) <> (staff_id IS NULL)", name="one_subject"),
)
"""A sign-in on one device. The access token changes at each refresh; only hashes of tokens are kept."""

assisted_sessions = Table(
    "assisted_sessions",
    metadata,
    id_(),
    ref("staff_id", "staff", index=True),
    ref("staff_session_id", "sessions", nullable=True, ondelete="SET NULL", index=True),
    ref("customer_id", "customers", nullable=True, ondelete="CASCADE"),
    ref("cart_id", "carts", nullable=True, ondelete="SET NULL", index=True),
    ref("channel_id", "channels"),
    string("source"),
    string("reason"),
    Column("token_hash", LargeBinary(), nullable=False, unique=True),
    moment("started_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    string("end_reason", nullable=True),
    Index("ix_assisted_sessions_customer_id_started_at", "customer_id", "started_at"),
    CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_a_reason"),
)
"""Staff in the shop as a customer or a guest sees it. It lives no longer than the session of the staff that it hangs on."""

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", LargeBinary(), primary_key=True),
    ref("session_id", "sessions", ondelete="CASCADE", index=True),
    moment("created_at"),
    moment("used_at", nullable=True),
)
"""Each is used once. A second use ends the whole session: one of the two users stole it."""

one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    Column("hash", LargeBinary(), primary_key=True),
    string("purpose"),
    Column("subject_id", UUID(), nullable=False),
    document("data", default="{}"),
    integer("tries", 0),
    moment("expires_at"),
    moment("used_at", nullable=True),
    Index("ix_one_time_tokens_purpose_subject_id", "purpose", "subject_id"),
)
"""Links and codes sent by mail: verify an address, reset a password, pay for an order, read an order."""

throttles = Table(
    "throttles",
    metadata,
    Column("key", LargeBinary(), primary_key=True),
    integer("attempts"),
    moment("window_ends_at", index=True),
)
"""Counts attempts per account and per network; `key` is a keyed hash, never the address itself."""
