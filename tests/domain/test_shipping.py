from uuid import UUID

import pytest

from commerce_api.domain.ids import ShippingMethodId, TaxClassId, ZoneId
from commerce_api.domain.shipping import (
    Consignment,
    ShippingMethod,
    ShippingObstacle,
    ShippingOption,
    ShippingRate,
    obstacle,
    option,
    options,
)

ISLAND, COUNTRY, ABROAD = (ZoneId(UUID(int=number)) for number in range(1, 4))


def method(*rates, number=1):
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=number)),
        code="post",
        name="Post",
        tax_class_id=TaxClassId(UUID(int=9)),
        rates=rates,
    )


def goods(*, zones=(COUNTRY,), weight=1_000, subtotal=5_000):
    return Consignment(zones=zones, weight=weight, subtotal=subtotal)


LIGHT = ShippingRate(zone_id=COUNTRY, amount=490, max_weight=2_000, free_from=10_000)
HEAVY = ShippingRate(zone_id=COUNTRY, amount=990, min_weight=2_000, max_weight=30_000)
POST = method(LIGHT, HEAVY)


@pytest.mark.parametrize(
    ("weight", "subtotal", "price"),
    [
        (0, 5_000, 490),
        (1_999, 5_000, 490),
        (2_000, 5_000, 990),
        (29_999, 5_000, 990),
        (1_000, 9_999, 490),
        (1_000, 10_000, 0),
        (2_000, 10_000, 990),
    ],
)
def test_the_price_goes_by_weight_and_is_free_above_a_subtotal(weight, subtotal, price):
    consignment = goods(weight=weight, subtotal=subtotal)

    assert option(POST, consignment) == ShippingOption(method=POST, price=price)
    assert options([POST], consignment) == [ShippingOption(method=POST, price=price)]


@pytest.mark.parametrize(("subtotal", "price"), [(0, 700), (4_999, 700), (5_000, 300), (9_999, 300)])
def test_the_price_goes_by_subtotal(subtotal, price):
    tiered = method(
        ShippingRate(zone_id=COUNTRY, amount=700, max_subtotal=5_000),
        ShippingRate(zone_id=COUNTRY, amount=300, min_subtotal=5_000, max_subtotal=10_000),
    )

    assert option(tiered, goods(subtotal=subtotal)) == ShippingOption(method=tiered, price=price)


def test_the_nearest_zone_that_a_method_serves_decides():
    ferry = method(ShippingRate(zone_id=COUNTRY, amount=500), ShippingRate(zone_id=ISLAND, amount=1_500))

    assert option(ferry, goods(zones=(ISLAND, COUNTRY))) == ShippingOption(method=ferry, price=1_500)
    assert option(ferry, goods(zones=(COUNTRY,))) == ShippingOption(method=ferry, price=500)


def test_the_cheapest_of_overlapping_rates_counts():
    doubled = method(ShippingRate(zone_id=COUNTRY, amount=500), ShippingRate(zone_id=COUNTRY, amount=400))

    assert option(doubled, goods()) == ShippingOption(method=doubled, price=400)


@pytest.mark.parametrize(
    ("consignment", "reason"),
    [
        (goods(zones=(ABROAD,)), ShippingObstacle.NOT_TO_THIS_PLACE),
        (goods(weight=30_000), ShippingObstacle.NOT_THIS_WEIGHT),
    ],
)
def test_a_method_says_why_it_cannot_be_used(consignment, reason):
    assert option(POST, consignment) is reason
    assert options([POST], consignment) == []
    assert obstacle([POST], consignment) is reason


def test_when_there_is_no_way_the_reason_that_came_closest_is_told():
    elsewhere = method(ShippingRate(zone_id=ABROAD, amount=1), number=2)
    only_small = method(ShippingRate(zone_id=COUNTRY, amount=1, max_subtotal=100), number=3)

    assert obstacle([elsewhere, only_small], goods()) is ShippingObstacle.NOT_THIS_SUBTOTAL
    assert obstacle([], goods()) is ShippingObstacle.NOT_TO_THIS_PLACE
    assert obstacle([elsewhere, POST], goods()) is None
