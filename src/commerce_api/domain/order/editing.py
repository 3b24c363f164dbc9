"""Editing a placed order: who works on it, until when, and what a commit does to the money (C.3).

Open ── commit ──▶ Committed
 │  ▲
 │  └── the bank declined, or it could not be done any more ──┐
 ├── commit, and a bank has to be asked ──▶ Settling ── the bank agreed ──▶ Committed
 ├── discard ─▶ Discarded
 └── nobody touched it for half an hour ──▶ expired: judged when it is read, and kept for a week to be taken up again

What is edited is a draft; the order itself is as it was until the commit.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Final, Self
from uuid import UUID

from commerce_api.domain import blocks
from commerce_api.domain.actor import SYSTEM, Actor, ActorKind
from commerce_api.domain.blocks import Block
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartId, OrderEditId, OrderId
from commerce_api.domain.notify import Notify
from commerce_api.domain.order.commands import OrderConfirmed, OrderEvent
from commerce_api.domain.order.state import Order, OrderState, due, secured, superfluous
from commerce_api.domain.order.topping_up import charge_failed
from commerce_api.domain.order.version_events import OrderEditCommitted as OrderEditCommitted
from commerce_api.domain.payment import DeclineCode
from commerce_api.domain.value import replace, value

LASTS: Final = timedelta(minutes=30)
"""From the last touch on."""
KEPT: Final = timedelta(days=7)
"""An edit that has expired can be taken up again for so long."""
EDITABLE: Final = frozenset({OrderState.PAYMENT_REJECTED, OrderState.CONFIRMED})
"""While a bank is being asked, nobody changes what it is asked for; later, goods are on their way."""


class EditState(DescribedEnum):
    """What became of an edit."""

    OPEN = "OPEN", "Somebody is working on it."
    SETTLING = "SETTLING", "A bank is being asked for what it costs more; once it agrees, the edit is committed."
    EXPIRED = "EXPIRED", "Nobody touched it for half an hour; it can be taken up again for a week."
    COMMITTED = "COMMITTED", "It has become a version of the order."
    DISCARDED = "DISCARDED", "It was thrown away."


UNDER_WAY: Final = frozenset({EditState.OPEN, EditState.SETTLING})
"""Of an order there is one of these at most."""


class SettlementKind(DescribedEnum):
    """What a change does to the money."""

    NOTHING = "NOTHING", "Nothing is to be paid or given back."
    CHARGE = "CHARGE", "There is something left to pay."
    RELEASE = "RELEASE", "More is set aside than it costs now. No more than it costs is going to be taken."
    REFUND = "REFUND", "More was taken than it costs now."


class EditSettle(DescribedEnum):
    """What is done about what a change costs more."""

    CHARGE = "CHARGE", "Have the bank set it aside at once; if it declines, nothing is changed."
    SEND_PAYMENT_LINK = "SEND_PAYMENT_LINK", "Change the order, and mail the customer a link to pay the rest with."
    LEAVE_DUE = (
        "LEAVE_DUE",
        "Change the order, and leave the rest to be paid some time; its customer is reminded of it.",
    )


@value
class EditCharge:
    """What a bank was last asked for an edit, by whom, and with what it is to be committed: if not, `failure` says why."""

    amount: int
    total: int
    kind: ActorKind
    id: UUID
    reason: str
    notify: Notify
    failure: str | None = None
    code: DeclineCode | None = None

    @property
    def actor(self) -> Actor:
        """Who has asked for it. What they may do was judged then."""
        return replace(SYSTEM, kind=self.kind, id=self.id)


@value
class OrderEdit:
    """`draft_id` is what would become the next version after `base_version`. Its `owner` works on it, and may have taken it over
    from somebody else.
    """

    id: OrderEditId
    order_id: OrderId
    draft_id: CartId
    begun_by: UUID
    owner: UUID
    state: EditState
    base_version: int
    since: datetime
    expires_at: datetime
    charge: EditCharge | None = None

    @property
    def taken_over(self) -> bool:
        return self.owner != self.begun_by

    def taken_from(self, who: UUID | None) -> bool:
        """Whether somebody else goes on with what `who` had begun."""
        return self.taken_over and self.begun_by == who

    def state_at(self, at: datetime) -> EditState:
        expired = self.state is EditState.OPEN and self.expires_at <= at
        return EditState.EXPIRED if expired else self.state


@value
class Settlement:
    """`released` is what would be let go at once: payments that the order can do without, whole."""

    kind: SettlementKind
    amount: int
    released: int = 0


def settlement(order: Order, total: int) -> Settlement:
    """What is to be done about the money if the order cost `total`. Read off the ledger, so that what was never paid is never
    given back (D13).
    """
    left = due(order, total)
    taken = sum(payment.captured for payment in order.payments)
    released = sum(payment.held for payment in superfluous(replace(order, total=total)))
    if left > 0:
        return Settlement(kind=SettlementKind.CHARGE, amount=left)
    if taken > total:
        return Settlement(kind=SettlementKind.REFUND, amount=taken - total, released=released)
    if left < 0:
        return Settlement(kind=SettlementKind.RELEASE, amount=-left, released=released)
    return Settlement(kind=SettlementKind.NOTHING, amount=0)


def against_settling(order: Order, total: int, settle: EditSettle | None) -> Iterator[Refusal]:
    """Nobody leaves a confirmed order unpaid without saying so."""
    left = due(order, total)
    if settle is None and total > order.total and left > 0 and order.state is OrderState.CONFIRMED:
        yield SettlementNeeded(path=("settle",))
    if settle is EditSettle.SEND_PAYMENT_LINK and left > 0 and not order.email:
        yield NoAddressForLink(path=("settle",))


def committed(order: Order, id: OrderEditId, total: int, changed: tuple[str, ...]) -> list[OrderEvent]:
    """The next version costs `total`; `changed` is told of it. An order that waited for a payment and is secured at that waits
    no longer.
    """
    version = order.version + 1
    made = OrderEditCommitted(edit_id=id, version=version, changed=changed, total_before=order.total, total=total)
    waits_no_longer = order.state is OrderState.PAYMENT_REJECTED and secured(replace(order, total=total))
    return [made, OrderConfirmed()] if waits_no_longer else [made]


def refused(charge: EditCharge) -> Refusal:
    """Why an edit that a bank was asked for was not committed, told to whoever asks again."""
    return ChargeDeclined(decline=charge.code) if charge.failure == ChargeDeclined.code() else EditNotMade()


def declined(order: Order) -> Refusal | None:
    """What the bank said, if it was no."""
    failed = charge_failed(order)
    return ChargeDeclined(decline=failed.authorization.code) if failed and failed.authorization else None


def against_going_on(order: Order, edit: OrderEdit, total: int) -> Refusal | None:
    """Whether an edit can be committed for which a bank was asked. It costs what was agreed on, or it is not made."""
    assert edit.charge is not None  # noqa: S101 - what is settling has one
    if order.version != edit.base_version:
        return EditStale(version=order.version)
    return None if total == edit.charge.total else EditNotMade()


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
class OrderEditDiscarded:
    edit_id: OrderEditId


@value
class OrderEditTakenOver:
    """From somebody who was working on it; or by anybody, after it had expired."""

    edit_id: OrderEditId
    owner_before: UUID


@value
class OrderEditNotSettled:
    """What it costs more could not be had, or it could not be made any more: the order is as it was, and no money is held."""

    edit_id: OrderEditId
    reasons: tuple[str, ...]


# Why not.


@value
class OrderNotEditable(Refusal):
    """An order in this state cannot be edited: its payment is being decided, or it is on its way, or over."""

    state: OrderState


@value
class EditLocked(Refusal):
    """{owner} has been working on this order since {since}."""

    owner: str
    since: datetime
    taken_over: bool = False

    @classmethod
    def of(cls, edit: OrderEdit, owner: str, by: UUID | None) -> Self:
        """As it is told to `by`."""
        return cls(owner=owner, since=edit.since, taken_over=edit.taken_from(by))


@value
class EditExpired(Refusal):
    """Nobody touched this edit for half an hour, and it has expired; begin a new one."""


@value
class EditStale(Refusal):
    """The order has changed since this edit was begun: it is at version {version} now. Begin a new one."""

    version: int


@value
class EditSettling(Refusal):
    """A bank is being asked for what this edit costs more; it cannot be changed until it has answered."""


@value
class SettlementNeeded(Refusal):
    """The order would cost more than is paid: say with `settle` what is done about the rest."""


@value
class NoAddressForLink(Refusal):
    """There is no mail address to send a link to."""

    staff_only: ClassVar[bool] = True


@value
class ChargeDeclined(Refusal):
    """The bank did not agree to what this costs more, so nothing was changed."""

    decline: DeclineCode | None


@value
class EditNotMade(Refusal):
    """The bank agreed, but meanwhile the order could not be changed like this any more; no money is held for it."""


@value
class EditClosed(Refusal):
    """This edit is over; begin a new one."""

    state: EditState


@value
class NothingToCommit(Refusal):
    """Nothing is different from the order as it is."""


@value
class NotInAnEdit(Refusal):
    """Currency, terms and payment of an order are not changed by editing it."""


@value
class NobodyEdits(Refusal):
    """Nobody is working on this order."""

    staff_only: ClassVar[bool] = True


def against_editing(order: Order, held_up: Iterable[Block]) -> tuple[Refusal, ...]:
    """Whether anybody can edit it at all."""
    if order.state not in EDITABLE:
        return (OrderNotEditable(state=order.state),)
    return blocks.against(held_up, blocks.Stop.EDIT)


def against_beginning(edit: OrderEdit, by: UUID | None, owner: str, at: datetime) -> EditLocked | None:
    """Whether somebody else is at it. Whoever works on the order already goes on."""
    taken = edit.state_at(at) in UNDER_WAY and edit.owner != by
    return EditLocked.of(edit, owner, by) if taken else None


def against_passing(edit: OrderEdit | None, owner: str, at: datetime) -> EditLocked | None:
    """Whether what would change the order beside an edit has to wait for whoever works on it, oneself included."""
    taken = edit is not None and edit.state_at(at) is EditState.OPEN
    return EditLocked(owner=owner, since=edit.since) if edit and taken else None


def against_work(edit: OrderEdit, order: Order, by: UUID | None, owner: str, at: datetime) -> Refusal | None:
    """Whether this person can go on with an edit now; `owner` is the name of whose it is."""
    match edit.state_at(at):
        case EditState.OPEN | EditState.SETTLING if edit.owner != by:
            return EditLocked.of(edit, owner, by)
        case EditState.OPEN:
            return None if order.version == edit.base_version else EditStale(version=order.version)
        case EditState.SETTLING:
            return EditSettling()
        case EditState.EXPIRED:
            return EditExpired()
        case state:
            return EditClosed(state=state)


def against_taking_over(edit: OrderEdit | None, order: Order, at: datetime) -> tuple[Refusal, ...]:
    """Whether what is under way can be gone on with by somebody else."""
    if edit is None:
        return (NobodyEdits(),)
    reason = against_taking_up(edit, order, at)
    return (reason,) if reason else ()


def against_taking_up(edit: OrderEdit, order: Order, at: datetime) -> Refusal | None:
    """Whether an edit that is open or has expired can be gone on with by somebody else, or once more."""
    state = edit.state_at(at)
    if state is EditState.SETTLING:
        return EditSettling()
    over = state not in {EditState.OPEN, EditState.EXPIRED} or at >= edit.expires_at + KEPT
    if over:
        return EditClosed(state=state)
    return None if order.version == edit.base_version else EditStale(version=order.version)
