"""Comments on orders, under the order's lock."""

from uuid import UUID

from sqlalchemy import bindparam, literal_column, update

from commerce_api.domain.ids import OrderId
from commerce_api.domain.order.comments import Comment
from commerce_api.domain.order.keys import OrderKey, comment_keys
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.comments import COMMENT, comment_of
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores.order_keys import put_order_keys
from commerce_api.persistence.tables.desk import order_comment_texts as texts
from commerce_api.persistence.tables.desk import order_comments as comments
from commerce_api.persistence.unit_of_work import UnitOfWork

_BY_ID = Statement(COMMENT.where(comments.c.id == bindparam("id")))
_SAID = Statement(
    COMMENT.where(comments.c.order_id == bindparam("order_id")).order_by(comments.c.created_at.desc(), comments.c.id)
)
_ADD = insert_into(comments)
_ADD_TEXT = insert_into(texts)
_REVISE = Statement(
    update(comments).where(comments.c.id == bindparam("comment_id")).values(revision=bindparam("new_revision"))
)
_REDACT = Statement(
    update(comments)
    .where(comments.c.id == bindparam("comment_id"))
    .values(redacted_at=bindparam("at"), redacted_by=bindparam("by_whom", type_=comments.c.redacted_by.type))
)
_BLANK = Statement(update(texts).where(texts.c.comment_id == bindparam("comment")).values(body=literal_column("''")))


class CommentStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def find(self, id: UUID) -> Comment | None:
        """Whether the actor sees it or not: who calls has locked its order, or does so next and finds it again."""
        row = await self._connection.fetch_one(_BY_ID, id=id)
        return comment_of(row) if row else None

    async def add(self, comment: Comment) -> None:
        await self._connection.execute(
            _ADD,
            {
                "id": comment.id,
                "order_id": comment.order_id,
                "visibility": comment.visibility,
                "author": actor_document(self._uow.by),
                "created_at": comment.at,
                "emailed_to": comment.emailed_to,
                "mentions": list(comment.mentions),
                "redacted_at": None,
                "redacted_by": None,
                "revision": comment.revision,
            },
        )
        await self.write(comment.id, comment.revision, comment.body)
        await self._find_by_words(comment.order_id)

    async def revise(self, comment: Comment, body: str) -> None:
        revision = comment.revision + 1
        await self._connection.execute(_REVISE, comment_id=comment.id, new_revision=revision)
        await self.write(comment.id, revision, body)
        await self._find_by_words(comment.order_id)

    async def write(self, id: UUID, revision: int, body: str) -> None:
        """One text of it; those before stay."""
        await self._connection.execute(_ADD_TEXT, comment_id=id, number=revision, body=body, at=self._uow.by.at)

    async def redact(self, comment: Comment) -> None:
        by = self._uow.by
        await self._connection.execute(_REDACT, comment_id=comment.id, at=by.at, by_whom=actor_document(by))
        await self._connection.execute(_BLANK, comment=comment.id)
        await self._find_by_words(comment.order_id)

    async def _find_by_words(self, order_id: OrderId) -> None:
        """By those that its comments say now."""
        said = await self._connection.fetch(_SAID, order_id=order_id)
        keys = comment_keys(row["body"] for row in said)
        await put_order_keys(self._connection, order_id, OrderKey.COMMENT, keys)
