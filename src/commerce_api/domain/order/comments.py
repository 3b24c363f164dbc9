"""Comments on orders: notes among staff, or told to the customer; what was written once can be revised, and blanked out (S2-11)."""

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Actor, Forbidden
from commerce_api.domain.decision import Decision, Refusal, Refused, check_revision
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CommentId, OrderId, StaffId
from commerce_api.domain.order.state import Order
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value


class CommentVisibility(DescribedEnum):
    INTERNAL = "INTERNAL", "For staff only."
    CUSTOMER = "CUSTOMER", "For the customer too."


@value
class Comment:
    """`author` is the customer's, the staff member's or the API key's id; guests have none. `revision` is the latest."""

    id: CommentId
    order_id: OrderId
    visibility: CommentVisibility
    body: str = field(repr=False)
    author: UUID | None
    at: datetime
    emailed_to: str = field(default="", repr=False)
    mentions: tuple[StaffId, ...] = ()
    redacted: bool = False
    revision: int = 1


@value
class AddComment:
    id: CommentId
    body: str = field(repr=False)
    visibility: CommentVisibility = CommentVisibility.INTERNAL
    email_customer: bool = False
    mentions: tuple[StaffId, ...] = ()


@value
class ReviseComment:
    body: str = field(repr=False)
    expected_revision: int | None = None


@value
class RedactComment:
    expected_revision: int | None = None


# Events hold no words that anybody wrote.


@value
class CommentAdded:
    comment_id: CommentId
    visibility: CommentVisibility
    emailed: bool
    mentions: tuple[StaffId, ...]


@value
class CommentRevised:
    comment_id: CommentId
    revision: int


@value
class CommentRedacted:
    comment_id: CommentId


CommentEvent: TypeAlias = CommentAdded | CommentRevised | CommentRedacted


@value
class NobodyToMail(Refusal):
    """This order has no mail address; leave the mail out."""

    staff_only: ClassVar[bool] = True


@value
class CommentIsRedacted(Refusal):
    """This comment was blanked out."""

    staff_only: ClassVar[bool] = True


def add(order: Order, command: AddComment, actor: Actor, at: datetime) -> Comment | Refused:
    """What the customer writes, the customer sees; what is mailed, too."""
    reasons = tuple(_against_adding(order, command, actor))
    if reasons:
        return Refused(reasons=reasons)
    shown = command.email_customer or not actor.is_staff
    return Comment(
        id=command.id,
        order_id=order.id,
        visibility=CommentVisibility.CUSTOMER if shown else command.visibility,
        body=command.body,
        author=actor.id,
        at=at,
        emailed_to=order.email if command.email_customer else "",
        mentions=command.mentions,
    )


def _against_adding(order: Order, command: AddComment, actor: Actor) -> Iterator[Refusal]:
    if actor.is_staff and not actor.may_in(Permission.COMMENT_ON_ORDERS, order.channel_id):
        yield Forbidden()
    if command.email_customer and not actor.may_in(Permission.ACT_FOR_CUSTOMERS, order.channel_id):
        yield Forbidden(path=("emailCustomer",))
    elif command.email_customer and not order.email:
        yield NobodyToMail(path=("emailCustomer",))


def added(comment: Comment) -> CommentAdded:
    return CommentAdded(
        comment_id=comment.id,
        visibility=comment.visibility,
        emailed=bool(comment.emailed_to),
        mentions=comment.mentions,
    )


def revise(order: Order, comment: Comment, command: ReviseComment, actor: Actor) -> Decision[CommentEvent]:
    """By whoever wrote it. The text before is kept."""
    if comment.author is None or comment.author != actor.id:
        return Refused(reasons=(Forbidden(),))
    if actor.is_staff and not actor.may_in(Permission.COMMENT_ON_ORDERS, order.channel_id):
        return Refused(reasons=(Forbidden(),))
    if stale := check_revision(comment.revision, command.expected_revision):
        return stale
    if comment.redacted:
        return Refused(reasons=(CommentIsRedacted(),))
    return (
        [] if command.body == comment.body else [CommentRevised(comment_id=comment.id, revision=comment.revision + 1)]
    )


def redact(order: Order, comment: Comment, command: RedactComment, actor: Actor) -> Decision[CommentEvent]:
    """All its texts are blanked out; that there was one stays."""
    if not actor.may_in(Permission.REDACT_COMMENTS, order.channel_id):
        return Refused(reasons=(Forbidden(),))
    if stale := check_revision(comment.revision, command.expected_revision):
        return stale
    return [] if comment.redacted else [CommentRedacted(comment_id=comment.id)]
