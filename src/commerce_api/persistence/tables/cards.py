"""What is kept of cards, and the memory of the sandbox that they are tried with."""

from sqlalchemy import Boolean, Column, LargeBinary, Table, UniqueConstraint, text

from commerce_api.persistence.tables.columns import id_, integer, metadata, minor, moment, ref, string

vault_cards = Table(
    "vault_cards",
    metadata,
    string("token", primary_key=True),
    string("brand"),
    string("last_four"),
    integer("expiry_month"),
    integer("expiry_year"),
    string("holder", server_default=""),
    Column("fingerprint", LargeBinary(), nullable=False),
    string("script"),
    moment("created_at"),
)
"""What the sandbox vault keeps of a card: never its number or code. `script` is how the sandbox issuer answers for it."""

payment_methods = Table(
    "payment_methods",
    metadata,
    id_(),
    ref("customer_id", "customers", ondelete="CASCADE", index=True),
    string("card_token"),
    Column("is_default", Boolean(), nullable=False, server_default=text("false")),
    moment("created_at"),
    UniqueConstraint("customer_id", "card_token"),
)

sandbox_operations = Table(
    "sandbox_operations",
    metadata,
    string("key", primary_key=True),
    string("kind"),
    string("reference", unique=True),
    string("parent_reference", nullable=True),
    string("card_token", nullable=True),
    minor("amount"),
    string("currency"),
    string("status"),
    string("code", nullable=True),
    moment("created_at"),
)
"""The memory of the sandbox payment provider, as a real provider would have on its own side."""
