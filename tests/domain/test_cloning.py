from commerce_api.domain.cart import (
    NotSellableInChannel,
    QuantityBelowMin,
    VariantNotFound,
)
from commerce_api.domain.cloning import LeftOutReason, left_out
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
