from commerce_api.domain.cart import (
    NotSellableInChannel,
    QuantityBelowMin,
    VariantNotFound,
)
from commerce_api.domain.cloning import (
    Destination,
    LeftOutReason,
    PricesNotComparable,
    PriceTerms,
    against_keeping,
    divided,
    left_out,
    next_to_copy,
    to_be_kept,
)
from commerce_api.domain.totals import MoneyOverflow
from tests.domain.orders import id_

LINES = [id_(1), id_(2), id_(3)]


def test_each_line_is_left_out_for_the_first_word_against_it():
    reasons = [
        VariantNotFound(path=("lines", "0", "variantId")),
        QuantityBelowMin(path=("lines", "2", "quantity"), minimum=5),
        NotSellableInChannel(path=("lines", "2", "variantId")),
    ]

    assert left_out(reasons, LINES) == {id_(1): LeftOutReason.GONE, id_(3): LeftOutReason.QUANTITY}
    assert left_out([NotSellableInChannel(path=("lines", "1", "variantId"))], LINES) == {
        id_(2): LeftOutReason.NOT_ON_SALE
    }
    assert left_out([], LINES) == {}


def test_what_is_said_against_all_of_them_is_about_their_quantities():
    assert left_out([MoneyOverflow()], LINES) == dict.fromkeys(LINES, LeftOutReason.QUANTITY)


def test_a_line_is_copied_before_what_was_added_on_to_it():
    kettle, lid, knob, tea = map(id_, (1, 2, 3, 4))
    parents = {knob: lid, lid: kettle, kettle: None, tea: id_(9)}

    assert next_to_copy(parents, {}, ()) == [kettle, tea]
    assert next_to_copy(parents, {kettle: id_(11)}, [tea]) == [lid]
    assert next_to_copy(parents, {tea: id_(14)}, [kettle]) == []


def place(number, **quantities):
    lines = {id_(int(line[1:])): many for line, many in quantities.items()}
    return Destination(address=None, shipping_method_id=id_(number), instructions="", quantities=lines)


PLACES = (place(101, l1=2, l2=1), place(102, l1=3))


def test_what_is_wanted_goes_where_it_went():
    assert divided(PLACES, {id_(1): 5, id_(2): 1}) == list(PLACES)
    assert divided(PLACES, {id_(1): 4}) == [place(101, l1=2), place(102, l1=2)]
    assert divided(PLACES, {id_(1): 1}) == [place(101, l1=1)]
    assert divided(PLACES, {id_(1): 7, id_(2): 1}) == [place(101, l1=4, l2=1), place(102, l1=3)]
    assert divided(PLACES, {id_(3): 2}) == [place(101, l3=2)]


def test_somebody_who_can_have_nothing_again_keeps_the_first_place():
    assert divided(PLACES, {}) == [place(101)]
    assert divided((), {id_(1): 1}) == []


EUROS = PriceTerms(currency="EUR", include_tax=True)


def test_prices_are_kept_where_they_mean_the_same():
    assert against_keeping(EUROS, EUROS) is None
    for now in (PriceTerms(currency="CHF", include_tax=True), PriceTerms(currency="EUR", include_tax=False)):
        assert against_keeping(EUROS, now) == PricesNotComparable(path=("keepPrices",))


def test_what_costs_the_same_today_is_not_kept_and_what_was_not_copied_has_no_price():
    asked = [(id_(1), 900), (id_(2), 500), (id_(3), 700)]
    copied = {id_(1): id_(11), id_(2): id_(12)}

    assert to_be_kept(asked, copied, {id_(11): 1_000, id_(12): 500}) == {id_(11): 900}
    assert to_be_kept(asked, {}, {}) == {}


def test_of_lines_that_have_become_one_the_higher_price_counts():
    copied = {id_(1): id_(11), id_(2): id_(11)}

    for asked in ([(id_(1), 900), (id_(2), 800)], [(id_(1), 800), (id_(2), 900)]):
        assert to_be_kept(asked, copied, {id_(11): 1_000}) == {id_(11): 900}
    assert to_be_kept([(id_(1), 0), (id_(2), 0)], copied, {id_(11): 1_000}) == {id_(11): 0}
