"""What a quote consists of as clients see it: versions as they were sent, comments, what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import totals as domain
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.custom_field import FieldOwner, FieldValues
from commerce_api.domain.quote import Audience, wording
from commerce_api.domain.quote.content import QuoteContent
from commerce_api.domain.quote.parting import Share, whole
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.persistence.documents import read
from commerce_api.persistence.readers.quote_visibility import DESK
from commerce_api.persistence.sql import Row
from commerce_api.schema.actors import name_of, name_of_staff, staff_id
from commerce_api.schema.catalog_values import AttributeValue
from commerce_api.schema.context import Info
from commerce_api.schema.field_values import shown
from commerce_api.schema.node import global_id
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote_choices import QuoteChoice
from commerce_api.schema.quote_lines import QuoteLine, QuoteShipGroup, Waiting
from commerce_api.schema.scalars import JSON, Money
from commerce_api.schema.totals import Totals

strawberry.enum(Audience, name="QuoteAudience", description="Who reads a comment.")
desk: Any = [requires(*DESK)]
AUTHOR: Final = "Name of who wrote or sent it, if of the staff."


@strawberry.type(description="Units of a line of a quote.")
class QuoteUnits:
    line_id: strawberry.ID = strawberry.field(description="Which line of the version.")
    quantity: int = strawberry.field(description="How many.")

    @classmethod
    def list_of(cls, quantities: Mapping[Any, int]) -> list[Self]:
        found = sorted(quantities.items())
        return [cls(line_id=strawberry.ID(global_id("cln", id_)), quantity=quantity) for id_, quantity in found]

    @classmethod
    def open_of(cls, row: Row) -> list[Self]:
        """What of a version that may be ordered in parts can still be ordered."""
        open_ = row["open"] and read(Share, row["open"])
        return cls.list_of((open_ or whole(read(QuoteContent, row["accepted"] or row["content"]))).quantities)


@strawberry.type(description="An order of some of a quote.")
class QuotePart:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    version: int = strawberry.field(description="Of which version.")
    units: list[QuoteUnits] = strawberry.field(description="How many of which line it took.")
    total: Money = strawberry.field(description="What the order came to when it was placed.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: Row, currency: str) -> Self:
        return cls(
            order_id=strawberry.ID(global_id("ord", row["order_id"])),
            version=row["version"],
            total=Money.of(row["total"], currency),
            units=QuoteUnits.list_of({UUID(id_): many for id_, many in row["units"].items()}),
            at=row["at"],
        )


@strawberry.type(description="What a buyer agreed to of a version that left something to choose.")
class QuoteAcceptance:
    lines: list[QuoteLine] = strawberry.field(description="What is bought.")
    totals: Totals = strawberry.field(description="Everything added up.")

    @classmethod
    def of(cls, content: QuoteContent, waiting: Waiting) -> Self:
        return cls(lines=_lines(content, waiting), totals=_totals(content, content.totals))


@strawberry.type(description="A quote exactly as it was sent. It never changes.")
class QuoteVersion:
    version: int = strawberry.field(description="Counts from 1 within the quote.")
    sent_at: datetime = strawberry.field(description="From when its prices are guaranteed.")
    valid_until: datetime = strawberry.field(description="Until just before then.")
    terms: str = strawberry.field(description="What else was agreed on; may be empty.")
    po_number: str = strawberry.field(description="The number of the buyer's own order; may be empty.")
    gift: bool = strawberry.field(description="Whether it is a gift.")
    said: strawberry.Private[FieldValues]
    lines: list[QuoteLine] = strawberry.field(description="What is bought, unless something else is chosen.")
    ship_groups: list[QuoteShipGroup] = strawberry.field(description="What goes where.")
    shipping_policy: ShippingPolicy = strawberry.field(description="When it may leave.")
    totals: Totals = strawberry.field(description="These lines added up; taxes as of then.")
    choices: list[QuoteChoice] = strawberry.field(description="What the buyer chooses; empty if there is no choice.")
    totals_with_options: Totals = strawberry.field(
        description="With all that may be left out; the same as `totals` where that is nothing."
    )
    accepted: QuoteAcceptance | None = strawberry.field(
        description="What the buyer chose; null before, and if there was nothing to choose."
    )
    document_url: str = strawberry.field(
        description="Where it is as a PDF, on this server, for who may see the quote; with a mailed link, send its token as "
        "`X-Quote-Token`. Staff write `/staff` before it."
    )
    first_seen_at: datetime | None = strawberry.field(
        description="When its buyer looked at it first; null: not yet.", directives=desk
    )
    content_hash: str = strawberry.field(description="Another one for any other content.", directives=desk)
    approver: strawberry.Private[UUID | None]
    order_id: strawberry.ID | None = strawberry.field(description="The order that this version became.")

    @strawberry.field(
        description="Who approved that it went beyond its author's limits; null if it did not.", directives=desk
    )
    def approved_by_id(self) -> strawberry.ID | None:
        return staff_id(self.approver)

    @strawberry.field(description="The name of who approved that; null if nobody had to.", directives=desk)
    async def approved_by(self, info: Info) -> str | None:
        return await name_of_staff(info.context, self.approver)

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER, self.said)

    @classmethod
    def of(cls, row: Row) -> Self:
        content, waiting = read(QuoteContent, row["content"]), row["waiting"]
        return cls(
            version=row["version"],
            sent_at=row["sent_at"],
            valid_until=row["valid_until"],
            terms=row["terms"],
            po_number=content.po_number,
            gift=content.gift,
            said=content.fields,
            lines=_lines(content, waiting),
            ship_groups=[QuoteShipGroup.of(group) for group in content.groups],
            shipping_policy=content.shipping_policy,
            totals=_totals(content, content.totals),
            choices=[QuoteChoice.of(choice, content, waiting) for choice in content.choices],
            totals_with_options=_totals(content, content.with_options or content.totals),
            accepted=QuoteAcceptance.of(read(QuoteContent, row["accepted"]), waiting) if row["accepted"] else None,
            document_url=f"/quotes/{global_id('quo', row['quote_id'])}/versions/{row['version']}.pdf",
            first_seen_at=row["first_seen_at"],
            content_hash=row["content_hash"],
            approver=row["approved_by"],
            order_id=strawberry.ID(global_id("ord", row["order_id"])) if row["order_id"] else None,
        )


def _lines(content: QuoteContent, waiting: Waiting) -> list[QuoteLine]:
    totals = {total.id: total for total in content.totals.lines}
    return [QuoteLine.of(line, totals[line.id], content, waiting) for line in content.lines]


def _totals(content: QuoteContent, totals: domain.Totals) -> Totals:
    included = content.policy.prices_include_tax
    return Totals.of(totals, content.currency, prices_include_tax=included, estimated=content.estimated)


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
    who: strawberry.Private[Mapping[str, Any]]
    version: int = strawberry.field(description="The version that had been sent by then; 0: none.")
    text: str = strawberry.field(description="What was said; may be empty beside wishes.")
    wishes: list[QuoteWish] = strawberry.field(description="Lines and prices of a counter-offer.")
    author_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")
    at: datetime = strawberry.field(description="When.")
    audience: Audience = strawberry.field(description="Who reads it.", directives=desk)

    @strawberry.field(description=AUTHOR, directives=desk)
    async def author(self, info: Info) -> str | None:
        return await name_of(info.context, self.who)

    @classmethod
    def of(cls, row: Row, currency: str) -> Self:
        return cls(
            who=row["author"],
            version=row["round"],
            text=row["text"],
            wishes=[QuoteWish.of(wish, currency) for wish in row["wishes"]],
            author_kind=ActorKind(row["author"]["kind"]),
            at=row["at"],
            audience=Audience(row["audience"]),
        )


@strawberry.type(description="A file that goes with a quote.")
class QuoteAttachment:
    who: strawberry.Private[Mapping[str, Any]]
    name: str = strawberry.field(description="As it was sent.")
    content_type: str = strawberry.field(description="What it is, told from its content.")
    size: int = strawberry.field(description="Bytes.")
    url: str = strawberry.field(
        description="Where it is, on this server, for who may see the quote; with a mailed link, send its token as "
        "`X-Quote-Token`. Staff write `/staff` before it."
    )
    version: int = strawberry.field(description="The version that had been sent by then; 0: none.")
    author_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")
    at: datetime = strawberry.field(description="When.")
    audience: Audience = strawberry.field(description="Who sees it.", directives=desk)

    @strawberry.field(description=AUTHOR, directives=desk)
    async def author(self, info: Info) -> str | None:
        return await name_of(info.context, self.who)

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            who=row["author"],
            name=row["name"],
            content_type=row["content_type"],
            size=row["size"],
            url=attachment_address(row["quote_id"], row["id"]),
            version=row["round"],
            author_kind=ActorKind(row["author"]["kind"]),
            at=row["at"],
            audience=Audience(row["audience"]),
        )


def attachment_address(quote_id: UUID, attachment_id: UUID) -> str:
    return f"/quotes/{global_id('quo', quote_id)}/attachments/{attachment_id}"


@strawberry.type(description="Something that happened to a quote.")
class QuoteEvent:
    who: strawberry.Private[Mapping[str, Any]]
    sequence: int = strawberry.field(description="Counts from 1 within the quote.")
    type: str = strawberry.field(description="What happened, such as `QuoteSent`. More kinds may be added.")
    text: str | None = strawberry.field(
        description="The same in words for the buyer, in the language of the request; null for what only staff see."
    )
    at: datetime = strawberry.field(description="When.")
    actor_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF, APP or SYSTEM.")
    request_id: str = strawberry.field(description="The request that it happened in.", directives=desk)
    data: JSON = strawberry.field(description="What exactly; the fields depend on the type.", directives=desk)

    @strawberry.field(description="Name of who did it, if of the staff.", directives=desk)
    async def actor_name(self, info: Info) -> str | None:
        return await name_of(info.context, self.who)

    @classmethod
    def of(cls, row: Row, language: str) -> Self:
        return cls(
            who=row["actor"],
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
    giver: strawberry.Private[UUID | None]

    @strawberry.field(description="Who has given it; null: nobody yet.")
    def approved_by_id(self) -> strawberry.ID | None:
        return staff_id(self.giver)

    @strawberry.field(description="The name of who has given it; null: nobody yet.")
    async def approved_by(self, info: Info) -> str | None:
        return await name_of_staff(info.context, self.giver)
