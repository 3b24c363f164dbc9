"""What people say of themselves in custom fields (S1-15)."""

from collections.abc import Sequence

from commerce_api.domain.actor import Attribution
from commerce_api.domain.custom_field import NO_FIELDS, FieldOwner, Said, Writer, said
from commerce_api.domain.decision import Refusal, Refused
from commerce_api.persistence.readers.custom_fields import fields_about
from commerce_api.persistence.sql import Connection


async def against(connection: Connection, by: Attribution, new: Sequence[Said] | None) -> tuple[Refusal, ...]:
    """Why this cannot be said here, by whoever says it."""
    if not new:
        return ()
    fields = await fields_about(connection, FieldOwner.CUSTOMER)
    offered = [field for field in fields if field.offered(by.channel_id)]
    checked = said(NO_FIELDS, new, offered, Writer(staff=by.actor.at_desk), ("fields",))
    return checked.reasons if isinstance(checked, Refused) else ()
