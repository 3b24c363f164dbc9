"""Reasons for changing money, as a new store gets them."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.adjustment import OverrideReason
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.adjustments import override_reasons
from commerce_api.persistence.unit_of_work import UnitOfWork

_NAMES = ("id", "code", "names", "kinds", "note_required")
_SEED = Statement(
    insert(override_reasons)
    .values({name: bindparam(name, type_=override_reasons.c[name].type) for name in _NAMES})
    .on_conflict_do_nothing(index_elements=["code"])
)


async def seed(uow: UnitOfWork, reasons: Iterable[OverrideReason]) -> None:
    """Those that are not there."""
    for reason in reasons:
        await uow.connection.execute(
            _SEED,
            id=uow.new_id(),
            code=reason.code,
            names=reason.names,
            kinds=sorted(reason.kinds),
            note_required=reason.note_required,
        )
