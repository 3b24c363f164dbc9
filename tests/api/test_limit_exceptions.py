"""Limits that are others for a reason, or for a category and what is below it (S2-10, C.7)."""

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.operations.shipped import put_shipped
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_adjusting import ALL, deduct, desk_with, eur
from tests.api.test_limits import CREATE_ROLE, HELD, SET_LIMITS, TEN, TEN_READ, role
from tests.buying import Shop
from tests.quoting import QUOTE, SENT, Quoting

EXCEPTIONS = "exceptions { reason categoryId category { name } percent amounts { amount currencyCode } floor }"
BLOCKS = "query($id: ID!) { order(id: $id) { blocks { cause { rule } } } }"
ANYWAY = {"acknowledge": ["BELOW_OVERRIDE_LIMIT"]}
NOTHING_LEFT = "SELECT (SELECT count(*) FROM roles WHERE code = 'DESK') + (SELECT count(*) FROM events)"


@pytest.fixture
async def kitchen(connection):
    """Kitchen, with stoves in it."""
    top = await given.a_category(connection, "Kitchen")
    return top, await given.a_category(connection, "Stoves", parent_id=top)


@pytest.fixture
async def boss(connection, api, kitchen):
    """Goes ten per cent below prices, five in the kitchen, and takes amounts off and lets quotes go as she likes."""
    await given.channel(connection)
    await given.override_reason(connection, "MATCH")
    limits = {"OVERRIDE_PRICES": {"percent": "10", "exceptions": [given.exception("5", category_id=kitchen[0])]}}
    held = ("MANAGE_STAFF", "READ_STAFF", "OVERRIDE_PRICES", "OVERRIDE_CHARGES", "AUTHOR_QUOTES")
    boss_id = await given.staff(connection, *held, email="boss@example.com", limits=limits)
    return api.as_(await given.staff_token(connection, boss_id))


def but(percent, category_id=None, reason=None):
    return {"percent": percent, "categoryId": category_id and global_id("cat", category_id), "reason": reason}


async def test_exceptions_are_given_and_read_by_whoever_has_them(boss, api, connection, kitchen):
    fields = CREATE_ROLE.replace("floor }", f"floor {EXCEPTIONS} }}", 1)
    in_stoves = {**but("0", kitchen[1], "MATCH"), "amounts": [eur("0.00")], "floor": "NONE"}
    given_ = {**TEN, "floor": "COST", "exceptions": [but("5", kitchen[0]), in_stoves]}

    made = (await boss.staff(fields, input=role(given_)))["createRole"]
    role_id = await connection.fetchval("SELECT id FROM roles WHERE code = 'DESK'")
    clerk_id = await given.staff(connection)
    await given.insert(connection, given.identity.staff_roles, staff_id=clerk_id, role_id=role_id)
    await connection.execute("DELETE FROM categories WHERE id = $1", kitchen[1])
    clerk = api.as_(await given.staff_token(connection, clerk_id))
    held = (await clerk.staff(HELD.replace("floor }", f"floor {EXCEPTIONS} }}")))["viewer"]["permissions"]

    in_kitchen = {**but("5", kitchen[0]), "category": {"name": "Kitchen"}, "amounts": [], "floor": "COST"}
    matched = {**but("0", kitchen[1], "MATCH"), "category": {"name": "Stoves"}, "amounts": [eur("0.00")]}
    assert made == {
        "role": {"limits": [{**TEN_READ, "floor": "COST", "exceptions": [in_kitchen, {**matched, "floor": "NONE"}]}]},
        "errors": [],
    }
    [mine] = next(each["limits"] for each in held if each["permission"] == "OVERRIDE_PRICES")
    assert mine["exceptions"] == [in_kitchen, {**matched, "category": None, "floor": "NONE"}]


async def test_what_is_no_exception_is_told_with_its_place(boss, connection, kitchen):
    charges, quotes = {"permission": "OVERRIDE_CHARGES"}, {"permission": "AUTHOR_QUOTES"}
    stove = but("1", kitchen[1])
    limits = [
        {**TEN, "exceptions": [but("1"), but("101", reason="MATCH"), stove, stove]},
        {**charges, "exceptions": [stove]},
        {**quotes, "exceptions": [but("1", reason="MATCH"), {"categoryId": "cat_0"}]},
    ]
    many = {**TEN, "exceptions": [but("1", reason=f"R{number}") for number in range(21)]}

    async def refused(*limits):
        held = [limit["permission"] for limit in limits]
        answer = await boss.staff(CREATE_ROLE, input=role(*limits, permissions=held))
        return [(error["code"], *error["path"][1:]) for error in answer["createRole"]["errors"]]

    assert await refused(*limits) == [
        ("INVALID_VALUE", "0", "exceptions", "0"),
        ("INVALID_VALUE", "0", "exceptions", "1", "percent"),
        ("INVALID_VALUE", "0", "exceptions"),
        ("INVALID_VALUE", "1", "exceptions", "0", "categoryId"),
        ("INVALID_VALUE", "2", "exceptions", "0", "reason"),
        ("NOT_FOUND", "2", "exceptions", "1", "categoryId"),
    ]
    assert await refused(many) == [("TOO_MANY", "0", "exceptions")]
    strange = {**TEN, "exceptions": [but("1", kitchen[1], "ELSE"), but("1", new_id())]}
    assert await refused(strange) == [
        ("NOT_FOUND", "0", "exceptions", "0", "reason"),
        ("NOT_FOUND", "0", "exceptions", "1", "categoryId"),
    ]
    assert await connection.fetchval(NOTHING_LEFT) == 0


async def test_nobody_gives_exceptions_that_go_further_than_their_own_or_leaves_theirs_out(boss, connection, kitchen):
    clerk_id = global_id("stf", await given.staff(connection))
    far = await given.role(connection, "FAR", "OVERRIDE_PRICES", limits={"OVERRIDE_PRICES": {"percent": "10"}})

    async def refused(document, **input):
        (answer,) = (await boss.staff(document, input=input)).values()
        return [error["code"] for error in answer["errors"]]

    async def limited(*exceptions):
        return await refused(SET_LIMITS, id=clerk_id, limits=[{**TEN, "exceptions": list(exceptions)}])

    near = but("5", kitchen[0])
    assert await limited(near, but("6", kitchen[1])) == ["EXCEEDS_OWN_LIMITS"]
    assert await limited(near, but("11", reason="MATCH")) == ["EXCEEDS_OWN_LIMITS"]
    assert await limited() == ["EXCEEDS_OWN_LIMITS"]
    assert await connection.fetchval("SELECT count(*) FROM events") == 0
    assert await limited(near, but("3", kitchen[1]), but("10", reason="MATCH")) == []
    grant = "mutation($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { errors { code } } }"
    assert await refused(grant, id=clerk_id, roles=[{"roleId": global_id("rol", far)}]) == ["EXCEEDS_OWN_LIMITS"]
    lowered = {"id": global_id("rol", far), "limits": [{**TEN, "exceptions": [but("20", kitchen[0])]}]}
    update = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { errors { code } } }"
    assert await refused(update, **lowered) == ["EXCEEDS_OWN_LIMITS"]


LIMITS = {"percent": "10"}


@pytest.fixture
async def shop(database):
    await put_shipped(database)
    return await Shop.open(database)


@pytest.fixture
async def stove(shop, kitchen):
    return await shop.product("Stove", price=1990, stock=9, categories=[kitchen[1]])


async def limited(api, connection, cart, *exceptions):
    """May go ten per cent below, with exceptions."""
    limit = {"percent": "10", "exceptions": list(exceptions)}
    return await desk_with(api, connection, cart, *ALL, limits=dict.fromkeys(ALL[3:], limit))


async def test_prices_and_deductions_are_limited_by_what_the_products_are(api, connection, shop, stove, kitchen):
    pot = await shop.product("Pot", price=1000)
    cart = await shop.cart((pot, 1))
    desk = await limited(api, connection, cart, given.exception("5", category_id=kitchen[0]))
    assert await desk.codes(desk.price(percentOff="10"), deduct(percent="10")) == []

    await connection.execute("UPDATE cart_lines SET variant_id = $1 WHERE cart_id = $2", stove, cart[0])

    assert await desk.codes(desk.price(percentOff="5")) == []
    assert await desk.codes(desk.price(percentOff="5.5")) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"])
    ]
    assert await desk.codes(deduct(percent="1")) == [("BELOW_OVERRIDE_LIMIT", ["actions", "0", "deduct"])]


async def test_each_change_is_limited_by_its_reason(api, connection, shop, stove, kitchen):
    cart = await shop.cart((stove, 1))
    desk = await limited(
        api,
        connection,
        cart,
        given.exception("30", reason="DAMAGED"),
        given.exception("40", reason="LATE_DELIVERY"),
        given.exception("20", reason="DAMAGED", category_id=kitchen[0]),
    )

    def because(action, reason):
        ((name, said),) = action.items()
        return {name: {**said, "reason": reason}}

    low = desk.price(percentOff="20")
    assert await desk.codes(because(low, "DAMAGED"), because(desk.shipping(percentOff="40"), "LATE_DELIVERY")) == []
    assert await desk.codes(
        because(low, "GOODWILL"),
        because(desk.price(percentOff="21"), "DAMAGED"),
        because(desk.shipping(percentOff="41"), "LATE_DELIVERY"),
    ) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"]),
        ("BELOW_OVERRIDE_LIMIT", ["actions", "1", "overrideLinePrice"]),
        ("BELOW_OVERRIDE_LIMIT", ["actions", "2", "overrideCharge"]),
    ]


async def test_categories_are_looked_up_only_where_a_limit_names_some(
    api, connection, shop, stove, kitchen, statements
):
    cart = await shop.cart((stove, 1))
    plain = await limited(api, connection, cart, given.exception("30", reason="DAMAGED"))
    await plain.codes(plain.price(percentOff="4"))  # from now on the market is known
    await statements.of(plain.codes(plain.price(percentOff="5")))
    without = len(statements)
    named = await desk_with(
        api,
        connection,
        cart,
        *ALL,
        limits={"OVERRIDE_PRICES": {"percent": "10", "exceptions": [given.exception("9", category_id=kitchen[0])]}},
        name="Joan",
    )

    await statements.of(named.codes(named.price(percentOff="6")))

    assert len(statements) == without + 2


async def test_an_order_is_held_up_by_what_its_products_are_when_it_is_placed(
    api, connection, shop, stove, kitchen, clock
):
    cart = await shop.cart((stove, 1))
    desk = await limited(api, connection, cart, given.exception("5", category_id=kitchen[0]))
    outdoor = await given.a_category(connection, "Outdoor")
    move = "UPDATE product_categories SET category_id = $1"
    await connection.execute(move, outdoor)
    assert await desk.codes(desk.price(percentOff="9")) == []
    await connection.execute(move, kitchen[1])

    order = await shop.place(clock, cart)

    found = (await desk.client.staff(BLOCKS, id=global_id("ord", order.id)))["order"]
    assert found["blocks"] == [{"cause": {"rule": "PRICE_OVERRIDE_LIMIT"}}]


async def test_a_quote_waits_for_approval_if_one_category_goes_beyond_the_limit_of_its_author(
    api, database, connection, kitchen
):
    """Nine per cent of all is within ten, but stoves may be five cheaper; who approves has a limit of their own for them."""
    await given.override_reason(connection)
    quoting = await Quoting.open(api, database)
    stove = await quoting.shop.product("Stove", price=1990, stock=9, categories=[kitchen[1]])
    cheap = {"percent": "10", "exceptions": [given.exception("5", category_id=kitchen[0])]}
    author = await quoting.author("DEDUCT_AMOUNTS", email="hopper@example.com", limits={"AUTHOR_QUOTES": cheap})
    small = await quoting.desk.member("APPROVE_QUOTES", email="small@example.com", limits={"APPROVE_QUOTES": cheap})
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com", limits={"APPROVE_QUOTES": LIMITS})
    nine = [{"deduct": {"off": {"percent": "9"}, "reason": "GOODWILL"}}]

    async def sent(*actions):
        quote_id = await quoting.drafted(author)
        await quoting.staff(author, "applyToQuote", quoteId=quote_id, actions=[*actions, *nine])
        fields = f"{QUOTE} approval {{ contentHash }}"
        return (await quoting.staff(author, "sendQuote", fields=fields, quoteId=quote_id, **SENT))["quote"]

    kettles = await sent()
    waiting = await sent({"addLines": {"lines": [{"variantId": global_id("var", stove), "quantity": 1}]}})
    seen = {"quoteId": waiting["id"], "contentHash": waiting["approval"]["contentHash"]}
    refused = await quoting.staff(small, "approveQuote", **seen)
    approved = await quoting.staff(boss, "approveQuote", **seen)

    assert [each["state"] for each in (kettles, waiting)] == ["SENT", "APPROVAL"]
    assert [error["code"] for error in refused["errors"]] == ["QUOTE_BEYOND_YOUR_LIMIT"]
    assert approved["errors"] == []
