from tests import given


async def test_a_request_is_answered_in_the_default_channel(api, connection):
    await given.channel(connection)

    data = await api.shop("{ channel { code currencies languages pricesIncludeTax } }")

    assert data == {
        "channel": {"code": "eu", "currencies": ["EUR", "USD"], "languages": ["en", "de"], "pricesIncludeTax": True}
    }
