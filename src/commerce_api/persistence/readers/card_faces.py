"""What is shown of cards in the vault."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.card import CardBrand, CardFace
from commerce_api.persistence.rows import documents
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.buying import cart_payment_instructions as paid
from commerce_api.persistence.tables.cards import vault_cards as t

_FACE = select(t.c.token, t.c.brand, t.c.last_four, t.c.expiry_month, t.c.expiry_year, t.c.holder)
_TOKENS = bindparam("tokens", type_=ARRAY(Text()))
_FACES = Statement(_FACE.where(t.c.token == any_(_TOKENS)))


async def faces(connection: Connection, tokens: Sequence[str]) -> dict[str, CardFace]:
    """The cards behind these tokens; an unknown token is left out."""
    rows = await connection.fetch(_FACES, tokens=list(tokens))
    return {row["token"]: face_of_row(row) for row in rows}


async def faces_of(
    connection: Connection, tokens: Collection[str], known: Mapping[str, CardFace]
) -> dict[str, CardFace]:
    """The same; those that are `known` are not looked up."""
    unknown = sorted(token for token in tokens if token not in known)
    return {**known, **(await faces(connection, unknown) if unknown else {})}


def faces_for(cart_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """Of the cards that are in a cart's payment instructions, and of more `tokens`: for who reads the cart anyway."""
    paid_by = func.array(select(paid.c.card_token).where(paid.c.cart_id == cart_id).scalar_subquery())
    return documents("cards", _FACE.where(t.c.token == any_(func.array_cat(_TOKENS, paid_by, type_=ARRAY(Text())))))


def face_of_row(row: Row | dict[str, Any]) -> CardFace:
    return CardFace(
        brand=CardBrand(row["brand"]),
        last_four=row["last_four"],
        expiry_month=row["expiry_month"],
        expiry_year=row["expiry_year"],
        holder=row["holder"],
    )
