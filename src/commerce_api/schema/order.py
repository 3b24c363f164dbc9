"""Orders as clients see them: their own copy of everything, and how far money, stock and parcels are."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.address import Address as DomainAddress
from commerce_api.domain.order import wording
from commerce_api.domain.order_number import spoken
from commerce_api.domain.payment import PaymentStatus, balance, payment_status
from commerce_api.domain.permissions import Permission
from commerce_api.domain.stock import StockStatus, stock_status
from commerce_api.domain.tax import gathered
from commerce_api.persistence.readers import orders as questions
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.sql import Row
from commerce_api.schema.actions import blockers
from commerce_api.schema.address import Address
from commerce_api.schema.cart_parts import KeyValue
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.node import Node, find_node, global_id
from commerce_api.schema.order_enums import OrderActionAllowed
from commerce_api.schema.order_history import OrderEvent, history_of
from commerce_api.schema.order_parts import OrderLine, OrderOrigin, OrderShipGroup, charge_of, tax_line
from commerce_api.schema.pagination import After, Before, Connection, First, Last
from commerce_api.schema.payment import Payment
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, LanguageCode, Money
from commerce_api.schema.totals import TaxLine, Totals

if TYPE_CHECKING:
    from commerce_api.schema.customer import Customer

_Customer: TypeAlias = Annotated["Customer", strawberry.lazy("commerce_api.schema.customer")]


@strawberry.type(description="What somebody has bound themselves to buy.")
class Order(Node):
    prefix: ClassVar[str] = "ord"

    row: strawberry.Private[Row]
    number: str = strawberry.field(description="For people; opens nothing by itself.")
    spoken_number: str = strawberry.field(description="How to read the number out.")
    state: domain.OrderState = strawberry.field(description="Where it stands.")
    state_code: str = strawberry.field(description="The same as one letter, such as `X` for canceled.")
    cancel_reason: domain.CancelReason | None = strawberry.field(description="Why it was canceled.")
    fulfillment_status: domain.FulfillmentStatus = strawberry.field(description="How far the parcels are.")
    email: str = strawberry.field(description="Where mail about it goes; may be empty.")
    phone: str = strawberry.field(description="Of the buyer; may be empty.")
    language: LanguageCode = strawberry.field(description="Of mail about it.")
    currency: CurrencyCode = strawberry.field(description="All its amounts are in this.")
    billing_address: Address | None = strawberry.field(description="Who gets the bill.")
    note: str = strawberry.field(description="From the buyer; may be empty.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the order.")
    accepted_terms_version: str = strawberry.field(description="Version of the terms it was placed under.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    payment_due_at: datetime = strawberry.field(description="It is canceled if it is not paid by then.")
    version: int = strawberry.field(description="Grows by one when what was agreed on changes.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @strawberry.field(description="Its state in words, for the customer, in the language of the request.")
    def status_text(self, info: Info) -> str:
        return wording.for_shoppers(self.state, info.context.scope.language)

    @strawberry.field(description="Its state in words, for staff.", directives=[requires(Permission.READ_ORDERS)])
    def staff_status_text(self) -> str:
        return wording.for_staff(self.state)

    @strawberry.field(description="Its lines, at most 500.")
    async def lines(self, info: Info) -> list[OrderLine]:
        rows = await info.context.load(questions.lines_of, self.key) or []
        return [OrderLine.of(row, self.currency) for row in rows]

    @strawberry.field(description="What goes where.")
    async def ship_groups(self, info: Info) -> list[OrderShipGroup]:
        found = await info.context.load(questions.groups_of, self.key) or []
        return [OrderShipGroup.of(group) for group in found]

    @strawberry.field(description="Everything added up, with charges and taxes one by one.")
    async def totals(self, info: Info) -> Totals:
        context = info.context
        lines = await context.load(questions.lines_of, self.key) or []
        charges = await context.load(questions.charges_of, self.key) or []
        ledger = await context.load(questions.ledgers_of, self.key) or ()
        return self._totals(lines, charges, balance(self.row["total"], ledger))

    def _totals(self, lines: list[Row], charges: list[Row], due: int) -> Totals:
        row, currency = self.row, self.currency
        taxes = gathered(tax_line(tax) for part in (*lines, *charges) for tax in part["taxes"])
        names = ("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total", "total")
        include = row["prices_include_tax"]
        return Totals(
            discounts=[],
            charges=[charge_of(charge, currency, prices_include_tax=include) for charge in charges],
            taxes=[TaxLine.of(tax, currency) for tax in taxes],
            prices_include_tax=include,
            due=Money.of(max(due, 0), currency),
            estimated=False,
            **{name: Money.of(row[name], currency) for name in names},
        )

    @strawberry.field(description="What is still to be paid; negative if there is something to give back.")
    async def balance(self, info: Info) -> Money:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        return Money.of(balance(self.row["total"], ledger), self.currency)

    @strawberry.field(description="Where the money stands.")
    async def payment_status(self, info: Info) -> PaymentStatus:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        return payment_status(self.row["total"], ledger)

    @strawberry.field(description="All that was tried to pay it, oldest first.")
    async def payments(self, info: Info) -> list[Payment]:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        whole = info.context.actor.may_in(Permission.READ_PAYMENTS, self.row["channel_id"])
        return [Payment.of(payment, self.currency, info.context.scope.at, whole=whole) for payment in ledger]

    @strawberry.field(description="Whether the goods have been found.")
    async def stock_status(self, info: Info) -> StockStatus:
        rows = await info.context.load(questions.lines_of, self.key) or []
        open_units = sum(row["quantity"] - row["canceled"] for row in rows)
        return stock_status(sum(row["allocated"] for row in rows), sum(row["backordered"] for row in rows), open_units)

    @strawberry.field(description="What you can do with it now, and what stands against the rest.")
    async def allowed_actions(self, info: Info) -> list[OrderActionAllowed]:
        ledger = await info.context.load(questions.ledgers_of, self.key) or ()
        found = domain.actions(questions.order_of(self.row, ledger), info.context.scope.at)
        actor, channel_id = info.context.actor, self.row["channel_id"]
        answers = {action: blockers(actor, _PAYING, channel_id, reasons) for action, reasons in found.items()}
        return [OrderActionAllowed(action=action, allowed=not why, blockers=why) for action, why in answers.items()]

    @strawberry.field(description="What happened to it, oldest first; staff see more of it than customers.")
    async def history(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[OrderEvent]:
        whole = info.context.actor.may_in(Permission.READ_ORDERS, self.row["channel_id"])
        return await history_of(info.context, self.key, (first, after, last, before), whole=whole)

    @strawberry.field(description="Where it came from.", directives=[requires(Permission.READ_ORDERS)])
    def origin(self) -> OrderOrigin:
        origin = self.row["origin"]
        return OrderOrigin(source=origin["source"], placed_by=origin["placed_by"])

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
    def of(cls, row: Row) -> Self:
        return cls(
            key=row["id"],
            row=row,
            spoken_number=spoken(row["number"]),
            state=domain.OrderState(row["state"]),
            state_code=domain.STATE_CODES[domain.OrderState(row["state"])],
            cancel_reason=domain.CancelReason(row["cancel_reason"]) if row["cancel_reason"] else None,
            fulfillment_status=domain.FulfillmentStatus.UNFULFILLED,
            language=LanguageCode(row["language"]),
            currency=CurrencyCode(row["currency"]),
            billing_address=Address.of(DomainAddress(**row["billing_address"])) if row["billing_address"] else None,
            attributes=KeyValue.list_of(row["attributes"]),
            accepted_terms_version=row["terms_version"],
            **{name: row[name] for name in _HEAD},
        )


_PAYING = (Permission.BUY, Permission.ACT_FOR_CUSTOMERS)
"""What the mutations need that pay an order."""

_HEAD = ("number", "email", "phone", "note", "placed_at", "updated_at", "payment_due_at", "version", "revision")
