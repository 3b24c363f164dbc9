from dataclasses import replace
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from commerce_api.domain.ids import CustomerId
from commerce_api.domain.limits import Floor, Limit
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote import Approval, QuoteState
from commerce_api.domain.quote.choices import Choice, ChoiceKind
from commerce_api.domain.quote.offering import barred, hash_of, offered, part_in, too_far, unapproved, within
from tests.domain.adjusted import deduction, price
from tests.domain.carts import KETTLE, MUG, ONE, TWO, a_cart, line
from tests.domain.quotes import AT, BOSS, GRACE, UNTIL, quote
from tests.domain.test_priced_cart import market

PRICE = partial(price_cart, facts=market())
TEN, FIFTH = Limit(percent=Decimal(10)), Limit(percent=Decimal(20))
FIFTH_OFF = deduction(0, id=1, percent=Decimal(20))


def offer(*adjustments, of=None, limits=(TEN,), **changes):
    draft = a_cart(line(ONE), line(TWO, MUG), adjustments=adjustments, **changes)
    return offered(of or quote(), PRICE(draft), PRICE, limits, {})


@pytest.mark.parametrize(("limits", "holds"), [((), True), ((TEN,), False), ((FIFTH,), True), ((TEN, FIFTH), True)])
def test_what_is_let_go_is_within_any_limit_that_allows_it(limits, holds):
    assert within(offer(FIFTH_OFF, limits=limits), limits) is holds


@pytest.mark.parametrize(("percent", "holds"), [(10, True), (11, False)])
def test_a_quote_is_held_to_the_lowest_price_of_each_line(percent, holds):
    """Of kettles of 1,190 no one goes for less than 1,071; what else is in the quote makes nothing good."""
    kettle = PriceFound(amount=1_190, compare_at=None, price_list_id=None, lowest=1_071)
    price_of = partial(price_cart, facts=market(prices={(KETTLE, 1): kettle, (MUG, 1): replace(kettle, lowest=None)}))
    draft = a_cart(line(ONE), line(TWO, MUG), adjustments=(deduction(0, id=1, percent=Decimal(percent)),))
    limits = (Limit(floor=Floor.LOWEST_PRICE),)

    assert within(offered(quote(), price_of(draft), price_of, limits, {}), limits) is holds


def test_who_may_let_everything_go_sends_what_somebody_else_gave_beyond_their_own_limit_to_be_approved():
    given = offer(replace(FIFTH_OFF, limits=(TEN,)), limits=())

    assert within(given, ())
    assert too_far(given, ())
    assert not too_far(offer(replace(FIFTH_OFF, limits=(FIFTH,)), limits=()), ())


def test_what_may_be_chosen_is_judged_as_if_it_was():
    either = Choice(kind=ChoiceKind.ONE_OF, name="One", line_ids=(TWO, ONE))
    kettle_cheap = price(ONE, 900, id=1)

    assert too_far(offer(kettle_cheap, of=quote(choices=(either,))), (TEN,))


def test_an_approval_is_needed_until_it_was_given_for_exactly_this():
    changed, plain = offer(FIFTH_OFF), offer()
    given = Approval(content_hash=hash_of(quote(), changed.content, UNTIL, "Net 30"), barred=(), valid_until=UNTIL)
    approved = replace(given, terms="Net 30", approved_by=BOSS)

    assert not unapproved(quote(), plain, (TEN,))
    assert unapproved(quote(), changed, (TEN,))
    assert not unapproved(quote(approval=approved), changed, (TEN,))
    assert unapproved(quote(approval=replace(approved, approved_by=None)), changed, (TEN,))
    assert unapproved(quote(approval=replace(approved, terms="Net 60")), changed, (TEN,))
    assert unapproved(quote(approval=approved), offer(deduction(0, id=1, percent=Decimal(21))), (TEN,))
    assert unapproved(quote(QuoteState.APPROVAL, approval=given), plain, ())


def test_whoever_it_is_for_is_part_of_what_is_approved():
    content = offer().content
    hashes = {hash_of(each, content, UNTIL, "") for each in (quote(), quote(email="ada@example.com"))}

    assert len(hashes | {hash_of(quote(customer_id=CustomerId(UUID(int=3))), content, AT, "")}) == 3


def test_nobody_approves_what_they_had_a_part_in():
    mine, sender = offer(FIFTH_OFF), UUID(int=77)
    asked = Approval(content_hash="h", barred=(sender,), valid_until=UNTIL)

    assert part_in(quote(), mine, sender) == {GRACE, FIFTH_OFF.by.id, sender}
    assert part_in(quote(author=None), offer(), None) == set()
    assert barred(quote(approval=asked), mine, None) == {GRACE, FIFTH_OFF.by.id}
    assert barred(quote(QuoteState.APPROVAL, approval=asked), mine, None) == {sender}
