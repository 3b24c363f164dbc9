"""Channels, zones, taxes, shipping and stock locations of the demonstration shop, as rows."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import minor_of
from commerce_api.domain.value import value
from commerce_api.persistence.stores.bulk import Rows


@value
class Places:
    """The ids by code of what the catalog and the people refer to."""

    channels: Mapping[str, UUID]
    locations: Mapping[str, UUID]
    tax_classes: Mapping[str, UUID]
    groups: Mapping[str, UUID]
    price_lists: Mapping[tuple[str, str], UUID]


def minor(amount: Decimal | float, currency: str) -> int:
    """Minor units of an amount as it stands in the files."""
    found = minor_of(Decimal(amount), DIGITS[currency])
    if found is None:
        raise ValueError(f"{amount} is not an amount of {currency}")
    return found


def put_settings(rows: Rows, shop: Mapping[str, Any]) -> Places:
    places = Places(
        channels={code: new_id() for code in shop["channels"]},
        locations=_named(rows, "stock_locations", shop["locations"]),
        tax_classes=_named(rows, "tax_classes", shop["tax_classes"]),
        groups=_named(rows, "customer_groups", shop["customer_groups"]),
        price_lists={
            (code, currency): new_id()
            for code, channel in shop["channels"].items()
            for currency in channel["currencies"]
        },
    )
    _put_channels(rows, shop["channels"], places)
    zones = _put_zones(rows, shop["zones"], places)
    for position, method in enumerate(shop["shipping"]):
        _put_shipping(rows, method, position, places, zones)
    return places


def _named(rows: Rows, table: str, names: Mapping[str, str]) -> dict[str, UUID]:
    ids = {code: new_id() for code in names}
    for code, name in names.items():
        rows.add(table, id=ids[code], code=code, name=name)
    return ids


def _put_channels(rows: Rows, channels: Mapping[str, Any], places: Places) -> None:
    for code, channel in channels.items():
        id_ = places.channels[code]
        rows.add("channels", id=id_, code=code, **{name: v for name, v in channel.items() if name != "locations"})
        for position, location in enumerate(channel["locations"]):
            rows.add("channel_locations", channel_id=id_, location_id=places.locations[location], position=position)
        for currency in channel["currencies"]:
            list_ = {"code": f"{code}-{currency.lower()}", "name": f"{channel['name']}, {currency}"}
            rows.add("price_lists", id=places.price_lists[code, currency], channel_id=id_, currency=currency, **list_)


def _put_zones(rows: Rows, zones: Mapping[str, Any], places: Places) -> dict[str, UUID]:
    ids = _named(rows, "zones", {code: zone["name"] for code, zone in zones.items()})
    for code, zone in zones.items():
        for area in zone["areas"]:
            country, region, prefix = (*area.split("-"), "", "")[:3]
            rows.add("zone_areas", id=new_id(), zone_id=ids[code], country=country, region=region, postal_prefix=prefix)
        for tax_class, taxes in zone["rates"].items():
            for name, rate in taxes.items():
                class_id = places.tax_classes[tax_class]
                rows.add("tax_rates", id=new_id(), zone_id=ids[code], tax_class_id=class_id, name=name, rate=rate)
    return ids


def _put_shipping(
    rows: Rows, method: Mapping[str, Any], position: int, places: Places, zones: Mapping[str, UUID]
) -> None:
    id_ = new_id()
    rows.add(
        "shipping_methods",
        id=id_,
        channel_id=places.channels[method["channel"]],
        code=method["code"],
        name=method["name"][0],
        description=method["text"][0],
        translations={"de": {"name": method["name"][1], "description": method["text"][1]}},
        tax_class_id=places.tax_classes["standard"],
        min_days=method["days"][0],
        max_days=method["days"][1],
        position=position,
    )
    for rate, currency in product(method["rates"], ("EUR", "USD")):
        if currency in rate:
            free = rate.get("free_from", {}).get(currency)
            rows.add(
                "shipping_rates",
                id=new_id(),
                shipping_method_id=id_,
                zone_id=zones[rate["zone"]],
                currency=currency,
                amount=minor(rate[currency], currency),
                free_from=None if free is None else minor(free, currency),
                min_weight=rate.get("over", 0),
                max_weight=rate.get("below"),
            )
