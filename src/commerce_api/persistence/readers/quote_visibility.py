"""Who may see which quotes. Everything that reads quotes goes through this."""

from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Uuid, and_, any_, bindparam, or_
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables.quotes import quotes

DESK: Final = (Permission.READ_QUOTES, Permission.AUTHOR_QUOTES, Permission.APPROVE_QUOTES)
"""Any of these shows quotes as staff see them."""


def visible_quotes() -> ColumnElement[bool]:
    """What a customer has asked for or was sent, or for staff those of their channels; takes `visibility(actor)`."""
    known = or_(quotes.c.requested, quotes.c.version > 0)
    return or_(quotes_at_desk(), and_(quotes.c.customer_id == bindparam("own_customer_id", type_=Uuid()), known))


def quotes_at_desk() -> ColumnElement[bool]:
    """Those that staff see all of."""
    return or_(
        bindparam("sees_all_quotes", type_=Boolean()),
        quotes.c.channel_id == any_(bindparam("sees_quotes_in", type_=ARRAY(Uuid()))),
    )


def visibility(actor: Actor) -> dict[str, Any]:
    channels = [actor.channels_with(permission) for permission in DESK]
    return {
        "sees_all_quotes": None in channels,
        "sees_quotes_in": [channel_id for some in channels if some for channel_id in some],
        "own_customer_id": actor.customer_id,
    }


def sees_desk(actor: Actor, channel_id: ChannelId) -> bool:
    """Whether the actor sees all of a quote, not only what its buyer does."""
    return any(actor.may_in(permission, channel_id) for permission in DESK)
