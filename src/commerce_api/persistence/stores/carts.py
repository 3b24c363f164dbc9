"""Carts under lock."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Delete, Integer, Table, Uuid, bindparam, delete, exists, func, select, update

from commerce_api.domain.cart import (
    Active,
    Cart,
    CartEvent,
    CartLine,
    Checkout,
    Merged,
    Ordered,
    Saved,
    ShipGroup,
    only_group,
)
from commerce_api.domain.ids import CartId
from commerce_api.persistence.events import appending
from commerce_api.persistence.readers.adjustments import adjustment_rows
from commerce_api.persistence.readers.carts import find_carts, find_drafts, look_at_cart
from commerce_api.persistence.readers.line_requests import request_values
from commerce_api.persistence.readers.outsets import NOTHING_ELSE, Besides, Looked, look_at, outset_of
from commerce_api.persistence.readers.particulars import PARTICULARS, particulars_row
from commerce_api.persistence.rows import Write, among, few, insert_at_last, insert_into, upsert_given
from commerce_api.persistence.sql import Overtaken, Statement
from commerce_api.persistence.tables.adjustments import cart_adjustments
from commerce_api.persistence.tables.buying import (
    cart_lines,
    cart_payment_instructions,
    cart_ship_group_lines,
    cart_ship_groups,
    carts,
)
from commerce_api.persistence.tables.records import events as log
from commerce_api.persistence.tables.stock import reservations
from commerce_api.persistence.unit_of_work import UnitOfWork

_ROOT: Final = (
    "customer_id",
    "state",
    "name",
    "currency",
    "email",
    "phone",
    "billing_address",
    "email_source",
    "phone_source",
    "billing_source",
    "attributes",
    *PARTICULARS,
    "note",
    "availability_choice",
    "terms_version",
    "made_from",
    "agreement",
    "checkout_expires_at",
    "checkout_renewed",
    "locked_by",
    "locked_since",
    "locked_until",
    "adjusted",
    "updated_at",
    "expires_at",
)
_seen = bindparam("seen", type_=Integer())


@lru_cache(maxsize=256)
def _saving(
    below: tuple[tuple[Table, int], ...],
    gone: tuple[Table, ...],
    beside: tuple[Any, ...],
    told: int,
    stock_told: bool,  # noqa: FBT001 - as in rows
) -> Statement:
    """The cart itself, what happened, rows of tables below it and of those that are gone; nothing of it unless the cart is as
    it was `seen`. What is written beside it is, whatever the cart is like; of that, queries have one value. Numbers are as
    `few` says.
    """
    values = {n: bindparam(f"new_{n}", type_=carts.c[n].type) for n in _ROOT}
    saved = (
        update(carts)
        .where(carts.c.id == bindparam("cart_id", type_=Uuid()))
        .where(carts.c.revision == func.coalesce(_seen, carts.c.revision))
        .values({"revision": carts.c.revision + 1, **values})
        .returning(carts.c.id)
        .cte("saved")
    )
    there = exists(select(saved.c.id))
    written = [upsert_given(table, there, count=count).cte(f"new_{table.name}") for table, count in below]
    written += [_removing(table).where(there).cte(f"no_{table.name}") for table in gone]
    written += [clause.cte(f"beside_{number}") for number, clause in enumerate(beside) if clause.is_dml]
    asked = [clause.scalar_subquery() for clause in beside if not clause.is_dml]
    saving = select(saved.c.id, *asked).add_cte(appending(there, count=told).cte("told"), *written)
    return Statement(saving, stock_told=stock_told)


def _removing(table: Table) -> Delete:
    mine = table.c.cart_id == bindparam("cart_id", type_=Uuid())
    return delete(table).where(mine, among(table.c.id, f"gone_{table.name}"))


_unreserve = (
    delete(reservations)
    .where(reservations.c.cart_id == bindparam("cart_id", type_=Uuid()))
    .returning(reservations.c.variant_id)
)
_let_go = _unreserve.cte("let_go")
_DELETE = Statement(
    select(_let_go.c.variant_id).add_cte(
        delete(carts).where(carts.c.id == bindparam("cart_id", type_=Uuid())).cte("deleted")
    ),
    shows={"stock": "variant_id"},
)
_HOLD = Statement(
    select(carts.c.id)
    .where(carts.c.id == bindparam("cart_id"), carts.c.revision == bindparam("seen"))
    .with_for_update()
)
_WRITE_GROUP_LINES = insert_into(cart_ship_group_lines)
_REMOVE_GROUP_LINES = Statement(
    delete(cart_ship_group_lines).where(cart_ship_group_lines.c.cart_id == bindparam("cart_id"))
)
_RELEASE = Statement(_unreserve, shows={"stock": "variant_id"})


class CartStore:
    """Sees only what the actor may change. The row of a cart that is read here stays locked until the transaction ends.

    Drafts belong to a quote or an order: whoever asks for one has been let to that before.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> Cart | None:
        found = await self.get_many([id])
        return found[0] if found else None

    async def get_many(self, ids: Iterable[UUID]) -> list[Cart]:
        """Locked in the order of their ids, whatever the order asked."""
        found = await find_carts(self._connection, ids, self._uow.by.actor, lock=True)
        for cart in found:
            self._uow.serve(cart.customer_id)
        return found

    async def draft(self, id: UUID) -> Cart | None:
        found = await find_drafts(self._connection, [id], lock=True)
        for cart in found:
            self._uow.serve(cart.customer_id)
        return found[0] if found else None

    async def add(self, cart: Cart, events: Sequence[CartEvent] = (), *, token_hash: bytes | None = None) -> None:
        """A draft has no token."""
        self._uow.serve(cart.customer_id)
        root = {"id": cart.id, "purpose": cart.purpose, "token_hash": token_hash, "channel_id": cart.channel_id}
        root |= {"language": cart.language, "created_at": cart.created_at, "revision": cart.revision}
        root |= {"split_from_id": cart.split_from_id}
        groups = cart.ship_groups if cart.ship_groups != (only_group(cart.id),) else ()
        await insert_at_last(
            self._connection,
            {
                carts: [{**root, **_root(cart)}],
                cart_lines: [_line(cart, line) for line in cart.lines],
                cart_ship_groups: [_group(cart, position, group) for position, group in enumerate(groups)],
                cart_ship_group_lines: _shares(cart.id, groups),
                cart_payment_instructions: _instructions(cart),
                cart_adjustments: adjustment_rows(cart.adjustments, cart_id=cart.id),
                log: self._uow.events.first_rows("CART", cart.id, events),
            },
        )

    async def look(self, id: UUID) -> Cart | None:
        """Without a lock, for who writes only the cart, and saves it as `looked`: should somebody else have written it meanwhile,
        all is done once more, under lock.
        """
        if self._uow.careful:
            return await self.get(id)
        cart = await look_at_cart(self._uow.ahead, id, self._uow.by.actor)
        if cart:
            self._uow.serve(cart.customer_id)
        return cart

    async def look_with_outset(self, id: UUID, besides: Besides = NOTHING_ELSE) -> Looked | None:
        """The same, with what it takes to price it."""
        uow = self._uow
        if uow.careful:
            cart = await self.get(id)
            return Looked(cart, await outset_of(uow.connection, cart, uow.by.at, besides)) if cart else None
        looked = await look_at(uow.ahead, id, uow.by.actor, uow.by.at, besides)
        if looked:
            uow.serve(looked.cart.customer_id)
        return looked

    async def hold(self, cart: Cart) -> None:
        """Lock from here on what was only looked at."""
        if await self._connection.fetch_value(_HOLD, cart_id=cart.id, seen=cart.revision) is None:
            raise Overtaken

    async def save(
        self,
        before: Cart,
        after: Cart,
        events: Sequence[CartEvent],
        *,
        looked: bool = False,
        beside: Sequence[Write] = (),
        told: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Write what differs, one revision on. A cart that leaves its checkout gives back what was reserved for it. For a cart
        that is locked: by the same statement what stands `beside` it, and after its own events what is `told` of others.
        """
        values: dict[str, Any] = {f"new_{name}": value for name, value in _root(after).items()}
        values |= {"cart_id": after.id, "seen": before.revision if looked else None}
        values["told"] = [*self._uow.events.rows("CART", after.id, events), *told]
        written, gone = _written(before, after), _gone(before, after)
        values |= {table.name: rows for table, rows in written.items()}
        values |= {f"gone_{table.name}": ids for table, ids in gone.items()}
        for write in beside:
            values |= write.values
        below = tuple((table, few(rows)) for table, rows in written.items())
        told_of, clauses = any(write.stock_told for write in beside), tuple(write.clause for write in beside)
        saving = _saving(below, tuple(gone), clauses, few(values["told"]), told_of)
        await self._connection.at_last(saving, values, rows=1)
        await self._divide(before, after)
        if isinstance(before.state, Checkout) and isinstance(after.state, Active | Saved):
            await self._connection.fetch(_RELEASE, cart_id=after.id)

    async def delete(self, cart: Cart, events: Sequence[CartEvent]) -> None:
        """The cart is gone; that it was there stays in the log."""
        await self._uow.events.record("CART", cart.id, events)
        await self._connection.fetch(_DELETE, cart_id=cart.id)

    async def _divide(self, before: Cart, after: Cart) -> None:
        """Which lines go where, if that is another way than before."""
        if (shares := _shares(after.id, after.ship_groups)) != (were := _shares(after.id, before.ship_groups)):
            if were:
                await self._connection.execute(_REMOVE_GROUP_LINES, cart_id=after.id)
            await self._connection.execute_many(_WRITE_GROUP_LINES, shares)


def _written(before: Cart, after: Cart) -> dict[Table, list[Mapping[str, Any]]]:
    """The rows below a cart that are new or different, of the tables that have any."""
    known = {line.id: line for line in before.lines}
    groups = after.ship_groups if after.ship_groups != before.ship_groups else ()
    paid_otherwise = after.payment_instructions != before.payment_instructions
    adjustments = after.adjustments if after.adjustments != before.adjustments else ()
    rows: dict[Table, list[Mapping[str, Any]]] = {
        cart_lines: [_line(after, line) for line in after.lines if known.get(line.id) != line],
        cart_ship_groups: [_group(after, position, group) for position, group in enumerate(groups)],
        cart_payment_instructions: _instructions(after) if paid_otherwise else [],
        cart_adjustments: adjustment_rows(adjustments, cart_id=after.id),
    }
    return {table: of_table for table, of_table in rows.items() if of_table}


def _gone(before: Cart, after: Cart) -> dict[Table, list[UUID]]:
    """The ids of rows that are not there any more, of the tables that have any."""
    left = _ids_below(after)
    gone = {table: list(ids - left[table]) for table, ids in _ids_below(before).items()}
    return {table: ids for table, ids in gone.items() if ids}


def _ids_below(cart: Cart) -> dict[Table, set[UUID]]:
    return {
        cart_lines: {line.id for line in cart.lines},
        cart_ship_groups: {group.id for group in cart.ship_groups},
        cart_payment_instructions: {instruction.id for instruction in cart.payment_instructions},
        cart_adjustments: {adjustment.id for adjustment in cart.adjustments},
    }


def _root(cart: Cart) -> dict[str, Any]:
    state = cart.state
    in_checkout = state if isinstance(state, Checkout) else None
    return {
        "customer_id": cart.customer_id,
        "state": _STATES[type(state)],
        "name": state.name if isinstance(state, Saved) else None,
        "currency": cart.currency,
        "email": cart.email,
        "phone": cart.phone,
        "billing_address": cart.billing_address,
        "email_source": cart.email_source,
        "phone_source": cart.phone_source,
        "billing_source": cart.billing_source,
        "attributes": cart.attributes,
        **particulars_row(cart.particulars),
        "note": cart.note,
        "availability_choice": cart.availability_choice,
        "terms_version": cart.terms_version,
        "made_from": cart.made_from,
        "agreement": cart.agreement,
        "checkout_expires_at": in_checkout and in_checkout.until,
        "checkout_renewed": in_checkout is not None and in_checkout.renewed,
        "locked_by": cart.lock and cart.lock.by,
        "locked_since": cart.lock and cart.lock.since,
        "locked_until": cart.lock and cart.lock.until,
        "adjusted": bool(cart.adjustments),
        "updated_at": cart.updated_at,
        "expires_at": cart.expires_at,
    }


_STATES: Final = {Active: "ACTIVE", Saved: "SAVED", Checkout: "CHECKOUT", Ordered: "ORDERED", Merged: "MERGED"}


def _line(cart: Cart, line: CartLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "cart_id": cart.id,
        "variant_id": line.variant_id,
        "parent_id": line.parent_id,
        "quantity": line.quantity,
        "attributes": line.attributes,
        **request_values(line.requests),
        "availability_choice": line.availability_choice,
        "tie_group": line.tie_group,
        "fields": line.fields,
        "seen_unit_price": line.seen_unit_price,
        "added_by": line.added_by,
        "added_at": line.added_at,
    }


def _group(cart: Cart, position: int, group: ShipGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "cart_id": cart.id,
        "position": position,
        "address": group.address,
        "shipping_method_id": group.shipping_method_id,
        "instructions": group.instructions,
        "requested_ship_date": group.requested_ship_date,
        "source": group.source,
    }


def _shares(cart_id: CartId, groups: Iterable[ShipGroup]) -> list[dict[str, Any]]:
    """Which lines go where, if they are divided."""
    return [
        {"cart_id": cart_id, "ship_group_id": group.id, "cart_line_id": line_id, "quantity": quantity}
        for group in groups
        for line_id, quantity in group.quantities.items()
    ]


def _instructions(cart: Cart) -> list[Mapping[str, Any]]:
    return [
        {
            "id": instruction.id,
            "cart_id": cart.id,
            "position": position,
            "method": instruction.method,
            "card_token": instruction.card_token,
            "amount": instruction.amount,
            "source": instruction.source,
            "entered_by": instruction.entered_by,
        }
        for position, instruction in enumerate(cart.payment_instructions)
    ]
