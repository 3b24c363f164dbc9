from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from commerce_api.domain.cart import LineNotFound
from commerce_api.domain.ids import CartLineId, PriceListId
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote import choices as q
from commerce_api.domain.quote.choices import Choice, ChoiceKind
from commerce_api.domain.quote.content import accepted, frozen, offered
from tests.domain.adjusted import deduction, price
from tests.domain.carts import KETTLE, MUG, ONE, PALLET, TWO, a_cart, line
from tests.domain.test_priced_cart import market, variant

THREE, FOUR = CartLineId(UUID(int=303)), CartLineId(UUID(int=304))
CART = a_cart(line(ONE), line(TWO, MUG), line(THREE, PALLET), line(FOUR, PALLET, parent=THREE))
ONE_OF = Choice(kind=ChoiceKind.ONE_OF, name="One", line_ids=(ONE, TWO))
ANY_OF = Choice(kind=ChoiceKind.ANY_OF, line_ids=(THREE,))
BOTH = (ONE_OF, ANY_OF)
EVERY = frozenset({ONE, TWO, THREE, FOUR})


def asked(amount):
    return PriceFound(amount=amount, compare_at=None, price_list_id=PriceListId(UUID(int=1)))


def priced(cart=CART):
    prices = {(KETTLE, 1): asked(1_000), (MUG, 1): asked(2_000), (PALLET, 1): asked(500)}
    return price_cart(cart, market(variant(KETTLE), variant(MUG), variant(PALLET), prices=prices))


def ids(cart):
    return [each.id for each in cart.lines]


def codes(reasons):
    return [(reason.code(), reason.path) for reason in reasons]


def test_choices_are_between_lines_that_there_are_each_in_one_place():
    assert list(q.against_choices(BOTH, CART)) == []
    small = (replace(ONE_OF, line_ids=(ONE,)), replace(ANY_OF, line_ids=()))
    assert codes(q.against_choices(small, CART, "choices")) == [
        ("CHOICE_TOO_SMALL", ("choices", "0", "lineIds")),
        ("CHOICE_TOO_SMALL", ("choices", "1", "lineIds")),
    ]
    wrong = replace(ONE_OF, line_ids=(ONE, ONE, FOUR, CartLineId(UUID(int=9))))
    assert list(q.against_choices((wrong,), CART)) == [
        q.LineInTwoChoices(path=("0", "lineIds", "1")),
        q.AddOnNotChosen(path=("0", "lineIds", "2")),
        LineNotFound(path=("0", "lineIds", "3")),
    ]


def test_exactly_one_of_each_is_chosen():
    none = q.ChooseOne(path=("chosen",), name="One", line_ids=(ONE, TWO))

    assert list(q.against_chosen(BOTH, (TWO, THREE, TWO), "chosen")) == []
    assert list(q.against_chosen(BOTH, (), "chosen")) == [none]
    assert list(q.against_chosen(BOTH, (ONE, TWO, FOUR), "chosen")) == [q.NotToBeChosen(path=("chosen", "2")), none]


def test_what_is_chosen_takes_its_add_ons_along():
    assert ids(q.taken(CART, BOTH, q.first_of_each(BOTH))) == [ONE]
    assert ids(q.taken(CART, BOTH, q.with_all_options(BOTH))) == [ONE, THREE, FOUR]
    assert ids(q.taken(CART, BOTH, q.with_line(BOTH, TWO))) == [TWO]
    assert ids(q.taken(CART, BOTH, q.with_line(BOTH, THREE))) == [ONE, THREE, FOUR]


def test_nothing_is_to_be_chosen_where_one_line_is_left():
    assert q.still_there(BOTH, CART) == BOTH
    assert q.still_there(BOTH, a_cart(line(ONE), line(THREE))) == (ANY_OF,)
    assert q.still_there(BOTH, a_cart(line(ONE))) == ()


def test_a_copy_leaves_the_same_to_choose():
    copy = a_cart(*(replace(each, id=CartLineId(UUID(int=each.id.int + 100))) for each in CART.lines))
    new = [each.id for each in copy.lines]

    assert q.between_copies(BOTH, CART, copy) == (
        replace(ONE_OF, line_ids=(new[0], new[1])),
        replace(ANY_OF, line_ids=(new[2],)),
    )


def test_who_lets_much_go_is_judged_by_what_is_chosen_for_that():
    """The mug is half its price, which is more than the kettle's tenth; the pallets are as they are."""
    changed = replace(CART, adjustments=(price(ONE, 900, id=1), price(TWO, 1_000, id=2), price(THREE, 400, id=3)))
    usual, dearest, halved = frozenset({ONE}), frozenset({ONE, THREE}), frozenset({TWO, THREE})

    assert q.extremes((), priced(), ()) == {frozenset()}
    assert q.extremes(BOTH, priced(), ()) == {usual, dearest}
    assert q.extremes(BOTH, priced(changed), ()) == {usual, dearest, halved}
    assert q.extremes(BOTH, priced(changed), ((Fraction(60), EVERY),)) == {usual, dearest, halved, frozenset({TWO})}
    assert q.extremes((ANY_OF,), priced(changed), ((Fraction(60), EVERY),)) == {frozenset(), frozenset({THREE})}


def test_a_line_that_less_is_allowed_for_is_judged_even_if_others_are_cheaper_and_give_more():
    """A tenth may be let go of a kettle, a fiftieth of the mug: which is 50 of 2,000 cheaper, and the kettle 90 of 1,000."""
    changed = priced(replace(CART, adjustments=(price(ONE, 910, id=1), price(TWO, 1_950, id=2))))
    tenth, fiftieth = (Fraction(10), frozenset({ONE})), (Fraction(2), frozenset({TWO}))

    assert q.extremes((ONE_OF,), changed, ((Fraction(10), EVERY), (Fraction(2), EVERY))) == {frozenset({ONE})}
    assert q.extremes((ONE_OF,), changed, (tenth, fiftieth)) == {frozenset({ONE}), frozenset({TWO})}


def test_an_amount_off_the_whole_says_nothing_of_a_line_but_a_percentage_does():
    amount = replace(CART, adjustments=(deduction(300, id=1),))
    percent = replace(CART, adjustments=(deduction(400, id=1, percent=Decimal(10)),))
    dear_first = (replace(ONE_OF, line_ids=(TWO, ONE)),)

    assert q.extremes(dear_first, priced(amount), ()) == {frozenset({TWO}), frozenset({ONE})}
    assert q.extremes((ANY_OF,), priced(amount), ()) == {frozenset(), frozenset({THREE})}
    assert q.extremes((ANY_OF,), priced(percent), ((Fraction(5), EVERY),)) == {frozenset(), frozenset({THREE})}


def test_an_offer_tells_what_each_choice_costs():
    content = offered(CART, BOTH, priced)

    one_of, any_of = content.choices
    assert (content.totals.total, content.with_options.total) == (1_000, 2_000)
    assert [(option.line_id, option.difference) for option in one_of.options] == [(ONE, 0), (TWO, 1_000)]
    (pallets,) = any_of.options
    assert [each.id for each in pallets.lines] == [each.id for each in pallets.totals] == [THREE, FOUR]
    assert pallets.difference == 1_000


def test_without_choices_an_offer_is_what_is_bought():
    content = offered(CART, (), priced)

    assert (content, content.choices) == (frozen(priced()), ())


def test_what_is_accepted_has_the_names_that_it_was_offered_under():
    content = offered(CART, BOTH, priced)
    named = replace(content, lines=tuple(replace(each, name="As sent") for each in content.lines))

    kept = accepted(named, priced(q.taken(CART, BOTH, (ONE, THREE))))

    assert [(each.id, each.name) for each in kept.lines] == [(ONE, "As sent"), (THREE, "Thing"), (FOUR, "Thing")]
    assert (kept.totals.total, kept.choices, kept.with_options) == (2_000, (), None)
