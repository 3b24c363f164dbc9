"""Several actions at once, as carts, quotes and edits of orders take them (S2-02, S2-06)."""

from uuid import UUID

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import CART, READ, shopper
from tests.buying import Shop

BERLIN = {
    "firstName": "Ada",
    "lastName": "Byron",
    "line1": "Torstraße 1",
    "city": "Berlin",
    "postalCode": "10119",
    "country": "DE",
}
SUMMARY = """
email phone note currency attributes { key value } billingAddress { city }
lines { sku quantity unitPrice { amount } total { amount } }
shipGroups { address { city } shippingMethod { method { code } price { amount } } }
totals { subtotal { amount } shippingTotal { amount } total { amount } }
"""


@pytest.fixture
async def shop(database):
    shop = await Shop.open(database)
    async with database.connection() as connection:
        await given.a_product(connection.raw, "Kettle", variants=[{"sku": "KETTLE", "price": 1990}])
        await given.a_product(connection.raw, "Mug", variants=[{"sku": "MUG", "price": 850, "stock": 100}])
    return shop


@pytest.fixture
async def guest(api, shop):
    return await shopper(api, {"sku": "KETTLE"})


async def apply(guest, *actions, fields=CART, **input):
    return await guest.do("applyToCart", "ApplyToCartInput", fields, actions=list(actions), **input)


async def written(connection):
    return await connection.fetchrow("SELECT (SELECT count(*) FROM events), (SELECT sum(revision) FROM carts)")


async def test_all_that_is_said_at_once_is_done_in_one_step(guest, shop):
    line_id = guest.cart["lines"][0]["id"]

    payload = await apply(
        guest,
        {"addLines": {"lines": [{"sku": "MUG", "quantity": 2}]}},
        {"updateLines": {"lines": [{"lineId": line_id, "change": {"delta": 1}}]}},
        {"setAddresses": {"shipping": BERLIN, "billing": BERLIN}},
        {"setShippingMethod": {"shippingMethodId": global_id("shm", shop.method_id)}},
        {"setBuyer": {"email": "ada@example.com"}},
        {"setNote": {"note": "Ring twice"}},
        {"setAttributes": {"attributes": [{"key": "gift", "value": "yes"}]}},
        {"acceptTerms": {"version": "2026-01"}},
        {"setPaymentInstructions": {"instructions": [{"cardToken": await shop.card()}]}},
        fields=f"revision {SUMMARY}",
        expectedRevision=1,
    )

    assert payload["errors"] == payload["warnings"] == []
    assert payload["cart"] == {
        "revision": 2,
        "email": "ada@example.com",
        "phone": "",
        "note": "Ring twice",
        "currency": "EUR",
        "attributes": [{"key": "gift", "value": "yes"}],
        "billingAddress": {"city": "Berlin"},
        "lines": [
            {"sku": "KETTLE", "quantity": 2, "unitPrice": {"amount": "19.90"}, "total": {"amount": "39.80"}},
            {"sku": "MUG", "quantity": 2, "unitPrice": {"amount": "8.50"}, "total": {"amount": "17.00"}},
        ],
        "shipGroups": [
            {
                "address": {"city": "Berlin"},
                "shippingMethod": {"method": {"code": "post"}, "price": {"amount": "4.90"}},
            }
        ],
        "totals": {
            "subtotal": {"amount": "56.80"},
            "shippingTotal": {"amount": "4.90"},
            "total": {"amount": "61.70"},
        },
    }


async def test_one_after_the_other_or_all_at_once_comes_to_the_same(api, guest, shop):
    step_by_step = await shopper(api, {"sku": "KETTLE"})
    await step_by_step.add({"sku": "MUG", "quantity": 2})
    await step_by_step.do("setCartAddresses", "SetCartAddressesInput", "id", shipping=BERLIN)
    await step_by_step.do("setCartNote", "SetCartNoteInput", "id", note="Ring twice")

    await apply(
        guest,
        {"setNote": {"note": "Ring twice"}},
        {"setAddresses": {"shipping": BERLIN}},
        {"clearLines": False},
        {"addLines": {"lines": [{"sku": "MUG", "quantity": 2}]}},
    )

    assert await guest.read(SUMMARY) == await step_by_step.read(SUMMARY)


async def test_a_later_action_sees_what_an_earlier_one_has_made(guest, shop):
    payload = await apply(
        guest,
        {"clearLines": True},
        {"addLines": {"lines": [{"sku": "MUG"}]}},
        {"addLines": {"lines": [{"sku": "MUG"}]}},
        fields="lines { sku quantity }",
    )

    assert payload["cart"] == {"lines": [{"sku": "MUG", "quantity": 2}]}


async def test_everything_that_is_wrong_is_told_where_it_stands_and_nothing_is_done(guest, connection):
    before = await written(connection)

    malformed = await apply(
        guest,
        {"setNote": {"note": "x"}},
        {"setBuyer": {"email": "nowhere"}},
        {"setShipGroups": {"groups": []}},
        {"addLines": {"lines": [{"sku": "MUG", "variantId": "var_x"}]}},
    )
    wrong = await apply(
        guest,
        {"setNote": {"note": "x"}},
        {"addLines": {"lines": [{"sku": "MUG"}, {"sku": "NO-SUCH"}]}},
        {"updateLines": {"lines": [{"lineId": global_id("cln", unknown()), "change": {"quantity": 2}}]}},
        {"setPaymentInstructions": {"instructions": [{"cardToken": "card_unknown"}]}},
        {"setAddresses": {"shipping": BERLIN, "shipGroupId": global_id("csg", unknown())}},
    )

    assert [(error["code"], error["path"]) for error in malformed["errors"]] == [
        ("INVALID_VALUE", ["actions", "1", "setBuyer", "email"]),
        ("INVALID_VALUE", ["actions", "2", "setShipGroups", "groups"]),
        ("INVALID_VALUE", ["actions", "3", "addLines", "lines", "0"]),
    ]
    assert [(error["code"], error["path"]) for error in wrong["errors"]] == [
        ("VARIANT_NOT_FOUND", ["actions", "1", "addLines", "lines", "1", "sku"]),
        ("LINE_NOT_FOUND", ["actions", "2", "updateLines", "lines", "0", "lineId"]),
        ("CARD_TOKEN_INVALID", ["actions", "3", "setPaymentInstructions", "instructions", "0", "cardToken"]),
        ("SHIP_GROUP_NOT_FOUND", ["actions", "4", "setAddresses", "shipGroupId"]),
    ]
    assert malformed["cart"] is wrong["cart"] is None
    assert await written(connection) == before


def unknown():
    return UUID("018f0000-0000-7000-8000-000000000000")


async def test_a_warning_stands_where_its_action_stands(guest):
    payload = await apply(guest, {"setNote": {"note": "x"}}, {"removeLines": {"lineIds": [guest.cart["id"]]}})

    assert payload["warnings"] == [{"code": "LINE_MISSING", "path": ["actions", "1", "removeLines", "lineIds", "0"]}]


@pytest.mark.parametrize("many", [0, 101])
async def test_between_one_and_a_hundred_actions_are_taken(guest, many, connection):
    before = await written(connection)

    payload = await apply(guest, *[{"setNote": {"note": "x"}}] * many)

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("INVALID_VALUE", ["actions"])]
    assert await written(connection) == before


async def test_an_action_is_one_thing(guest, connection):
    before = await written(connection)
    document = f'mutation {{ applyToCart(input: {{cartId: "{guest.id}", actions: [%s]}}) {{ cart {{ id }} }} }}'

    for action in ('{setNote: {note: "x"}, clearLines: true}', "{}"):
        answer = await guest.api.answer("/graphql", document % action)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]

    assert await written(connection) == before


async def test_an_old_revision_and_the_cart_of_somebody_else_are_refused(api, guest, connection):
    before = await written(connection)
    note = {"setNote": {"note": "x"}}

    stale = await apply(guest, note, expectedRevision=7)
    stranger = await shopper(api)
    stranger.id, stranger_before = guest.id, await written(connection)
    foreign = await apply(stranger, note)

    assert [error["code"] for error in stale["errors"]] == ["STALE_REVISION"]
    assert [(error["code"], error["path"]) for error in foreign["errors"]] == [("NOT_FOUND", ["cartId"])]
    assert before != stranger_before == await written(connection)


async def test_a_draft_is_nobodys_cart(api, guest, connection):
    """Neither by its id, nor in lists, nor by its owner's token; and it does not expire as carts do."""
    desk = api.allowed(Permission.READ_CARTS)
    assert len((await desk.staff("{ carts(first: 9) { nodes { id } } }"))["carts"]["nodes"]) == 1

    await connection.execute("UPDATE carts SET purpose = 'QUOTE', token_hash = NULL")

    assert await guest.api.shop(READ, id=guest.id) == {"cart": None}
    assert await guest.api.shop("query ($id: ID!) { node(id: $id) { id } }", id=guest.id) == {"node": None}
    line = guest.cart["lines"][0]["id"]
    assert await desk.staff("query ($id: ID!) { node(id: $id) { id } }", id=line) == {"node": None}
    assert await desk.staff("query ($id: ID!) { cart(id: $id) { id } }", id=guest.id) == {"cart": None}
    assert (await desk.staff("{ carts(first: 9) { nodes { id } totalCount } }"))["carts"] == {
        "nodes": [],
        "totalCount": 0,
    }
    refused = await apply(guest, {"setNote": {"note": "x"}})
    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
