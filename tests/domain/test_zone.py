from uuid import UUID

from commerce_api.domain.ids import ZoneId
from commerce_api.domain.zone import Area, Place, nearest, zones_of

USA, CALIFORNIA, LOS_ANGELES, ISLANDS = (ZoneId(UUID(int=number)) for number in range(1, 5))

AREAS = [
    Area(zone_id=USA, country="US"),
    Area(zone_id=CALIFORNIA, country="US", region="CA"),
    Area(zone_id=LOS_ANGELES, country="US", region="CA", postal_prefix="900"),
    Area(zone_id=ISLANDS, country="GB", postal_prefix="HS"),
]


def test_a_place_lies_in_zones_the_most_closely_described_first():
    assert zones_of(Place(country="US", region="CA", postal_code="90012"), AREAS) == (LOS_ANGELES, CALIFORNIA, USA)
    assert zones_of(Place(country="US", region="CA", postal_code="94103"), AREAS) == (CALIFORNIA, USA)
    assert zones_of(Place(country="US", region="OR", postal_code="90012"), AREAS) == (USA,)
    assert zones_of(Place(country="FR"), AREAS) == ()


def test_postal_codes_are_compared_without_spaces_and_case():
    assert zones_of(Place(country="GB", postal_code="h s1 2aa"), AREAS) == (ISLANDS,)


def test_a_zone_that_fits_in_two_ways_is_named_once():
    twice = [*AREAS, Area(zone_id=USA, country="US", region="CA")]

    assert zones_of(Place(country="US", region="CA", postal_code="94103"), twice) == (USA, CALIFORNIA)


def test_the_nearest_zone_with_anything_is_chosen():
    assert nearest((LOS_ANGELES, CALIFORNIA, USA), [USA, CALIFORNIA]) == CALIFORNIA
    assert nearest((LOS_ANGELES,), [USA]) is None
