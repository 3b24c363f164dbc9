"""What can be done with a quote now, answered by the rules that also decide (K14)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from commerce_api.domain.blocks import against_blocking
from commerce_api.domain.cart import Author
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import OrderId
from commerce_api.domain.quote import commands as c
from commerce_api.domain.quote.blocking import blockable
from commerce_api.domain.quote.choices import first_of_each
from commerce_api.domain.quote.deciding import against
from commerce_api.domain.quote.state import Quote


class QuoteAction(DescribedEnum):
    REVIEW = "REVIEW", "Take a request or a counter-offer in hand."
    CHANGE = "CHANGE", "Change what it offers."
    SEND = "SEND", "Send it to the buyer, or ask for the approval that it needs."
    APPROVE = "APPROVE", "Approve a discount beyond its author's limits."
    REJECT_APPROVAL = "REJECT_APPROVAL", "Send it back to its author."
    WITHDRAW = "WITHDRAW", "Take it back."
    REISSUE = "REISSUE", "Send it again, at the prices of today."
    ACCEPT = "ACCEPT", "Agree to it."
    DECLINE = "DECLINE", "Say that it is not wanted."
    COUNTER = "COUNTER", "Ask for something else."
    CONVERT = "CONVERT", "Order it."
    BLOCK = "BLOCK", "Hold up the orders that are made of it."


_NOBODY: Final = UUID(int=0)
_ORDER: Final = OrderId(_NOBODY)


def actions(quote: Quote, by: Author, at: datetime) -> Mapping[QuoteAction, tuple[Refusal, ...]]:
    """Every action with what stands against it, as far as that depends on nothing but the quote and who asks."""
    tried = {kind: tuple(against(quote, command)) for kind, command in _tried(quote, by, at).items()}
    return {**tried, QuoteAction.BLOCK: tuple(against_blocking(blockable(quote)))}


def _tried(quote: Quote, by: Author, at: datetime) -> Mapping[QuoteAction, c.QuoteCommand]:
    """The least that could be asked."""
    who = by.id or _NOBODY
    seen = quote.approval.content_hash if quote.approval else ""
    chosen = first_of_each(quote.choices) if quote.chosen is None else quote.chosen
    later = datetime.max.replace(tzinfo=at.tzinfo)
    sent = c.SendQuote(content_hash="", valid_until=later, beyond_limits=False, barred=frozenset(), at=at)
    return {
        QuoteAction.REVIEW: c.ReviewQuote(by=by, at=at),
        QuoteAction.CHANGE: c.ChangeQuote(at=at),
        QuoteAction.SEND: sent,
        QuoteAction.APPROVE: c.ApproveQuote(seen=seen, content_hash=seen, sufficient=True, by=who),
        QuoteAction.REJECT_APPROVAL: c.RejectApproval(by=who),
        QuoteAction.WITHDRAW: c.WithdrawQuote(at=at),
        QuoteAction.REISSUE: c.ReopenQuote(at=at),
        QuoteAction.ACCEPT: c.AcceptQuote(version=quote.version, chosen=tuple(chosen), at=at),
        QuoteAction.DECLINE: c.DeclineQuote(at=at),
        QuoteAction.COUNTER: c.CounterQuote(at=at),
        QuoteAction.CONVERT: c.ConvertQuote(version=quote.version, order_id=_ORDER, at=at),
    }
