"""A quote as something that blocks are put on (B8)."""

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.blocks import Owner, OwnerKind, Subject
from commerce_api.domain.quote.refusals import QuoteAlreadyConverted
from commerce_api.domain.quote.state import Quote


def blockable(quote: Quote) -> Subject:
    """As long as it can become an order: what is declined or withdrawn can be issued again. Its author answers for it."""
    author = quote.author
    return Subject(
        owner=Owner(kind=OwnerKind.QUOTE, id=quote.id),
        channel_id=quote.channel_id,
        over=QuoteAlreadyConverted(order_id=quote.order_id) if quote.order_id else None,
        behind=(author.id,) if author and author.id and author.kind is ActorKind.STAFF else (),
    )
