"""Cards that customers keep: tokens, never more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.cards import payment_methods as t

_mine = t.c.customer_id == bindparam("customer", type_=Uuid())
_TOKENS = Statement(select(t.c.id, t.c.card_token).where(_mine, t.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))))
_KEEP = Statement(
    insert(t)
    .values({name: bindparam(name, type_=t.c[name].type) for name in ("id", "customer_id", "card_token", "created_at")})
    .on_conflict_do_nothing()
)
_DELETE = Statement(delete(t).where(_mine, t.c.id == bindparam("method")))
_CHOOSE = Statement(update(t).where(_mine).values(is_default=t.c.id == bindparam("method", type_=Uuid())))


async def tokens(connection: Connection, customer_id: CustomerId | None, ids: Sequence[Any]) -> dict[UUID, str]:
    """The tokens of a customer's own kept cards."""
    rows = await connection.fetch(_TOKENS, customer=customer_id, ids=list(ids))
    return {row["id"]: row["card_token"] for row in rows}


async def keep(connection: Connection, values: dict[str, Any]) -> bool:
    """Whether it is kept since now: keeping a card twice is keeping it once."""
    return await connection.execute(_KEEP, values) == 1


async def forget(connection: Connection, customer_id: CustomerId | None, id: UUID) -> bool:
    return await connection.execute(_DELETE, customer=customer_id, method=id) == 1


async def choose(connection: Connection, customer_id: CustomerId | None, id: UUID) -> None:
    """Make one the default, and no other."""
    await connection.execute(_CHOOSE, customer=customer_id, method=id)
