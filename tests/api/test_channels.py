from commerce_api.persistence.tables import channels as t
from commerce_api.schema.node import global_id
from tests import given


async def test_a_request_is_answered_in_the_default_channel(api, connection):
    await given.channel(connection)

    data = await api.shop("{ channel { code currencies languages pricesIncludeTax } }")

    assert data == {
        "channel": {"code": "eu", "currencies": ["EUR", "USD"], "languages": ["en", "de"], "pricesIncludeTax": True}
    }


async def test_what_is_for_staff_is_nothing_to_the_shop_whatever_its_id(api, connection):
    zone_id = await given.insert(connection, t.zones, code="de", name="Germany")
    await given.channel(connection)

    data = await api.shop("query($id: ID!) { node(id: $id) { id } }", id=global_id("zon", zone_id))

    assert data == {"node": None}
