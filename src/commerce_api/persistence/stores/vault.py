"""What the vault keeps of cards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from commerce_api.domain.card import CardBrand, CardFace
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.cards import vault_cards as t

_ADD = insert_into(t)
_FACES = Statement(
    select(t.c.token, t.c.brand, t.c.last_four, t.c.expiry_month, t.c.expiry_year, t.c.holder).where(
        t.c.token == any_(bindparam("tokens", type_=ARRAY(Text())))
    )
)
_SCRIPT = Statement(select(t.c.script).where(t.c.token == bindparam("token")))


async def add(
    connection: Connection, token: str, face: CardFace, *, fingerprint: bytes, script: str, at: datetime
) -> None:
    await connection.execute(
        _ADD, {**card_document(face), "token": token, "fingerprint": fingerprint, "script": script, "created_at": at}
    )


async def faces(connection: Connection, tokens: Sequence[str]) -> dict[str, CardFace]:
    """The cards behind these tokens; an unknown token is left out."""
    rows = await connection.fetch(_FACES, tokens=list(tokens))
    return {row["token"]: face_of_row(row) for row in rows}


async def script_of(connection: Connection, token: str) -> str | None:
    """How the sandbox issuer answers for this card."""
    script: str | None = await connection.fetch_value(_SCRIPT, token=token)
    return script


def card_document(face: CardFace) -> dict[str, Any]:
    return {
        "brand": face.brand,
        "last_four": face.last_four,
        "expiry_month": face.expiry_month,
        "expiry_year": face.expiry_year,
        "holder": face.holder,
    }


def face_of_row(row: Row | dict[str, Any]) -> CardFace:
    return CardFace(
        brand=CardBrand(row["brand"]),
        last_four=row["last_four"],
        expiry_month=row["expiry_month"],
        expiry_year=row["expiry_year"],
        holder=row["holder"],
    )
