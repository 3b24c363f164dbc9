"""What is kept of where an order came from (S2-04)."""

from typing import Any

from commerce_api.domain.actor import Actor
from commerce_api.domain.cart import Cart
from commerce_api.domain.origin import OrderingChannel, Origin
from commerce_api.persistence.readers.assistance import agent_name
from commerce_api.persistence.unit_of_work import UnitOfWork


async def origin_of(uow: UnitOfWork, said: Origin, cart: Cart) -> dict[str, Any]:
    """What was said, and what is known: who placed it in which session, and what it was made from (K10)."""
    actor = uow.by.actor
    return {
        "channel": said.channel or _usual(actor),
        "source": said.source,
        "campaign": said.campaign,
        "device": said.device,
        "store": said.store,
        "placed_by": actor.kind,
        "staff_id": actor.id if actor.is_staff else None,
        "agent": await agent_name(uow.connection, actor.id) if actor.is_staff else "",
        "session_id": actor.delegation.session_id if actor.delegation else actor.session_id,
        "chain": cart.made_from,
        "request_id": uow.by.request_id,
        "ip": uow.by.ip,
    }


def _usual(actor: Actor) -> OrderingChannel | None:
    """Staff say it themselves, when they place the order or when they begin to help."""
    if actor.delegation:
        return actor.delegation.source
    return None if actor.is_staff else OrderingChannel.WEB
