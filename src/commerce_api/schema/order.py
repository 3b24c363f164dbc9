"""Orders as clients see them: their own copy of everything, and how far money, stock and parcels are."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
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
from commerce_api.domain.tax import TaxLine as DomainTaxLine
from commerce_api.domain.tax import gathered
from commerce_api.domain.totals import ChargeKind
from commerce_api.persistence.readers import orders as questions
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.sql import Row
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.address import Address
from commerce_api.schema.cart_parts import KeyValue, ShipGroupLine
from commerce_api.schema.catalog import ProductVariant, variant_of
from commerce_api.schema.catalog_values import SelectedOption
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.enums import described
from commerce_api.schema.node import Node, find_node, global_id
from commerce_api.schema.order_history import OrderEvent, history_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last
from commerce_api.schema.payment import Payment
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, LanguageCode, Money
from commerce_api.schema.totals import Charge, Discount, TaxLine, Totals

if TYPE_CHECKING:
    from commerce_api.schema.customer import Customer

_Customer: TypeAlias = Annotated["Customer", strawberry.lazy("commerce_api.schema.customer")]

described(
    domain.OrderState,
    "Where an order stands on its way. Money, stock and parcels have statuses of their own.",
    AWAITING_APPROVAL="The buyer's organization has to approve.",
    PENDING="Saved with its number; the payment is not secured yet.",
    PAYMENT_REJECTED="Waits for another way to pay.",
    CONFIRMED="The payment is secured; nothing is on its way yet.",
    IN_FULFILLMENT="Some of it is with a warehouse.",
    SHIPPED="All of it was handed over.",
    COMPLETED="Shipped and settled.",
    CANCELED="Nothing of it will come.",
)
described(
    StockStatus,
    "Whether the goods of an order have been found.",
    NOT_ALLOCATED="None is set aside.",
    ALLOCATED="All are set aside.",
    PARTLY_BACKORDERED="Some are still to come in.",
    BACKORDERED="All are still to come in.",
)
described(domain.FulfillmentStatus, "How far the parcels are. More will follow.", UNFULFILLED="Nothing has left.")
described(domain.CancelReason, "Why an order was canceled.", PAYMENT_TIMEOUT="It was not paid in time.")
described(
    domain.OrderAction,
    "What can be done to an order.",
    UPDATE_PAYMENT="Choose another way to pay.",
    RESUBMIT="Try to pay again.",
)


@strawberry.type(description="Something that can be done to an order, or cannot now.")
class OrderActionAllowed:
    action: domain.OrderAction = strawberry.field(description="What.")
    allowed: bool = strawberry.field(description="Whether it can be done now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


def tax_line(document: Mapping[str, Any]) -> DomainTaxLine:
    return DomainTaxLine(
        name=document["name"], rate=Decimal(document["rate"]), base=document["base"], amount=document["amount"]
    )


@strawberry.type(description="Some of one variant in an order, as it was when it was placed.")
class OrderLine(Node):
    prefix: ClassVar[str] = "oln"

    variant_key: strawberry.Private[UUID | None]
    variant_id: strawberry.ID | None = strawberry.field(description="The variant, while the catalog still has it.")
    product_id: strawberry.ID | None = strawberry.field(description="Its product, while the catalog still has it.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    name: str = strawberry.field(description="Name of the product.")
    options: list[SelectedOption] = strawberry.field(description="What tells this variant from others.")
    image_url: str | None = strawberry.field(description="A picture; relative addresses are on this server.")
    requires_shipping: bool = strawberry.field(description="Whether it is goods.")
    quantity: int = strawberry.field(description="How many were ordered.")
    allocated: int = strawberry.field(description="Of these, set aside on a shelf.")
    backordered: int = strawberry.field(description="Of these, still to come in.")
    canceled: int = strawberry.field(description="Of these, canceled.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the line.")
    parent_id: strawberry.ID | None = strawberry.field(description="The line that this one was added on to.")
    unit_price: Money = strawberry.field(description="Before discounts, with or without tax as in the order.")
    subtotal: Money = strawberry.field(description="Unit price times quantity, before discounts.")
    discount_total: Money = strawberry.field(description="All discounts on the line.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    tax: Money = strawberry.field(description="Tax on the line, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money = strawberry.field(description="What is paid for the line: after discounts, tax included.")

    @strawberry.field(description="The variant as the catalog has it now; null if it is not on sale any more.")
    async def variant(self, info: Info) -> ProductVariant | None:
        return await variant_of(info.context, self.variant_key) if self.variant_key else None

    @classmethod
    def of(cls, row: Mapping[str, Any], currency: str) -> Self:
        def node(prefix: str, name: str) -> strawberry.ID | None:
            return strawberry.ID(global_id(prefix, row[name])) if row[name] else None

        return cls(
            key=row["id"],
            variant_key=row["variant_id"],
            variant_id=node("var", "variant_id"),
            product_id=node("prd", "product_id"),
            parent_id=node("oln", "parent_id"),
            options=[SelectedOption(name=name, value=value) for name, value in row["options"]],
            attributes=KeyValue.list_of(row["attributes"]),
            unit_price=Money.of(row["unit_price"], currency),
            subtotal=Money.of(row["subtotal"], currency),
            discount_total=Money.of(row["discount"], currency),
            discounts=[],
            tax=Money.of(row["tax"], currency),
            taxes=[TaxLine.of(tax_line(tax), currency) for tax in row["taxes"]],
            total=Money.of(row["total"], currency),
            **{name: row[name] for name in _PLAIN},
        )


_PLAIN = (
    "sku",
    "name",
    "image_url",
    "requires_shipping",
    "quantity",
    "allocated",
    "backordered",
    "canceled",
)


@strawberry.type(description="What of an order goes to one address in one way.")
class OrderShipGroup(Node):
    prefix: ClassVar[str] = "osg"

    address: Address | None = strawberry.field(description="Where to.")
    method_code: str = strawberry.field(description="Code of the shipping method; empty if nothing is shipped.")
    method_name: str = strawberry.field(description="Name of the shipping method, as it was then.")
    instructions: str = strawberry.field(description="For whoever delivers.")
    lines: list[ShipGroupLine] = strawberry.field(description="What goes there.")

    @classmethod
    def of(cls, found: tuple[Row, questions.Shares]) -> Self:
        row, shares = found
        return cls(
            key=row["id"],
            address=Address.of(DomainAddress(**row["address"])) if row["address"] else None,
            method_code=row["method_code"],
            method_name=row["method_name"],
            instructions=row["instructions"],
            lines=[
                ShipGroupLine(line_id=strawberry.ID(global_id("oln", line_id)), quantity=quantity)
                for line_id, quantity in shares
            ],
        )


def _charge(row: Row, currency: str, *, prices_include_tax: bool) -> Charge:
    total = row["amount"] if prices_include_tax else row["amount"] + row["tax"]
    return Charge(
        kind=ChargeKind(row["kind"]),
        name=row["name"],
        ship_group_id=strawberry.ID(global_id("osg", row["ship_group_id"])) if row["ship_group_id"] else None,
        amount=Money.of(row["amount"], currency),
        tax=Money.of(row["tax"], currency),
        taxes=[TaxLine.of(tax_line(tax), currency) for tax in row["taxes"]],
        total=Money.of(total, currency),
    )


@strawberry.type(description="Where an order came from.")
class OrderOrigin:
    source: str = strawberry.field(description="What the storefront said; may be empty.")
    placed_by: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")


@strawberry.type(description="What somebody has bound themselves to buy.")
class Order(Node):
    prefix: ClassVar[str] = "ord"

    row: strawberry.Private[Row]
    number: str = strawberry.field(description="For people; opens nothing by itself.")
    spoken_number: str = strawberry.field(description="How to read the number out.")
    state: domain.OrderState = strawberry.field(description="Where it stands.")
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
            charges=[_charge(charge, currency, prices_include_tax=include) for charge in charges],
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
        answers = {action: blockers(info.context.actor, Permission.BUY, reasons) for action, reasons in found.items()}
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
            cancel_reason=domain.CancelReason(row["cancel_reason"]) if row["cancel_reason"] else None,
            fulfillment_status=domain.FulfillmentStatus.UNFULFILLED,
            language=LanguageCode(row["language"]),
            currency=CurrencyCode(row["currency"]),
            billing_address=Address.of(DomainAddress(**row["billing_address"])) if row["billing_address"] else None,
            attributes=KeyValue.list_of(row["attributes"]),
            accepted_terms_version=row["terms_version"],
            **{name: row[name] for name in _HEAD},
        )


_HEAD = ("number", "email", "phone", "note", "placed_at", "updated_at", "payment_due_at", "version", "revision")
