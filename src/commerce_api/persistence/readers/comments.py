"""Comments on orders that were shown: all of them for staff, for the customer those that are meant for the customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, select

from commerce_api.domain.ids import CommentId, OrderId, StaffId
from commerce_api.domain.order.comments import Comment, CommentVisibility
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.blocks import person_of
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.desk import order_comment_texts as texts
from commerce_api.persistence.tables.desk import order_comments as comments

COMMENT: Final = select(comments, texts.c.body, texts.c.at.label("written_at")).join(
    texts, and_(texts.c.comment_id == comments.c.id, texts.c.number == comments.c.revision)
)
"""Comments with their latest text."""
_FOR_CUSTOMERS = (comments.c.visibility == CommentVisibility.CUSTOMER, comments.c.redacted_at.is_(None))
_BY_ID = Statement(
    COMMENT.add_columns(orders.c.channel_id)
    .join(orders, orders.c.id == comments.c.order_id)
    .where(among(comments.c.id), visible_orders())
)
_TEXTS = Statement(select(texts).where(among(texts.c.comment_id)).order_by(texts.c.comment_id, texts.c.number))


def _chosen(whole: bool) -> Select[Any]:  # noqa: FBT001 - what is chosen of the list
    """`whole` also shows what only staff may see."""
    return COMMENT if whole else COMMENT.where(*_FOR_CUSTOMERS)


_COMMENTS = Lists[bool](
    rows=_chosen, parent=comments.c.order_id, place=lambda _: ((comments.c.created_at, comments.c.id), False)
)


async def comments_in(scope: Scope, parts: Sequence[Part[bool]]) -> Mapping[Part[bool], Sequence[Row]]:
    """Parts of orders' comments, the oldest first."""
    async with scope.database.connection() as connection:
        return await _COMMENTS.parts(connection, parts)


async def count_comments(scope: Scope, lists: Sequence[Listed[bool]]) -> Mapping[Listed[bool], int]:
    async with scope.database.connection() as connection:
        return await _COMMENTS.counts(connection, lists)


async def comments_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """Those that the actor may see."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), **visibility(scope.actor))
    return {row["id"]: row for row in rows if _seen(scope, row)}


def _seen(scope: Scope, row: Row) -> bool:
    shown = row["visibility"] == CommentVisibility.CUSTOMER and row["redacted_at"] is None
    return shown or scope.actor.may_in(Permission.READ_ORDERS, row["channel_id"])


async def texts_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """All that comments ever said, the first text first."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_TEXTS, ids=list(ids)):
            found[row["comment_id"]].append(row)
    return found


def comment_of(row: Row) -> Comment:
    return Comment(
        id=CommentId(row["id"]),
        order_id=OrderId(row["order_id"]),
        visibility=CommentVisibility(row["visibility"]),
        body=row["body"],
        author=person_of(row["author"]),
        at=row["created_at"],
        emailed_to=row["emailed_to"],
        mentions=tuple(map(StaffId, row["mentions"])),
        redacted=row["redacted_at"] is not None,
        revision=row["revision"],
    )
