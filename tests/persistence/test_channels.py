"""Channels as they are read."""

from commerce_api.persistence.readers.channels import active_channels
from commerce_api.persistence.tables import channels as tables
from tests import given


async def test_a_channel_has_its_own_locations_in_their_order(connection, database):
    eu = await given.channel(connection)
    us = await given.channel(connection, "us", is_default=False)
    first, last = (
        await given.location(connection, eu),
        await given.insert(connection, tables.stock_locations, code="late", name="Late"),
    )
    shared = await given.insert(connection, tables.stock_locations, code="shared", name="Shared")
    for location_id, position in ((last, 2), (shared, 1)):
        await given.insert(
            connection, tables.channel_locations, channel_id=eu, location_id=location_id, position=position
        )
    found = {channel.id: channel.location_ids for channel, _ in await active_channels(database)}
    assert found == {eu: (first, shared, last), us: (await given.location(connection, us),)}
