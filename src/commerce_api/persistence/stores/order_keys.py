"""The keys that an order is found by, written with the order: it can be found as soon as it is there (D40)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, all_, any_, bindparam, column, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from commerce_api.domain.address import Address
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import decimal_of
from commerce_api.domain.order import Order
from commerce_api.domain.order.keys import (
    LETTERS,
    Findable,
    OrderKey,
    backorder_keys,
    key_pieces,
    kind_of,
    order_keys,
    owed_back_keys,
)
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.persistence.rows import Write, among
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.finding import order_key_texts as texts
from commerce_api.persistence.tables.finding import order_keys as t
from commerce_api.persistence.tables.quotes import quotes

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OF_OTHERS: Final = {OrderKey.COMMENT, OrderKey.BLOCK, OrderKey.OWED_BACK}
"""Written with what they are of, and not with what is in the order."""
_OWN: Final = set(OrderKey) - _OF_OTHERS
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
_write = insert(t).from_select(
    ["order_id", "key", "value", "recency"],
    select(
        bindparam("order_id", type_=t.c.order_id.type),
        _given.c.key,
        _given.c.value,
        bindparam("recency", type_=t.c.recency.type),
    ),
)
_WRITE: Final = _write.add_cte(_new_texts)
_gone = (
    delete(t)
    .where(
        t.c.order_id == bindparam("order_id", type_=t.c.order_id.type),
        func.left(t.c.key, 1) == any_(bindparam("letters", type_=ARRAY(Text()))),
        t.c.key != all_(func.array(select(_given.c.key).scalar_subquery())),
    )
    .cte("gone")
)
_REPLACE = Statement(
    _write.on_conflict_do_update(
        index_elements=["order_id", "key"],
        set_={"value": _write.excluded.value},
        where=t.c.value != _write.excluded.value,
    ).add_cte(_new_texts, _gone)
)
_PLACED_AT = Statement(select(orders.c.placed_at).where(orders.c.id == bindparam("order_id")))
_NUMBER = Statement(select(quotes.c.number).where(among(quotes.c.id)))


async def new_order_keys(
    connection: Connection, order: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], skus: Sequence[str | None]
) -> Write:
    """The keys of a new order, from its rows, to be written with them."""
    found = await _keys(connection, order, groups, skus)
    return Write(_WRITE, {"keys": _rows(found), "order_id": order["id"], "recency": recency(order["placed_at"])})


async def rewrite_order_keys(
    connection: Connection,
    order: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]],
) -> None:
    """The same for an order that was changed, from its rows as they are now. The order must be locked."""
    found = await _keys(connection, order, groups, [line["sku"] for line in lines])
    await _replace(connection, order["id"], order["placed_at"], _OWN, {**found, **waiting_keys(lines)})


async def put_order_keys(connection: Connection, order_id: UUID, kind: OrderKey, keys: Mapping[str, str]) -> None:
    """All keys of one kind of an order that is locked."""
    placed_at = await connection.fetch_value(_PLACED_AT, order_id=order_id)
    await _replace(connection, order_id, placed_at, {kind}, keys)


async def put_owed_back(connection: Connection, before: Order, after: Order) -> None:
    """Whether money is to be given back, where that is another amount now."""
    if before.owed_back != after.owed_back:
        amount = f"{decimal_of(after.owed_back, DIGITS[after.currency])} {after.currency}" if after.owed_back else ""
        await put_order_keys(connection, after.id, OrderKey.OWED_BACK, owed_back_keys(amount))


def waiting_keys(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return backorder_keys(line["sku"] or line["name"] for line in lines if line["backordered"])


async def _replace(
    connection: Connection, order_id: UUID, placed_at: datetime, kinds: Collection[OrderKey], keys: Mapping[str, str]
) -> None:
    letters = sorted(LETTERS[kind] for kind in kinds)
    values: dict[str, Any] = {"keys": _rows(keys), "letters": letters, "recency": recency(placed_at)}
    await connection.execute(_REPLACE, values, order_id=order_id)


def recency(placed_at: datetime) -> int:
    return -((placed_at - _EPOCH) // timedelta(microseconds=1))


async def _keys(
    connection: Connection, order: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], skus: Sequence[str | None]
) -> dict[str, str]:
    return order_keys(
        Findable(
            number=order["number"],
            email=order["email"],
            phone=order["phone"],
            bill_to=_address(order["billing_address"]),
            ship_to=tuple(address for group in groups if (address := _address(group["address"]))),
            skus=tuple(sku for sku in skus if sku),
            attributes={**order["attributes"], **_plain_fields(order["fields"])},
            po_number=order["po_number"],
            quote_number=await _quote_number(connection, order["origin"].get("chain", ())),
            tags=tuple(order["tags"]),
        )
    )


async def _quote_number(connection: Connection, chain: Sequence[Any]) -> str:
    """Of the quote that it was made from, if it was made from one. The chain is as it goes to the database or comes from it."""
    made_from = [each if isinstance(each, Mapping) else _document(each) for each in chain[-1:]]
    ids = [UUID(str(each["id"])) for each in made_from if each["kind"] == PredecessorKind.QUOTE]
    return (await connection.fetch_value(_NUMBER, ids=ids) or "") if ids else ""


def _document(each: Predecessor) -> Mapping[str, Any]:
    return {"kind": each.kind, "id": each.id}


def _plain_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """What custom fields say in words: several choices in one text."""
    said = {code: " ".join(each) if isinstance(each, list) else each for code, each in fields.items()}
    return {code: each for code, each in said.items() if isinstance(each, str)}


def _address(document: Any) -> Address | None:
    """As it goes to the database or comes from it."""
    return Address(**document) if isinstance(document, dict) else document


def _rows(keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Of what is found whole or by how it begins the pieces are not kept: they would be without end."""
    return [
        {"key": key, "value": shown, "pieces": key_pieces(key) if kind_of(key).has_parts else None}
        for key, shown in sorted(keys.items())
    ]
