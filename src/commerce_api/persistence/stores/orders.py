"""Orders under lock: what decisions about them need, and the rows that a decision changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Table, Uuid, any_, bindparam, delete, exists, func, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from commerce_api.domain.actor import Actor
from commerce_api.domain.cart import Cart
from commerce_api.domain.ids import CartId, OrderId, TransactionId
from commerce_api.domain.order import Order, OrderCanceled, OrderClaimed, OrderEvent, evolve
from commerce_api.domain.order.shipping import ShippingPolicySet
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.payment import (
    Payment,
    Transaction,
)
from commerce_api.domain.value import value
from commerce_api.persistence.events import Link
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.readers.orders import order_of
from commerce_api.persistence.readers.particulars import particulars_row
from commerce_api.persistence.readers.payments import LEDGER_ROWS, payments_of
from commerce_api.persistence.rows import few, insert_all, insert_given, upsert_given
from commerce_api.persistence.sql import Overtaken, Statement
from commerce_api.persistence.stores.order_keys import put_owed_back
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.adjustments import order_adjustments
from commerce_api.persistence.tables.records import events as log
from commerce_api.persistence.tables.records import provider_events
from commerce_api.persistence.unit_of_work import UnitOfWork

_LOCK = Statement(select(t.orders).where(t.orders.c.id == bindparam("id"), visible_orders()).with_for_update())
_last = (
    select(log.c.sequence, log.c.hash)
    .where(log.c.entity == "ORDER", log.c.entity_id == bindparam("id", type_=Uuid()))
    .order_by(log.c.sequence.desc())
    .limit(1)
    .lateral("last")
)
_LEDGER = Statement(
    LEDGER_ROWS.add_columns(_last.c.sequence.label("last_sequence"), _last.c.hash.label("last_hash"))
    .outerjoin(_last, true())
    .where(t.payments.c.order_id == bindparam("id", type_=Uuid()))
)
"""The payments of an order, and beside each where the chain of its events ends."""
_OF_CART = Statement(
    select(t.orders.c.id).where(t.orders.c.cart_id == bindparam("cart_id"), t.orders.c.split_from_id.is_(None))
)
_BY_ENTRY = Statement(
    select(t.payments.c.order_id)
    .join(t.payment_transactions, t.payment_transactions.c.payment_id == t.payments.c.id)
    .where(t.payment_transactions.c.id == bindparam("id"))
)
_next_number = select(func.nextval(func.pg_get_serial_sequence(t.order_numbers.name, t.order_numbers.c.number.name)))
_NEXT_NUMBER = Statement(_next_number)
_NUMBER_FOR = Statement(
    _next_number.select_from(t.carts)
    .where(t.carts.c.id == bindparam("cart_id"), t.carts.c.revision == bindparam("seen"))
    .with_for_update()
)
_CHANGED = ("state", "cancel_reason", "payment_attempts", "payment_due_at", "total", "version", "updated_at")
_saved = (
    update(t.orders)
    .where(t.orders.c.id == bindparam("order_id"))
    .where(t.orders.c.revision == func.coalesce(bindparam("seen", type_=Integer()), t.orders.c.revision))
    .values(
        {"revision": t.orders.c.revision + 1, **{n: bindparam(f"new_{n}", type_=t.orders.c[n].type) for n in _CHANGED}}
    )
    .returning(t.orders.c.id)
    .cte("saved")
)
_there = exists(select(_saved.c.id))


@cache
def _saving(ledger: tuple[tuple[Table, int], ...], happened: int) -> Statement:
    """The order itself, rows of its ledger and what happened, so many as `few` says; nothing of it unless the order is as it was
    `seen`.
    """
    written = [upsert_given(table, _there, count=count) for table, count in ledger]
    written.append(insert_given(log, _there, count=happened))
    return Statement(select(_saved.c.id).add_cte(*(each.cte(f"write_{n}") for n, each in enumerate(written))))


_TOUCH = Statement(
    update(t.orders)
    .where(t.orders.c.id == bindparam("order_id"))
    .values(revision=t.orders.c.revision + 1, updated_at=bindparam("at", type_=t.orders.c.updated_at.type))
)
_ADJUSTED = Statement(select(exists().where(order_adjustments.c.order_id == bindparam("order_id"))))
_SAID: Final = ("priority", "tags", "fields")
_SAY = Statement(
    update(t.orders)
    .where(t.orders.c.id == bindparam("order_id"))
    .values({name: bindparam(f"new_{name}", type_=t.orders.c[name].type) for name in _SAID})
)
_CLAIM = Statement(
    update(t.orders)
    .where(t.orders.c.id == bindparam("order_id"))
    .values(
        customer_id=bindparam("claimed_by", type_=Uuid()),
        updated_at=bindparam("new_updated_at", type_=t.orders.c.updated_at.type),
        revision=t.orders.c.revision + 1,
    )
)
_SHIP = Statement(
    update(t.orders)
    .where(t.orders.c.id == bindparam("order_id"))
    .values(
        shipping_policy=bindparam("policy"),
        version=bindparam("new_version", type_=t.orders.c.version.type),
        updated_at=bindparam("new_updated_at", type_=t.orders.c.updated_at.type),
        revision=t.orders.c.revision + 1,
    )
)
_USE = Statement(update(t.payments).where(t.payments.c.id == bindparam("payment_id")).values(use=bindparam("new_use")))
_FORGET_PAYMENTS = Statement(delete(t.payments).where(t.payments.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))))
_CANCEL_LINES = Statement(
    update(t.order_lines)
    .where(t.order_lines.c.order_id == bindparam("id"))
    .values(canceled=t.order_lines.c.quantity, allocated=0, backordered=0)
)
_TAKE_IN = Statement(
    insert(provider_events)
    .values(provider=bindparam("provider"), event_id=bindparam("event_id"), received_at=bindparam("received_at"))
    .on_conflict_do_nothing()
)


@value
class Left:
    """An order as a transaction has left it, and where the chain of its events ended."""

    order: Order
    end: Link


class OrderStore:
    """Sees only what the actor may see, or somebody else on whose account the order is handled. The row of an order that is
    read here stays locked until the transaction ends.
    """

    def __init__(self, uow: UnitOfWork, seen_by: Actor | None = None) -> None:
        self._uow, self._connection, self._actor = uow, uow.connection, seen_by or uow.by.actor
        self._seen: int | None = None

    async def get(self, id: UUID) -> Order | None:
        row = await self._connection.fetch_one(_LOCK, id=id, **visibility(self._actor))
        if row is None:
            return None
        rows = await self._connection.fetch(_LEDGER, id=id)
        order = order_of(row, payments_of(rows))
        self._uow.serve(order.customer_id)
        if rows and rows[0]["last_sequence"]:
            self._uow.events.know(order.id, (rows[0]["last_sequence"], rows[0]["last_hash"]))
        return order

    def as_left(self, left: Left) -> Order:
        """The order as whoever asks has left it, without reading it or locking it: to be saved at last, and if somebody else
        has written it meanwhile, all is done once more, under lock.
        """
        self._uow.serve(left.order.customer_id)
        self._uow.events.know(left.order.id, left.end)
        self._seen = left.order.revision
        return left.order

    async def id_of_cart(self, cart_id: CartId) -> OrderId | None:
        """The order that a cart has become. The cart must be locked."""
        found = await self._connection.fetch_value(_OF_CART, cart_id=cart_id)
        return OrderId(found) if found else None

    async def id_of_entry(self, id: TransactionId) -> OrderId | None:
        """The order whose ledger holds this transaction."""
        found = await self._connection.fetch_value(_BY_ENTRY, id=id)
        return OrderId(found) if found else None

    async def next_number(self) -> int:
        """Numbers may be left out, but none is given twice."""
        number: int = await self._connection.fetch_value(_NEXT_NUMBER)
        return number

    async def number_for(self, cart: Cart) -> int:
        """The next number, while the cart that was only looked at is locked from here on."""
        number: int | None = await self._connection.fetch_value(_NUMBER_FOR, cart_id=cart.id, seen=cart.revision)
        if number is None:
            raise Overtaken
        return number

    async def insert(self, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
        """Rows of a new order, all at once; see `operations.placing`."""
        await insert_all(self._connection, rows)

    async def save(self, before: Order, after: Order, events: Sequence[OrderEvent], beside: Sequence[Any] = ()) -> None:
        """Write what differs, one revision on. What else happened is recorded with it."""
        values: dict[str, Any] = {
            "new_state": after.state,
            "new_cancel_reason": after.cancel_reason,
            "new_payment_attempts": after.attempts,
            "new_payment_due_at": after.payment_due_at,
            "new_total": after.total,
            "new_version": after.version,
            "new_updated_at": self._uow.by.at,
        }
        if dropped := {p.id for p in before.payments} - {p.id for p in after.payments}:
            await self._connection.execute(_FORGET_PAYMENTS, ids=list(dropped))
        told = self._uow.events.rows("ORDER", after.id, [*events, *beside])
        ledger = _ledger_rows(before, after, self._uow.by.at)
        values |= {"order_id": after.id, "seen": self._seen, **{table.name: rows for table, rows in ledger.items()}}
        values[log.name] = await self._uow.events.continued("ORDER", told)
        written = tuple((table, few(rows)) for table, rows in ledger.items())
        await self._connection.at_last(_saving(written, few(values[log.name])), values, rows=1)
        await self._write_uses(before, after)
        await put_owed_back(self._connection, before, after)
        if any(isinstance(event, OrderCanceled) for event in events):
            await self._connection.execute(_CANCEL_LINES, id=after.id)

    async def say(self, id: OrderId, particulars: Particulars) -> None:
        """What is said of it; `touch` tells that it was."""
        row = particulars_row(particulars)
        await self._connection.execute(_SAY, {f"new_{name}": row[name] for name in _SAID}, order_id=id)

    async def is_adjusted(self, id: OrderId) -> bool:
        """Whether staff changed anything about its money."""
        return bool(await self._connection.fetch_value(_ADJUSTED, order_id=id))

    async def touch(self, id: OrderId, events: Sequence[Any]) -> None:
        """One revision on, for what is kept beside the order."""
        await self._connection.execute(_TOUCH, order_id=id, at=self._uow.by.at)
        await self._uow.events.record("ORDER", id, events)

    async def claim(self, order: Order, claimed: OrderClaimed) -> Order:
        """The order as its new owner's."""
        await self._connection.execute(
            _CLAIM, order_id=order.id, claimed_by=claimed.customer_id, new_updated_at=self._uow.by.at
        )
        await self._uow.events.record("ORDER", order.id, [claimed])
        return replace(order, customer_id=claimed.customer_id, revision=order.revision + 1)

    async def ship(self, order: Order, chosen: ShippingPolicySet) -> Order:
        """The order as it is to leave from now on."""
        after, at = evolve(order, chosen), self._uow.by.at
        policy, version = after.shipping_policy, after.version
        await self._connection.execute(_SHIP, order_id=order.id, policy=policy, new_version=version, new_updated_at=at)
        await self._uow.events.record("ORDER", order.id, [chosen])
        return replace(after, revision=order.revision + 1)

    async def take_in(self, provider: str, event_id: str) -> bool:
        """Note that a provider's message came; False if it came before."""
        return (
            await self._connection.execute(_TAKE_IN, provider=provider, event_id=event_id, received_at=self._uow.by.at)
            == 1
        )

    async def _write_uses(self, before: Order, after: Order) -> None:
        used = {payment.id: payment.use for payment in before.payments}
        for payment in after.payments:
            if payment.use is not used.get(payment.id, payment.use):
                await self._connection.execute(_USE, payment_id=payment.id, new_use=payment.use)


def _ledger_rows(before: Order, after: Order, at: datetime) -> dict[Table, list[dict[str, Any]]]:
    """Payments that are new or others, and the entries of their ledgers that are."""
    known = {payment.id: payment for payment in before.payments}
    changed = [payment for payment in after.payments if known.get(payment.id) != payment]
    rows, entries = payment_rows(after.id, changed, at)
    old = {entry.id: entry for payment in before.payments for entry in payment.transactions}
    fresh = {entry.id for payment in changed for entry in payment.transactions if old.get(entry.id) != entry}
    ledger = {
        t.payments: [row for row in rows if row["id"] not in known or _other(known[row["id"]], row)],
        t.payment_transactions: [row for row in entries if row["id"] in fresh],
    }
    return {table: of_table for table, of_table in ledger.items() if of_table}


def _other(payment: Payment, row: Mapping[str, Any]) -> bool:
    """Whether more of it is another than its ledger."""
    return (payment.attempt, payment.amount) != (row["attempt"], row["amount"])


def payment_rows(
    order_id: OrderId, payments: Iterable[Payment], at: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of payments, and those of their ledgers."""
    rows: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for payment in payments:
        rows.append(
            {
                "id": payment.id,
                "order_id": order_id,
                "attempt": payment.attempt,
                "position": payment.position,
                "method": payment.method,
                "card_token": payment.card_token,
                "card": payment.card,
                "amount": payment.amount,
                "due_at": payment.due_at,
                "how_to_pay": payment.how_to_pay,
                "entered_by": payment.entered_by,
                "use": payment.use,
                "created_at": at,
            }
        )
        entries += [_entry_row(payment.id, entry, at) for entry in payment.transactions]
    return rows, entries


def _entry_row(payment_id: UUID, entry: Transaction, at: datetime) -> dict[str, Any]:
    return {
        "id": entry.id,
        "payment_id": payment_id,
        "kind": entry.kind,
        "status": entry.status,
        "amount": entry.amount,
        "provider_reference": entry.reference,
        "code": entry.code,
        "action_url": entry.action_url,
        "received_at": entry.received_at,
        "reverses": entry.reverses,
        "reason": entry.reason,
        "authorization_id": entry.authorization_id,
        "created_at": entry.at,
        "updated_at": at,
    }
