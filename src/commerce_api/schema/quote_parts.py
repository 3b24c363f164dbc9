"""What a quote consists of as clients see it: versions as they were sent, comments, what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.quote import Audience, wording
from commerce_api.domain.quote.content import QuoteContent, QuotedGroup, QuotedLine
from commerce_api.domain.totals import LineTotal
from commerce_api.persistence.documents import read
from commerce_api.persistence.readers.quote_visibility import DESK
from commerce_api.persistence.sql import Row
from commerce_api.schema.address import Address
from commerce_api.schema.cart_parts import KeyValue, ShipGroupLine
from commerce_api.schema.catalog_values import SelectedOption
from commerce_api.schema.node import global_id
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import JSON, Money
from commerce_api.schema.totals import Discount, TaxLine, Totals

strawberry.enum(Audience, name="QuoteAudience", description="Who reads a comment.")
desk: Any = [requires(*DESK)]


@strawberry.type(description="Some of one variant in a quote, as it was offered.")
class QuoteLine:
    line_id: strawberry.ID = strawberry.field(description="To be given to `counterQuote`; the same in all versions.")
    parent_id: strawberry.ID | None = strawberry.field(description="The line that this one was added on to.")
    variant_id: strawberry.ID = strawberry.field(description="Which variant.")
    product_id: strawberry.ID | None = strawberry.field(description="Its product.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    name: str = strawberry.field(description="Name of the product.")
    options: list[SelectedOption] = strawberry.field(description="What tells this variant from others.")
    image_url: str | None = strawberry.field(description="A picture; relative addresses are on this server.")
    requires_shipping: bool = strawberry.field(description="Whether it is goods.")
    quantity: int = strawberry.field(description="How many.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the line.")
    unit_price: Money = strawberry.field(description="Before discounts, with or without tax as in the totals.")
    subtotal: Money = strawberry.field(description="Unit price times quantity, before discounts.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    tax: Money = strawberry.field(description="Tax on the line, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money = strawberry.field(description="What is paid for the line: after discounts, tax included.")

    @classmethod
    def of(cls, line: QuotedLine, total: LineTotal, currency: str) -> Self:
        return cls(
            line_id=strawberry.ID(global_id("cln", line.id)),
            parent_id=strawberry.ID(global_id("cln", line.parent_id)) if line.parent_id else None,
            variant_id=strawberry.ID(global_id("var", line.variant_id)),
            product_id=strawberry.ID(global_id("prd", line.product_id)) if line.product_id else None,
            sku=line.sku,
            name=line.name,
            options=[SelectedOption(name=name, value=value) for name, value in line.options],
            image_url=line.image_url,
            requires_shipping=line.requires_shipping,
            quantity=line.quantity,
            attributes=KeyValue.list_of(line.attributes),
            unit_price=Money.of(total.unit_price, currency),
            subtotal=Money.of(total.subtotal, currency),
            discounts=[Discount.of(discount, currency) for discount in total.discounts],
            tax=Money.of(total.tax, currency),
            taxes=[TaxLine.of(tax, currency) for tax in total.taxes],
            total=Money.of(total.total, currency),
        )


@strawberry.type(description="What of a quote goes to one address in one way, as far as that was known.")
class QuoteShipGroup:
    ship_group_id: strawberry.ID = strawberry.field(description="To be given when it is ordered.")
    address: Address | None = strawberry.field(description="Where to; null: to be said when it is ordered.")
    method_code: str = strawberry.field(description="Code of the shipping method; empty: shipping is not included.")
    method_name: str = strawberry.field(description="Name of the shipping method.")
    instructions: str = strawberry.field(description="For whoever delivers.")
    lines: list[ShipGroupLine] = strawberry.field(description="What goes there.")

    @classmethod
    def of(cls, group: QuotedGroup) -> Self:
        return cls(
            ship_group_id=strawberry.ID(global_id("csg", group.id)),
            address=Address.of(group.address) if group.address else None,
            method_code=group.method_code,
            method_name=group.method_name,
            instructions=group.instructions,
            lines=[
                ShipGroupLine(line_id=strawberry.ID(global_id("cln", line_id)), quantity=quantity)
                for line_id, quantity in group.quantities
            ],
        )


@strawberry.type(description="A quote exactly as it was sent. It never changes.")
class QuoteVersion:
    version: int = strawberry.field(description="Counts from 1 within the quote.")
    sent_at: datetime = strawberry.field(description="From when its prices are guaranteed.")
    valid_until: datetime = strawberry.field(description="Until just before then.")
    terms: str = strawberry.field(description="What else was agreed on; may be empty.")
    lines: list[QuoteLine] = strawberry.field(description="What was offered.")
    ship_groups: list[QuoteShipGroup] = strawberry.field(description="What goes where.")
    totals: Totals = strawberry.field(description="Everything added up; taxes as of then.")
    content_hash: str = strawberry.field(description="Another one for any other content.", directives=desk)
    order_id: strawberry.ID | None = strawberry.field(description="The order that this version became.")

    @classmethod
    def of(cls, row: Row) -> Self:
        content, currency = read(QuoteContent, row["content"]), row["content"]["currency"]
        totals = {line.id: line for line in content.totals.lines}
        return cls(
            version=row["version"],
            sent_at=row["sent_at"],
            valid_until=row["valid_until"],
            terms=row["terms"],
            lines=[QuoteLine.of(line, totals[line.id], currency) for line in content.lines],
            ship_groups=[QuoteShipGroup.of(group) for group in content.groups],
            totals=Totals.of(
                content.totals,
                currency,
                prices_include_tax=content.policy.prices_include_tax,
                estimated=content.estimated,
            ),
            content_hash=row["content_hash"],
            order_id=strawberry.ID(global_id("ord", row["order_id"])) if row["order_id"] else None,
        )


@strawberry.type(description="What a buyer would rather have of a line.")
class QuoteWish:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    quantity: int | None = strawberry.field(description="How many; null: as offered.")
    unit_price: Money | None = strawberry.field(description="At which price; null: as offered.")

    @classmethod
    def of(cls, document: Mapping[str, Any], currency: str) -> Self:
        price = document["unit_price"]
        return cls(
            line_id=strawberry.ID(global_id("cln", UUID(document["line_id"]))),
            quantity=document["quantity"],
            unit_price=None if price is None else Money.of(price, currency),
        )


@strawberry.type(description="Something that was said about a quote.")
class QuoteComment:
    version: int = strawberry.field(description="The version that had been sent by then; 0: none.")
    text: str = strawberry.field(description="What was said; may be empty beside wishes.")
    wishes: list[QuoteWish] = strawberry.field(description="Lines and prices of a counter-offer.")
    author_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")
    at: datetime = strawberry.field(description="When.")
    audience: Audience = strawberry.field(description="Who reads it.", directives=desk)

    @classmethod
    def of(cls, row: Row, currency: str) -> Self:
        return cls(
            version=row["round"],
            text=row["text"],
            wishes=[QuoteWish.of(wish, currency) for wish in row["wishes"]],
            author_kind=ActorKind(row["author"]["kind"]),
            at=row["at"],
            audience=Audience(row["audience"]),
        )


@strawberry.type(description="Something that happened to a quote.")
class QuoteEvent:
    sequence: int = strawberry.field(description="Counts from 1 within the quote.")
    type: str = strawberry.field(description="What happened, such as `QuoteSent`. More kinds may be added.")
    text: str | None = strawberry.field(
        description="The same in words for the buyer, in the language of the request; null for what only staff see."
    )
    at: datetime = strawberry.field(description="When.")
    actor_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF, APP or SYSTEM.")
    request_id: str = strawberry.field(description="The request that it happened in.", directives=desk)
    data: JSON = strawberry.field(description="What exactly; the fields depend on the type.", directives=desk)

    @classmethod
    def of(cls, row: Row, language: str) -> Self:
        return cls(
            sequence=row["sequence"],
            type=row["type"],
            text=wording.of_event(row["type"], language),
            at=row["at"],
            actor_kind=ActorKind(row["actor"]["kind"]),
            request_id=row["request_id"],
            data=JSON(row["data"]),
        )


@strawberry.type(description="An approval that is asked for, or was given, of one exact content.")
class QuoteApproval:
    content_hash: str = strawberry.field(description="Of the content; send it with `approveQuote`.")
    valid_until: datetime = strawberry.field(description="The end of validity that it is asked for.")
    terms: str = strawberry.field(description="The terms that it is asked for.")
    comment: str = strawberry.field(description="To the buyer, when it is sent; may be empty.")
    approved_by_id: strawberry.ID | None = strawberry.field(description="Who has given it; null: nobody yet.")
