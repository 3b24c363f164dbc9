"""Fields that shops add to orders and their lines."""

from sqlalchemy import Boolean, CheckConstraint, Column, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.persistence.tables.columns import document, id_, integer, metadata, revision, string, strings


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
    integer("position", 0),
    _flag("active", "true"),
    revision(),
    UniqueConstraint("owner", "code"),
    CheckConstraint("owner IN ('ORDER', 'ORDER_LINE')", name="owner"),
    CheckConstraint("kind IN ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'CHOICE')", name="kind"),
    CheckConstraint("shoppers IN ('NONE', 'SEE', 'SET')", name="shoppers"),
)
"""Names are by language; without `channel_ids` it is offered everywhere. What is said in them stands by their codes in the
`fields` of carts, orders and their lines.
"""
