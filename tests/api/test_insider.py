"""No way round the supervisor: however it is tried, the block is there, and who is behind it cannot end it (D27)."""

import pytest

from commerce_api.operations.shipped import put_shipped
from commerce_api.schema.node import global_id, key_of
from tests import given
from tests.api.test_adjusting import ALL, TEN, deduct, desk_with, eur
from tests.api.test_api_keys import CREATE as CREATE_KEY
from tests.api.test_blocks import RESOLVE
from tests.buying import Shop, rows

CHANGES = "query($id: ID!) { cart(id: $id) { adjustments { id } } }"
BLOCKS = "query($id: ID!) { order(id: $id) { blocks { id active cause { rule } } } }"
CLONE = """mutation($input: CloneOrderInput!) { cloneOrder(input: $input) {
  cart { id adjustments { id } lines { unitPrice { amount } } } token errors { code } } }"""
KEEP = """mutation($input: CloneOrderInput!) { cloneOrder(input: $input) {
  cart { id adjustments { beyondLimit } lines { unitPrice { amount } } } token errors { code path } warnings { code path } } }"""
BEGIN = "mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit { id } errors { code } } }"
APPLY = """mutation($input: ApplyToOrderEditInput!) { applyToOrderEdit(input: $input) { errors { code } warnings { code } } }"""
COMMIT = "mutation($id: ID!) { commitOrderEdit(input: {editId: $id}) { errors { code } } }"
QUOTE = "mutation($id: ID!) { createQuoteFromCart(input: {cartId: $id}) { quote { id } errors { code } } }"
SEND = "mutation($input: OfferQuoteInput!) { sendQuote(input: $input) { quote { state approval { contentHash } } errors { code } } }"
CANCEL = """mutation($id: ID!) { cancelOrder(input: {orderId: $id, reasonCode: "OTHER"}) { errors { code } } }"""
ANYWAY = {"acknowledge": ["BELOW_OVERRIDE_LIMIT"]}
PLAIN = ("READ_ORDERS", "READ_CARTS", "EDIT_ORDERS", "CANCEL_ORDERS", "AUTHOR_QUOTES", "READ_QUOTES")
RULES = {"price": "PRICE_OVERRIDE_LIMIT", "charge": "CHARGE_OVERRIDE_LIMIT", "discount": "DISCOUNT_LIMIT"}


@pytest.fixture
async def shop(database):
    await put_shipped(database)
    return await Shop.open(database)


@pytest.fixture
async def kettle(shop):
    return await shop.product(price=1990, stock=99)


@pytest.fixture
async def cart(shop, kettle):
    """Two kettles of 19.90, sent for 4.90."""
    return await shop.cart((kettle, 2))


@pytest.fixture
async def grace(api, connection, cart):
    """May go ten per cent below what is asked, and end blocks of others: she is tempted."""
    held = (*dict.fromkeys((*ALL, *PLAIN)), "RESOLVE_BLOCKS")
    return await desk_with(api, connection, cart, *held, limits=TEN)


@pytest.fixture
async def held_up(grace, api, connection):
    """Says that orders are held up for these, by a block that Grace cannot end, and somebody without the permission neither."""
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, *ALL, email="clerk@example.com")))

    async def held_up(order_id, *kinds):
        blocks = (await grace.client.staff(BLOCKS, id=order_id))["order"]["blocks"]
        limits = [block for block in blocks if block["cause"]["rule"] in RULES.values() and block["active"]]
        assert sorted(block["cause"]["rule"] for block in limits) == sorted(RULES[kind] for kind in kinds)
        for block in limits:
            said = {"input": {"blockId": block["id"], "comment": "All fine"}}
            own = (await grace.client.staff(RESOLVE, **said))["resolveBlock"]["errors"]
            assert [error["code"] for error in own] == ["FOUR_EYES"]
            assert await clerk.error_codes("/staff/graphql", RESOLVE, said) == ["FORBIDDEN"]

    return held_up


async def rules(desk, order_id):
    """For what it is held up."""
    blocks = (await desk.client.staff(BLOCKS, id=order_id))["order"]["blocks"]
    return sorted(block["cause"]["rule"] for block in blocks if block["active"])


async def placed(shop, clock, cart):
    return global_id("ord", (await shop.place(clock, cart)).id)


async def confirmed(shop, connection, clock, cart):
    id_ = await placed(shop, clock, cart)
    await connection.execute("UPDATE orders SET state = 'CONFIRMED'")
    return id_


async def test_not_at_once(grace, shop, cart, clock, held_up):
    low, gone = grace.price(amount=eur("10.00")), grace.shipping(amount=eur("0.00"))
    done = await grace.apply(low, gone, deduct(amount=eur("9.00")), **ANYWAY)

    assert done["errors"] == []
    await held_up(await placed(shop, clock, cart), "price", "charge", "discount")


async def test_not_in_small_steps(grace, shop, cart, clock, held_up):
    """Ten per cent each time, of what is asked and not of what is left; together they are judged as one."""
    assert (await grace.apply(grace.price(percentOff="10")))["errors"] == []
    assert (await grace.apply(grace.price(percentOff="10")))["cart"]["lines"][0]["unitPrice"] == {"amount": "17.91"}
    assert (await grace.apply(deduct(percent="6")))["errors"] == []
    again = await grace.apply(deduct(percent="6"))
    assert [error["code"] for error in again["warnings"]] == ["BELOW_OVERRIDE_LIMIT"]
    assert (await grace.apply(deduct(percent="6"), **ANYWAY))["errors"] == []

    await held_up(await placed(shop, clock, cart), "discount")


async def test_not_by_taking_it_back_and_doing_it_anew(grace, shop, cart, clock, held_up):
    made = (await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY))["cart"]["adjustments"]
    taken_back = {"removeAdjustment": {"adjustmentId": made[0]["id"]}}
    assert (await grace.apply(taken_back, grace.price(amount=eur("11.00")), **ANYWAY))["errors"] == []

    await held_up(await placed(shop, clock, cart), "price")


async def test_not_by_taking_lines_out_and_in_again(grace, kettle):
    """What was asked for the line goes with it."""
    await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY)
    line = {"lineIds": [grace.ids["cln"]]}
    again = {"lines": [{"variantId": global_id("var", kettle), "quantity": 2}]}
    swapped = await grace.apply({"removeLines": line}, {"addLines": again})

    assert [line["unitPrice"]["amount"] for line in swapped["cart"]["lines"]] == ["19.90"]
    assert swapped["cart"]["adjustments"] == []


async def test_not_by_taking_out_what_made_it_little(grace, shop, kettle, clock, api, connection):
    """A deduction of ten per cent of twenty kettles is more than all limits of one."""
    cart = await shop.cart((kettle, 20))
    desk = await desk_with(api, connection, cart, *ALL, *PLAIN[2:], "RESOLVE_BLOCKS", limits=TEN, name="Gus")
    assert (await desk.apply(deduct(amount=eur("15.00"))))["errors"] == []
    fewer = {"updateLines": {"lines": [{"lineId": desk.ids["cln"], "change": {"quantity": 1}}]}}
    assert (await desk.apply(fewer))["errors"] == []

    order_id = await placed(shop, clock, cart)

    blocks = (await desk.client.staff(BLOCKS, id=order_id))["order"]["blocks"]
    [block] = [each["id"] for each in blocks if each["cause"]["rule"] == "DISCOUNT_LIMIT"]
    own = await desk.client.staff(RESOLVE, input={"blockId": block, "comment": "All fine"})
    assert [error["code"] for error in own["resolveBlock"]["errors"]] == ["FOUR_EYES"]


async def test_not_in_a_copy(grace, shop, cart, clock):
    await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY)
    order_id = await placed(shop, clock, cart)

    copy = (await grace.client.staff(CLONE, input={"orderId": order_id}))["cloneOrder"]

    assert copy["errors"] == []
    assert (copy["cart"]["adjustments"], copy["cart"]["lines"]) == ([], [{"unitPrice": {"amount": "19.90"}}])


async def test_not_by_keeping_the_prices_of_before(grace, shop, cart, clock, api, connection, held_up):
    """What somebody without a limit once gave counts as given anew, by whoever keeps it; a step down from it is one from today."""
    fred = await desk_with(api, connection, cart, *ALL, name="Fred")
    assert (await fred.apply(fred.price(amount=eur("10.00"))))["errors"] == []
    order_id = await placed(shop, clock, cart)
    said = {"orderId": order_id, "keepPrices": {"reason": "GOODWILL"}}
    before = await rows(shop.database, "SELECT (SELECT count(*) FROM carts), (SELECT count(*) FROM events)")

    warned = (await grace.client.staff(KEEP, input=said))["cloneOrder"]
    assert (warned["cart"], [each["code"] for each in warned["warnings"]]) == (None, ["BELOW_OVERRIDE_LIMIT"])
    assert await rows(shop.database, "SELECT (SELECT count(*) FROM carts), (SELECT count(*) FROM events)") == before
    said["keepPrices"] |= ANYWAY
    copy = (await grace.client.staff(KEEP, input=said))["cloneOrder"]

    assert (copy["errors"], copy["cart"]["lines"]) == ([], [{"unitPrice": {"amount": "10.00"}}])
    assert [each["beyondLimit"] for each in copy["cart"]["adjustments"]] == [True]
    cart_id = key_of(copy["cart"]["id"], "crt")
    pay = {"position": 0, "method": "CARD", "card_token": await shop.card(), "amount": None}
    await given.insert(connection, given.buying.cart_payment_instructions, cart_id=cart_id, **pay)
    await connection.execute("UPDATE carts SET terms_version = '2026-01' WHERE id = $1", cart_id)
    await held_up(await placed(shop, clock, (cart_id, copy["token"])), "price")


async def test_not_by_keeping_prices_where_one_may_set_none(shop, cart, clock, api, connection):
    order_id = await placed(shop, clock, cart)
    clerk = await desk_with(api, connection, cart, "ACT_FOR_CUSTOMERS", "READ_ORDERS", "READ_CARTS", name="Clara")

    said = {"input": {"orderId": order_id, "keepPrices": {"reason": "GOODWILL"}}}
    assert await clerk.client.error_codes("/staff/graphql", KEEP, said) == ["FORBIDDEN"]
    assert await rows(shop.database, "SELECT count(*) FROM carts") == [(1,)]


async def test_not_in_an_edit(grace, shop, cart, clock, connection, held_up):
    order_id = await confirmed(shop, connection, clock, cart)
    edit = (await grace.client.staff(BEGIN, id=order_id))["beginOrderEdit"]["edit"]["id"]
    low = grace.price(amount=eur("10.00"))
    low["overrideLinePrice"]["lineId"] = grace.ids["cln"].replace("cln_", "oln_")

    warned = (await grace.client.staff(APPLY, input={"editId": edit, "actions": [low]}))["applyToOrderEdit"]
    done = (await grace.client.staff(APPLY, input={"editId": edit, "actions": [low], **ANYWAY}))["applyToOrderEdit"]
    committed = (await grace.client.staff(COMMIT, id=edit))["commitOrderEdit"]

    assert [each["code"] for each in warned["warnings"]] == ["BELOW_OVERRIDE_LIMIT"]
    assert (done["errors"], committed["errors"]) == ([], [])
    await held_up(order_id, "price")


async def test_not_by_editing_what_is_held_up(grace, shop, cart, clock, connection, held_up):
    """Another edit of the order leaves the block as it is."""
    await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY)
    order_id = await confirmed(shop, connection, clock, cart)
    edit = (await grace.client.staff(BEGIN, id=order_id))["beginOrderEdit"]["edit"]["id"]
    note = {"setNote": {"note": "Please ring twice"}}

    assert (await grace.client.staff(APPLY, input={"editId": edit, "actions": [note]}))["applyToOrderEdit"][
        "errors"
    ] == []
    assert (await grace.client.staff(COMMIT, id=edit))["commitOrderEdit"]["errors"] == []

    await held_up(order_id, "price")


async def test_not_in_a_quote(grace, cart):
    """It waits for the approval of somebody else and is not sent."""
    await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY)
    quote = (await grace.client.staff(QUOTE, id=grace.ids["crt"]))["createQuoteFromCart"]["quote"]["id"]

    until = {"validUntil": "2026-03-16T12:00:00Z"}
    sent = (await grace.client.staff(SEND, input={"quoteId": quote, **until}))["sendQuote"]

    assert sent["quote"]["state"] == "APPROVAL"


async def test_not_in_the_cart_that_somebody_else_has_begun(grace, shop, cart, clock, connection, api, held_up):
    """Each change has the limit of who made it, whoever works on the cart."""
    free = await desk_with(api, connection, cart, *ALL, name="Fred")
    assert (await free.apply(free.shipping(amount=eur("0.00"))))["errors"] == []

    assert await grace.codes(grace.price(amount=eur("10.00"))) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"])
    ]
    assert (await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY))["errors"] == []

    await held_up(await placed(shop, clock, cart), "price")


@pytest.fixture
async def kitchen(connection, kettle):
    """Where kettles are: fifteen per cent less there go too far for nobody."""
    kitchen = await given.a_category(connection, "Kitchen")
    product_id = await connection.fetchval("SELECT product_id FROM variants WHERE id = $1", kettle)
    await given.insert(connection, given.catalog.product_categories, product_id=product_id, category_id=kitchen)
    return kitchen


@pytest.fixture
async def trusted(api, connection, cart, kitchen):
    """Grace with exceptions: what is damaged may be twenty per cent cheaper, and what is in the kitchen fifteen."""
    exceptions = [given.exception("20", reason="DAMAGED"), given.exception("15", category_id=kitchen)]
    limits = {
        name: {"percent": "10", "exceptions": exceptions[: 1 if name == "OVERRIDE_CHARGES" else 2]} for name in TEN
    }
    held = (*dict.fromkeys((*ALL, *PLAIN)), "RESOLVE_BLOCKS")
    await connection.execute("DELETE FROM product_categories")
    return await desk_with(api, connection, cart, *held, limits=limits)


def because(reason, action):
    ((name, said),) = action.items()
    return {name: {**said, "reason": reason}}


async def test_not_by_moving_products_where_more_is_allowed(trusted, shop, cart, kettle, kitchen, clock, connection):
    """Whatever they were when it was done counts, and whatever they are when it is placed."""
    assert (await trusted.apply(trusted.price(percentOff="14"), **ANYWAY))["errors"] == []
    product_id = await connection.fetchval("SELECT product_id FROM variants WHERE id = $1", kettle)
    await given.insert(connection, given.catalog.product_categories, product_id=product_id, category_id=kitchen)

    order_id = await placed(shop, clock, cart)

    assert await rules(trusted, order_id) == ["PRICE_OVERRIDE_LIMIT"]


async def test_not_by_giving_another_reason_when_it_is_held_up(trusted, shop, cart, clock, connection):
    """Neither in place of the first nor after it was taken back, though the one for the other reason could go so far."""
    await trusted.apply(trusted.price(percentOff="14"), deduct(percent="14"), **ANYWAY)
    made = (await trusted.client.staff(CHANGES, id=trusted.ids["crt"]))["cart"]["adjustments"]
    order_id = await confirmed(shop, connection, clock, cart)
    edit = (await trusted.client.staff(BEGIN, id=order_id))["beginOrderEdit"]["edit"]["id"]
    low = because("DAMAGED", trusted.price(percentOff="15"))
    low["overrideLinePrice"]["lineId"] = trusted.ids["cln"].replace("cln_", "oln_")
    taken_back = {"removeAdjustment": {"adjustmentId": made[1]["id"]}}
    actions = [low, taken_back, because("DAMAGED", deduct(percent="15"))]

    done = (await trusted.client.staff(APPLY, input={"editId": edit, "actions": actions}))["applyToOrderEdit"]
    committed = (await trusted.client.staff(COMMIT, id=edit))["commitOrderEdit"]

    assert (done, committed) == ({"errors": [], "warnings": []}, {"errors": []})
    assert await rules(trusted, order_id) == ["DISCOUNT_LIMIT", "PRICE_OVERRIDE_LIMIT"]


async def test_not_by_giving_another_reason_an_edit_after_it_was_taken_back(trusted, shop, cart, clock, connection):
    """What went too far once is known for good, whatever the versions in between say."""
    await trusted.apply(trusted.price(percentOff="14"), deduct(percent="14"), **ANYWAY)
    made = (await trusted.client.staff(CHANGES, id=trusted.ids["crt"]))["cart"]["adjustments"]
    order_id = await confirmed(shop, connection, clock, cart)
    low = because("DAMAGED", trusted.price(percentOff="15"))
    low["overrideLinePrice"]["lineId"] = trusted.ids["cln"].replace("cln_", "oln_")
    taken_back = [{"removeAdjustment": {"adjustmentId": each["id"]}} for each in made]
    seen = []
    for actions in (taken_back, [low, because("DAMAGED", deduct(percent="15"))]):
        edit = (await trusted.client.staff(BEGIN, id=order_id))["beginOrderEdit"]["edit"]["id"]
        done = (await trusted.client.staff(APPLY, input={"editId": edit, "actions": actions}))["applyToOrderEdit"]
        assert done == {"errors": [], "warnings": []}
        commit = COMMIT.replace("editId: $id", "editId: $id, settle: LEAVE_DUE")
        assert (await trusted.client.staff(commit, id=edit))["commitOrderEdit"] == {"errors": []}
        seen.append(await rules(trusted, order_id))

    assert seen == [[], ["DISCOUNT_LIMIT", "PRICE_OVERRIDE_LIMIT"]]


async def test_not_by_giving_another_reason_when_it_was_approved(trusted, api, connection, cart):
    boss_id = await given.staff(connection, "APPROVE_QUOTES", "READ_QUOTES", email="boss@example.com")
    boss = api.as_(await given.staff_token(connection, boss_id))
    await trusted.apply(trusted.price(percentOff="14"), **ANYWAY)
    quote = (await trusted.client.staff(QUOTE, id=trusted.ids["crt"]))["createQuoteFromCart"]["quote"]["id"]
    until = {"validUntil": "2026-03-16T12:00:00Z"}
    asked = (await trusted.client.staff(SEND, input={"quoteId": quote, **until}))["sendQuote"]["quote"]
    approve = "mutation($input: ApproveQuoteInput!) { approveQuote(input: $input) { quote { draft { lines { id } } } errors { code } } }"
    seen = {"quoteId": quote, "contentHash": asked["approval"]["contentHash"]}
    approved = (await boss.staff(approve, input=seen))["approveQuote"]
    [line] = approved["quote"]["draft"]["lines"]
    low = {"lineId": line["id"], "change": {"percentOff": "14"}, "reason": "GOODWILL", "note": "She never called"}
    apply = "mutation($input: ApplyToQuoteInput!) { applyToQuote(input: $input) { errors { code } } }"
    changed = await trusted.client.staff(
        apply, input={"quoteId": quote, "actions": [{"overrideLinePrice": low}], **ANYWAY}
    )
    again = (await trusted.client.staff(SEND, input={"quoteId": quote, **until}))["sendQuote"]["quote"]

    assert (approved["errors"], changed["applyToQuote"]["errors"]) == ([], [])
    assert (asked["state"], again["state"]) == ("APPROVAL", "APPROVAL")


async def test_not_in_two_small_steps_for_two_reasons(trusted, shop, cart, clock):
    """A price is compared with what was asked first; amounts off the whole are judged together by each of their reasons."""
    assert (await trusted.apply(because("DAMAGED", trusted.price(percentOff="15"))))["errors"] == []
    assert await trusted.codes(because("GOODWILL", trusted.price(percentOff="15"))) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "overrideLinePrice"])
    ]
    assert (await trusted.apply(because("DAMAGED", deduct(percent="10"))))["errors"] == []
    assert await trusted.codes(because("GOODWILL", deduct(percent="1"))) == [
        ("BELOW_OVERRIDE_LIMIT", ["actions", "0", "deduct"])
    ]
    assert (await trusted.apply(because("GOODWILL", deduct(percent="1")), **ANYWAY))["errors"] == []

    assert await rules(trusted, await placed(shop, clock, cart)) == ["DISCOUNT_LIMIT"]


async def test_not_by_canceling_it_and_ordering_it_again(grace, shop, cart, clock, connection):
    await grace.apply(grace.price(amount=eur("10.00")), **ANYWAY)
    order_id = await confirmed(shop, connection, clock, cart)

    assert (await grace.client.staff(CANCEL, id=order_id))["cancelOrder"]["errors"] == []
    copy = (await grace.client.staff(CLONE, input={"orderId": order_id}))["cloneOrder"]["cart"]

    assert copy["lines"] == [{"unitPrice": {"amount": "19.90"}}]


async def test_not_with_an_api_key(api, connection, shop):
    """Keys know no limits, and nobody is behind what they do: none gets what takes a person, or what its issuer has limits on."""
    personal = ("OVERRIDE_PRICES", "OVERRIDE_CHARGES", "DEDUCT_AMOUNTS", "RESOLVE_BLOCKS", "APPROVE_QUOTES")
    held = ("MANAGE_API_KEYS", "AUTHOR_QUOTES", *personal)
    staff_id = await given.staff(
        connection, *held, email="issuer@example.com", limits={"AUTHOR_QUOTES": {"percent": "10"}}
    )
    issuer = api.as_(await given.staff_token(connection, staff_id))

    async def refused(permission):
        payload = (await issuer.staff(CREATE_KEY, input={"name": "Tool", "permissions": [permission]}))["createApiKey"]
        return [(error["code"], error["path"]) for error in payload["errors"]]

    for permission in personal:
        assert await refused(permission) == [("NOT_GRANTABLE", ["permissions"])]
    assert await refused("AUTHOR_QUOTES") == [("EXCEEDS_OWN_LIMITS", ["permissions"])]
    assert await rows(shop.database, "SELECT count(*) FROM api_keys") == [(0,)]


BOSS = """mutation($id: ID!) { resolveBlock(input: {blockId: $id, comment: "Once", overruled: true}) { errors { code } } }"""


@pytest.mark.parametrize("how", ["price", "percent"])
async def test_not_by_ordering_more_of_what_was_let_pass(grace, shop, cart, clock, api, connection, held_up, how):
    """What somebody has let pass on two kettles they have not on ninety."""
    low, kind = (grace.price(amount=eur("10.00")), "price") if how == "price" else (deduct(percent="50"), "discount")
    await grace.apply(low, **ANYWAY)
    order_id = await confirmed(shop, connection, clock, cart)
    boss = api.as_(
        await given.staff_token(
            connection, await given.staff(connection, "RESOLVE_BLOCKS", "READ_ORDERS", email="boss@example.com")
        )
    )
    [block] = (await boss.staff(BLOCKS, id=order_id))["order"]["blocks"]
    assert (await boss.staff(BOSS, id=block["id"]))["resolveBlock"]["errors"] == []

    async def with_kettles(quantity):
        edit = (await grace.client.staff(BEGIN, id=order_id))["beginOrderEdit"]["edit"]["id"]
        line = {"lineId": grace.ids["cln"].replace("cln_", "oln_"), "change": {"quantity": quantity}}
        more = {"editId": edit, "actions": [{"updateLines": {"lines": [line]}}]}
        assert (await grace.client.staff(APPLY, input=more))["applyToOrderEdit"]["errors"] == []
        leave = COMMIT.replace("editId: $id", "editId: $id, settle: LEAVE_DUE")
        assert (await grace.client.staff(leave, id=edit))["commitOrderEdit"]["errors"] == []

    await with_kettles(1)
    await held_up(order_id)
    await with_kettles(90)
    await held_up(order_id, kind)


async def test_not_by_splitting_and_sending_the_rest_by_express(grace, shop, cart, clock, connection, held_up, work):
    """What was waived was the way that it went; a dearer one is given by whoever splits."""
    zone_id = await connection.fetchval("SELECT id FROM zones")
    express = await given.shipping_method(connection, shop.channel_id, zone_id, 1290, code="fast", name="Express")
    order = await shop.place(clock, cart, inline=False)
    await work()
    said = {"orderId": global_id("ord", order.id), "shipping": "WAIVE_ON_CHILD"}
    said["lines"] = [{"lineId": grace.ids["cln"].replace("cln_", "oln_"), "quantity": 1}]
    split = """mutation($input: SplitOrderInput!) { splitOrder(input: $input) {
      newOrder { id shipGroups { id } totals { shippingTotal { amount } } } errors { code } } }"""
    made = (await grace.client.staff(split, input=said))["splitOrder"]
    new = made["newOrder"]["id"]

    async def edited(*actions):
        edit = (await grace.client.staff(BEGIN, id=new))["beginOrderEdit"]["edit"]["id"]
        done = await grace.client.staff(APPLY, input={"editId": edit, "actions": list(actions)})
        assert done["applyToOrderEdit"]["errors"] == []
        assert (await grace.client.staff(COMMIT, id=edit))["commitOrderEdit"]["errors"] == []

    assert (made["errors"], made["newOrder"]["totals"]["shippingTotal"]) == ([], {"amount": "0.00"})
    await edited({"setNote": {"note": "Ring twice"}})
    await held_up(new)
    await edited({"setShippingMethod": {"shippingMethodId": global_id("shm", express)}})
    await held_up(new, "charge")
