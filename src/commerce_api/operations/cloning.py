"""A cart with what an order had, for a customer who wants the same again (S2-18).

Lines, addresses, shipping methods and attributes are copied, and priced as of today. How it was paid, what staff said and changed,
what held it up, and the number of the buyer's own order stay behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Any
from uuid import UUID

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import cart as carts
from commerce_api.domain.actor import lacking
from commerce_api.domain.address import Address
from commerce_api.domain.canceling import Units
from commerce_api.domain.cart import Active, AddLine, AddLines, Cart, CartCommand, CartCreated
from commerce_api.domain.channel import Channel
from commerce_api.domain.cloning import LeftOut, LeftOutReason, OrderCloned, left_out
from commerce_api.domain.custom_field import FieldAccess, FieldOwner, FieldValues, Said, fitting, of_owner
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import CartId, OrderId, OrderLineId
from commerce_api.domain.line_requests import LineRequests
from commerce_api.domain.order import Order
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.permissions import Permission
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.cart_opening import CartOpening, CreatedCart
from commerce_api.operations.carts import Asked, Work
from commerce_api.persistence.readers.cart_facts import variant_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.clones import clone_event
from commerce_api.persistence.stores import order_versions
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

CLONING = (Permission.BUY, Permission.ACT_FOR_CUSTOMERS)


@value
class CloneOrder:
    """Without `lines` all of them, and without a quantity as many as were ordered."""

    order_id: OrderId | None
    lines: tuple[Units, ...] | None = None


@value
class Clone:
    """`token` is for a guest's cart."""

    cart: Cart
    token: str | None = field(repr=False)
    order_id: OrderId
    left_out: tuple[LeftOut, ...]

    @property
    def id(self) -> CartId:
        return self.cart.id


@value
class Cloning:
    opening: CartOpening

    async def clone(self, uow: UnitOfWork, command: CloneOrder) -> Clone | Refused:
        order = await OrderStore(uow).get(command.order_id) if command.order_id else None
        if order is None:
            return refuse(NotFound(path=("orderId",)))
        if reasons := lacking(uow.by.actor, CLONING, order.channel_id):
            return Refused(reasons=reasons)
        if refused := await acting.against(uow, order.customer_id, ("orderId",)):
            return refused
        rows = await order_versions.current(uow.connection, order.id)
        wanted = _wanted(rows, command.lines)
        return wanted if isinstance(wanted, Refused) else await self._made(uow, order, rows, wanted)

    async def _made(
        self, uow: UnitOfWork, order: Order, rows: Snapshot, wanted: Mapping[OrderLineId, int]
    ) -> Clone | Refused:
        channel = await channel_by_id(uow.connection, order.channel_id)
        work = Work(uow, _new_cart(uow, order, rows, channel), channel)
        work.events.append(CartCreated(currency=work.cart.currency))
        missing = await _copy_lines(uow, work, rows, wanted)
        for command in _rest(rows):
            await work.do(Asked(action=command))
        token = self.opening.token(work.cart.id)
        await CartStore(uow).add(work.cart, work.events, token_hash=token_hash(token))
        told = OrderCloned(cart_id=work.cart.id, left_out=missing)
        await uow.events.record("ORDER", order.id, [told])
        return Clone(cart=work.cart, token=self._shown(work.cart), order_id=order.id, left_out=missing)

    async def load(self, uow: UnitOfWork, id: UUID) -> Clone | Refused:
        """For a repeated request."""
        created = await self.opening.load(uow, id)
        if not isinstance(created, CreatedCart):
            return created
        order_id, data = await clone_event(uow.connection, created.cart.made_from[-1].id, id)
        missing = tuple(
            LeftOut(line_id=OrderLineId(UUID(each["line_id"])), reason=LeftOutReason(each["reason"]))
            for each in data["left_out"]
        )
        return Clone(cart=created.cart, token=created.token, order_id=order_id, left_out=missing)

    def _shown(self, cart: Cart) -> str | None:
        return None if cart.customer_id else self.opening.token(cart.id)


def _wanted(rows: Snapshot, lines: Sequence[Units] | None) -> Mapping[OrderLineId, int] | Refused:
    """How many of which line. What was canceled may be wanted again: that is how a canceled order comes back."""
    ordered: dict[OrderLineId, int] = {row["id"]: row["quantity"] for row in rows["lines"]}
    if lines is None:
        return ordered
    unknown = [NotFound(path=(*each.path, "lineId")) for each in lines if each.line_id not in ordered]
    if unknown:
        return Refused(reasons=tuple(unknown))
    return {each.line_id: each.quantity or ordered[each.line_id] for each in lines if each.line_id}


def _new_cart(uow: UnitOfWork, order: Order, rows: Snapshot, channel: Channel) -> Cart:
    id_, at = CartId(uow.new_id()), uow.by.at
    chain = tuple(
        Predecessor(kind=PredecessorKind(each["kind"]), id=UUID(each["id"]))
        for each in rows["order"]["origin"].get("chain", ())
    )
    return Cart(
        id=id_,
        channel_id=channel.id,
        customer_id=order.customer_id,
        state=Active(),
        currency=order.currency if order.currency in channel.currencies else channel.currencies[0],
        language=order.language,
        attributes={},
        particulars=_particulars(rows["order"], channel),
        ship_groups=(carts.only_group(id_),),
        made_from=(*chain, Predecessor(kind=PredecessorKind.ORDER, id=order.id)),
        created_at=at,
        updated_at=at,
        expires_at=at + timedelta(days=channel.cart_days),
        revision=1,
    )


async def _copy_lines(
    uow: UnitOfWork, work: Work, rows: Snapshot, wanted: Mapping[OrderLineId, int]
) -> tuple[LeftOut, ...]:
    """All that can be bought; what was added on to another line is a line of its own."""
    lines = [row for row in rows["lines"] if row["id"] in wanted]
    missing = await _not_to_be_had(uow, work, lines)
    while True:
        chosen = [row for row in lines if row["id"] not in missing]
        if not chosen:
            break
        await work.do(
            Asked(action=AddLines(lines=tuple(_line(row, wanted[row["id"]], work.channel) for row in chosen)))
        )
        found = left_out(work.reasons, [row["id"] for row in chosen])
        work.reasons.clear()
        if not found:
            break
        missing |= found
    return tuple(LeftOut(line_id=row["id"], reason=missing[row["id"]]) for row in lines if row["id"] in missing)


async def _not_to_be_had(
    uow: UnitOfWork, work: Work, lines: Sequence[Mapping[str, Any]]
) -> dict[OrderLineId, LeftOutReason]:
    found = await variant_facts(
        uow.connection,
        ids={row["variant_id"] for row in lines if row["variant_id"]},
        channel_id=work.channel.id,
        language=work.cart.language,
        at=uow.by.at,
    )
    known = {variant.id: variant for variant in found}
    missing: dict[OrderLineId, LeftOutReason] = {}
    for row in lines:
        variant = known.get(row["variant_id"])
        if variant is None:
            missing[row["id"]] = LeftOutReason.GONE
        elif variant.on_sale and not variant.availability.covers(1):
            missing[row["id"]] = LeftOutReason.OUT_OF_STOCK
    return missing


def _line(row: Mapping[str, Any], quantity: int, channel: Channel) -> AddLine:
    """Instructions are about the goods; a date, haste and a gift message were for that one time."""
    fields = _copied(row["fields"], channel, FieldOwner.ORDER_LINE)
    return AddLine(
        variant=row["variant_id"],
        quantity=quantity,
        attributes=row["attributes"],
        fields=tuple(Said(code=code, value=each) for code, each in fields.items()),
        requests=LineRequests(instructions=row["instructions"]),
    )


def _particulars(row: Mapping[str, Any], channel: Channel) -> Particulars:
    """A buyer's order number is that of one purchase, and priority and tags are what staff said."""
    return Particulars(gift=row["gift"], fields=_copied(row["fields"], channel, FieldOwner.ORDER))


def _copied(said: FieldValues, channel: Channel, owner: FieldOwner) -> FieldValues:
    """What shoppers can say and could say again now."""
    fields = (field for field in of_owner(channel.fields, owner) if field.offered(channel.id))
    return {field.code: each for field, each in fitting(said, fields) if field.shoppers is FieldAccess.SET}


def _rest(rows: Snapshot) -> Sequence[CartCommand]:
    """What goes beside the lines, each as far as it can still be had. Several destinations are joined in the first."""
    head, first = rows["order"], rows["groups"][0] if rows["groups"] else None
    commands: list[CartCommand] = [
        carts.SetBuyer(email=head["email"], phone=head["phone"]),
        carts.SetBillingAddress(address=_address(head["billing_address"])),
        carts.SetAttributes(attributes=head["attributes"]),
        carts.SetAvailabilityChoice(choice=AvailabilityChoice(head["shipping_policy"])),
    ]
    if first:
        commands.append(
            carts.SetShippingAddress(address=_address(first["address"]), instructions=first["instructions"])
        )
        commands.append(carts.SetShippingMethod(shipping_method_id=first["shipping_method_id"]))
    return commands


def _address(document: Mapping[str, Any] | None) -> Address | None:
    return Address(**document) if document else None
