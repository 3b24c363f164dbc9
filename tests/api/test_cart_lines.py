import pytest

from tests import given
from tests.api.carts import CREATE, READ, shopper, var


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def kettle(connection, channel_id):
    return (await given.a_product(connection, "Kettle", variants=[{"sku": "KETTLE", "price": 1990}])).variant


@pytest.fixture
async def mug(connection, channel_id):
    return (await given.a_product(connection, "Mug", variants=[{"sku": "MUG", "price": 850, "stock": 100}])).variant


async def test_a_guest_begins_a_cart_and_gets_its_token(api, kettle):
    data = await api.shop(CREATE, input={"lines": [{"sku": "KETTLE", "quantity": 2}]})

    payload = data["createCart"]
    line = payload["cart"]["lines"][0]
    assert payload == {
        "token": payload["token"],
        "cart": {
            "id": payload["cart"]["id"],
            "status": "ACTIVE",
            "currency": "EUR",
            "totalQuantity": 2,
            "revision": 1,
            "lines": [
                {
                    "id": line["id"],
                    "sku": "KETTLE",
                    "quantity": 2,
                    "unitPrice": {"amount": "19.90"},
                    "total": {"amount": "39.80"},
                    "purchasable": True,
                    "inStock": True,
                    "parentId": None,
                }
            ],
        },
        "errors": [],
        "warnings": [],
    }
    assert len(payload["token"]) == len("cart_") + 43


async def test_a_cart_is_found_by_its_token_only(api, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})

    assert (await guest.api.shop(READ))["cart"]["id"] == guest.id
    assert (await api.shop(READ)) == {"cart": None}
    assert (await api.shop(READ, id=guest.id)) == {"cart": None}
    assert (await api.with_headers(x_cart_token="cart_guessed").shop(READ, id=guest.id)) == {"cart": None}


async def test_more_of_the_same_joins_its_line(api, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})

    payload = await guest.add({"variantId": var(kettle.id), "quantity": 2})

    assert payload["errors"] == payload["warnings"] == []
    assert [(line["sku"], line["quantity"]) for line in payload["cart"]["lines"]] == [("KETTLE", 3)]
    assert payload["cart"]["revision"] == 2
