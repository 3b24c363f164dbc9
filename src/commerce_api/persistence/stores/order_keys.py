"""The keys that an order is found by, written with the order: it can be found as soon as it is there (D40)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, column, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from commerce_api.domain.address import Address
from commerce_api.domain.order.keys import Findable, OrderKey, key_pieces, kind_of, order_keys
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.finding import order_key_texts as texts
from commerce_api.persistence.tables.finding import order_keys as t

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_given = (
    func.jsonb_to_recordset(bindparam("keys", type_=JSONB()))
    .table_valued(column("key", t.c.key.type), column("value", t.c.value.type), column("pieces", texts.c.pieces.type))
    .render_derived(name="given", with_types=True)
)
_new_texts = (
    insert(texts)
    .from_select(["key", "pieces"], select(_given.c.key, _given.c.pieces).where(_given.c.pieces.is_not(None)))
    .on_conflict_do_nothing()
    .cte("new_texts")
)
_WRITE = Statement(
    insert(t)
    .from_select(
        ["order_id", "key", "value", "recency"],
        select(
            bindparam("order_id", type_=t.c.order_id.type),
            _given.c.key,
            _given.c.value,
            bindparam("recency", type_=t.c.recency.type),
        ),
    )
    .add_cte(_new_texts)
)
_FORGET = Statement(delete(t).where(t.c.order_id == bindparam("order_id")))


async def write_order_keys(
    connection: Connection, order: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], skus: Sequence[str | None]
) -> None:
    """The keys of a new order, from its rows."""
    found = sorted(order_keys(_findable(order, groups, skus)).items())
    keys = [{"key": key, "value": shown, "pieces": _pieces(key)} for key, shown in found]
    await connection.execute(_WRITE, keys=keys, order_id=order["id"], recency=recency(order["placed_at"]))


async def rewrite_order_keys(
    connection: Connection, order: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], skus: Sequence[str | None]
) -> None:
    """The same for an order that was changed, from its rows as they are now. The order must be locked."""
    await forget_order_keys(connection, order["id"])
    await write_order_keys(connection, order, groups, skus)


async def forget_order_keys(connection: Connection, order_id: UUID) -> None:
    await connection.execute(_FORGET, order_id=order_id)


def recency(placed_at: datetime) -> int:
    return -((placed_at - _EPOCH) // timedelta(microseconds=1))


def _findable(order: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], skus: Sequence[str | None]) -> Findable:
    return Findable(
        number=order["number"],
        email=order["email"],
        phone=order["phone"],
        bill_to=_address(order["billing_address"]),
        ship_to=tuple(address for group in groups if (address := _address(group["address"]))),
        skus=tuple(sku for sku in skus if sku),
        attributes={**order["attributes"], **_plain_fields(order["fields"])},
        po_number=order["po_number"],
        tags=tuple(order["tags"]),
    )


def _plain_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """What custom fields say in words: several choices in one text."""
    said = {code: " ".join(each) if isinstance(each, list) else each for code, each in fields.items()}
    return {code: each for code, each in said.items() if isinstance(each, str)}


def _address(document: Any) -> Address | None:
    """As it goes to the database or comes from it."""
    return Address(**document) if isinstance(document, dict) else document


def _pieces(key: str) -> list[str] | None:
    """Numbers are found whole or by how they begin: each order has its own, and their pieces would be without end."""
    return None if kind_of(key) is OrderKey.NUMBER else key_pieces(key)
