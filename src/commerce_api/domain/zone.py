"""Zones: parts of the world that share taxes or shipping prices."""

from collections.abc import Iterable, Sequence

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


def zones_of(address: Address, areas: Iterable[Area]) -> tuple[ZoneId, ...]:
    """The zones that an address lies in, the most closely described one first; ties by zone id, so that it is always the same."""
    fitting = [area for area in areas if _lies_in(address, area)]
    fitting.sort(key=lambda area: (-len(area.postal_prefix), not area.region, area.zone_id))
    return tuple(dict.fromkeys(area.zone_id for area in fitting))


def _lies_in(address: Address, area: Area) -> bool:
    return (
        address.country == area.country
        and area.region in {"", address.region}
        and _compact(address.postal_code).startswith(_compact(area.postal_prefix))
    )


def _compact(postal_code: str) -> str:
    return postal_code.replace(" ", "").replace("-", "").upper()


def nearest(zones: Sequence[ZoneId], candidates: Iterable[ZoneId]) -> ZoneId | None:
    """The first of the zones for which there is anything."""
    known = set(candidates)
    return next((zone for zone in zones if zone in known), None)
