"""Why orders are canceled."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.order.cancel_reasons import CancelReason
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.desk import cancel_reasons

_NAMES = ("code", "names", "for_staff", "for_shoppers")
_SEED = Statement(
    insert(cancel_reasons)
    .values({name: bindparam(name, type_=cancel_reasons.c[name].type) for name in ("id", "position", *_NAMES)})
    .on_conflict_do_nothing(index_elements=["code"])
)


async def seed(connection: Connection, reasons: Sequence[tuple[UUID, CancelReason]]) -> None:
    """Add those whose codes are not there, each with its id."""
    rows = [{"id": id_, **{name: getattr(reason, name) for name in _NAMES}} for id_, reason in reasons]
    await connection.execute_many(_SEED, [{**row, "position": place} for place, row in enumerate(rows)])
