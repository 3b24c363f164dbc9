from functools import partial
from uuid import UUID

from commerce_api.domain.address import Address
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote.content import frozen
from commerce_api.domain.quote.promise import best_of, called_in, held_to
from tests.domain.carts import KETTLE, MUG, ONE, POST, TWO, a_cart, line
from tests.domain.test_priced_cart import market, to

GERMANY, AUSTRIA = Address(country="DE"), Address(country="AT")


def price(amount):
    return PriceFound(amount=amount, compare_at=None, price_list_id=PriceListId(UUID(int=1)))


def offered(address=GERMANY):
    cart = a_cart(line(ONE), line(TWO, MUG), ship_groups=(to(address, shipping_method_id=POST),))
    priced = price_cart(cart, market())
    return agreement_of(priced, AgreementSource.QUOTED), frozen(priced)


def test_sending_is_promised_to_where_it_was_quoted_for():
    agreement, content = offered()

    at_home, abroad, nowhere = (
        held_to(agreement, content, a_cart(line(ONE), ship_groups=(to(address, shipping_method_id=POST),)))
        for address in (GERMANY, AUSTRIA, None)
    )

    assert [each.shipping for each in (at_home, abroad, nowhere)] == [agreement.shipping, (), ()]
    assert len(agreement.shipping) == 1


def test_what_is_bought_is_held_to_the_promise_or_to_the_lower_price_of_today():
    agreement, content = offered()
    cart = a_cart(line(ONE), line(TWO, MUG), ship_groups=(to(GERMANY, shipping_method_id=POST),))
    low = market(prices={(KETTLE, 1): price(1_000), (MUG, 1): price(2_000)})

    held = called_in(agreement, content, cart, None)
    cheaper = called_in(agreement, content, cart, partial(price_cart, facts=low))

    assert held.agreement == agreement
    assert [each.unit_price for each in cheaper.agreement.lines] == [1_000, 1_190]


def test_the_best_of_two_prices_is_the_lower_line_by_line():
    agreement, _ = offered()
    cart = a_cart(line(ONE), line(TWO, MUG))
    prices = {(KETTLE, 1): price(1_000), (MUG, 1): price(2_000)}

    better = best_of(agreement, price_cart(cart, market(prices=prices)))
    gone = best_of(agreement, price_cart(cart, market(prices={})))

    assert [each.unit_price for each in better.lines] == [1_000, 1_190]
    assert gone == agreement
