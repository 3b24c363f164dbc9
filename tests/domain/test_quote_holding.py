from uuid import UUID

from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import StockLocationId
from commerce_api.domain.quote.holding import HoldRules, QuoteHoldsExhausted, still_held, to_hold
from commerce_api.domain.stock import Demand, InsufficientStock, Shelves, Slice, StockLevel, StockSource
from tests.domain.carts import KETTLE, MUG, ONE, TWO

BERLIN = StockLocationId(UUID(int=61))


def demand(quantity, line_id=ONE, variant_id=KETTLE, path="0"):
    return Demand(line_id=line_id, variant_id=variant_id, quantity=quantity, path=("lines", path))


def shelves(on_hand, **more):
    return {KETTLE: Shelves(levels=(StockLevel(variant_id=KETTLE, location_id=BERLIN, on_hand=on_hand, **more),))}


def held(quantity, variant_id=KETTLE):
    return Slice(line_id=ONE, variant_id=variant_id, location_id=BERLIN, quantity=quantity, source=StockSource.ON_HAND)


def rules(percent=50, **others):
    return HoldRules(percent=percent, held={KETTLE: others.get("others", 0)})


def test_goods_are_held_from_the_shelf():
    assert to_hold([demand(5)], shelves(10), rules(), [BERLIN]) == [held(5)]


def test_all_quotes_together_hold_a_share_of_what_can_be_sold():
    exhausted = QuoteHoldsExhausted(path=("lines", "1"), variant_id=KETTLE, requested=4, available=2)

    found = to_hold([demand(2), demand(2, TWO, path="1")], shelves(10, safety_stock=2), rules(others=2), [BERLIN])

    assert found == Refused(reasons=(exhausted,))


def test_what_is_not_there_is_not_held_whatever_the_share():
    short = InsufficientStock(path=("lines", "0"), variant_id=KETTLE, requested=6, available=3)

    assert to_hold([demand(6)], shelves(9, allocated=6), rules(100), [BERLIN]) == Refused(reasons=(short,))
    nothing = to_hold([demand(1, variant_id=MUG)], {}, rules(100), [BERLIN])
    assert [type(reason) for reason in nothing.reasons] == [InsufficientStock, QuoteHoldsExhausted]


def test_of_what_was_held_as_much_stays_as_is_still_wanted():
    assert still_held([held(3), held(2), held(1, MUG)], {KETTLE: 4}) == [held(3), held(1)]
