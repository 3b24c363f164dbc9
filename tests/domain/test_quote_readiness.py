from functools import partial

import pytest

from commerce_api.domain.availability import Availability, StockPolicy
from commerce_api.domain.checkout import Checkout, Missing, Requirement
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote import QuoteState
from commerce_api.domain.quote.choices import Choice, ChoiceKind
from commerce_api.domain.quote.offering import offered
from commerce_api.domain.quote.readiness import PromiseWorse, readiness, sendable, to_order, waiting, worse
from tests.domain.carts import KETTLE, MUG, ONE, TWO, a_cart, line
from tests.domain.quotes import AT, UNTIL, quote, sent
from tests.domain.test_priced_cart import market, variant

LATER = Availability(policy=StockPolicy.BACKORDER, available=1)
ALWAYS = [Requirement.EMAIL_OR_PHONE, Requirement.BILLING_ADDRESS, Requirement.PAYMENT]


def priced(*lines):
    return price_cart(a_cart(*lines), market(variant(KETTLE, availability=LATER)))


@pytest.mark.parametrize(
    ("of", "at", "lacks"),
    [
        (sent(QuoteState.ACCEPTED), AT, []),
        (sent(QuoteState.ACCEPTED), UNTIL, [Requirement.PRICE_EXPIRED]),
        (quote(QuoteState.APPROVAL), AT, [Requirement.APPROVAL]),
    ],
)
def test_a_quote_lacks_what_a_cart_does_and_more(of, at, lacks):
    checkout = Checkout(priced=priced(), email="", cards={}, payer=Payer(currency="EUR"), terms_version="", at=at)

    found = [one.requirement for one in readiness(of, checkout, at)]

    assert [one for one in found if one not in ALWAYS] == [*lacks, Requirement.LINES, Requirement.TERMS]


def test_a_promise_is_worse_if_more_has_to_come_in_first():
    now = waiting(priced(line(ONE, quantity=3)))

    assert now == {ONE: 2}
    assert worse(now, {ONE: 2}) == ()
    assert worse(now, {}) == (PromiseWorse(line_id=ONE, waiting=2, quoted=0),)


def test_nothing_is_sent_that_is_not_on_sale_whatever_is_chosen():
    draft, price = a_cart(line(ONE), line(TWO, MUG)), partial(price_cart, facts=market(variant(KETTLE)))
    either = Choice(kind=ChoiceKind.ONE_OF, name="One", line_ids=(ONE, TWO))
    gone = Missing(requirement=Requirement.LINE_ON_SALE, line_id=TWO)
    approval = Missing(requirement=Requirement.APPROVAL)

    def lacking(of, cart):
        return sendable(of, offered(of, price(cart), price, (), {}), ())

    assert lacking(quote(choices=(either,)), draft) == (gone,)
    assert lacking(quote(QuoteState.APPROVAL), a_cart(line(ONE))) == (approval,)


def test_what_was_chosen_is_ordered_or_else_the_first_of_each_choice():
    draft = a_cart(line(ONE), line(TWO, MUG))
    either = Choice(kind=ChoiceKind.ONE_OF, name="One", line_ids=(ONE, TWO))

    assert [each.id for each in to_order(sent(choices=(either,)), draft).lines] == [ONE]
    assert to_order(sent(choices=(either,), chosen=(TWO,)), draft) == draft
