"""Quotes, as far as the actor may see them. What belongs to a quote is asked for by ids of quotes that were shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, case, false, or_, select, true

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.cart import Author
from commerce_api.domain.ids import CartLineId, CustomerId
from commerce_api.domain.quote import Approval, Audience, Offer, Quote, QuoteState
from commerce_api.domain.quote.choices import Choice
from commerce_api.domain.quote.state import PROMISED
from commerce_api.domain.value import value
from commerce_api.persistence.documents import read
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.quote_visibility import visibility, visible_quotes
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables import quotes as t
from commerce_api.persistence.tables.records import events

_BY_ID = Statement(select(t.quotes).where(among(t.quotes.c.id), visible_quotes()))


_ANY = Statement(select(t.quotes).where(among(t.quotes.c.id)))


async def any_quotes(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """For whoever proves in another way that the quotes are theirs."""
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(_ANY, ids=list(ids))}


async def quotes_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), **visibility(scope.actor))
    return {row["id"]: row for row in rows}


def quote_of(row: Row) -> Quote:
    sent = row["version"] > 0
    offer = Offer(**{name: row[name] for name in Offer.__dataclass_fields__}) if sent else None
    kind = row["author_kind"]
    return Quote(
        id=row["id"],
        number=row["number"],
        channel_id=row["channel_id"],
        draft_id=row["draft_id"],
        customer_id=row["customer_id"],
        email=row["email"],
        language=row["language"],
        currency=row["currency"],
        state=QuoteState(row["state"]),
        requested=row["requested"],
        author=Author(kind=ActorKind(kind), id=row["author_id"]) if kind else None,
        offer=offer,
        approval=approval_of(row["approval"]),
        choices=tuple(read(Choice, choice) for choice in row["choices"]),
        chosen=None if row["chosen"] is None else tuple(CartLineId(UUID(id_)) for id_ in row["chosen"]),
        order_id=row["order_id"],
        created_at=row["created_at"],
        revision=row["revision"],
    )


def approval_of(document: Mapping[str, Any] | None) -> Approval | None:
    return None if document is None else read(Approval, document)


@value
class QuoteFilter:
    """All that is given must hold; no states mean none at all. `expires_before` is about what is still promised."""

    states: tuple[QuoteState, ...] | None = None
    customer_id: CustomerId | None = None
    author_id: UUID | None = None
    expires_before: datetime | None = None


_AT: Final = bindparam("at", type_=DateTime(timezone=True))
_promised = or_(*(t.quotes.c.state == state for state in sorted(PROMISED)))
_state_now: Final = case((and_(_promised, t.quotes.c.valid_until <= _AT), "EXPIRED"), else_=t.quotes.c.state)
"""As the clock has it."""


def _meaning(chosen: QuoteFilter) -> Iterator[ColumnElement[bool]]:
    c = t.quotes.c
    if chosen.states is not None:
        yield or_(false(), *(_state_now == state for state in chosen.states))
    if chosen.customer_id is not None:
        yield c.customer_id == chosen.customer_id
    if chosen.author_id is not None:
        yield c.author_id == chosen.author_id
    if chosen.expires_before is not None:
        yield and_(_promised, c.valid_until > _AT, c.valid_until < chosen.expires_before)


_QUOTES = Lists[QuoteFilter](
    rows=lambda chosen: select(t.quotes).where(true(), visible_quotes(), *_meaning(chosen)),
    parent=t.quotes.c.customer_id,
    place=lambda _: ((t.quotes.c.created_at, t.quotes.c.id), True),
)


async def quotes_in(scope: Scope, parts: Sequence[Part[QuoteFilter]]) -> Mapping[Part[QuoteFilter], Sequence[Row]]:
    """Parts of all quotes, or of those of customers, the newest first."""
    async with scope.database.connection() as connection:
        return await _QUOTES.parts(connection, parts, at=scope.at, **visibility(scope.actor))


async def count_quotes(scope: Scope, lists: Sequence[Listed[QuoteFilter]]) -> Mapping[Listed[QuoteFilter], int]:
    async with scope.database.connection() as connection:
        return await _QUOTES.counts(connection, lists, at=scope.at, **visibility(scope.actor))


_VERSIONS = Lists[None](
    rows=lambda _: select(t.quote_versions),
    parent=t.quote_versions.c.quote_id,
    place=lambda _: ((t.quote_versions.c.version,), True),
)


async def versions_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    """Parts of what was sent of quotes, the latest first."""
    async with scope.database.connection() as connection:
        return await _VERSIONS.parts(connection, parts)


async def count_versions(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _VERSIONS.counts(connection, lists)


_PARTS = Lists[None](
    rows=lambda _: select(t.quote_parts),
    parent=t.quote_parts.c.quote_id,
    place=lambda _: ((t.quote_parts.c.order_id,), False),
)


async def parts_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    """Parts of the lists of orders that took some of quotes, the first one first."""
    async with scope.database.connection() as connection:
        return await _PARTS.parts(connection, parts)


async def count_parts(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _PARTS.counts(connection, lists)


VersionKey: TypeAlias = tuple[UUID, int]
_PAIRS = Statement(
    select(t.quote_versions).where(among(t.quote_versions.c.quote_id), among(t.quote_versions.c.version, "versions"))
)


async def versions_of(scope: Scope, keys: Sequence[VersionKey]) -> Mapping[VersionKey, Row]:
    """Versions by their quote and number."""
    ids, versions = [id_ for id_, _ in keys], [version for _, version in keys]
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_PAIRS, ids=ids, versions=versions)
    return {(row["quote_id"], row["version"]): row for row in rows}


def _comments(whole: bool) -> Select[Any]:  # noqa: FBT001 - what is chosen of the list
    """`whole` shows also what staff say among themselves."""
    query = select(t.quote_comments)
    return query if whole else query.where(t.quote_comments.c.audience == Audience.CUSTOMER)


_COMMENTED = Lists[bool](
    rows=_comments, parent=t.quote_comments.c.quote_id, place=lambda _: ((t.quote_comments.c.id,), False)
)


async def comments_in(scope: Scope, parts: Sequence[Part[bool]]) -> Mapping[Part[bool], Sequence[Row]]:
    """Parts of what was said about quotes, the oldest first."""
    async with scope.database.connection() as connection:
        return await _COMMENTED.parts(connection, parts)


async def count_comments(scope: Scope, lists: Sequence[Listed[bool]]) -> Mapping[Listed[bool], int]:
    async with scope.database.connection() as connection:
        return await _COMMENTED.counts(connection, lists)


AttachmentsKey: TypeAlias = tuple[UUID, bool]
_ATTACHED = Statement(
    select(*(column for column in t.quote_attachments.c if column.name != "content"))
    .where(among(t.quote_attachments.c.quote_id))
    .order_by(t.quote_attachments.c.id)
)


async def attachments_of(scope: Scope, keys: Sequence[AttachmentsKey]) -> Mapping[AttachmentsKey, Sequence[Row]]:
    """The files of quotes, the oldest first; with `whole` also those that staff keep to themselves."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_ATTACHED, ids=[id_ for id_, _ in keys])
    return {
        (id_, whole): [
            row for row in rows if row["quote_id"] == id_ and (whole or row["audience"] == Audience.CUSTOMER)
        ]
        for id_, whole in keys
    }


def _events(whole: bool) -> Select[Any]:  # noqa: FBT001 - what is chosen of the list
    query = select(events).where(events.c.entity == "QUOTE")
    return query if whole else query.where(events.c.customer_visible)


_EVENTS = Lists[bool](rows=_events, parent=events.c.entity_id, place=lambda _: ((events.c.sequence,), False))


async def quote_events_in(scope: Scope, parts: Sequence[Part[bool]]) -> Mapping[Part[bool], Sequence[Row]]:
    """Parts of quotes' histories, the oldest first; whole ones or what their buyers see."""
    async with scope.database.connection() as connection:
        return await _EVENTS.parts(connection, parts)


async def count_quote_events(scope: Scope, lists: Sequence[Listed[bool]]) -> Mapping[Listed[bool], int]:
    async with scope.database.connection() as connection:
        return await _EVENTS.counts(connection, lists)
