"""Comments on orders. One bumps the revision of the order, never its version, and disturbs no open edit (D35)."""

from dataclasses import field
from typing import Any
from uuid import UUID

from commerce_api.domain.decision import NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import CommentId, OrderId, StaffId
from commerce_api.domain.order import Order, comments
from commerce_api.domain.order.comments import Comment
from commerce_api.domain.value import value
from commerce_api.operations import order_mail
from commerce_api.persistence.readers.assistance import agent_name
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.comments import CommentStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class AddComment:
    """Ids that are None cannot be any thing's."""

    order_id: OrderId | None
    body: str = field(repr=False)
    visibility: comments.CommentVisibility
    email_customer: bool
    mentions: tuple[StaffId | None, ...]


@value
class ReviseComment:
    id: UUID | None
    body: str = field(repr=False)
    expected_revision: int | None


@value
class RedactComment:
    id: UUID | None
    expected_revision: int | None


@value
class Commented:
    """`id` is the comment's."""

    id: UUID
    order_id: OrderId


async def add(uow: UnitOfWork, command: AddComment) -> Commented | Refused:
    order = await OrderStore(uow).get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    unknown = await _unknown(uow, command)
    wanted = comments.AddComment(
        id=CommentId(uow.new_id()),
        body=command.body,
        visibility=command.visibility,
        email_customer=command.email_customer,
        mentions=tuple(id_ for id_ in command.mentions if id_),
    )
    comment = comments.add(order, wanted, uow.by.actor, uow.by.at)
    if unknown or isinstance(comment, Refused):
        return Refused(reasons=(*unknown, *(comment.reasons if isinstance(comment, Refused) else ())))
    await CommentStore(uow).add(comment)
    await OrderStore(uow).touch(order.id, [comments.added(comment)])
    if comment.emailed_to:
        await order_mail.commented(uow, order, comment)
    await _tell_colleagues(uow, order, comment)
    return Commented(id=comment.id, order_id=order.id)


async def _tell_colleagues(uow: UnitOfWork, order: Order, comment: Comment) -> None:
    """What it says they read at the order, where it can still be blanked out."""
    others = [id_ for id_ in comment.mentions if id_ != uow.by.actor.id]
    by = await agent_name(uow.connection, uow.by.actor.id) if others else ""
    for id_ in others:
        if to := await BlockStore(uow).address_of(id_):
            await order_mail.mentioned(uow, order, f"mentioned:{comment.id}:{id_}", to, by)


async def _unknown(uow: UnitOfWork, command: AddComment) -> list[Refusal]:
    store = BlockStore(uow)
    return [
        NotFound(path=("mentionStaffIds", str(number)))
        for number, id_ in enumerate(command.mentions)
        if id_ is None or not await store.is_at_work(id_)
    ]


async def revise(uow: UnitOfWork, command: ReviseComment) -> Commented | Refused:
    found = await _found(uow, command.id)
    if isinstance(found, Refused):
        return found
    order, comment = found
    wanted = comments.ReviseComment(body=command.body, expected_revision=command.expected_revision)
    decided = comments.revise(order, comment, wanted, uow.by.actor)
    if not isinstance(decided, Refused) and decided:
        await CommentStore(uow).revise(comment, command.body)
    return await _kept(uow, comment, decided)


async def redact(uow: UnitOfWork, command: RedactComment) -> Commented | Refused:
    found = await _found(uow, command.id)
    if isinstance(found, Refused):
        return found
    order, comment = found
    wanted = comments.RedactComment(expected_revision=command.expected_revision)
    decided = comments.redact(order, comment, wanted, uow.by.actor)
    if not isinstance(decided, Refused) and decided:
        await CommentStore(uow).redact(comment)
    return await _kept(uow, comment, decided)


async def _kept(uow: UnitOfWork, comment: Comment, decided: Any) -> Commented | Refused:
    if isinstance(decided, Refused):
        return decided
    if decided:
        await OrderStore(uow).touch(comment.order_id, decided)
    return Commented(id=comment.id, order_id=comment.order_id)


async def load(uow: UnitOfWork, id: UUID) -> Commented | Refused:
    """The comment that an earlier request was about."""
    comment = await CommentStore(uow).find(id)
    return Commented(id=id, order_id=comment.order_id) if comment else refuse(NotFound())


async def _found(uow: UnitOfWork, id: UUID | None) -> tuple[Order, Comment] | Refused:
    """With its order under lock. What is not meant for customers is not there for them."""
    comments_, path = CommentStore(uow), ("commentId",)
    first = await comments_.find(id) if id else None
    order = await OrderStore(uow).get(first.order_id) if first else None
    comment = await comments_.find(first.id) if first and order else None
    if order is None or comment is None or _hidden(uow, comment):
        return refuse(NotFound(path=path))
    return order, comment


def _hidden(uow: UnitOfWork, comment: Comment) -> bool:
    internal = comment.visibility is comments.CommentVisibility.INTERNAL or comment.redacted
    return internal and not uow.by.actor.is_staff
