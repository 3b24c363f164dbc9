"""Zones: parts of the world that share taxes or shipping prices."""

from collections.abc import Iterable, Sequence
from typing import Self

from commerce_api.domain.address import Address
from commerce_api.domain.ids import ZoneId
from commerce_api.domain.value import value


@value
class Area:
    """A part of a zone. An empty region or prefix means all of them."""

    zone_id: ZoneId
    country: str
    region: str = ""
    postal_prefix: str = ""


@value
class Place:
    """Of an address what taxes and shipping depend on."""

    country: str
    region: str = ""
    postal_code: str = ""

    @classmethod
    def of(cls, address: Address) -> Self:
        return cls(country=address.country, region=address.region, postal_code=address.postal_code)


def zones_of(place: Place, areas: Iterable[Area]) -> tuple[ZoneId, ...]:
    """The zones that a place lies in, the most closely described one first; ties by zone id, so that it is always the same."""
    fitting = [area for area in areas if _lies_in(place, area)]
    fitting.sort(key=lambda area: (-len(area.postal_prefix), not area.region, area.zone_id))
    return tuple(dict.fromkeys(area.zone_id for area in fitting))


def _lies_in(place: Place, area: Area) -> bool:
    return (
        place.country == area.country
        and area.region in {"", place.region}
        and _compact(place.postal_code).startswith(_compact(area.postal_prefix))
    )


def _compact(postal_code: str) -> str:
    return postal_code.replace(" ", "").replace("-", "").upper()


def nearest(zones: Sequence[ZoneId], candidates: Iterable[ZoneId]) -> ZoneId | None:
    """The first of the zones for which there is anything."""
    known = set(candidates)
    return next((zone for zone in zones if zone in known), None)
