"""Comments on orders as clients see and send them."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId, StaffId
from commerce_api.domain.intake import Intake
from commerce_api.domain.order import comments as domain
from commerce_api.domain.permissions import Permission
from commerce_api.operations.comments import AddComment, RedactComment, ReviseComment
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.comments import comments_in, count_comments, texts_of
from commerce_api.persistence.sql import Row
from commerce_api.schema.actors import name_of
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import UserError, errors_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.pagination import Connection, instant_of, listed, page_of
from commerce_api.schema.permissions import requires

LONGEST = 5_000
MOST_MENTIONS = 20
_KEY = "A key of your own; with it the request can be repeated safely."
_SEEN = "Revision of the comment that you have seen; if it is at another one, nothing happens."
_STAFF: Any = [requires(Permission.READ_ORDERS)]
_COMMENTS: Any = [requires(Permission.COMMENT_ON_ORDERS)]
CommentVisibility = strawberry.enum(
    domain.CommentVisibility, name="CommentVisibility", description="Whom a comment is for."
)


@strawberry.type(description="What a comment said once.", directives=_STAFF)
class CommentText:
    revision: int = strawberry.field(description="Counts from 1.")
    body: str = strawberry.field(description="Plain text; empty if it was blanked out.")
    at: datetime = strawberry.field(description="When it was written.")


@strawberry.type(description="Something that was written about an order.")
class OrderComment(Node):
    prefix: ClassVar[str] = "cmt"

    row: strawberry.Private[Row]
    body: str = strawberry.field(description="Plain text; empty if it was blanked out.")
    author_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")
    at: datetime = strawberry.field(description="When it was written first.")
    revision: int = strawberry.field(
        description="Grows by one when its text is revised; send it as `expectedRevision`."
    )
    visibility: CommentVisibility = strawberry.field(description="Whom it is for.", directives=_STAFF)  # type: ignore[valid-type]  # made by a call
    emailed_to: str | None = strawberry.field(
        description="The address that it was mailed to; null if it was not.", directives=_STAFF
    )
    mention_staff_ids: list[strawberry.ID] = strawberry.field(
        description="Colleagues whom it mentions.", directives=_STAFF
    )
    redacted: bool = strawberry.field(description="Whether it was blanked out.", directives=_STAFF)

    @strawberry.field(description="Name of who wrote it, if of the staff.", directives=_STAFF)
    async def author(self, info: Info) -> str | None:
        return await name_of(info.context, self.row["author"])

    @strawberry.field(description="All that it ever said, the first text first.", directives=_STAFF)
    async def texts(self, info: Info) -> list[CommentText]:
        rows = await info.context.load(texts_of, self.key) or ()
        return [CommentText(revision=row["number"], body=row["body"], at=row["at"]) for row in rows]

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            key=row["id"],
            row=row,
            body=row["body"],
            author_kind=ActorKind(row["author"]["kind"]),
            at=row["created_at"],
            revision=row["revision"],
            visibility=domain.CommentVisibility(row["visibility"]),
            emailed_to=row["emailed_to"] or None,
            mention_staff_ids=[strawberry.ID(global_id("stf", id_)) for id_ in row["mentions"]],
            redacted=row["redacted_at"] is not None,
        )


async def comments_of(
    context: Context, order_id: UUID, arguments: tuple[Any, Any, Any, Any], *, whole: bool
) -> Connection[OrderComment]:
    """`whole` is for whoever reads them as staff, not as the customer."""
    return await listed(
        context,
        (comments_in, count_comments),
        page_of(*arguments, of="comments", width=2),
        Listed(chosen=whole, parent_id=order_id),
        (instant_of, UUID),
        OrderComment.of,
        lambda row: (row["created_at"], row["id"]),
    )


@strawberry.input(description="A comment on an order. What customers write on their own orders, staff read.")
class AddOrderCommentInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    body: str = strawberry.field(description="Plain text, at most 5,000 characters.")
    visibility: CommentVisibility = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.CommentVisibility.INTERNAL, description="Whom it is for.", directives=_COMMENTS
    )
    email_customer: bool = strawberry.field(
        default=False,
        description="Mail it to the order's address; it is for the customer then.",
        directives=[requires(Permission.ACT_FOR_CUSTOMERS)],
    )
    mention_staff_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Colleagues who should know, at most 20; see `colleagues`.",
        directives=_COMMENTS,
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> AddComment | Refused:
        intake = Intake()
        order = key_of(self.order_id, "ord")
        if len(self.mention_staff_ids) > MOST_MENTIONS:
            intake.invalid("At most {most}, please.", "mentionStaffIds", most=MOST_MENTIONS)
        mentioned = [key_of(raw, "stf") for raw in self.mention_staff_ids[:MOST_MENTIONS]]
        command = AddComment(
            order_id=OrderId(order) if order else None,
            body=intake.text(self.body, "body", most=LONGEST, required=True),
            visibility=self.visibility,
            email_customer=self.email_customer,
            mentions=tuple(StaffId(key) if key else None for key in dict.fromkeys(mentioned)),
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Another text for a comment of one's own.")
class ReviseOrderCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    body: str = strawberry.field(description="Plain text, at most 5,000 characters. The text before is kept.")
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ReviseComment | Refused:
        intake = Intake()
        body = intake.text(self.body, "body", most=LONGEST, required=True)
        command = ReviseComment(id=key_of(self.comment_id, "cmt"), body=body, expected_revision=self.expected_revision)
        return intake.refused() if intake.problems else command


@strawberry.input(description="A comment to blank out.")
class RedactOrderCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> RedactComment:
        return RedactComment(id=key_of(self.comment_id, "cmt"), expected_revision=self.expected_revision)


@strawberry.type(description="The comment as it is now, or the errors that prevented it.")
class OrderCommentPayload:
    comment: OrderComment | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, row: Any) -> Self:
        return cls(comment=OrderComment.of(row) if row else None, errors=errors_of(outcome))
