"""Situations for tests: small facts put straight into the tables."""

from commerce_api.adapters.ids import new_id
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.tables import channels as t


async def insert(raw, table, **values):
    """A row of any table; an id is made if the table has one and none is given."""
    if "id" in table.c and "id" not in values:
        values["id"] = new_id()
    await Connection(raw).execute(insert_into(table, *values), values)
    return values.get("id")


CHANNEL = {
    "name": "Europe",
    "currencies": ["EUR", "USD"],
    "languages": ["en", "de"],
    "countries": ["DE", "AT", "FR"],
    "time_zone": "Europe/Berlin",
    "prices_include_tax": True,
    "rounding": "HALF_UP",
    "rounding_level": "LINE",
    "order_prefix": "E",
    "terms_version": "2026-01",
    "capture_policy": "ON_SHIPMENT",
    "is_default": True,
}


async def channel(raw, code="eu", **changes):
    """A channel with one stock location."""
    channel_id = await insert(raw, t.channels, code=code, **{**CHANNEL, **changes})
    location_id = await insert(raw, t.stock_locations, code=f"{code}-main", name="Main")
    await insert(raw, t.channel_locations, channel_id=channel_id, location_id=location_id, position=0)
    return channel_id
