"""What was ordered before, put together once more at the prices of the day (S2-18).

Lines with their add-ons, addresses, shipping methods and attributes are copied, each as far as it can still be had. How it was
paid, what staff said and changed, what held it up, and the number of the buyer's own order stay behind.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from commerce_api.domain import cart as carts
from commerce_api.domain.address import Address
from commerce_api.domain.cart import Active, AddLine, AddLines, Cart, CartCommand, CartCreated, CartEvent, Purpose
from commerce_api.domain.channel import Channel
from commerce_api.domain.cloning import Destination, LeftOut, LeftOutReason, divided, left_out, next_to_copy
from commerce_api.domain.custom_field import FieldAccess, FieldOwner, FieldValues, Said, fitting, of_owner
from commerce_api.domain.ids import CartId, CartLineId, OrderLineId
from commerce_api.domain.line_requests import LineRequests
from commerce_api.domain.order import Order
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.operations.carts import Asked, Work
from commerce_api.persistence.readers.cart_facts import variant_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.unit_of_work import UnitOfWork

Row: TypeAlias = Mapping[str, Any]
Wanted: TypeAlias = Mapping[OrderLineId, int]
Copied: TypeAlias = dict[OrderLineId, CartLineId]


async def bought_again(
    uow: UnitOfWork, order: Order, rows: Snapshot, wanted: Wanted, purpose: Purpose
) -> tuple[Work, Copied, tuple[LeftOut, ...]]:
    """A cart that is not kept yet, with as many of these lines as can be bought, what they are called there, and why the others
    cannot.
    """
    channel = await channel_by_id(uow.connection, order.channel_id)
    work = Work(uow, _new_cart(uow, order, rows, channel, purpose), channel)
    work.events.append(CartCreated(currency=work.cart.currency))
    lines = {row["id"]: row for row in rows["lines"] if row["id"] in wanted}
    copied, missing = await _copy_lines(uow, work, lines, wanted)
    await _send(work, rows, wanted, copied)
    for command in _rest(rows, copied):
        await work.do(Asked(action=command))
    work.reasons.clear()
    return work, copied, tuple(LeftOut(line_id=id_, reason=missing[id_]) for id_ in lines if id_ in missing)


def _new_cart(uow: UnitOfWork, order: Order, rows: Snapshot, channel: Channel, purpose: Purpose) -> Cart:
    id_, at = CartId(uow.new_id()), uow.by.at
    chain = tuple(
        Predecessor(kind=PredecessorKind(each["kind"]), id=UUID(each["id"]))
        for each in rows["order"]["origin"].get("chain", ())
    )
    return Cart(
        id=id_,
        purpose=purpose,
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
    uow: UnitOfWork, work: Work, lines: Mapping[OrderLineId, Row], wanted: Wanted
) -> tuple[Copied, Mapping[OrderLineId, LeftOutReason]]:
    """All that can be bought, a line before what was added on to it."""
    parents = {id_: row["parent_id"] for id_, row in lines.items()}
    copied, missing = Copied(), await _not_to_be_had(uow, work, list(lines.values()))
    while chosen := next_to_copy(parents, copied, missing):
        before = len(work.events)
        adding = tuple(_line(lines[id_], wanted[id_], copied.get(parents[id_]), work.channel) for id_ in chosen)
        await work.do(Asked(action=AddLines(lines=adding)))
        found = left_out(work.reasons, chosen)
        work.reasons.clear()
        missing |= found
        if not found:
            copied |= zip(chosen, map(_line_of, work.events[before:]), strict=True)
    return copied, dict.fromkeys(lines.keys() - copied.keys(), LeftOutReason.PARENT_LEFT_OUT) | missing


def _line_of(event: CartEvent) -> CartLineId:
    """The line that was added, or that has more of the same now."""
    return event.line.id if isinstance(event, carts.CartLineAdded) else event.line_id  # type: ignore[union-attr]


async def _not_to_be_had(uow: UnitOfWork, work: Work, lines: Sequence[Row]) -> dict[OrderLineId, LeftOutReason]:
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


def _line(row: Row, quantity: int, parent_id: CartLineId | None, channel: Channel) -> AddLine:
    """Instructions are about the goods; a date, haste and a gift message were for that one time."""
    fields = _copied(row["fields"], channel, FieldOwner.ORDER_LINE)
    return AddLine(
        variant=row["variant_id"],
        quantity=quantity,
        parent_line_id=parent_id,
        attributes=row["attributes"],
        fields=tuple(Said(code=code, value=each) for code, each in fields.items()),
        requests=LineRequests(instructions=row["instructions"]),
    )


def _particulars(row: Row, channel: Channel) -> Particulars:
    """A buyer's order number is that of one purchase, and priority and tags are what staff said."""
    return Particulars(gift=row["gift"], fields=_copied(row["fields"], channel, FieldOwner.ORDER))


def _copied(said: FieldValues, channel: Channel, owner: FieldOwner) -> FieldValues:
    """What shoppers can say and could say again now."""
    fields = (field for field in of_owner(channel.fields, owner) if field.offered(channel.id))
    return {field.code: each for field, each in fitting(said, fields) if field.shoppers is FieldAccess.SET}


def _rest(rows: Snapshot, copied: Copied) -> Iterator[CartCommand]:
    """What goes beside the lines, each as far as it can still be had."""
    head = rows["order"]
    yield carts.SetBuyer(email=head["email"], phone=head["phone"])
    yield carts.SetBillingAddress(address=_address(head["billing_address"]))
    yield carts.SetAttributes(attributes=head["attributes"])
    yield carts.SetAvailabilityChoice(choice=AvailabilityChoice(head["shipping_policy"]))
    policies, tied = defaultdict[str, list[CartLineId]](list), defaultdict[int, list[CartLineId]](list)
    for row in rows["lines"]:
        if row["id"] in copied:
            policies[row["shipping_policy"] or ""].append(copied[row["id"]])
            tied[row["tie_group"] or 0].append(copied[row["id"]])
    for policy in filter(None, policies):
        yield carts.SetAvailabilityChoice(choice=AvailabilityChoice(policy), line_ids=tuple(policies[policy]))
    yield carts.SetTieGroups(groups=tuple(tuple(ids) for number, ids in tied.items() if number))


async def _send(work: Work, rows: Snapshot, wanted: Wanted, copied: Copied) -> None:
    """Several destinations stay apart, each with what went there, in the way that it did if there still is such a way."""
    places = [_destination(group, rows["shares"]) for group in rows["groups"]]
    plans = [_plan(place, copied) for place in divided(places, {id_: wanted[id_] for id_ in copied})]
    if plans:
        await work.do(Asked(action=carts.SetShipGroups(groups=tuple(plans))))
    if gone := {reason.path[1] for reason in work.reasons}:
        known = (replace(p, shipping_method_id=None) if str(n) in gone else p for n, p in enumerate(plans))
        await work.do(Asked(action=carts.SetShipGroups(groups=tuple(known))))


def _destination(group: Row, shares: Sequence[Row]) -> Destination:
    return Destination(
        address=_address(group["address"]),
        shipping_method_id=group["shipping_method_id"],
        instructions=group["instructions"],
        quantities={each["order_line_id"]: each["quantity"] for each in shares if each["ship_group_id"] == group["id"]},
    )


def _plan(place: Destination, copied: Copied) -> carts.ShipGroupPlan:
    quantities: Counter[CartLineId] = Counter()
    for line_id, many in place.quantities.items():
        quantities[copied[line_id]] += many
    return carts.ShipGroupPlan(
        address=place.address,
        shipping_method_id=place.shipping_method_id,
        instructions=place.instructions,
        quantities=dict(quantities),
    )


def _address(document: Mapping[str, Any] | None) -> Address | None:
    return Address(**document) if document else None
