"""The metadata of all tables, and the columns that many of them share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_() -> Column[Any]:
    return Column("id", Uuid(), primary_key=True)


def ref(name: str, target: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """A foreign key to the `id` of `target`; `ondelete`, `index`, `primary_key` and the like pass through."""
    key = ForeignKey(f"{target}.id", ondelete=options.pop("ondelete", None))
    return Column(name, Uuid(), key, nullable=nullable, **options)


def string(name: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Text(), nullable=nullable, **options)


def strings(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text()), nullable=False, server_default=text("'{}'"))


def integers(name: str, default: Sequence[int] = ()) -> Column[Any]:
    given = ",".join(map(str, default))
    return Column(name, ARRAY(Integer()), nullable=False, server_default=text(f"'{{{given}}}'"))


def integer(name: str, default: int | None = None, *, nullable: bool = False, **options: Any) -> Column[Any]:
    if default is not None:
        options["server_default"] = text(str(default))
    return Column(name, Integer(), nullable=nullable, **options)


def minor(name: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """An amount in minor units; the currency stands on the document."""
    return Column(name, BigInteger(), nullable=nullable, **options)


def moment(name: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable, **options)


def day(name: str) -> Column[Any]:
    return Column(name, Date(), nullable=True)


def document(name: str, *, nullable: bool = False, default: str | None = None) -> Column[Any]:
    """A value that is always read and written whole."""
    return Column(name, JSONB(), nullable=nullable, server_default=text(f"'{default}'") if default else None)


def line_requests() -> Sequence[Column[Any]]:
    """What was asked for beside a line: in carts and in orders (S2-20)."""
    return (
        string("instructions", server_default=""),
        string("gift_message", server_default=""),
        day("requested_ship_date"),
        Column("expedite", Boolean(), nullable=False, server_default=text("false")),
    )


def revision() -> Column[Any]:
    return Column("revision", Integer(), nullable=False, server_default=text("1"))


def particulars() -> tuple[Column[Any], ...]:
    """What is said of a cart or an order as a whole (`domain.particulars`)."""
    return (
        string("po_number", server_default=""),
        Column("gift", Boolean(), nullable=False, server_default=text("false")),
        string("priority", server_default="NORMAL"),
        strings("tags"),
        document("fields", default="{}"),
    )
