"""Quotes for tests of the rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.cart import Author
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartId, ChannelId, QuoteId
from commerce_api.domain.quote import Approval, Offer, Quote, QuoteState, SendQuote, decide, evolved

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNTIL = AT + timedelta(days=14)
GRACE, BOSS = UUID(int=1), UUID(int=2)


def staff(id):
    return Author(kind=ActorKind.STAFF, id=id)


def quote(state=QuoteState.DRAFT, **changes):
    values = {
        "id": QuoteId(UUID(int=11)),
        "number": "Q100001-4",
        "channel_id": ChannelId(UUID(int=12)),
        "draft_id": CartId(UUID(int=13)),
        "language": "en",
        "currency": "EUR",
        "state": state,
        "author": staff(GRACE),
        "created_at": AT,
    }
    return Quote(**{**values, **changes})


def sent(state=QuoteState.SENT, version=1, **changes):
    return quote(state, offer=Offer(version=version, sent_at=AT, valid_until=UNTIL), **changes)


def waiting(content_hash="h"):
    approval = Approval(content_hash=content_hash, barred=(GRACE,), valid_until=UNTIL)
    return quote(QuoteState.APPROVAL, approval=approval)


def send(content_hash="h", *, beyond=False, until=UNTIL, at=AT):
    return SendQuote(
        content_hash=content_hash, valid_until=until, beyond_limits=beyond, barred=frozenset({GRACE}), at=at
    )


def after(state, *commands):
    """The quote after commands that must not be refused."""
    for command in commands:
        decided = decide(state, command)
        assert not isinstance(decided, Refused), decided
        state = evolved(state, decided)
    return state


def reasons(state, command):
    """Why the command is refused."""
    decided = decide(state, command)
    assert isinstance(decided, Refused), decided
    return list(decided.reasons)
