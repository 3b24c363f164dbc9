"""Mails that tell what became of an order: as its customer prefers, or this once as whoever acts wants it (S2-08)."""

from collections.abc import Mapping
from typing import Any

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.notify import Addressee, Notify, NotifyOverridden, OrderMail, addressee
from commerce_api.domain.order import Order
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Telling:
    """Whom to tell. `events` are to be recorded with those of the order."""

    addressee: Addressee
    events: tuple[NotifyOverridden, ...] = ()


def telling(uow: UnitOfWork, order: Order, channel: Channel, notify: Notify, mail: OrderMail) -> Telling | Refused:
    if notify.overrides and not uow.by.actor.may_in(Permission.OVERRIDE_NOTIFICATIONS, channel.id):
        return refuse(Forbidden(path=("notify",)))
    found = addressee(notify, mail, order.email, order.customer_id, channel.required_mails)
    if isinstance(found, Refusal):
        return refuse(found)
    overridden = NotifyOverridden(mail=mail, email=notify.email, to=notify.to)
    return Telling(addressee=found, events=(overridden,) if notify.overrides else ())


async def tell(uow: UnitOfWork, whom: Telling, mail: Mapping[str, Any], dedupe_key: str) -> None:
    await send(uow, whom.addressee, mail, dedupe_key)


async def send(uow: UnitOfWork, whom: Addressee, mail: Mapping[str, Any], dedupe_key: str) -> None:
    """Queue a mail, unless nobody is to be told. What the customer prefers is looked up when it is about to leave."""
    if whom.to:
        preference = {"if_wanted_by": whom.preferred_by} if whom.preferred_by else {}
        uow.outbox.put("mail", {**mail, "recipient": whom.to, **preference}, dedupe_key=dedupe_key)
