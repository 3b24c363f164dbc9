"""What is missing before a quote can be ordered, all of it at once (S1-07)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from commerce_api.domain.cart import Cart
from commerce_api.domain.checkout import Checkout, Missing, Requirement, missing, to_wait_for
from commerce_api.domain.decision import Caution
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.limits import Limit
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote.actions import QuoteAction
from commerce_api.domain.quote.choices import first_of_each, taken
from commerce_api.domain.quote.content import lacking
from commerce_api.domain.quote.offering import Offered, unapproved
from commerce_api.domain.quote.state import Quote, QuoteState
from commerce_api.domain.staff import StaffMember
from commerce_api.domain.value import value


@value
class PromiseWorse(Caution):
    """When this was quoted, fewer units of a line had to come in first than have to now: {waiting} instead of {quoted}."""

    line_id: CartLineId
    waiting: int
    quoted: int


@value
class Readiness:
    """What each step lacks. `approvers` can give the approval, if sending it takes one."""

    missing: Mapping[QuoteAction, tuple[Missing, ...]]
    approvers: tuple[StaffMember, ...] = ()


def readiness(quote: Quote, checkout: Checkout, at: datetime) -> tuple[Missing, ...]:
    """As of a cart, and what only quotes can lack."""
    return (*_of_quote(quote.state_at(at)), *missing(checkout))


def _of_quote(state: QuoteState) -> Iterator[Missing]:
    if state is QuoteState.EXPIRED:
        yield Missing(requirement=Requirement.PRICE_EXPIRED)
    if state is QuoteState.APPROVAL:
        yield Missing(requirement=Requirement.APPROVAL)


def sendable(quote: Quote, offer: Offered, limits: Sequence[Limit]) -> tuple[Missing, ...]:
    """What is missing before this can be promised to anybody by whoever has these limits."""
    approval = (Missing(requirement=Requirement.APPROVAL),) if unapproved(quote, offer, limits) else ()
    return tuple(dict.fromkeys((*approval, *lacking(offer.usual), *lacking(offer.everything))))


def to_order(quote: Quote, draft: Cart) -> Cart:
    """What is ordered of what was sent, unless something else is chosen."""
    if quote.chosen is not None:
        return draft
    return taken(draft, quote.choices, first_of_each(quote.choices))


def waiting(priced: PricedCart) -> Mapping[CartLineId, int]:
    """Units of its lines that are not on the shelf."""
    return {line.line.id: many for line in priced.lines if (many := to_wait_for(line))}


def worse(now: Mapping[CartLineId, int], quoted: Mapping[CartLineId, int]) -> tuple[PromiseWorse, ...]:
    """The lines for which more has to come in first than was said. What is there today is all that can be judged."""
    return tuple(
        PromiseWorse(line_id=id_, waiting=many, quoted=quoted.get(id_, 0))
        for id_, many in now.items()
        if many > quoted.get(id_, 0)
    )
