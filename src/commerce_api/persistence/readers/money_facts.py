"""What must be known to decide about money that staff change, and only then."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.adjustment import AdjustmentKind, OverrideReason
from commerce_api.domain.ids import TaxClassId
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.adjustments import override_reasons
from commerce_api.persistence.tables.channels import tax_classes

_REASON = Statement(select(override_reasons).where(override_reasons.c.code == bindparam("code")))
_CODES = Statement(
    select(override_reasons.c.code).where(override_reasons.c.code == any_(bindparam("codes", type_=ARRAY(Text()))))
)
_TAX_CLASS = Statement(select(tax_classes.c.id).where(tax_classes.c.id == bindparam("id", type_=Uuid())))


async def override_reason(connection: Connection, code: str) -> OverrideReason | None:
    row = await connection.fetch_one(_REASON, code=code)
    return row and OverrideReason(
        code=row["code"],
        names=row["names"],
        kinds=frozenset(map(AdjustmentKind, row["kinds"])),
        note_required=row["note_required"],
    )


async def reasons_among(connection: Connection, codes: Iterable[str]) -> frozenset[str]:
    """Codes that there are."""
    return frozenset(row["code"] for row in await connection.fetch(_CODES, codes=list(codes)))


async def has_tax_class(connection: Connection, id: TaxClassId) -> bool:
    found: UUID | None = await connection.fetch_value(_TAX_CLASS, id=id)
    return found is not None
