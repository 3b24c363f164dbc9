"""What orders are found by: derived from them in the transaction that changes them, and never written otherwise."""

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.persistence.tables.columns import metadata, ref, string

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
