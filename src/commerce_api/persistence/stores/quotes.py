"""Quotes under lock."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from commerce_api.domain.agreement import Agreement
from commerce_api.domain.cart import Author
from commerce_api.domain.ids import CartLineId, OrderId, QuoteId
from commerce_api.domain.order import Order
from commerce_api.domain.quote import Audience, Quote, QuoteEvent, QuoteSent
from commerce_api.domain.quote.content import QuoteContent
from commerce_api.domain.quote.parting import Share
from commerce_api.domain.value import value
from commerce_api.persistence.documents import read
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.quote_visibility import visibility, visible_quotes
from commerce_api.persistence.readers.quotes import quote_of
from commerce_api.persistence.rows import by_id, insert_into
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables import quotes as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_LOCK = by_id(t.quotes, visible_quotes(), lock=True)
_ANY = by_id(t.quotes, lock=True)
_INSERT = insert_into(t.quotes)
_CHANGED: Final = (
    *("state", "author_kind", "author_id", "version", "sent_at", "valid_until", "approval", "order_id", "email"),
    *("choices", "chosen", "reserve_until", "partial", "updated_at"),
)
_UPDATE = Statement(
    update(t.quotes)
    .where(t.quotes.c.id == bindparam("quote_id"))
    .values(
        {"revision": t.quotes.c.revision + 1, **{n: bindparam(f"new_{n}", type_=t.quotes.c[n].type) for n in _CHANGED}}
    )
)
_NEXT_NUMBER = Statement(
    select(func.nextval(func.pg_get_serial_sequence(t.quote_numbers.name, t.quote_numbers.c.number.name)))
)
_ADD_VERSION = insert_into(t.quote_versions)
_VERSION = Statement(
    select(t.quote_versions).where(
        t.quote_versions.c.quote_id == bindparam("quote_id"), t.quote_versions.c.version == bindparam("version")
    )
)
_CONVERTED = Statement(
    update(t.quote_versions)
    .where(t.quote_versions.c.quote_id == bindparam("quote_id"), t.quote_versions.c.version == bindparam("version"))
    .values(order_id=bindparam("order_id"))
)
_ACCEPTED = Statement(
    update(t.quote_versions)
    .where(t.quote_versions.c.quote_id == bindparam("quote_id"), t.quote_versions.c.version == bindparam("version"))
    .values(accepted=bindparam("accepted", type_=t.quote_versions.c.accepted.type))
)
_SEE = Statement(
    update(t.quotes)
    .where(t.quotes.c.id == bindparam("quote_id"), t.quotes.c.seen_version < t.quotes.c.version)
    .values(seen_version=t.quotes.c.version)
    .returning(t.quotes.c.version)
)
_SEEN = Statement(
    update(t.quote_versions)
    .where(t.quote_versions.c.quote_id == bindparam("quote_id"), t.quote_versions.c.version == bindparam("version"))
    .values(first_seen_at=bindparam("at", type_=t.quote_versions.c.first_seen_at.type))
)
_LEFT = Statement(
    update(t.quote_versions)
    .where(t.quote_versions.c.quote_id == bindparam("quote_id"), t.quote_versions.c.version == bindparam("version"))
    .values(open=bindparam("left", type_=t.quote_versions.c.open.type))
)
_TAKE = insert_into(t.quote_parts)
_ADD_COMMENT = insert_into(t.quote_comments)


@value
class Frozen:
    """What a version holds besides the moments of its offer. `waiting` are units that were not on the shelf, `open` is what
    remains of it after some of it was ordered.
    """

    content: QuoteContent
    agreement: Agreement
    terms: str
    waiting: Mapping[CartLineId, int] = field(default_factory=dict)
    approved_by: UUID | None = None
    open: Share | None = None


def frozen_of(row: Row) -> Frozen:
    return Frozen(
        content=read(QuoteContent, row["accepted"] or row["content"]),
        agreement=read(Agreement, row["agreement"]),
        terms=row["terms"],
        waiting={CartLineId(UUID(id_)): many for id_, many in row["waiting"].items()},
        approved_by=row["approved_by"],
        open=read(Share, row["open"]) if row["open"] else None,
    )


@value
class Wish:
    """What a buyer would rather have of a line; None leaves it as it is."""

    line_id: UUID
    quantity: int | None = None
    unit_price: int | None = None


@value
class Comment:
    id: UUID
    audience: Audience
    text: str
    wishes: tuple[Wish, ...] = ()


class QuoteStore:
    """Sees only what the actor may see, or, if `proven`, any: for those who have shown in another way that it is theirs. The row
    of a quote that is read here stays locked until the transaction ends.
    """

    def __init__(self, uow: UnitOfWork, *, proven: bool = False) -> None:
        self._uow, self._connection, self._proven = uow, uow.connection, proven

    async def get(self, id: UUID) -> Quote | None:
        statement = _ANY if self._proven else _LOCK
        seen: dict[str, Any] = {} if self._proven else visibility(self._uow.by.actor)
        row = await self._connection.fetch_one(statement, id=id, **seen)
        if row is None:
            return None
        self._uow.serve(row["customer_id"])
        return quote_of(row)

    async def next_number(self) -> int:
        """Numbers may be left out, but none is given twice."""
        number: int = await self._connection.fetch_value(_NEXT_NUMBER)
        return number

    async def add(self, quote: Quote, origin: Mapping[str, Any], events: Sequence[Any]) -> None:
        root = {name: getattr(quote, name) for name in _KEPT}
        moments = {"created_at": quote.created_at, "origin": origin, "seen_version": 0}
        await self._connection.execute(_INSERT, {**root, **moments, **self._changing(quote)})
        await self._uow.events.record("QUOTE", quote.id, events)

    async def save(self, quote: Quote, events: Sequence[QuoteEvent]) -> None:
        """One revision on."""
        values = {f"new_{name}": each for name, each in self._changing(quote).items()}
        await self._connection.execute(_UPDATE, values, quote_id=quote.id)
        await self._uow.events.record("QUOTE", quote.id, events)

    def _changing(self, quote: Quote) -> dict[str, Any]:
        author, offer = quote.author, quote.offer
        return {
            "state": quote.state,
            "author_kind": author.kind if author else None,
            "author_id": author.id if author else None,
            "version": quote.version,
            "sent_at": offer and offer.sent_at,
            "valid_until": offer and offer.valid_until,
            "reserve_until": offer and offer.reserve_until,
            "partial": bool(offer and offer.partial),
            "approval": quote.approval,
            "choices": quote.choices,
            "chosen": quote.chosen,
            "order_id": quote.order_id,
            "email": quote.email,
            "updated_at": self._uow.by.at,
        }

    async def add_version(self, quote_id: QuoteId, sent: QuoteSent, frozen: Frozen) -> None:
        await self._connection.execute(
            _ADD_VERSION,
            quote_id=quote_id,
            version=sent.version,
            content=frozen.content,
            agreement=frozen.agreement,
            content_hash=sent.content_hash,
            terms=frozen.terms,
            sent_at=sent.sent_at,
            valid_until=sent.valid_until,
            waiting=frozen.waiting,
            approved_by=sent.approved_by,
            open=None,
            actor=actor_document(self._uow.by),
            accepted=None,
            first_seen_at=None,
            order_id=None,
        )

    async def accept(self, quote: Quote, content: QuoteContent) -> None:
        """What the buyer chose of the version that counts."""
        await self._connection.execute(_ACCEPTED, quote_id=quote.id, version=quote.version, accepted=content)

    async def see(self, quote_id: UUID) -> int | None:
        """The version that counts, if its buyer looks at it for the first time."""
        version: int | None = await self._connection.fetch_value(_SEE, quote_id=quote_id)
        if version is not None:
            await self._connection.execute(_SEEN, quote_id=quote_id, version=version, at=self._uow.by.at)
        return version

    async def version(self, quote_id: QuoteId, version: int) -> Frozen:
        """What was sent as this version, or chosen of it."""
        row = await self._connection.fetch_one(_VERSION, quote_id=quote_id, version=version)
        assert row is not None  # noqa: S101 - the quote names it
        return frozen_of(row)

    async def take(self, quote: Quote, order: Order, taken: Share, left: Share) -> None:
        """Some of the version that counts was ordered."""
        key: dict[str, Any] = {"quote_id": quote.id, "version": quote.version}
        await self._connection.execute(_LEFT, **key, left=left)
        part = {"order_id": order.id, "units": taken.quantities, "total": order.total, "at": self._uow.by.at}
        await self._connection.execute(_TAKE, {**key, **part})

    async def convert(self, quote: Quote, order_id: OrderId) -> None:
        """Once only: another order of the same version cannot be written."""
        await self._connection.execute(_CONVERTED, quote_id=quote.id, version=quote.version, order_id=order_id)

    async def add_comment(self, quote: Quote, comment: Comment, author: Author) -> None:
        await self._connection.execute(
            _ADD_COMMENT,
            id=comment.id,
            quote_id=quote.id,
            round=quote.version,
            audience=comment.audience,
            text=comment.text,
            wishes=comment.wishes,
            author=author,
            at=self._uow.by.at,
        )


_KEPT: Final = (
    *("id", "number", "channel_id", "draft_id", "customer_id", "language", "currency", "requested", "revision"),
)
