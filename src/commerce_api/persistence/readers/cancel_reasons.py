"""Why orders are canceled."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from commerce_api.domain.order.cancel_reasons import CancelReason
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.desk import cancel_reasons

_ALL = Statement(select(cancel_reasons).order_by(cancel_reasons.c.position, cancel_reasons.c.code))
_BY_CODE = Statement(select(cancel_reasons).where(among(cancel_reasons.c.code, "codes")))


async def all_reasons(scope: Scope) -> list[CancelReason]:
    """There are few; in the order in which people choose among them."""
    async with scope.database.connection() as connection:
        return [_reason(row) for row in await connection.fetch(_ALL)]


async def reasons_of(scope: Scope, codes: Sequence[str]) -> Mapping[str, CancelReason]:
    async with scope.database.connection() as connection:
        return await reasons_by_code(connection, codes)


async def reasons_by_code(connection: Connection, codes: Sequence[str]) -> Mapping[str, CancelReason]:
    return {row["code"]: _reason(row) for row in await connection.fetch(_BY_CODE, codes=list(codes))}


def _reason(row: Row) -> CancelReason:
    names = ("code", "names", "for_staff", "for_shoppers")
    return CancelReason(**{name: row[name] for name in names})
