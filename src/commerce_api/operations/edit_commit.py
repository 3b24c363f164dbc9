"""Making an edit the next version of its order: all of it, or nothing (C.3).

What it costs more is left due, paid with a mailed link, or set aside by a bank before anything is changed
(`operations.edit_charging`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from commerce_api.domain.blocks import BlockEvent
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.notify import AS_PREFERRED, Notify, OrderMail
from commerce_api.domain.order import (
    EditSettle,
    EditState,
    KeepCharge,
    LetGoOfSurplus,
    NothingToCommit,
    Order,
    OrderCommand,
    OrderEdit,
    against_settling,
    awaits_balance,
    committed,
    decide,
    due,
    evolved,
)
from commerce_api.domain.order.difference_words import label
from commerce_api.domain.order.differences import Difference, Part, differences, seen, subjects
from commerce_api.domain.stock import Demand
from commerce_api.domain.totals import overflow
from commerce_api.domain.value import value
from commerce_api.operations import block_rules, order_mail, payment_reminders, payments
from commerce_api.operations.checkout import Viewed, deal, view
from commerce_api.operations.chosen_cards import Chosen
from commerce_api.operations.edit_preview import RULES, causes_of, document_of, lacking
from commerce_api.operations.order_edits import ChangeEdit, Work
from commerce_api.operations.telling import Telling, telling
from commerce_api.persistence.stores import edited_orders
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_keys import put_owed_back
from commerce_api.persistence.stores.order_versions import Snapshot, VersionNote, current
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_SUMS: Final = frozenset({Part.TOTALS, Part.PAYMENT})
_FOLLOWS: Final = frozenset({"attributes", "tax", "total"})


@value
class CommitEdit(ChangeEdit):
    """`chosen` is what is charged; without it, what pays the order already."""

    reason: str = ""
    settle: EditSettle | None = None
    chosen: Chosen | None = None
    notify: Notify = AS_PREFERRED
    inline: bool = True


@value
class Prepared:
    """An edit that can be committed."""

    work: Work
    viewed: Viewed
    before: Snapshot
    after: Snapshot
    changes: tuple[Difference, ...]
    whom: Telling

    @property
    def total(self) -> int:
        total: int = self.after["order"]["total"]
        return total

    @property
    def due(self) -> int:
        return due(self.work.order, self.total)


async def prepared(uow: UnitOfWork, work: Work, notify: Notify) -> Prepared | Refused:
    viewed = await view(uow.connection, work.draft, uow.by.at)
    if missing := lacking(viewed):
        return refuse(ReadinessIncomplete(missing=missing))
    if reason := overflow(viewed.checkout.priced.totals):
        return refuse(reason)
    before = await current(uow.connection, work.order.id)
    after = edited_orders.would_be(before, viewed.checkout)
    changes = tuple(differences(document_of(before), document_of(after)))
    if not changes:
        return refuse(NothingToCommit())
    mailed_to = replace(work.order, email=after["order"]["email"])
    whom = telling(uow, mailed_to, viewed.channel, notify, OrderMail.ORDER_CHANGED)
    if isinstance(whom, Refused):
        return whom
    return Prepared(work=work, viewed=viewed, before=before, after=after, changes=changes, whom=whom)


def against(found: Prepared, settle: EditSettle | None) -> Refused | None:
    reasons = tuple(against_settling(found.work.order, found.total, settle))
    return Refused(reasons=reasons) if reasons else None


async def carry_out(uow: UnitOfWork, found: Prepared, command: CommitEdit) -> OrderEdit | Refused:
    order = await _money(uow, found)
    happened = committed(order, found.work.edit.id, found.total, subjects(found.changes))
    changed = replace(evolved(order, happened), email=found.after["order"]["email"])
    after = {**found.after, "order": {**found.after["order"], "state": changed.state}}
    if refused := await _write(uow, found, after):
        return refused
    edit = replace(found.work.edit, state=EditState.COMMITTED)
    note = VersionNote(total_before=order.total, reason=command.reason, edit_id=edit.id, notify=command.notify.email)
    kept = await commit_version(uow, order.id, note)
    await put_owed_back(uow.connection, found.work.order, changed)
    await EditStore(uow).save(edit)
    held_up = await _judged(uow, changed, found)
    await uow.events.record("ORDER", order.id, [*happened, *found.whom.events, *held_up])
    words = _in_words(found, kept, changed)
    await order_mail.changed(uow, changed, words, edit.id, found.whom.addressee)
    await _ask_for_rest(uow, changed, edit, command.settle)
    return edit


async def _ask_for_rest(uow: UnitOfWork, order: Order, edit: OrderEdit, settle: EditSettle | None) -> None:
    """What is left due is not forgotten, and neither is a link that nobody has used."""
    if settle is EditSettle.SEND_PAYMENT_LINK and order.balance > 0:
        await order_mail.balance_due(uow, order, str(edit.id))
    if awaits_balance(order):
        await payment_reminders.schedule_balance(uow, order)


def _in_words(found: Prepared, kept: Snapshot, order: Order) -> list[str]:
    """What is different, as customers would tell it: what follows from it, such as taxes and sums, they see in the order."""
    changes = differences(document_of(found.before), document_of(kept))
    told = (each for each in changes if each.part not in _SUMS and not (each.aspect and each.aspect.name in _FOLLOWS))
    for_them = seen(told, found.viewed.checkout.fields, order.language, by_staff=False)
    return [label(each, order.currency, order.language) for each in for_them]


async def _money(uow: UnitOfWork, found: Prepared) -> Order:
    """What was charged for the edit pays the order from now on; what it can do without is let go."""
    order = found.work.order
    spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
    first: OrderCommand = KeepCharge() if order.charged else LetGoOfSurplus(at=uow.by.at, spare_ids=spare_ids)
    events = decide(order if order.charged else replace(order, total=found.total), first)
    assert not isinstance(events, Refused)  # noqa: S101 - there is nothing against either
    return await payments.save(uow, OrderStore(uow), order, events)


async def _write(uow: UnitOfWork, found: Prepared, after: Snapshot) -> Refused | None:
    """Units that are not wanted any more are free before others are dealt."""
    order_id, before, stock = found.work.order.id, found.before, StockStore(uow.connection, uow.by)
    had, wants = _units(before), _units(after)
    variants = {row["variant_id"] for row in (*before["lines"], *after["lines"]) if row["variant_id"]}
    await stock.lock(variants)
    await stock.shrink(order_id, {id_: n - wants.get(id_, 0) for id_, n in had.items() if n > wants.get(id_, 0)})
    await edited_orders.write(uow, before, after)
    if more := more_of(found):
        dealt = await deal(uow, found.viewed, more)
        if isinstance(dealt, Refused):
            return dealt
        await stock.allocate(order_id, [(uow.new_id(), part) for part in dealt])
    await stock.release_cart(found.work.draft.id)
    await edited_orders.count_stock(uow, order_id)
    return None


def more_of(found: Prepared) -> list[Demand]:
    """What lines would have more than they have."""
    had, wants = _units(found.before), _units(found.after)
    return [
        Demand(
            line_id=line.id,
            variant_id=line.variant_id,
            quantity=wants[line.id] - had.get(line.id, 0),
            path=("lines", str(place)),
        )
        for place, line in enumerate(found.viewed.checkout.priced.cart.lines)
        if wants[line.id] > had.get(line.id, 0)
    ]


def _units(snapshot: Snapshot) -> Mapping[UUID, int]:
    """What of each line is not canceled."""
    return {row["id"]: row["quantity"] - row["canceled"] for row in snapshot["lines"]}


async def _judged(uow: UnitOfWork, order: Order, found: Prepared) -> list[BlockEvent]:
    """What goes beyond a limit of the channel or of whoever changed a price is held up; what does no longer is let go (B6)."""
    staff_id = uow.by.actor.id if uow.by.actor.is_staff else None
    causes = await causes_of(uow.connection, order, found.viewed, staff_id)
    present = await BlockStore(uow).of_order(order.id)
    events = await block_rules.judged(uow, order, causes, RULES, present)
    await block_rules.write(uow, events)
    return events
