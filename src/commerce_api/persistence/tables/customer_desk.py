"""What the desk keeps of customers beside the account itself: how they are found, and what a caller is known by."""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    moment,
    ref,
    string,
)

customer_keys = Table(
    "customer_keys",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    string("kind", primary_key=True),
    Column("value", Text(collation="C"), primary_key=True),
    Index("ix_customer_keys_kind_value", "kind", "value", "customer_id"),
)
"""What a customer is found by: derived in the transaction that changes the customer, and never written otherwise. The index
finds whole texts and beginnings in the order in which a list shows them; the primary key tells whether a customer has a key.
"""

customer_marks = Table(
    "customer_marks",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    Column("marks", ARRAY(Text()), nullable=False),
    Index("ix_customer_marks_marks", "marks", postgresql_using="gin"),
)
"""Every three characters in a row of a customer's keys: for texts that contain another."""

customer_names = Table(
    "customer_names",
    metadata,
    Column("name", Text(collation="C"), primary_key=True),
    Column("trigrams", ARRAY(Text()), nullable=False),
    Index("ix_customer_names_trigrams", "trigrams", postgresql_using="gin"),
)
"""Every first or last name that a customer has, once: to find the one that was meant by a misspelled one."""

customer_contacts = Table(
    "customer_contacts",
    metadata,
    id_(),
    ref("customer_id", "customers", ondelete="CASCADE", index=True),
    integer("position"),
    string("kind"),
    string("value"),
    string("label"),
)
"""How else a customer is reached: telephone and fax numbers in E.164, mail addresses normalized."""

customer_challenges = Table(
    "customer_challenges",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    string("question"),
    string("answer_hash"),
    integer("tries", 0),
    CheckConstraint("tries BETWEEN 0 AND 3", name="tries"),
)
"""What a caller is asked to be known by. `tries` grows before an answer is compared, and is taken back by the right one."""

customer_openings = Table(
    "customer_openings",
    metadata,
    id_(),
    ref("customer_id", "customers", ondelete="CASCADE", index=True),
    ref("staff_id", "staff"),
    string("reason"),
    moment("opened_at"),
    moment("until"),
)
"""Who has looked at a customer unmasked, why, and until when. Rows stay: they are the record."""
Index(
    "ix_customer_openings_staff_id",
    customer_openings.c.staff_id,
    customer_openings.c.customer_id,
    customer_openings.c.until,
)

customer_terms = Table(
    "customer_terms",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    integer("days", nullable=True),
    document("limits", default="{}"),
    moment("agreed_at"),
)
"""On which terms a customer may pay later: `limits` are how much may be open, in minor units by currency."""
