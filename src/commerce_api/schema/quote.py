"""Quotes as clients see them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain import quote as domain
from commerce_api.domain.cart import Author
from commerce_api.domain.order_number import spoken
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import QuoteAction, QuoteState
from commerce_api.operations.quote_readiness import NOTHING_MISSING, readiness_of
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers import quotes as questions
from commerce_api.persistence.readers.blocks import blocks_of_quotes
from commerce_api.persistence.readers.carts import drafts_of
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.sql import Row
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.actors import name_of, staff_id
from commerce_api.schema.block import Block, Hold, holds
from commerce_api.schema.cart import Cart
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.node import Node, find_node, global_id
from commerce_api.schema.order import Order
from commerce_api.schema.pagination import After, Before, Connection, First, Last, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote_choices import QuoteDraftChoice
from commerce_api.schema.quote_parts import (
    QuoteApproval,
    QuoteAttachment,
    QuoteComment,
    QuoteEvent,
    QuotePart,
    QuoteUnits,
    QuoteVersion,
    desk,
)
from commerce_api.schema.readiness import MissingRequirement
from commerce_api.schema.scalars import CurrencyCode, LanguageCode
from commerce_api.schema.staff import StaffMember

if TYPE_CHECKING:
    from commerce_api.schema.customer import Customer

_Customer: TypeAlias = Annotated["Customer", strawberry.lazy("commerce_api.schema.customer")]
Number = Annotated[int, strawberry.argument(description="Which version, counted from 1.")]

NEEDED: Final[dict[QuoteAction, tuple[Permission, ...]]] = {
    **dict.fromkeys(QuoteAction, (Permission.AUTHOR_QUOTES,)),
    QuoteAction.BLOCK: (Permission.BLOCK_ORDERS,),
    **dict.fromkeys((QuoteAction.APPROVE, QuoteAction.REJECT_APPROVAL), (Permission.APPROVE_QUOTES,)),
    **dict.fromkeys(
        (QuoteAction.ACCEPT, QuoteAction.DECLINE, QuoteAction.COUNTER, QuoteAction.CONVERT),
        (Permission.BUY, Permission.ACT_FOR_CUSTOMERS),
    ),
}
"""What the mutations need that do these things."""


def _staff_only(enum: Any, description: str, *members: Any) -> None:
    """Make an enum usable in the schema; these members are not in the shop contract."""
    strawberry.enum(enum, description=description)
    for value in enum.__strawberry_definition__.values:
        if value.name in members:
            value.directives = desk


_staff_only(QuoteState, "Where a quote stands.", QuoteState.DRAFT, QuoteState.APPROVAL)
_staff_only(
    QuoteAction,
    "What can be done with a quote.",
    *(action for action, needed in NEEDED.items() if Permission.BUY not in needed),
)


@strawberry.type(description="Whether something can be done with a quote now.")
class QuoteActionAllowed:
    action: QuoteAction = strawberry.field(description="What.")
    allowed: bool = strawberry.field(description="Whether it can be done now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


@strawberry.type(description="What is still missing before something can be done with a quote.")
class QuoteReadiness:
    action: QuoteAction = strawberry.field(description="What: `SEND`, `ACCEPT` or `CONVERT`.")
    ready: bool = strawberry.field(description="Whether nothing stands against it.")
    missing: list[MissingRequirement] = strawberry.field(
        description="What its content lacks. What `CONVERT` lacks can be given with `convertQuote`, as far as it is about who buys, "
        "where it goes and how it is paid."
    )
    blockers: list[Blocker] = strawberry.field(description="What else stands against it, as in `allowedActions`.")
    approvers: list[StaffMember] = strawberry.field(
        description="Where `APPROVAL` is missing, who can give it: up to 20 of the staff, by name, whose limits suffice and who had "
        "no part in the quote. Sending it asks for the approval.",
        directives=desk,
    )


_STEPS: Final = (QuoteAction.SEND, QuoteAction.ACCEPT, QuoteAction.CONVERT)


@strawberry.type(description="An offer at prices that are guaranteed until a moment.")
class Quote(Node):
    prefix: ClassVar[str] = "quo"

    row: strawberry.Private[Row]
    number: str = strawberry.field(description="For people; opens nothing by itself.")
    spoken_number: str = strawberry.field(description="How to read the number out.")
    email: str = strawberry.field(description="Where it is sent; empty: to the customer's own address.")
    language: LanguageCode = strawberry.field(description="Of mail about it.")
    currency: CurrencyCode = strawberry.field(description="All its amounts are in this.")
    version: int = strawberry.field(description="The version that counts, sent last; 0: none was sent.")
    sent_at: datetime | None = strawberry.field(description="When that was sent.")
    valid_until: datetime | None = strawberry.field(description="Its prices hold until just before then.")
    created_at: datetime = strawberry.field(description="When it was asked for or begun.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    revision: int = strawberry.field(
        description="Grows by one at every change but comments and blocks; send it as `expectedRevision`."
    )
    requested: bool = strawberry.field(description="Whether the buyer asked for it.")
    partial: bool = strawberry.field(description="Whether some of it can be ordered now and some later.")
    approval: QuoteApproval | None = strawberry.field(
        description="The approval that is asked for, or was given for the present content.", directives=desk
    )

    @strawberry.field(description="Who writes it.", directives=desk)
    def author_id(self) -> strawberry.ID | None:
        return staff_id(self.row["author_id"])

    @strawberry.field(description="The name of who writes it; null while nobody does.", directives=desk)
    async def author(self, info: Info) -> str | None:
        return await name_of(info.context, {"kind": self.row["author_kind"], "id": str(self.row["author_id"])})

    @strawberry.field(description="What the buyer will choose from, if it is sent as it is.", directives=desk)
    def choices(self) -> list[QuoteDraftChoice]:
        return [QuoteDraftChoice.of(choice) for choice in questions.quote_of(self.row).choices]

    @strawberry.field(description="Until just before then stock is held for it; null if none is held now.")
    def reserve_until(self, info: Info) -> datetime | None:
        return questions.quote_of(self.row).reserved_until(info.context.scope.at)

    @strawberry.field(
        description="Of a quote that may be ordered in parts, what can still be ordered; empty if nothing."
    )
    async def open_lines(self, info: Info) -> list[QuoteUnits]:
        row = await info.context.load(questions.versions_of, (self.key, self.version)) if self.partial else None
        return QuoteUnits.open_of(row) if row else []

    @strawberry.field(
        description="Orders of parts of it, the first one first. Lines, discounts and charges of all parts together are those "
        "that were quoted, to the cent. Tax is rounded in each order, as on an invoice: where prices exclude it, all parts "
        "together may come to some cents more or less than the quote; their `total` shows it."
    )
    async def parts(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[QuotePart]:
        return await listed(
            info.context,
            (questions.parts_in, questions.count_parts),
            page_of(first, after, last, before, of="quote parts", width=1),
            Listed(chosen=None, parent_id=self.key),
            (UUID,),
            lambda row: QuotePart.of(row, self.currency),
            lambda row: [row["order_id"]],
        )

    @strawberry.field(description="Where it stands, judged by the clock.")
    def state(self, info: Info) -> QuoteState:
        quote, at = questions.quote_of(self.row), info.context.scope.at
        return quote.state_at(at) if self.whole(info) else quote.shown_at(at)

    @strawberry.field(description="The version that counts, as it was sent; null before.")
    async def current_version(self, info: Info) -> QuoteVersion | None:
        return await self._version(info, self.version)

    @strawberry.field(description="A version as it was sent; null if there is none with this number.")
    async def version_as_sent(self, info: Info, number: Number) -> QuoteVersion | None:
        return await self._version(info, number)

    async def _version(self, info: Info, number: int) -> QuoteVersion | None:
        row = await info.context.load(questions.versions_of, (self.key, number))
        return QuoteVersion.of(row) if row else None

    @strawberry.field(description="All versions that were sent, the latest first.")
    async def versions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[QuoteVersion]:
        return await listed(
            info.context,
            (questions.versions_in, questions.count_versions),
            page_of(first, after, last, before, of="versions", width=1),
            Listed(chosen=None, parent_id=self.key),
            (number_of,),
            QuoteVersion.of,
            lambda row: [row["version"]],
        )

    @strawberry.field(
        description="All its lines at the prices of the day, whatever of them is chosen.", directives=desk
    )
    async def draft(self, info: Info) -> Cart | None:
        found = await info.context.load(drafts_of, self.row["draft_id"]) if self.whole(info) else None
        return Cart.of(found, info.context.scope.at) if found else None

    @strawberry.field(
        description="What was said about it, oldest first; staff see also what they say among themselves."
    )
    async def comments(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[QuoteComment]:
        return await listed(
            info.context,
            (questions.comments_in, questions.count_comments),
            page_of(first, after, last, before, of="comments", width=1),
            Listed(chosen=self.whole(info), parent_id=self.key),
            (UUID,),
            lambda row: QuoteComment.of(row, self.currency),
            lambda row: [row["id"]],
        )

    @strawberry.field(
        description="The files that go with it, at most 20, oldest first; sent with `POST` to `/quotes/<id>/attachments`."
    )
    async def attachments(self, info: Info) -> list[QuoteAttachment]:
        rows = await info.context.load(questions.attachments_of, (self.key, self.whole(info)))
        return [QuoteAttachment.of(row) for row in rows or ()]

    @strawberry.field(description="What happened to it, oldest first; staff see more of it than buyers.")
    async def history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[QuoteEvent]:
        return await listed(
            info.context,
            (questions.quote_events_in, questions.count_quote_events),
            page_of(first, after, last, before, of="quote history", width=1),
            Listed(chosen=self.whole(info), parent_id=self.key),
            (number_of,),
            lambda row: QuoteEvent.of(row, info.context.scope.language),
            lambda row: [row["sequence"]],
        )

    @strawberry.field(
        description="What will hold up the orders that are made of it, or once did, the oldest first.", directives=desk
    )
    async def blocks(self, info: Info) -> list[Block]:
        rows = await info.context.load(blocks_of_quotes, self.key) if self.whole(info) else None
        return [Block.of(row) for row in rows or ()]

    @strawberry.field(description="Whether any block is active.", directives=desk)
    async def blocked(self, info: Info) -> bool:
        return any(block.active for block in await self.blocks(info))

    @strawberry.field(
        description="Why what is ordered of it will take longer than usual, in neutral words for its buyer; empty if nothing "
        "holds it up."
    )
    async def holds(self, info: Info) -> list[Hold]:
        return await holds(info, await info.context.load(blocks_of_quotes, self.key) or ())

    @strawberry.field(description="What you can do with it now, and what stands against the rest.")
    def allowed_actions(self, info: Info) -> list[QuoteActionAllowed]:
        actor, channel_id, whole = info.context.actor, self.row["channel_id"], self.whole(info)
        by = Author(kind=actor.kind, id=actor.id)
        found = domain.actions(questions.quote_of(self.row), by, info.context.scope.at)
        answers = {
            action: blockers(actor, NEEDED[action], channel_id, reasons)
            for action, reasons in found.items()
            if whole or Permission.BUY in NEEDED[action]
        }
        return [QuoteActionAllowed(action=action, allowed=not why, blockers=why) for action, why in answers.items()]

    @strawberry.field(
        description="What is still missing before it can be sent (for staff), agreed to and ordered, and what to do about it."
    )
    async def readiness(self, info: Info) -> list[QuoteReadiness]:
        found = await info.context.load(readiness_of, questions.quote_of(self.row)) or NOTHING_MISSING
        return [
            QuoteReadiness(
                action=each.action,
                ready=each.allowed and not found.missing.get(each.action),
                missing=[MissingRequirement.of(lacking) for lacking in found.missing.get(each.action, ())],
                blockers=each.blockers,
                approvers=[StaffMember.of(one) for one in found.approvers if each.action is QuoteAction.SEND],
            )
            for each in self.allowed_actions(info)
            if each.action in _STEPS
        ]

    @strawberry.field(description="Who it is for; null for a guest.", directives=[requires(Permission.FIND_CUSTOMERS)])
    async def customer(self, info: Info) -> _Customer | None:
        key: UUID | None = self.row["customer_id"]
        found: Any = key and await find_node(info.context, global_id("cus", key), {"Customer"})
        return found or None

    @strawberry.field(description="The channel whose rules it goes by.")
    async def channel(self, info: Info) -> Channel:
        found: Any = await info.context.load(channels_by_id, self.row["channel_id"])
        return Channel.of(found)

    @strawberry.field(description="The order that it became, of several the last one, if you may see that.")
    async def order(self, info: Info) -> Order | None:
        key: UUID | None = self.row["order_id"]
        found: Any = key and await find_node(info.context, global_id("ord", key), {"Order"})
        return found or None

    def whole(self, info: Info) -> bool:
        """Whether all is shown, and not only what the buyer sees."""
        return sees_desk(info.context.actor, self.row["channel_id"])

    @classmethod
    def of(cls, row: Row) -> Self:
        approval = questions.approval_of(row["approval"])
        names = ("number", "email", "language", "currency", "version", "sent_at", "valid_until", "requested", "partial")
        return cls(
            key=row["id"],
            row=row,
            spoken_number=spoken(row["number"]),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            revision=row["revision"],
            approval=_approval(approval) if approval else None,
            **{name: row[name] for name in names},
        )


def _approval(approval: domain.Approval) -> QuoteApproval:
    return QuoteApproval(
        content_hash=approval.content_hash,
        valid_until=approval.valid_until,
        terms=approval.terms,
        comment=approval.comment,
        giver=approval.approved_by,
    )
