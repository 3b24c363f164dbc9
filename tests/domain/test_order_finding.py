from datetime import UTC, datetime
from uuid import UUID

import pytest

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.order import OrderState, TooBroad
from commerce_api.domain.order.finding import (
    Calendar,
    FromSource,
    InChannel,
    InStates,
    MomentKind,
    OfCustomer,
    OrderedThrough,
    TotalBetween,
    Within,
    WithPriority,
    leading,
    sought,
    sources,
    too_broad,
    without,
)
from commerce_api.domain.order.keys import ANY, HasKey, OrderKey
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.particulars import Priority
from commerce_api.domain.text_match import TextMatch

NAME = HasKey(kind=OrderKey.CUSTOMER_NAME, match=TextMatch.STARTS_WITH, plain="by")
SKU = HasKey(kind=OrderKey.SKU, match=TextMatch.EXACT, plain="k1")
MAIL = HasKey(kind=OrderKey.EMAIL, match=TextMatch.EXACT, plain="ada@example.com")
OWN = OfCustomer(customer_id=UUID(int=1))
HERE, OPEN, WEB = InChannel(channel_id=UUID(int=2)), InStates(states=(OrderState.PENDING,)), FromSource(source="web")
SINCE = Within(kind=MomentKind.PLACED, start=datetime(2026, 3, 2, tzinfo=UTC))
DEAR = TotalBetween(currency="EUR", least=1000)


HELD, WAITING = [HasKey(kind=kind, match=TextMatch.EXACT, plain=ANY) for kind in (OrderKey.BLOCK, OrderKey.BACKORDER)]
URGENT, CALLED = WithPriority(priorities=(Priority.URGENT,)), OrderedThrough(channels=(OrderingChannel.PHONE,))


def all_of(*parts):
    return AllOf(parts=parts)


def any_of(*parts):
    return AnyOf(parts=parts)


@pytest.mark.parametrize(
    "condition",
    [
        all_of(),
        all_of(OPEN, HERE),
        all_of(NAME, DEAR),
        all_of(OWN, WEB),
        all_of(SINCE, DEAR, NoneOf(parts=(MAIL,))),
        any_of(),
        all_of(WEB, any_of(NAME, all_of(SKU, DEAR), OWN)),
        HELD,
        all_of(OPEN, NoneOf(parts=(HELD, all_of(WAITING)))),
        all_of(URGENT, CALLED),
    ],
)
def test_an_index_leads_to_what_is_meant(condition):
    assert too_broad(condition) is None


@pytest.mark.parametrize(
    "condition",
    [
        DEAR,
        all_of(OPEN, WEB),
        NoneOf(parts=(MAIL,)),
        any_of(NAME, DEAR),
        all_of(any_of(OPEN), HERE),
        all_of(OPEN, NoneOf(parts=(HELD, URGENT))),
        all_of(OPEN, NoneOf(parts=(all_of(),))),
    ],
)
def test_what_takes_looking_at_all_orders_is_too_broad(condition):
    assert too_broad(condition) == TooBroad(path=("find",))


def test_the_search_begins_with_the_text_that_tells_most():
    assert leading(all_of(NAME, all_of(SKU), DEAR)) == SKU
    assert leading(all_of(SKU, MAIL)) == MAIL
    assert leading(any_of(NAME)) is None
    assert without(all_of(NAME, all_of(SKU, DEAR)), SKU) == all_of(NAME, DEAR)


def test_what_many_orders_have_leads_only_where_nothing_tells_more():
    assert leading(all_of(WAITING, HELD, OPEN)) == HELD
    assert leading(all_of(HELD, NAME)) == NAME
    assert leading(all_of(HELD, SINCE)) is None
    assert leading(all_of(NAME, SINCE)) == NAME
    assert sources(all_of(HELD, SINCE)) == ()


def test_all_texts_are_shown_but_those_that_must_not_be_there():
    assert list(sought(all_of(NAME, any_of(SKU, DEAR), NoneOf(parts=(MAIL,))))) == [NAME, SKU]


def test_alternatives_are_found_each_by_its_own():
    assert sources(all_of(SKU, DEAR)) == (SKU,)
    assert sources(all_of(DEAR, any_of(NAME, all_of(SKU, OPEN), any_of(MAIL, OWN)))) == (NAME, SKU, MAIL, OWN)
    assert sources(all_of(OWN, any_of(NAME, SKU))) == ()
    assert sources(all_of(OPEN)) == ()


@pytest.mark.parametrize(
    ("days_ago", "began"),
    [(0, datetime(2026, 3, 29, 22, tzinfo=UTC)), (1, datetime(2026, 3, 28, 23, tzinfo=UTC))],
)
def test_days_begin_where_the_shop_is_also_when_the_clock_is_changed(days_ago, began):
    calendar = Calendar(at=datetime(2026, 3, 30, 21, 59, tzinfo=UTC), time_zone="Europe/Berlin")

    assert calendar.began(days_ago) == began
