"""Fields that shops add to orders, their lines and customers."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

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


def _flag(name: str, default: str = "false") -> Column[bool]:
    return Column(name, Boolean(), nullable=False, server_default=text(default))


custom_fields = Table(
    "custom_fields",
    metadata,
    id_(),
    string("owner"),
    string("code"),
    document("names"),
    string("kind"),
    strings("choices"),
    _flag("several"),
    _flag("whole"),
    integer("longest", nullable=True),
    string("shoppers"),
    Column("channel_ids", ARRAY(Uuid()), nullable=True),
    Column("required_in", ARRAY(Uuid()), nullable=False, server_default=text("'{}'")),
    _flag("commercial"),
    document("purposes", default="{}"),
    integer("retention_days", nullable=True),
    integer("position", 0),
    _flag("active", "true"),
    revision(),
    UniqueConstraint("owner", "code"),
    CheckConstraint("owner IN ('ORDER', 'ORDER_LINE', 'CUSTOMER')", name="owner"),
    CheckConstraint("(owner = 'CUSTOMER') = (purposes <> '{}')", name="purpose"),
    CheckConstraint("owner = 'CUSTOMER' OR retention_days IS NULL", name="retention"),
    CheckConstraint("kind IN ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'CHOICE')", name="kind"),
    CheckConstraint("shoppers IN ('NONE', 'SEE', 'SET')", name="shoppers"),
)
"""Names and purposes are by language; without `channel_ids` it is offered everywhere. What is said in them stands by their
codes in the `fields` of carts, orders and their lines; what customers say has a table of its own.
"""

customer_fields = Table(
    "customer_fields",
    metadata,
    ref("customer_id", "customers", ondelete="CASCADE", primary_key=True),
    ref("field_id", "custom_fields", ondelete="CASCADE", primary_key=True),
    document("value"),
    moment("set_at"),
    document("set_by"),
    Index("ix_customer_fields_field_id_set_at", "field_id", "set_at"),
)
"""What custom fields say of customers, each with when and by whom. It goes with the customer and with the field, and is
deleted when it is older than the field's `retention_days`.
"""
