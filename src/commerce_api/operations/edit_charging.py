"""Committing an edit, and asking a bank before anything is changed (S2-01, D37).

    commit ─▶ the request is written, the edit SETTLING, its goods reserved ─▶ the bank is asked, with no transaction open
           ─▶ it agreed: the edit is committed and the money counted, in one transaction
           ─▶ it declined, or the edit cannot be made any more: the money is let go, and the edit is open again

Whatever dies in between is taken up by a worker: the bank knows the request by its key, and a late answer finds the payment
waiting for the edit, counted, or dropped, and in the last case is let go at once.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.ids import OrderId, TransactionId
from commerce_api.domain.order import (
    ChargeDeclined,
    ChargeForEdit,
    DropCharge,
    EditCharge,
    EditSettle,
    EditState,
    Order,
    OrderEdit,
    OrderEditDiscarded,
    OrderEditNotSettled,
    against_editing,
    against_going_on,
    charge_complete,
    charge_failed,
    decide,
    declined,
    edit_ends,
)
from commerce_api.domain.order import refused as refused_for
from commerce_api.operations import order_edits, order_mail, payments
from commerce_api.operations.checkout import deal
from commerce_api.operations.edit_commit import CommitEdit, Prepared, against, carry_out, more_of, prepared
from commerce_api.operations.execute import execute
from commerce_api.operations.instructions import chosen_for
from commerce_api.operations.order_edits import ChangeEdit, Work
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.services import Services
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = payments.CHARGE_ANSWERED
GOODS_KEPT: Final = payments.TIME_TO_CONFIRM + timedelta(minutes=10)
"""For as long as the customer may take at the bank, and a bit."""


async def commit(uow: UnitOfWork, command: CommitEdit) -> OrderEdit | Refused:
    """Committed at once, unless a bank has to be asked first. What is paid on terms is accepted at once."""
    work = await order_edits.mine(uow, command)
    if isinstance(work, Refused):
        return work
    found = await prepared(uow, work, command.notify)
    if isinstance(found, Refused):
        return found
    if refused := against(found, command.settle):
        return refused
    if command.settle is EditSettle.CHARGE and found.due > 0:
        return await _charge(uow, found, command)
    return await carry_out(uow, found, command)


async def _charge(uow: UnitOfWork, found: Prepared, command: CommitEdit) -> OrderEdit | Refused:
    order = found.work.order
    chosen = await chosen_for(uow, order, command.chosen, found.due)
    if isinstance(chosen, Refused):
        return chosen
    spare = tuple(TransactionId(uow.new_id()) for _ in (*order.payments, *chosen))
    decided = decide(order, ChargeForEdit(payments=chosen, at=uow.by.at, spare_ids=spare))
    if isinstance(decided, Refused):
        return decided
    charged = await payments.save(uow, OrderStore(uow), order, decided)
    if charge_complete(charged):
        return await carry_out(uow, replace(found, work=replace(found.work, order=charged)), command)
    if refused := await _keep_goods(uow, found):
        return refused
    await payments.ask(uow, order.id, f"charge:{spare[0]}", inline=command.inline)
    actor = uow.by.actor
    assert actor.id is not None  # noqa: S101 - who edits is known
    charge = EditCharge(
        amount=found.due,
        total=found.total,
        kind=actor.kind,
        id=actor.id,
        reason=command.reason,
        notify=command.notify,
    )
    edit = replace(found.work.edit, state=EditState.SETTLING, charge=charge)
    await EditStore(uow).save(edit)
    return edit


async def _keep_goods(uow: UnitOfWork, found: Prepared) -> Refused | None:
    """What the order would have more of is nobody else's while the bank is asked. What it gives back comes first."""
    stock = StockStore(uow.connection, uow.by)
    fewer: Counter[UUID] = Counter()
    had = {row["id"]: row["quantity"] - row["canceled"] for row in found.before["lines"]}
    wants = {row["id"]: row["quantity"] - row["canceled"] for row in found.after["lines"]}
    for row in found.before["lines"]:
        fewer[row["variant_id"]] += max(0, had[row["id"]] - wants.get(row["id"], 0))
    more = []
    for demand in more_of(found):
        given_back = min(demand.quantity, fewer[demand.variant_id])
        fewer[demand.variant_id] -= given_back
        if demand.quantity > given_back:
            more.append(replace(demand, quantity=demand.quantity - given_back))
    if more:
        dealt = await deal(uow, found.viewed, more)
        if isinstance(dealt, Refused):
            return dealt
        kept = [(uow.new_id(), part) for part in dealt]
        await stock.reserve(found.work.draft.id, kept, uow.by.at + GOODS_KEPT)
    return None


async def load(uow: UnitOfWork, id: UUID) -> OrderEdit | Refused:
    """What an earlier request to commit has come to."""
    edit = await order_edits.load(uow, id)
    return edit if isinstance(edit, Refused) else _told(edit)


def _told(edit: OrderEdit) -> OrderEdit | Refused:
    failed = edit.state is EditState.OPEN and edit.charge is not None and edit.charge.failure
    return refuse(refused_for(edit.charge)) if failed and edit.charge else edit


async def go_on(desk: PaymentDesk, outcome: OrderEdit | Refused, request_id: str) -> OrderEdit | Refused:
    """Ask the bank in the request itself, for as long as somebody may be kept waiting."""
    if isinstance(outcome, Refused) or outcome.state is not EditState.SETTLING or not desk.inline:
        return outcome
    try:
        async with asyncio.timeout(payments.PATIENCE.total_seconds()):
            await payments.advance(desk, outcome.order_id, request_id)
            return await settle(desk, outcome.order_id, request_id) or outcome
    except TimeoutError:
        return outcome


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    """The bank has answered about one of the payments that an edit waits for."""
    await settle(services.desk, OrderId(UUID(payload["order_id"])), payload["dedupe_key"])


async def settle(desk: PaymentDesk, order_id: OrderId, request_id: str) -> OrderEdit | Refused | None:
    """Commit the edit that waits for its money, or give it up, as soon as all is known; None if none waits. It may run at any
    time, several at once.
    """
    waiting = await execute(desk.database, desk.by(request_id), _waiting, order_id)
    if waiting is None or isinstance(waiting, Refused):
        return waiting
    edit, order = waiting
    if edit.charge is None or not (charge_failed(order) or charge_complete(order)):
        return edit
    by = replace(desk.by(request_id), actor=edit.charge.actor, channel_id=order.channel_id)
    outcome = await execute(desk.database, by, _carry_on, order_id)
    if isinstance(outcome, Refused):
        return await execute(desk.database, by, _give_up, (order_id, outcome.reasons)) and outcome
    return outcome


async def _waiting(uow: UnitOfWork, order_id: OrderId) -> tuple[OrderEdit, Order] | None:
    work = await _settling(uow, order_id)
    return (work.edit, work.order) if work else None


async def _settling(uow: UnitOfWork, order_id: OrderId) -> Work | None:
    order = await OrderStore(uow).get(order_id)
    found = await EditStore(uow).open_of(order_id) if order else None
    if order is None or found is None or found[0].state is not EditState.SETTLING:
        return None
    edit, owner_name = found
    draft = await CartStore(uow).draft(edit.draft_id)
    return Work(edit=edit, owner_name=owner_name, order=order, draft=draft) if draft else None


async def _carry_on(uow: UnitOfWork, order_id: OrderId) -> OrderEdit | Refused | None:
    """As at any commit all is judged once more: nothing was locked while the bank was asked."""
    work = await _settling(uow, order_id)
    if work is None or work.edit.charge is None:
        return None
    charge = work.edit.charge
    if reason := declined(work.order):
        return refuse(reason)
    held_up = await BlockStore(uow).of_order(order_id)
    if reasons := against_editing(work.order, held_up):
        return Refused(reasons=reasons)
    found = await prepared(uow, work, charge.notify)
    if isinstance(found, Refused):
        return found
    if not_now := against_going_on(work.order, work.edit, found.total):
        return refuse(not_now)
    command = CommitEdit(edit_id=work.edit.id, reason=charge.reason, settle=EditSettle.CHARGE, notify=charge.notify)
    return await carry_out(uow, found, command)


async def _give_up(uow: UnitOfWork, told: tuple[OrderId, Sequence[Refusal]]) -> OrderEdit | None:
    """The order is as it was. Whoever edits it can change the edit, or try again."""
    order_id, reasons = told
    work = await _settling(uow, order_id)
    if work is None or work.edit.charge is None:
        return None
    code = next((each.decline for each in reasons if isinstance(each, ChargeDeclined)), None)
    charge = replace(work.edit.charge, failure=reasons[0].code(), code=code)
    until = edit_ends(work.order, work.edit.owner, uow.by.at)
    edit = replace(work.edit, state=EditState.OPEN, charge=charge, expires_at=until)
    happened = OrderEditNotSettled(edit_id=edit.id, reasons=tuple(reason.code() for reason in reasons))
    await _let_go(uow, work.order, edit)
    await uow.events.record("ORDER", order_id, [happened])
    return edit


async def discard(uow: UnitOfWork, command: ChangeEdit) -> OrderEdit | Refused:
    """Also of what a bank is being asked for."""
    work = await order_edits.mine(uow, command, to_discard=True)
    if isinstance(work, Refused):
        return work
    edit = replace(work.edit, state=EditState.DISCARDED)
    await _let_go(uow, work.order, edit)
    await uow.events.record("ORDER", edit.order_id, [OrderEditDiscarded(edit_id=edit.id)])
    if edit.taken_from(work.order.customer_id):
        await order_mail.own_edit_discarded(uow, work.order, edit)
    return edit


async def _let_go(uow: UnitOfWork, order: Order, edit: OrderEdit) -> None:
    """Of the money and the goods that an edit waited with, nothing is held any more."""
    spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
    events = decide(order, DropCharge(at=uow.by.at, spare_ids=spare_ids))
    assert not isinstance(events, Refused)  # noqa: S101 - there is nothing against it
    await payments.save(uow, OrderStore(uow), order, events)
    await StockStore(uow.connection, uow.by).release_cart(edit.draft_id)
    await EditStore(uow).save(edit)
