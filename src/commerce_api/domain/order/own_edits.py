"""Orders that their customers edit themselves, for as long as the channel lets them (C.7)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from commerce_api.domain.actor import Actor
from commerce_api.domain.blocks import Block, Stop, stopped
from commerce_api.domain.decision import Refusal
from commerce_api.domain.order.editing import EDITABLE, LASTS, OrderEdit, OrderNotEditable
from commerce_api.domain.order.state import Order
from commerce_api.domain.value import value

SOMEBODY: Final = "Somebody else"
"""What customers are told of who is working on their order."""
SUCCESSOR: Final = "Somebody else, who goes on with the change that you had begun,"
"""The same, if they had begun it themselves."""


@value
class EditTimeOver(Refusal):
    """The time in which you could change this order yourself is over; please get in touch with us."""


@value
class PricesAgreedOn(Refusal):
    """What this order costs was agreed on with us; please get in touch with us to change it."""


@value
class OrderLookedAt(Refusal):
    """We are looking at this order, so it cannot be changed right now; please get in touch with us."""


def against_own_edit(
    order: Order, held_up: Iterable[Block], at: datetime, *, prices_agreed_on: bool
) -> Iterator[Refusal]:
    """What staff made cheaper they made so for what was ordered: it is not carried over to other goods, or to fewer (D27)."""
    if order.state not in EDITABLE:
        yield OrderNotEditable(state=order.state)
    elif order.editable_until is None or at >= order.editable_until:
        yield EditTimeOver()
    else:
        if prices_agreed_on:
            yield PricesAgreedOn()
        if stopped(held_up, Stop.EDIT):
            yield OrderLookedAt()


def told_owner(edit: OrderEdit, owner: str, actor: Actor) -> str:
    """Customers do not hear who of the staff is working on their orders."""
    if actor.is_staff:
        return owner
    return SUCCESSOR if edit.taken_from(actor.id) else SOMEBODY


def edit_ends(order: Order, owner: UUID, at: datetime) -> datetime:
    """Until when an edit stays open that its owner touches now: a customer's no longer than the customer may edit."""
    last = order.editable_until if owner == order.customer_id else None
    return min(at + LASTS, last or at + LASTS)
