"""Staff change the money of a cart: prices, charges, deductions, each within limits (S1-12b, S1-12c, S2-10, S2-28, D27)."""

import pytest

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import rows

MONEY = """
lines { id unitPrice { amount } originalUnitPrice { amount } discounts { name amount { amount } } tax { amount } }
totals {
  subtotal { amount } discountTotal { amount } shippingTotal { amount } chargeTotal { amount } total { amount }
  discounts { name amount { amount } }
  charges { id kind name amount { amount } originalAmount { amount } tax { amount } refundable }
}
"""
CHANGES = """
adjustments {
  id kind name lineId chargeId originalAmount { amount } amount { amount } percent reason note beyondLimit by { name }
}
"""
APPLY = f"""
mutation($input: ApplyToCartInput!) {{
  applyToCart(input: $input) {{
    cart {{ revision {MONEY} {CHANGES} }}
    errors {{ code path message }} warnings {{ code path message }}
  }}
}}
"""
READ = f"query($id: ID!) {{ cart(id: $id) {{ {MONEY} }} }}"
ALL = ("ACT_FOR_CUSTOMERS", "READ_CARTS", "READ_ORDERS", "OVERRIDE_PRICES", "OVERRIDE_CHARGES", "DEDUCT_AMOUNTS")
TEN = {name: {"percent": "10", "floor": "COST"} for name in ALL[3:]}
WHY = {"reason": "GOODWILL", "note": "She called twice"}


def eur(amount):
    return {"amount": amount, "currencyCode": "EUR"}


class Desk:
    """Somebody of the staff with the cart of a guest: two kettles of 19.90, sent for 4.90."""

    def __init__(self, client, shopper, ids):
        self.client, self.shopper, self.ids = client, shopper, ids

    async def apply(self, *actions, **more):
        input_ = {"cartId": self.ids["crt"], "actions": list(actions), **more}
        return (await self.client.staff(APPLY, input=input_))["applyToCart"]

    async def codes(self, *actions, **more):
        answer = await self.apply(*actions, **more)
        return [(each["code"], each["path"]) for each in (*answer["errors"], *answer["warnings"])]

    def price(self, **change):
        return {"overrideLinePrice": {"lineId": self.ids["cln"], "change": change, **WHY}}

    def shipping(self, **change):
        return {"overrideCharge": {"chargeId": self.ids["chg"], "change": change, **WHY}}


def deduct(**off):
    return {"deduct": {"off": off, **WHY}}


def wrap(**changes):
    return {"addCharge": {"kind": "GIFT_WRAP", "amount": eur("3.00"), **WHY, **changes}}


@pytest.fixture
async def cart(shop):
    kettle = await shop.product(price=1990)
    return await shop.cart((kettle, 2))


async def desk_with(api, connection, cart, *permissions, limits=None, channel_ids=None, name="Grace"):
    held = {name_: limit for name_, limit in (limits or {}).items() if name_ in permissions}
    email = f"{name.lower()}@example.com"
    staff_id = await given.staff(connection, *permissions, limits=held, channel_ids=channel_ids, email=email, name=name)
    cart_id, token = cart
    line_id = await connection.fetchval("SELECT id FROM cart_lines WHERE cart_id = $1", cart_id)
    ids = {"crt": cart_id, "cln": line_id, "chg": cart_id}
    client = api.as_(await given.staff_token(connection, staff_id))
    return Desk(client, api.with_headers(x_cart_token=token), {name: global_id(name, id_) for name, id_ in ids.items()})


@pytest.fixture
async def desk(api, connection, cart):
    await given.override_reason(connection)
    return await desk_with(api, connection, cart, *ALL, limits=TEN)


async def test_prices_charges_and_deductions_are_changed_and_taxed_anew(desk):
    answer = await desk.apply(
        desk.price(amount=eur("18.00")), desk.shipping(percentOff="10"), wrap(), deduct(amount=eur("1.00"))
    )

    assert (answer["errors"], answer["warnings"]) == ([], [])
    [line], totals = answer["cart"]["lines"], answer["cart"]["totals"]
    assert {name: line[name] for name in ("unitPrice", "originalUnitPrice", "discounts", "tax")} == {
        "unitPrice": {"amount": "18.00"},
        "originalUnitPrice": {"amount": "19.90"},
        "discounts": [{"name": "Goodwill", "amount": {"amount": "1.00"}}],
        "tax": {"amount": "5.59"},
    }
    assert {name: totals[name]["amount"] for name in totals if name.endswith(("otal", "Total"))} == {
        "subtotal": "36.00",
        "discountTotal": "1.00",
        "shippingTotal": "4.41",
        "chargeTotal": "3.00",
        "total": "42.41",
    }
    assert totals["discounts"] == [{"name": "Goodwill", "amount": {"amount": "1.00"}}]
    assert [
        (c["kind"], c["name"], c["amount"]["amount"], c["originalAmount"]["amount"]) for c in totals["charges"]
    ] == [
        ("SHIPPING", "Post", "4.41", "4.90"),
        ("GIFT_WRAP", "Gift wrapping", "3.00", "3.00"),
    ]


async def test_staff_see_who_changed_what_and_why_and_shoppers_what_it_costs(desk):
    answer = await desk.apply(desk.price(amountOff=eur("1.00")), deduct(percent="5"))

    price, deduction = answer["cart"]["adjustments"]
    assert {name: price[name] for name in price if name != "id"} == {
        "kind": "LINE_PRICE",
        "name": "Goodwill",
        "lineId": desk.ids["cln"],
        "chargeId": None,
        "originalAmount": {"amount": "19.90"},
        "amount": {"amount": "18.90"},
        "percent": None,
        "reason": "GOODWILL",
        "note": "She called twice",
        "beyondLimit": False,
        "by": {"name": "Grace"},
    }
    assert (deduction["percent"], deduction["amount"]) == ("5", {"amount": "1.89"})
    seen = (await desk.shopper.shop(READ, id=desk.ids["crt"]))["cart"]
    assert seen == {name: answer["cart"][name] for name in ("lines", "totals")}


async def test_shoppers_neither_see_why_nor_take_it_back(desk):
    await desk.apply(desk.price(percentOff="10"))
    document = "mutation($input: ApplyToCartInput!) { applyToCart(input: $input) { errors { code } } }"
    input_ = {"cartId": desk.ids["crt"], "actions": [{"removeAdjustment": {"adjustmentId": "adj_0"}}]}

    assert await desk.shopper.error_codes("/graphql", "{ cart { adjustments { note } } }") == [
        "GRAPHQL_VALIDATION_FAILED"
    ]
    assert set(await desk.shopper.error_codes("/graphql", document, {"input": input_})) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("more", [{}, {"acknowledge": ["BELOW_OVERRIDE_LIMIT"]}])
async def test_below_a_limit_there_is_a_warning_first_and_what_was_acknowledged_is_on_record(desk, connection, more):
    answer = await desk.apply(desk.price(amount=eur("17.90")), **more)

    if not more:
        assert answer["cart"] is None
        assert [(w["code"], w["path"]) for w in answer["warnings"]] == [
            ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"])
        ]
        assert await connection.fetchval("SELECT count(*) FROM cart_adjustments") == 0
        return
    assert [each["beyondLimit"] for each in answer["cart"]["adjustments"]] == [True]
    types = await connection.fetch("SELECT type FROM events WHERE entity = 'CART' ORDER BY position")
    assert [row["type"] for row in types] == ["AdjustmentAdded", "CautionsOverruled"]


async def test_small_steps_do_not_get_round_a_limit(desk):
    assert await desk.codes(deduct(percent="6")) == []
    assert await desk.codes(deduct(percent="6")) == [("BELOW_OVERRIDE_LIMIT", ["actions", "0", "deduct"])]
    assert await desk.codes(deduct(amount=eur("0.50"))) == []
    assert await desk.codes(desk.price(percentOff="8"), desk.price(percentOff="12")) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "1", "overrideLinePrice"])
    ]


async def test_no_price_goes_below_what_the_goods_cost(desk, connection):
    await connection.execute("UPDATE variants SET cost = 1600, cost_currency = 'EUR'")

    assert await desk.codes(desk.price(amount=eur("19.04"))) == []
    assert await desk.codes(desk.price(amount=eur("19.03"))) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"])
    ]


async def test_no_price_goes_below_the_lowest_that_the_list_tells(api, connection, cart):
    """By a limit with that floor. Where the list tells none, that limit holds nothing up."""
    await given.override_reason(connection)
    limits = {name: {"floor": "LOWEST_PRICE"} for name in ALL[3:]}
    desk = await desk_with(api, connection, cart, *ALL, limits=limits)
    at_once = [desk.price(amount=eur("17.89")), deduct(amount=eur("0.01"))]
    assert await desk.codes(*at_once, acknowledge=[]) == []
    await connection.execute("DELETE FROM cart_adjustments")
    await connection.execute("UPDATE prices SET lowest = 1790")

    assert await desk.codes(desk.price(amount=eur("17.90"))) == []
    assert await desk.codes(*at_once) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"]),
        ("BELOW_OVERRIDE_LIMIT", ["actions", "1", "deduct"]),
    ]


async def test_what_is_wrong_with_an_amount_is_said(desk):
    wrong = [wrap(amount=eur("3.001")), desk.price(amount=eur("-1.00")), deduct(amount=eur("0.00"))]

    answer = await desk.apply(*wrong)

    assert [(error["path"][1], error["message"]) for error in answer["errors"]] == [
        ("0", "EUR has 2 digits after the point, and an amount has an end."),
        ("1", "Not less than nothing, please."),
        ("2", "More than nothing, please."),
    ]


async def test_who_has_no_limit_is_not_warned(api, connection, cart):
    await given.override_reason(connection)
    boss = await desk_with(api, connection, cart, *ALL)

    assert await boss.codes(boss.price(amount=eur("0.00")), boss.shipping(amount=eur("0.00"))) == []


async def test_what_cannot_be_is_told_and_nothing_is_written(desk, connection):
    await given.override_reason(connection, "PICKY", "CHARGE", note_required=True)
    why = {"reason": "PICKY"}
    wrong = [
        ({"deduct": {"off": {"amount": eur("1.00")}, **why}}, "OVERRIDE_REASON_NOT_FOUND", ["reason"]),
        (
            {"overrideCharge": {"chargeId": desk.ids["chg"], "change": {"amount": eur("4.50")}, **why}},
            "NOTE_REQUIRED",
            ["note"],
        ),
        (deduct(amount=eur("39.81")), "ADJUSTMENT_EXCEEDS_SUBTOTAL", ["off"]),
        (desk.price(amountOff=eur("20.00")), "AMOUNT_BELOW_ZERO", ["change"]),
        ({"removeCharge": {"chargeId": desk.ids["chg"], **WHY}}, "CHARGE_MANDATORY", ["chargeId"]),
        (
            wrap(taxClassId=global_id("txc", await connection.fetchval("SELECT id FROM channels"))),
            "NOT_FOUND",
            ["taxClassId"],
        ),
        (deduct(amount={"amount": "1.00", "currencyCode": "USD"}), "CURRENCY_MISMATCH", []),
    ]

    answer = await desk.apply(*(action for action, _, _ in wrong))

    found = [(error["code"], error["path"]) for error in answer["errors"]]
    assert found == [(code, ["actions", str(n), *action, *path]) for n, (action, code, path) in enumerate(wrong)]
    assert await connection.fetchval("SELECT count(*) FROM cart_adjustments") == 0
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_what_is_no_input_is_told_before_anything_is_looked_up(desk):
    assert await desk.codes(
        {"overrideLinePrice": {"lineId": "x", "change": {"amount": eur("-1")}, "reason": ""}},
        {"overrideCharge": {"chargeId": "x", "change": {"percentOff": "0"}, **WHY}},
        wrap(kind="SHIPPING", taxClassId="x", amount=eur("0")),
        wrap(kind="CUSTOM"),
        deduct(percent="101"),
        {"removeAdjustment": {"adjustmentId": "x"}},
    ) == [
        ("LINE_NOT_FOUND", ["actions", "0", "overrideLinePrice", "lineId"]),
        ("INVALID_VALUE", ["actions", "0", "overrideLinePrice", "change", "amount"]),
        ("INVALID_VALUE", ["actions", "0", "overrideLinePrice", "reason"]),
        ("CHARGE_NOT_FOUND", ["actions", "1", "overrideCharge", "chargeId"]),
        ("INVALID_VALUE", ["actions", "1", "overrideCharge", "change", "percentOff"]),
        ("INVALID_VALUE", ["actions", "2", "addCharge", "kind"]),
        ("NOT_FOUND", ["actions", "2", "addCharge", "taxClassId"]),
        ("INVALID_VALUE", ["actions", "2", "addCharge", "amount"]),
        ("INVALID_VALUE", ["actions", "3", "addCharge", "name"]),
        ("INVALID_VALUE", ["actions", "4", "deduct", "off", "percent"]),
        ("NOT_FOUND", ["actions", "5", "removeAdjustment", "adjustmentId"]),
    ]


async def test_what_was_changed_is_taken_back(desk):
    before = (await desk.shopper.shop(READ, id=desk.ids["crt"]))["cart"]
    changed = (await desk.apply(desk.price(percentOff="5"), wrap()))["cart"]
    charge = next(charge["id"] for charge in changed["totals"]["charges"] if charge["kind"] == "GIFT_WRAP")
    lowered = await desk.apply({"overrideCharge": {"chargeId": charge, "change": {"amount": eur("2.80")}, **WHY}})

    back = await desk.apply(
        {"removeAdjustment": {"adjustmentId": changed["adjustments"][0]["id"]}},
        {"removeCharge": {"chargeId": charge, **WHY}},
    )

    assert lowered["cart"]["totals"]["chargeTotal"] == {"amount": "2.80"}
    assert [each["chargeId"] for each in lowered["cart"]["adjustments"]] == [None, charge, charge]
    assert {name: back["cart"][name] for name in ("lines", "totals", "adjustments")} == {**before, "adjustments": []}


@pytest.mark.parametrize("lacking", ["OVERRIDE_PRICES", "OVERRIDE_CHARGES", "DEDUCT_AMOUNTS"])
async def test_each_change_needs_its_permission_in_the_channel_of_the_cart(api, connection, cart, shop, lacking):
    await given.override_reason(connection)
    elsewhere = await given.channel(connection, code="elsewhere", is_default=False)
    staff_id = await given.staff(connection, *(p for p in ALL if p != lacking))
    role_id = await given.role(connection, "elsewhere", lacking)
    await given.insert(
        connection, given.identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=[elsewhere]
    )
    desk = await desk_with(api, connection, cart, name="Ada")
    desk.client = api.as_(await given.staff_token(connection, staff_id))
    actions = {
        "OVERRIDE_PRICES": desk.price(percentOff="1"),
        "OVERRIDE_CHARGES": desk.shipping(percentOff="1"),
        "DEDUCT_AMOUNTS": deduct(percent="1"),
    }

    assert [code for code, _ in await desk.codes(actions[lacking])] == ["FORBIDDEN"]
    assert await desk.codes(*(action for permission, action in actions.items() if permission != lacking)) == []


async def test_an_order_keeps_it_all_and_is_held_up_for_what_went_too_far(
    desk, shop, cart, clock, database, connection
):
    await put_shipped_block_reasons(database)
    low, gone = desk.price(amount=eur("10.00")), desk.shipping(amount=eur("0.00"))
    fields = ("lines", "totals", "adjustments")
    before = (await desk.apply(low, gone, wrap(), deduct(amount=eur("1.00")), acknowledge=["BELOW_OVERRIDE_LIMIT"]))[
        "cart"
    ]

    order = await shop.place(clock, cart)

    document = (
        f"query($id: ID!) {{ order(id: $id) {{ {MONEY} {CHANGES} version(number: 1) {{ {MONEY} {CHANGES} }}"
        " blocks { cause { rule ref } } } }"
    )
    found = (await desk.client.staff(document, id=global_id("ord", order.id)))["order"]
    for each in before["adjustments"]:
        each["lineId"] = each["lineId"] and each["lineId"].replace("cln_", "oln_")
    before["lines"][0]["id"] = before["lines"][0]["id"].replace("cln_", "oln_")
    assert {name: found[name] for name in fields} == {name: before[name] for name in fields}
    assert {name: found["version"][name] for name in fields} == {name: before[name] for name in fields}
    blocks = await rows(database, "SELECT reason, amount, caused_by FROM blocks ORDER BY reason")
    beyond = {each["id"] for each in found["adjustments"] if each["beyondLimit"]}
    assert {block["cause"]["ref"] for block in found["blocks"]} == beyond
    grace = await connection.fetchval("SELECT id FROM staff")
    assert blocks == [("CHARGE_OVERRIDE_LIMIT", 490, [grace]), ("PRICE_OVERRIDE_LIMIT", 1980, [grace])]


async def test_limits_are_judged_again_when_the_order_is_placed(desk, shop, cart, clock, database, connection):
    """What was little off the price of then, as of ten at once, may be much off that of now."""
    await put_shipped_block_reasons(database)
    await connection.execute("UPDATE prices SET amount = 1000")
    await desk.apply(desk.price(percentOff="10"))
    await connection.execute("UPDATE prices SET amount = 1990")

    await shop.place(clock, cart)

    assert await rows(database, "SELECT reason FROM blocks") == [("PRICE_OVERRIDE_LIMIT",)]


async def test_what_all_costs_can_be_read_out(desk, shop, cart, clock):
    await desk.apply(desk.price(amount=eur("18.00")), wrap(), deduct(amount=eur("1.00")))
    aloud = "query($id: ID!) { node(id: $id) { ... on Cart { spokenSummary } ... on Order { spokenSummary } } }"
    german = desk.client.with_headers(accept_language="de")

    of_cart = (await german.staff(aloud, id=desk.ids["crt"]))["node"]["spokenSummary"]
    order = await shop.place(clock, cart)
    of_order = (await desk.client.staff(aloud, id=global_id("ord", order.id)))["node"]["spokenSummary"]

    assert of_cart.splitlines() == [
        "2 mal Kettle, je 18,00 EUR: 36,00 EUR.",
        "Goodwill: 1,00 EUR weniger.",
        "Post: 4,90 EUR.",
        "Gift wrapping: 3,00 EUR.",
        "Darin enthalten: VAT, 19 Prozent: 6,37 EUR.",
        "Zusammen: 42,90 EUR.",
    ]
    assert of_order.splitlines() == [
        "2 times Kettle, 18.00 EUR each: 36.00 EUR.",
        "Goodwill: 1.00 EUR less.",
        "Post: 4.90 EUR.",
        "Gift wrapping: 3.00 EUR.",
        "Contained in this: VAT, 19 per cent: 6.37 EUR.",
        "All together: 42.90 EUR.",
    ]


async def test_reasons_are_data(api, connection):
    await given.channel(connection)
    admin = api.as_(await given.staff_token(connection, await given.staff(connection, "MANAGE_CHANNELS")))
    save = """mutation($input: SaveOverrideReasonInput!) { saveOverrideReason(input: $input) {
      overrideReason { id code names { language text } kinds noteRequired revision } errors { code path } } }"""
    names = [{"language": "en", "text": "Price match"}, {"language": "de", "text": "Preisgarantie"}]
    match = {"code": "MATCH", "names": names, "kinds": ["LINE_PRICE"], "noteRequired": True}

    made = (await admin.staff(save, input=match))["saveOverrideReason"]["overrideReason"]
    wrong = await admin.staff(save, input={"id": "x", "code": "", "names": [names[0]] * 2, "kinds": []})
    listed = (await admin.staff("{ overrideReasons { id code } }"))["overrideReasons"]

    assert {name: made[name] for name in made if name != "id"} == {**match, "names": names[::-1], "revision": 1}
    assert [(error["code"], error["path"]) for error in wrong["saveOverrideReason"]["errors"]] == [
        ("NOT_FOUND", ["id"]),
        ("INVALID_VALUE", ["code"]),
        ("INVALID_VALUE", ["names"]),
        ("INVALID_VALUE", ["kinds"]),
    ]
    assert listed == [{"id": made["id"], "code": "MATCH"}]
