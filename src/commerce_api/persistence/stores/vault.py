"""What the vault keeps of cards."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from commerce_api.domain.card import CardFace
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.cards import vault_cards as t

_ADD = insert_into(t)
_SCRIPT = Statement(select(t.c.script).where(t.c.token == bindparam("token")))


async def add(
    connection: Connection, token: str, face: CardFace, *, fingerprint: bytes, script: str, at: datetime
) -> None:
    await connection.execute(
        _ADD, {**card_document(face), "token": token, "fingerprint": fingerprint, "script": script, "created_at": at}
    )


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
