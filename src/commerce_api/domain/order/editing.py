"""Editing a placed order: who works on it, until when, and what a commit does to the money (C.3).

Open ── commit ──▶ Committed
Open ── discard ─▶ Discarded
Open ── nobody touched it for half an hour ──▶ expired: judged when it is read, and kept for a week to be taken up again

What is edited is a draft; the order itself is as it was until the commit.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartId, OrderEditId, OrderId
from commerce_api.domain.order import blocks
from commerce_api.domain.order.blocks import Block
from commerce_api.domain.order.state import Order, OrderState
from commerce_api.domain.payment import balance
from commerce_api.domain.value import value

LASTS: Final = timedelta(minutes=30)
"""From the last touch on."""
KEPT: Final = timedelta(days=7)
"""An edit that has expired can be taken up again for so long."""
EDITABLE: Final = frozenset({OrderState.PAYMENT_REJECTED, OrderState.CONFIRMED})
"""While a bank is being asked, nobody changes what it is asked for; later, goods are on their way."""


class EditState(DescribedEnum):
    """What became of an edit."""

    OPEN = "OPEN", "Somebody is working on it."
    EXPIRED = "EXPIRED", "Nobody touched it for half an hour; it can be taken up again for a week."
    COMMITTED = "COMMITTED", "It has become a version of the order."
    DISCARDED = "DISCARDED", "It was thrown away."


class SettlementKind(DescribedEnum):
    """What a change does to the money."""

    NOTHING = "NOTHING", "Nothing is to be paid or given back."
    CHARGE = "CHARGE", "There is something left to pay."
    REFUND = "REFUND", "More was taken than it costs now."


@value
class OrderEdit:
    """`draft_id` is what would become the next version after `base_version`."""

    id: OrderEditId
    order_id: OrderId
    draft_id: CartId
    owner: UUID
    state: EditState
    base_version: int
    since: datetime
    expires_at: datetime

    def state_at(self, at: datetime) -> EditState:
        expired = self.state is EditState.OPEN and self.expires_at <= at
        return EditState.EXPIRED if expired else self.state


@value
class Settlement:
    kind: SettlementKind
    amount: int


def settlement(order: Order, total: int) -> Settlement:
    """What is to be done about the money if the order cost `total`. Read off the ledger, so that what was never paid is never
    given back (D13).
    """
    due = balance(total, order.payments)
    taken = sum(payment.captured for payment in order.payments)
    if due > 0:
        return Settlement(kind=SettlementKind.CHARGE, amount=due)
    if taken > total:
        return Settlement(kind=SettlementKind.REFUND, amount=taken - total)
    return Settlement(kind=SettlementKind.NOTHING, amount=0)


# What happened.


@value
class OrderEditBegun:
    edit_id: OrderEditId


@value
class OrderEditApplied:
    """`actions` are what was done to the draft, by kind."""

    edit_id: OrderEditId
    actions: tuple[str, ...]


@value
class OrderEditCommitted:
    customer_visible: ClassVar[bool] = True

    edit_id: OrderEditId
    version: int
    total_before: int
    total: int


@value
class OrderEditDiscarded:
    edit_id: OrderEditId


@value
class OrderEditTakenOver:
    """From somebody who was working on it; or by anybody, after it had expired."""

    edit_id: OrderEditId
    owner_before: UUID


# Why not.


@value
class OrderNotEditable(Refusal):
    """An order in this state cannot be edited: its payment is being decided, or it is on its way, or over."""

    staff_only: ClassVar[bool] = True

    state: OrderState


@value
class EditLocked(Refusal):
    """{owner} has been working on this order since {since}."""

    staff_only: ClassVar[bool] = True

    owner: str
    since: datetime


@value
class EditExpired(Refusal):
    """Nobody touched this edit for half an hour, and it has expired; take it up again, or begin a new one."""

    staff_only: ClassVar[bool] = True


@value
class EditStale(Refusal):
    """The order has changed since this edit was begun: it is at version {version} now. Begin a new one."""

    staff_only: ClassVar[bool] = True

    version: int


@value
class EditClosed(Refusal):
    """This edit is over; begin a new one."""

    staff_only: ClassVar[bool] = True


@value
class NothingToCommit(Refusal):
    """Nothing is different from the order as it is."""

    staff_only: ClassVar[bool] = True


@value
class NotInAnEdit(Refusal):
    """Currency, terms and payment of an order are not changed by editing it."""

    staff_only: ClassVar[bool] = True


def against_editing(order: Order, held_up: Iterable[Block]) -> tuple[Refusal, ...]:
    """Whether anybody can edit it at all."""
    if order.state not in EDITABLE:
        return (OrderNotEditable(state=order.state),)
    return blocks.against(held_up, blocks.Stop.EDIT)


def against_work(edit: OrderEdit, order: Order, by: UUID | None, owner: str, at: datetime) -> Refusal | None:
    """Whether this person can go on with an edit now; `owner` is the name of whose it is."""
    match edit.state_at(at):
        case EditState.OPEN if edit.owner != by:
            return EditLocked(owner=owner, since=edit.since)
        case EditState.OPEN:
            return None if order.version == edit.base_version else EditStale(version=order.version)
        case EditState.EXPIRED:
            return EditExpired()
        case _:
            return EditClosed()


def against_taking_up(edit: OrderEdit, order: Order, at: datetime) -> Refusal | None:
    """Whether an edit that is open or has expired can be gone on with by somebody else, or once more."""
    state = edit.state_at(at)
    over = state not in {EditState.OPEN, EditState.EXPIRED} or at >= edit.expires_at + KEPT
    if over:
        return EditClosed()
    return None if order.version == edit.base_version else EditStale(version=order.version)
