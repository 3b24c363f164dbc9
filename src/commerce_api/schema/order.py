"""Orders as clients see them: their own copy of everything, and how far money, stock and parcels are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.address import Address as DomainAddress
from commerce_api.domain.custom_field import FieldOwner
from commerce_api.domain.order import wording
from commerce_api.domain.order_number import spoken
from commerce_api.domain.particulars import Priority as DomainPriority
from commerce_api.domain.payment import PaymentStatus, balance, payment_status
from commerce_api.domain.permissions import Permission
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.stock import StockStatus, stock_status
from commerce_api.persistence.readers import orders as questions
from commerce_api.persistence.readers.adjustments import adjustment_of
from commerce_api.persistence.readers.blocks import blocks_of
from commerce_api.persistence.readers.cancel_reasons import reasons_of
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.readers.clones import clones_of
from commerce_api.persistence.readers.order_edits import open_edits_of
from commerce_api.persistence.readers.order_plans import Groups, order_plan
from commerce_api.persistence.readers.order_versions import Past
from commerce_api.persistence.readers.split_orders import split_from, split_into
from commerce_api.schema.address import Address
from commerce_api.schema.adjustment import DESK, Adjustment
from commerce_api.schema.block import Block, Hold, holds
from commerce_api.schema.cancel_reason import CancelReason
from commerce_api.schema.cart_parts import KeyValue
from commerce_api.schema.catalog_values import AttributeValue
from commerce_api.schema.channel import Channel
from commerce_api.schema.comment import OrderComment, comments_of
from commerce_api.schema.context import Info
from commerce_api.schema.field_values import shown
from commerce_api.schema.margin import COSTS, OF_ALL, Margin
from commerce_api.schema.node import Node, find_node, global_id
from commerce_api.schema.order_actions import STAFF, OrderDeskActionAllowed, allowed_actions, desk_actions
from commerce_api.schema.order_differences import OrderDifference
from commerce_api.schema.order_enums import OrderActionAllowed
from commerce_api.schema.order_history import OrderEvent, OrderHistoryFilterInput, history_of
from commerce_api.schema.order_origin import OrderOrigin
from commerce_api.schema.order_parts import OrderLine, OrderShipGroup, sold_of, totals_of
from commerce_api.schema.order_versions import OrderVersion, differences_of, order_at, past_order, versions_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last
from commerce_api.schema.particulars import Priority
from commerce_api.schema.payment import Payment
from commerce_api.schema.permissions import requires
from commerce_api.schema.read_aloud import read_aloud
from commerce_api.schema.scalars import CurrencyCode, LanguageCode, Money
from commerce_api.schema.shipping_wishes import PlannedShipment, today_of
from commerce_api.schema.totals import Totals

if TYPE_CHECKING:
    from commerce_api.schema.customer import Customer
    from commerce_api.schema.order_edit import OrderEdit

Rows: TypeAlias = Sequence[Mapping[str, Any]]
VersionNumber = Annotated[
    int, strawberry.argument(description="Number of a version; the order's `versionNumber` is the latest.")
]
FromVersion = Annotated[int, strawberry.argument(name="from", description="Number of the earlier version.")]
HistoryFilter = Annotated[
    OrderHistoryFilterInput | None, strawberry.argument(description="Which events; all if left out.")
]
Moment = Annotated[datetime, strawberry.argument(description="When.")]
_OrderEdit: TypeAlias = Annotated["OrderEdit", strawberry.lazy("commerce_api.schema.order_edit")]
_Customer: TypeAlias = Annotated["Customer", strawberry.lazy("commerce_api.schema.customer")]


@strawberry.type(description="What somebody has bound themselves to buy.")
class Order(Node):
    prefix: ClassVar[str] = "ord"

    row: strawberry.Private[Mapping[str, Any]]
    past: strawberry.Private[Past | None]
    only_read: strawberry.Private[bool]
    number: str = strawberry.field(description="For people; opens nothing by itself.")
    spoken_number: str = strawberry.field(description="How to read the number out.")
    state: domain.OrderState = strawberry.field(description="Where it stands.")
    state_code: str = strawberry.field(description="The same as one letter, such as `X` for canceled.")
    fulfillment_status: domain.FulfillmentStatus = strawberry.field(description="How far the parcels are.")
    email: str = strawberry.field(description="Where mail about it goes; may be empty.")
    phone: str = strawberry.field(description="Of the buyer; may be empty.")
    language: LanguageCode = strawberry.field(description="Of mail about it.")
    currency: CurrencyCode = strawberry.field(description="All its amounts are in this.")
    billing_address: Address | None = strawberry.field(description="Who gets the bill.")
    note: str = strawberry.field(description="From the buyer; may be empty.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the order.")
    shipping_policy: ShippingPolicy = strawberry.field(description="When it may leave.")
    po_number: str = strawberry.field(description="The number of the buyer's own order; may be empty.")
    gift: bool = strawberry.field(description="Whether it is a gift.")
    priority: Priority = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="What staff attend to first.", directives=[requires(Permission.READ_ORDERS)]
    )
    tags: list[str] = strawberry.field(description="Words of staff.", directives=[requires(Permission.READ_ORDERS)])
    accepted_terms_version: str = strawberry.field(description="Version of the terms it was placed under.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    payment_due_at: datetime = strawberry.field(description="It is canceled if it is not paid by then.")
    version_number: int = strawberry.field(description="Grows by one when what was agreed on changes; see `versions`.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER, self.row["fields"])

    @strawberry.field(description="Its state in words, for the customer, in the language of the request.")
    def status_text(self, info: Info) -> str:
        return wording.for_shoppers(self.state, info.context.scope.language)

    @strawberry.field(description="Its state in words, for staff.", directives=[requires(Permission.READ_ORDERS)])
    def staff_status_text(self) -> str:
        return wording.for_staff(self.state)

    @strawberry.field(description="Why it was canceled; null if it was not.")
    async def cancel_reason(self, info: Info) -> CancelReason | None:
        code = self.row["cancel_reason"]
        found = await info.context.load(reasons_of, code) if code else None
        return CancelReason.of(found, info.context.scope.language) if found else None

    @strawberry.field(description="The order that it was copied from; null if it was not, or you may not see that one.")
    async def cloned_from(self, info: Info) -> "Order | None":
        chain = [each["id"] for each in self.row["origin"].get("chain", ()) if each["kind"] == "ORDER"]
        row = await info.context.load(questions.orders_by_id, UUID(chain[-1])) if chain else None
        return Order.of(row) if row else None

    @strawberry.field(description="Orders that were copied from it, the first one first, as far as you may see them.")
    async def clones(self, info: Info) -> list["Order"]:
        ids = await info.context.load(clones_of, self.key) or []
        return [Order.of(row) for row in await info.context.load_many(questions.orders_by_id, ids) if row]

    @strawberry.field(description="The order that it was a part of; null if it was none, or you may not see that one.")
    async def split_from(self, info: Info) -> "Order | None":
        id_ = await info.context.load(split_from, self.key)
        row = await info.context.load(questions.orders_by_id, id_) if id_ else None
        return Order.of(row) if row else None

    @strawberry.field(description="Orders that were parts of it, the first one first, as far as you may see them.")
    async def split_into(self, info: Info) -> list["Order"]:
        ids = await info.context.load(split_into, self.key) or []
        return [Order.of(row) for row in await info.context.load_many(questions.orders_by_id, ids) if row]

    @strawberry.field(description="Its lines, at most 500.")
    async def lines(self, info: Info) -> list[OrderLine]:
        changed = self.past.adjustments if self.past else None
        return [OrderLine.of(row, self.currency, changed) for row in await self._lines(info)]

    @strawberry.field(description="What goes where.")
    async def ship_groups(self, info: Info) -> list[OrderShipGroup]:
        return [OrderShipGroup.of(group) for group in await self._groups(info)]

    async def _groups(self, info: Info) -> Groups:
        return self.past.groups if self.past else await info.context.load(questions.groups_of, self.key) or []

    @strawberry.field(
        description="How it leaves, as far as stock on hand tells: what can at once, what later, and what each waits for."
    )
    async def shipping_plan(self, info: Info) -> list[PlannedShipment]:
        lines, groups = await self._lines(info), await self._groups(info)
        planned = order_plan(self.row, lines, groups, await today_of(info.context, self.row["channel_id"]))
        return PlannedShipment.list_of(planned, lines="oln", groups="osg")

    @strawberry.field(description="Everything added up, with charges and taxes one by one.")
    async def totals(self, info: Info) -> Totals:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        return totals_of(self.row, await self._lines(info), await self._charges(info), balance(self._owed, ledger))

    @strawberry.field(description=OF_ALL, directives=COSTS)
    async def margin(self, info: Info) -> Margin | None:
        return Margin.of(map(sold_of, await self._lines(info)), self.currency)

    @strawberry.field(
        description="What all costs, to be read out, in the language of the request; a sentence on each row."
    )
    async def spoken_summary(self, info: Info) -> str:
        rows = await self._lines(info)
        lines = [OrderLine.of(row, self.currency) for row in rows]
        totals = totals_of(self.row, rows, await self._charges(info), 0)
        return read_aloud(((line.name, line) for line in lines), totals, info.context.scope.language)

    async def _charges(self, info: Info) -> Rows:
        return self.past.charges if self.past else await info.context.load(questions.charges_of, self.key) or []

    @property
    def _owed(self) -> int:
        """Of a canceled order nothing is to be paid any more."""
        total: int = self.row["total"]
        return 0 if self.state is domain.OrderState.CANCELED else total

    async def _lines(self, info: Info) -> Rows:
        return self.past.lines if self.past else await info.context.load(questions.lines_of, self.key) or []

    @strawberry.field(description="What staff changed about its money, in the order they did.", directives=DESK)
    async def adjustments(self, info: Info) -> list[Adjustment]:
        kept = self.past.adjustments if self.past else await info.context.load(questions.adjustments_of, self.key) or []
        return Adjustment.list_of(map(adjustment_of, kept), self.currency, "oln")

    @strawberry.field(description="What is still to be paid; negative if there is something to give back.")
    async def balance(self, info: Info) -> Money:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        return Money.of(balance(self._owed, ledger), self.currency)

    @strawberry.field(description="Where the money stands.")
    async def payment_status(self, info: Info) -> PaymentStatus:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        canceled = self.row["state"] == domain.OrderState.CANCELED
        return payment_status(self.row["total"], ledger, self.row["payment_attempts"], canceled=canceled)

    @strawberry.field(description="All that was tried to pay it, oldest first.")
    async def payments(self, info: Info) -> list[Payment]:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        whole = info.context.actor.may_in(Permission.READ_PAYMENTS, self.row["channel_id"])
        return [Payment.of(payment, self.currency, info.context.scope.at, whole=whole) for payment in ledger]

    @strawberry.field(description="Whether the goods have been found.")
    async def stock_status(self, info: Info) -> StockStatus:
        rows = await self._lines(info)
        open_units = sum(row["quantity"] - row["canceled"] for row in rows)
        return stock_status(sum(row["allocated"] for row in rows), sum(row["backordered"] for row in rows), open_units)

    @strawberry.field(
        description="What holds it up or once did, the oldest first.", directives=[requires(Permission.READ_ORDERS)]
    )
    async def blocks(self, info: Info) -> list[Block]:
        return [Block.of(row) for row in await info.context.load(blocks_of, self.key) or ()]

    @strawberry.field(description="Whether any block is active.", directives=[requires(Permission.READ_ORDERS)])
    async def blocked(self, info: Info) -> bool:
        rows = await info.context.load(blocks_of, self.key) or ()
        return any(row["resolution"] is None for row in rows)

    @strawberry.field(
        description="Why it takes longer than usual, in neutral words for the customer; empty if nothing holds it up."
    )
    async def holds(self, info: Info) -> list[Hold]:
        return await holds(info, await info.context.load(blocks_of, self.key) or ())

    @strawberry.field(
        description="What you can do with it now, and what stands against the rest; empty for an earlier version, and for an order "
        "that was opened with a code, which lets nobody do anything."
    )
    async def allowed_actions(self, info: Info) -> list[OrderActionAllowed]:
        if self.past or self.only_read:
            return []
        return await allowed_actions(info.context, await self._state_of(info))

    @strawberry.field(
        description="What staff can do with it now, and what stands against the rest; empty for an earlier version.",
        directives=STAFF,
    )
    async def desk_actions(self, info: Info) -> list[OrderDeskActionAllowed]:
        return [] if self.past else await desk_actions(info.context, await self._state_of(info))

    async def _state_of(self, info: Info) -> domain.Order:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        return questions.order_of(self.row, ledger)

    @strawberry.field(
        description="Who is changing it right now, and to what; null if nobody is. Customers see what they have begun themselves, also "
        "while staff go on with it."
    )
    async def edit(self, info: Info) -> _OrderEdit | None:
        found = None if self.past else await info.context.load(open_edits_of, self.key)
        edit: Any = found and await find_node(info.context, global_id("oed", found.edit.id), {"OrderEdit"})
        return edit or None

    @strawberry.field(
        description="What was agreed on, each time that it changed, the first time first. Blocks, comments, payments and "
        "parcels make no version."
    )
    async def versions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[OrderVersion]:
        return await versions_of(info.context, self.key, Order.of_past, (first, after, last, before))

    @strawberry.field(
        description="The order as a version has it, by its number; null if there is none. Lines, ship groups, charges, totals "
        "and everything that was agreed on are as they were then. Payments, history and what is on the way are no part of "
        "a version and are as they are now; `balance` is what would be due now at the total of then. The ids are those of "
        "the order and its lines, so keep what you read here out of a cache that goes by ids."
    )
    async def version(self, info: Info, number: VersionNumber) -> "Order | None":
        past = await past_order(info.context, self.key, number)
        return Order.of_past(past) if past else None

    @strawberry.field(description="The order as it was at a time; null if that is before it was placed. See `version`.")
    async def as_of(self, info: Info, time: Moment) -> "Order | None":
        past = await order_at(info.context, self.key, time)
        return Order.of_past(past) if past else None

    @strawberry.field(description="What is different between two versions; null if one of them is not there.")
    async def diff(self, info: Info, from_: FromVersion, to: VersionNumber) -> list[OrderDifference] | None:
        return await differences_of(info.context, self.key, from_, to)

    @strawberry.field(description="What was written about it, the oldest first; customers see what is meant for them.")
    async def comments(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[OrderComment]:
        whole = info.context.actor.may_in(Permission.READ_ORDERS, self.row["channel_id"])
        return await comments_of(info.context, self.key, (first, after, last, before), whole=whole)

    @strawberry.field(
        description="What happened to it, oldest first: versions, payments, blocks, comments and the rest in one list. Staff see "
        "more of it than customers."
    )
    async def history(
        self,
        info: Info,
        filter: HistoryFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[OrderEvent]:
        whole = info.context.actor.may_in(Permission.READ_ORDERS, self.row["channel_id"])
        chosen = (filter or OrderHistoryFilterInput()).parse(whole=whole)
        return await history_of(info.context, self.key, chosen, Order.of_past, (first, after, last, before))

    @strawberry.field(description="Where it came from.", directives=[requires(Permission.READ_ORDERS)])
    def origin(self) -> OrderOrigin:
        return OrderOrigin.of(self.row["origin"])

    @strawberry.field(description="Whose it is; null for a guest's.", directives=[requires(Permission.READ_ORDERS)])
    def customer_id(self) -> strawberry.ID | None:
        id_: UUID | None = self.row["customer_id"]
        return strawberry.ID(global_id("cus", id_)) if id_ else None

    @strawberry.field(description="Whose it is; null for a guest's.", directives=[requires(Permission.FIND_CUSTOMERS)])
    async def customer(self, info: Info) -> _Customer | None:
        id_: UUID | None = self.row["customer_id"]
        found: Any = id_ and await find_node(info.context, global_id("cus", id_), {"Customer"})
        return found or None

    @strawberry.field(description="The channel it was placed in.")
    async def channel(self, info: Info) -> Channel:
        found: Any = await info.context.load(channels_by_id, self.row["channel_id"])
        return Channel.of(found)

    @classmethod
    def of_past(cls, past: Past) -> Self:
        """As it was; what of it is no part of a version is read as it is now."""
        return cls.of(past.order, past)

    @classmethod
    def of(cls, row: Mapping[str, Any], past: Past | None = None, *, only_read: bool = False) -> Self:
        return cls(
            key=row["id"],
            row=row,
            past=past,
            only_read=only_read,
            spoken_number=spoken(row["number"]),
            state=domain.OrderState(row["state"]),
            state_code=domain.STATE_CODES[domain.OrderState(row["state"])],
            fulfillment_status=domain.FulfillmentStatus.UNFULFILLED,
            language=LanguageCode(row["language"]),
            currency=CurrencyCode(row["currency"]),
            billing_address=Address.of(DomainAddress(**row["billing_address"])) if row["billing_address"] else None,
            attributes=KeyValue.list_of(row["attributes"]),
            shipping_policy=ShippingPolicy(row["shipping_policy"]),
            priority=DomainPriority(row["priority"]),
            accepted_terms_version=row["terms_version"],
            version_number=row["version"],
            **{name: row[name] for name in _HEAD},
        )


_HEAD = (
    "number",
    "email",
    "phone",
    "note",
    "po_number",
    "gift",
    "tags",
    "placed_at",
    "updated_at",
    "payment_due_at",
    "revision",
)
