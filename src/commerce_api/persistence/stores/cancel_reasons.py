"""Why orders are canceled."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.order.cancel_reasons import CancelReason
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.desk import cancel_reasons

_SEED = Statement(
    insert(cancel_reasons)
    .values({column.name: bindparam(column.name, type_=column.type) for column in cancel_reasons.c})
    .on_conflict_do_nothing()
)


async def seed(connection: Connection, reasons: Sequence[CancelReason]) -> None:
    """Add those whose codes are not there."""
    names = ("code", "names", "for_staff", "for_shoppers")
    rows = [{name: getattr(reason, name) for name in names} for reason in reasons]
    await connection.execute_many(_SEED, [{**row, "position": place} for place, row in enumerate(rows)])
