from datetime import timedelta
from uuid import UUID

import pytest

from tests import given
from tests.api.carts import CREATE, READ, key, shopper, var
from tests.conftest import NOON


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


async def test_an_add_on_belongs_to_its_line_and_goes_with_it(api, kettle, mug):
    guest = await shopper(api, {"sku": "KETTLE"})
    parent = guest.cart["lines"][0]["id"]

    added = await guest.add({"sku": "MUG", "parentLineId": parent})
    removed = await guest.do("removeCartLines", "RemoveCartLinesInput", lineIds=[parent])

    assert [line["parentId"] for line in added["cart"]["lines"]] == [None, parent]
    assert removed["cart"]["lines"] == []


async def test_every_problem_of_the_input_is_told_at_once_and_nothing_is_added(api, connection, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})

    payload = await guest.add(
        {"sku": "NO-SUCH-SKU"},
        {"variantId": var(guest_id())},
        {"sku": "KETTLE", "quantity": 0},
        {"sku": "KETTLE", "quantity": 1},
    )

    assert payload["cart"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [
        ("VARIANT_NOT_FOUND", ["lines", "0", "sku"]),
        ("VARIANT_NOT_FOUND", ["lines", "1", "variantId"]),
        ("QUANTITY_BELOW_MIN", ["lines", "2", "quantity"]),
    ]
    assert await rows(connection) == [("KETTLE", 1)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({}, ("INVALID_VALUE", ["lines", "0"])),
        ({"sku": "KETTLE", "variantId": "var_x"}, ("INVALID_VALUE", ["lines", "0"])),
        ({"variantId": "var_x"}, ("VARIANT_NOT_FOUND", ["lines", "0", "variantId"])),
        ({"sku": "KETTLE", "parentLineId": "cln_x"}, ("LINE_NOT_FOUND", ["lines", "0", "parentLineId"])),
        (
            {"sku": "KETTLE", "attributes": [{"key": "pan", "value": "4111 1111 1111 1111"}]},
            ("PAN_IN_PLAIN_INPUT", ["lines", "0", "attributes", "0", "value"]),
        ),
        (
            {"sku": "KETTLE", "attributes": [{"key": "a", "value": ""}, {"key": "a", "value": ""}]},
            ("INVALID_VALUE", ["lines", "0", "attributes"]),
        ),
    ],
)
async def test_a_line_that_says_nothing_sensible_is_refused(api, kettle, line, expected):
    guest = await shopper(api)

    payload = await guest.add(line)

    assert expected in [(error["code"], error["path"]) for error in payload["errors"]]


async def test_what_is_not_sold_here_is_refused(api, connection, channel_id):
    await given.a_product(connection, "Gone", variants=[{"sku": "GONE"}], published_from=None)
    await given.a_product(connection, "Unpriced", variants=[{"sku": "UNPRICED", "price": None}])
    guest = await shopper(api)

    payload = await guest.add({"sku": "GONE"}, {"sku": "UNPRICED"})

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [
        ("NOT_SELLABLE_IN_CHANNEL", ["lines", "0", "sku"]),
        ("NOT_SELLABLE_IN_CHANNEL", ["lines", "1", "sku"]),
    ]


async def test_quantity_rules_are_told_with_their_numbers(api, connection, channel_id):
    rules = {"min_quantity": 2, "max_quantity": 6, "quantity_step": 2}
    await given.a_product(connection, "Cup", variants=[{"sku": "CUP", **rules}])
    guest = await shopper(api)

    payload = await guest.add({"sku": "CUP", "quantity": 7})

    assert payload["errors"] == [
        {
            "code": "QUANTITY_ABOVE_MAX",
            "message": "At most 6, please.",
            "path": ["lines", "0", "quantity"],
            "minimum": None,
            "maximum": 6,
            "step": None,
        },
        {
            "code": "QUANTITY_STEP",
            "message": "This is sold in steps of 2.",
            "path": ["lines", "0", "quantity"],
            "minimum": None,
            "maximum": None,
            "step": 2,
        },
    ]


async def test_short_stock_is_told_and_the_quantity_kept(api, kettle):
    guest = await shopper(api)

    payload = await guest.add({"sku": "KETTLE", "quantity": 9})

    line = payload["cart"]["lines"][0]
    assert (line["quantity"], line["inStock"]) == (9, False)
    assert payload["errors"] == []
    assert payload["warnings"] == [
        {"code": "INSUFFICIENT_STOCK", "path": None, "lineId": line["id"], "requested": 9, "available": 5}
    ]


async def test_what_the_cart_itself_has_reserved_is_its_own(api, connection, channel_id, kettle):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 5})
    await given.insert(
        connection,
        given.stock_tables.reservations,
        cart_id=key(guest.id),
        variant_id=kettle.id,
        location_id=await given.location(connection, channel_id),
        quantity=5,
        expires_at=NOON + timedelta(minutes=5),
    )
    other = await shopper(api, {"sku": "KETTLE", "quantity": 1})

    assert [line["inStock"] for line in (await guest.read())["lines"]] == [True]
    assert [line["inStock"] for line in (await other.read())["lines"]] == [False]


async def test_quantities_are_set_changed_and_taken_to_nothing(api, kettle, mug):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 3}, {"sku": "MUG", "quantity": 3})
    first, second = (line["id"] for line in guest.cart["lines"])

    changed = await guest.do(
        "updateCartLines",
        "UpdateCartLinesInput",
        lines=[{"lineId": first, "change": {"quantity": 4}}, {"lineId": second, "change": {"delta": -2}}],
    )
    emptied = await guest.do(
        "updateCartLines",
        "UpdateCartLinesInput",
        lines=[{"lineId": first, "change": {"quantity": 0}}, {"lineId": second, "change": {"delta": -1}}],
    )

    assert [(line["sku"], line["quantity"]) for line in changed["cart"]["lines"]] == [("KETTLE", 4), ("MUG", 1)]
    assert emptied["cart"]["lines"] == []


async def test_several_changes_happen_together_or_not_at_all(api, connection, kettle, mug):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 3})
    line = guest.cart["lines"][0]["id"]

    payload = await guest.do(
        "updateCartLines",
        "UpdateCartLinesInput",
        lines=[{"lineId": line, "change": {"quantity": 1}}, {"lineId": "cln_x", "change": {"quantity": 1}}],
    )
    below = await guest.do("updateCartLines", "UpdateCartLinesInput", lines=[{"lineId": line, "change": {"delta": -4}}])

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [
        ("LINE_NOT_FOUND", ["lines", "1", "lineId"])
    ]
    assert [(error["code"], error["path"]) for error in below["errors"]] == [
        ("QUANTITY_BELOW_MIN", ["lines", "0", "change", "delta"])
    ]
    assert await rows(connection) == [("KETTLE", 3)]


async def test_removing_what_is_gone_is_a_warning(api, kettle, mug):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "MUG"})
    line = guest.cart["lines"][0]["id"]

    first = await guest.do("removeCartLines", "RemoveCartLinesInput", lineIds=[line])
    again = await guest.do("removeCartLines", "RemoveCartLinesInput", lineIds=[line])

    assert (first["warnings"], [kept["sku"] for kept in first["cart"]["lines"]]) == ([], ["MUG"])
    assert again["warnings"] == [{"code": "LINE_MISSING", "path": ["lineIds", "0"]}]
    assert again["cart"]["revision"] == first["cart"]["revision"]


async def test_a_cart_is_cleared_and_thrown_away(api, connection, kettle, mug):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "MUG"})
    delete = "mutation ($input: PlainCartInput!) { deleteCart(input: $input) { deletedId errors { code path } } }"

    cleared = await guest.do("clearCart", "PlainCartInput")
    deleted = await guest.api.shop(delete, input={"cartId": guest.id})
    again = await guest.api.shop(delete, input={"cartId": guest.id})

    assert cleared["cart"]["lines"] == []
    assert deleted == {"deleteCart": {"deletedId": guest.id, "errors": []}}
    assert again == {"deleteCart": {"deletedId": None, "errors": [{"code": "NOT_FOUND", "path": ["cartId"]}]}}
    assert await connection.fetchval("SELECT count(*) FROM carts") == 0


async def test_the_cart_of_another_is_not_found(api, connection, kettle):
    guest, other = await shopper(api, {"sku": "KETTLE"}), await shopper(api)
    line = guest.cart["lines"][0]["id"]
    other.id = guest.id

    for name, input_type, more in (
        ("addCartLines", "AddCartLinesInput", {"lines": [{"sku": "KETTLE"}]}),
        ("updateCartLines", "UpdateCartLinesInput", {"lines": [{"lineId": line, "change": {"quantity": 9}}]}),
        ("removeCartLines", "RemoveCartLinesInput", {"lineIds": [line]}),
        ("clearCart", "PlainCartInput", {}),
        ("setCartNote", "SetCartNoteInput", {"note": "mine"}),
        ("setCartBuyer", "SetCartBuyerInput", {"email": "eve@example.com"}),
    ):
        payload = await other.do(name, input_type, **more)
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", ["cartId"])], name
    assert await rows(connection) == [("KETTLE", 1)]


async def test_a_revision_that_was_not_seen_is_refused(api, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})
    await guest.add({"sku": "KETTLE"})

    payload = await guest.add({"sku": "KETTLE"}, expectedRevision=1)

    assert [(error["code"], error["currentRevision"]) for error in payload["errors"]] == [("STALE_REVISION", 2)]
    assert (await guest.add({"sku": "KETTLE"}, expectedRevision=2))["cart"]["totalQuantity"] == 3


async def test_a_repeated_request_answers_again_and_does_nothing(api, connection, kettle):
    key_ = {"idempotencyKey": "k-1"}
    first = await shopper(api, {"sku": "KETTLE"}, **key_)
    again = await shopper(api, {"sku": "KETTLE"}, **key_)
    added = await first.add({"sku": "KETTLE"}, idempotencyKey="k-2")
    added_again = await first.add({"sku": "KETTLE"}, idempotencyKey="k-2")
    other = await first.add({"sku": "KETTLE", "quantity": 2}, idempotencyKey="k-2")

    assert (again.id, again.token) == (first.id, first.token)
    assert added_again["cart"] == added["cart"]
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await rows(connection) == [("KETTLE", 2)]


async def test_a_cart_left_alone_expires_when_it_is_read(api, clock, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})
    clock.advance(timedelta(days=29))
    await guest.add({"sku": "KETTLE"})
    clock.advance(timedelta(days=30))

    payload = await guest.add({"sku": "KETTLE"})

    assert [error["code"] for error in payload["errors"]] == ["CART_EXPIRED"]
    assert (await guest.read())["status"] == "EXPIRED"


async def test_a_locked_cart_says_until_when(api, connection, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})
    await connection.execute(
        "UPDATE carts SET locked_by = $1, locked_since = $2, locked_until = $3",
        guest_id(),
        NOON,
        NOON + timedelta(minutes=5),
    )

    payload = await guest.add({"sku": "KETTLE"})

    assert [error["code"] for error in payload["errors"]] == ["CART_LOCKED"]


async def test_an_ordered_cart_is_left_as_it_is(api, connection, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})
    await connection.execute("UPDATE carts SET state = 'ORDERED'")

    payload = await guest.add({"sku": "KETTLE"})

    assert [error["code"] for error in payload["errors"]] == ["CART_ORDERED"]


async def test_what_happened_is_in_the_log(api, connection, kettle):
    guest = await shopper(api, {"sku": "KETTLE"})
    await guest.add({"sku": "KETTLE"})
    await guest.do("clearCart", "PlainCartInput")

    log = await connection.fetch("SELECT type, sequence FROM events WHERE entity = 'CART' ORDER BY sequence")

    assert [tuple(row) for row in log] == [
        ("CartCreated", 1),
        ("CartLineAdded", 2),
        ("CartLineChanged", 3),
        ("CartLineRemoved", 4),
    ]


@pytest.mark.parametrize("many", [1, 40])
async def test_a_cart_costs_the_same_statements_however_many_lines(api, connection, channel_id, request, many):
    for number in range(many):
        await given.a_product(connection, f"Thing {number}", variants=[{"sku": f"T{number}"}])
    lines = [{"sku": f"T{number}"} for number in range(many)]
    guest = await shopper(api)
    statements = request.getfixturevalue("statements")

    await statements.of(guest.add(*lines))
    assert (
        len(statements) == 2
    )  # the cart with all that is to be known, and what is written; the answer is made of that

    await statements.of(guest.read())
    assert len(statements) == 2  # the cart with all below it, and all that it takes to price it


async def rows(connection):
    found = await connection.fetch(
        "SELECT sku, quantity FROM cart_lines JOIN variants v ON v.id = variant_id ORDER BY cart_lines.id"
    )
    return [tuple(row) for row in found]


def guest_id():
    return UUID(int=7)


@pytest.mark.parametrize("quantity", [1.5, -0.5, "2", True, None, [2], 2**31, -(2**31) - 1, 1e300])
async def test_a_quantity_that_is_no_whole_number_is_refused_before_anything_is_read(api, connection, kettle, quantity):
    answer = await api.answer(
        "/graphql", CREATE, {"input": {"lines": [{"variantId": var(kettle.id), "quantity": quantity}]}}
    )

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await connection.fetchval("SELECT count(*) FROM carts") == 0
