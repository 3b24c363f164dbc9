"""What people say of themselves in custom fields (S1-15)."""

from collections.abc import Sequence

from commerce_api.domain.custom_field import NO_FIELDS, FieldOwner, Said, Writer, said
from commerce_api.domain.decision import Refusal, Refused
from commerce_api.persistence.readers.custom_fields import fields_about
from commerce_api.persistence.unit_of_work import UnitOfWork


async def against(uow: UnitOfWork, new: Sequence[Said] | None) -> tuple[Refusal, ...]:
    """Why this cannot be said here, by whoever says it."""
    if not new:
        return ()
    fields = await fields_about(uow.connection, FieldOwner.CUSTOMER)
    offered = [field for field in fields if field.offered(uow.by.channel_id)]
    checked = said(NO_FIELDS, new, offered, Writer(staff=uow.by.actor.is_staff), ("fields",))
    return checked.reasons if isinstance(checked, Refused) else ()
