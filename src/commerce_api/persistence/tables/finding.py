"""What orders are found by, and the searches that staff keep. Keys are derived from orders in the transaction that changes them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.persistence.tables.columns import document, id_, metadata, moment, ref, string

order_keys = Table(
    "order_keys",
    metadata,
    ref("order_id", "orders", ondelete="CASCADE", primary_key=True),
    Column("key", Text(collation="C"), primary_key=True),
    string("value"),
    Column("recency", BigInteger(), nullable=False),
    Index("ix_order_keys_key_recency_order_id", "key", "recency", "order_id"),
)
"""The texts that an order can be found by in plain form (`domain.order.keys`), and as they stand in the order. `recency` is
the less the later the order was placed, so that the index has the keys in the order of the alphabet and the orders of each
from the newest on: a page of what begins with a text is read off it, however many there are.
"""

order_key_texts = Table(
    "order_key_texts",
    metadata,
    Column("key", Text(collation="C"), primary_key=True),
    Column("pieces", ARRAY(Text()), nullable=False),
    Index("ix_order_key_texts_pieces", "pieces", postgresql_using="gin"),
)
"""Each different key once, in pieces of three letters: which keys contain a text. Far fewer than there are orders."""

order_searches = Table(
    "order_searches",
    metadata,
    id_(),
    Column("owner_id", Uuid(), nullable=False),
    string("name"),
    Column("shared", Boolean(), nullable=False),
    document("find"),
    string("sort"),
    moment("updated_at"),
    UniqueConstraint("owner_id", "name"),
)
"""Searches that a member of staff or an API key keeps. `find` is what is asked, as it was sent."""
