"""Carts under lock."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, update

from commerce_api.domain.cart import Active, Cart, CartEvent, Checkout, Merged, Ordered, Saved, ShipGroup, only_group
from commerce_api.persistence.readers.adjustments import OF_CARTS, adjustment_rows
from commerce_api.persistence.readers.carts import INSTRUCTIONS, find_carts, find_drafts
from commerce_api.persistence.readers.line_requests import request_values
from commerce_api.persistence.readers.particulars import PARTICULARS, particulars_row
from commerce_api.persistence.rows import among, insert_into, upsert
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.buying import (
    cart_lines,
    cart_ship_group_lines,
    cart_ship_groups,
    carts,
)
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
_INSERT = insert_into(carts)
_UPDATE = Statement(
    update(carts)
    .where(carts.c.id == bindparam("cart_id", type_=Uuid()))
    .values({"revision": carts.c.revision + 1, **{n: bindparam(f"new_{n}", type_=carts.c[n].type) for n in _ROOT}})
)
_DELETE = Statement(delete(carts).where(carts.c.id == bindparam("cart_id", type_=Uuid())))
_WRITE_LINES = upsert(cart_lines)
_REMOVE_LINES = Statement(
    delete(cart_lines).where(cart_lines.c.cart_id == bindparam("cart_id"), among(cart_lines.c.id))
)
_WRITE_GROUPS = insert_into(cart_ship_groups)
_REMOVE_GROUPS = Statement(delete(cart_ship_groups).where(cart_ship_groups.c.cart_id == bindparam("cart_id")))
_WRITE_GROUP_LINES = insert_into(cart_ship_group_lines)
_RELEASE = Statement(delete(reservations).where(reservations.c.cart_id == bindparam("cart_id")))


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
        await self._connection.execute(_INSERT, {**root, **_root(cart)})
        await self._write_lines(None, cart)
        if cart.adjustments:
            await OF_CARTS.replace(self._connection, cart.id, adjustment_rows(cart.adjustments, cart_id=cart.id))
        if cart.ship_groups != (only_group(cart.id),):
            await self._write_groups(cart)
        if cart.payment_instructions:
            await INSTRUCTIONS.replace(self._connection, cart.id, _instructions(cart))
        await self._uow.events.record("CART", cart.id, events)

    async def save(self, before: Cart, after: Cart, events: Sequence[CartEvent]) -> None:
        """Write what differs, one revision on. A cart that leaves its checkout gives back what was reserved for it."""
        values = {f"new_{name}": value for name, value in _root(after).items()}
        await self._connection.execute(_UPDATE, values, cart_id=after.id)
        await self._write_lines(before, after)
        if after.ship_groups != before.ship_groups:
            await self._write_groups(after)
        if after.payment_instructions != before.payment_instructions:
            await INSTRUCTIONS.replace(self._connection, after.id, _instructions(after))
        if after.adjustments != before.adjustments:
            await OF_CARTS.replace(self._connection, after.id, adjustment_rows(after.adjustments, cart_id=after.id))
        if isinstance(before.state, Checkout) and isinstance(after.state, Active | Saved):
            await self._connection.execute(_RELEASE, cart_id=after.id)
        await self._uow.events.record("CART", after.id, events)

    async def delete(self, cart: Cart, events: Sequence[CartEvent]) -> None:
        """The cart is gone; that it was there stays in the log."""
        await self._uow.events.record("CART", cart.id, events)
        await self._connection.execute(_DELETE, cart_id=cart.id)

    async def _write_lines(self, before: Cart | None, after: Cart) -> None:
        known = {line.id: line for line in before.lines} if before else {}
        changed = [line for line in after.lines if known.get(line.id) != line]
        if removed := known.keys() - {line.id for line in after.lines}:
            await self._connection.execute(_REMOVE_LINES, cart_id=after.id, ids=list(removed))
        await self._write(
            _WRITE_LINES,
            [
                {
                    "id": line.id,
                    "cart_id": after.id,
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
                for line in changed
            ],
        )

    async def _write_groups(self, cart: Cart) -> None:
        await self._connection.execute(_REMOVE_GROUPS, cart_id=cart.id)
        groups = list(enumerate(cart.ship_groups))
        await self._write(_WRITE_GROUPS, [_group(cart, position, group) for position, group in groups])
        await self._write(
            _WRITE_GROUP_LINES,
            [
                {"cart_id": cart.id, "ship_group_id": group.id, "cart_line_id": line_id, "quantity": quantity}
                for group in cart.ship_groups
                for line_id, quantity in group.quantities.items()
            ],
        )

    async def _write(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        if len(rows) == 1:
            await self._connection.execute(statement, rows[0])
        elif rows:
            await self._connection.execute_many(statement, rows)


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
