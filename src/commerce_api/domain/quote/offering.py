"""What a quote's draft offers and comes to as of now, whatever of it is chosen, and who has to agree to that (Q7)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from commerce_api.domain.adjustment import exceeding
from commerce_api.domain.limits import Limit, beyond, parts
from commerce_api.domain.originals import Lineages, let_go, originals_of
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import content as contents
from commerce_api.domain.quote.choices import Choices, Weighed, extremes, first_of_each, still_there, taken
from commerce_api.domain.quote.content import Price, QuoteContent, content_hash
from commerce_api.domain.quote.state import Quote, QuoteState
from commerce_api.domain.value import value


@value
class Offered:
    """`usual` is what is bought unless something else is chosen, `everything` is all lines whether they can be bought together
    or not, and `judged` is what is chosen by whoever wants most of what was let go. `categories` are those of its products, if a
    limit is about some.
    """

    choices: Choices
    content: QuoteContent
    usual: PricedCart
    everything: PricedCart
    judged: tuple[PricedCart, ...]
    categories: Lineages


def offered(quote: Quote, everything: PricedCart, price: Price, limits: Sequence[Limit], known: Lineages) -> Offered:
    """To be judged by these limits. `everything` is the whole draft, priced."""
    draft = everything.cart
    choices = still_there(quote.choices, draft)
    chosen = extremes(choices, everything, _weighed(everything, limits, known))
    return Offered(
        choices=choices,
        content=contents.offered(draft, choices, price),
        usual=price(taken(draft, choices, first_of_each(choices))),
        everything=everything,
        judged=tuple(price(taken(draft, choices, each)) for each in chosen),
        categories=known,
    )


def _weighed(everything: PricedCart, limits: Sequence[Limit], known: Lineages) -> Iterator[Weighed]:
    lowerings = tuple(let_go(everything, originals_of(everything, known)))
    for limit in limits:
        for held, part in parts(limit, lowerings):
            yield Fraction(held.percent or 0), frozenset(each.line_id for each in part if each.line_id)


def within(offer: Offered, limits: Sequence[Limit]) -> bool:
    """Whether no more is let go than these limits allow, whatever is chosen."""
    currency = offer.content.currency
    return not any(
        beyond(limits, currency, tuple(let_go(priced, originals_of(priced, offer.categories))))
        for priced in offer.judged
    )


def too_far(offer: Offered, limits: Sequence[Limit]) -> bool:
    """Whether more is let go than whoever sends it may, or than any who changed a price may by what is asked now."""
    return not within(offer, limits) or any(
        priced.cart.adjustments and exceeding(priced.cart.adjustments, originals_of(priced, offer.categories))
        for priced in (offer.everything, *offer.judged)
    )


def hash_of(quote: Quote, content: QuoteContent, valid_until: datetime, terms: str) -> str:
    return content_hash(content, quote.customer_id, quote.email, valid_until, terms)


def unapproved(quote: Quote, offer: Offered, limits: Sequence[Limit]) -> bool:
    """Whether somebody else has to approve it before it leaves, if whoever has these limits sends it as it is."""
    return quote.state is QuoteState.APPROVAL or (not _approved(quote, offer) and too_far(offer, limits))


def _approved(quote: Quote, offer: Offered) -> bool:
    """Exactly as it is, with what was said of its validity and terms."""
    given = quote.approval if quote.approval and quote.approval.approved_by else None
    return given is not None and given.content_hash == hash_of(quote, offer.content, given.valid_until, given.terms)


def part_in(quote: Quote, offer: Offered, sender: UUID | None) -> frozenset[UUID]:
    """Who may not approve it: who sends it, who wrote it, who let something go."""
    givers = {adjustment.by.id for adjustment in offer.everything.cart.adjustments}
    who = {sender, quote.author.id if quote.author else None, *givers}
    return frozenset(id_ for id_ in who if id_)


def barred(quote: Quote, offer: Offered, sender: UUID | None) -> frozenset[UUID]:
    """Who may not give the approval that was asked for, or would be if it was sent."""
    asked = quote.approval if quote.state is QuoteState.APPROVAL else None
    return frozenset(asked.barred) if asked else part_in(quote, offer, sender)
