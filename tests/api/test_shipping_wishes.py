"""How goods should leave, from the cart to the order: S1-05, S1-06, S2-07, S2-20."""

import pytest

from commerce_api.adapters.mail import Shop as Sender
from commerce_api.adapters.mail_words import render
from commerce_api.schema.node import global_id, key_of
from tests import given
from tests.api.editing import EditDesk
from tests.buying import Shop, rows

SENDER = Sender(sender="shop@moss.example")
PLAN = "shippingPlan { status shipDate separateOrder lines { lineId quantity } waitsFor { lineId quantity } }"
CART = f"""revision availabilityChoice {PLAN}
  lines {{ id quantity availabilityChoice tieGroup requests {{ instructions giftMessage requestedShipDate expedite }} }}
  shipGroups {{ instructions requestedShipDate }}"""
ERRORS = "errors { code message path ... on ShipDateError { earliest latest } }"
READ = f"query($id: ID!) {{ cart(id: $id) {{ {CART} spokenSummary }} }}"
PREVIEW = f"query($id: ID!) {{ cart(id: $id) {{ promisePreview {{ choice shipments {{ {PLAN[15:-2]} }} }} }} }}"
ORDER = f"""query($id: ID!) {{ order(id: $id) {{ shippingPolicy versionNumber revision {PLAN}
  lines {{ id shippingPolicy tieGroup requests {{ instructions giftMessage requestedShipDate expedite }} }}
  shipGroups {{ instructions requestedShipDate }} diff(from: 1, to: 2) {{ path label before after }} }} }}"""
POLICY = """mutation($input: SetShippingPolicyInput!) { setShippingPolicy(input: $input) {
  order { shippingPolicy versionNumber revision } errors { code path } } }"""


@pytest.fixture
async def shop(database):
    return await Shop.open(database, time_zone="Europe/Berlin")


@pytest.fixture
async def buyer(api, connection, shop, kettle, mug, customer_id, clock):
    """A customer with a cart of three kettles, of which one is still to come, and a mug."""
    client = api.as_(await given.customer_token(connection, customer_id))
    return Buyer(client, shop, clock, await shop.cart((kettle, 3), (mug, 1), customer_id=customer_id))


class Buyer:
    def __init__(self, client, shop, clock, cart):
        self.client, self.shop, self.clock, self.cart, self.id = client, shop, clock, cart, global_id("crt", cart[0])

    async def say(self, name, client=None, **input):
        type_ = f"{name[0].upper()}{name[1:]}Input"
        asked = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ cart {{ {CART} }} {ERRORS} }} }}"
        return (await (client or self.client).shop(asked, input={"cartId": self.id, **input}))[name]

    async def read(self):
        return (await self.client.shop(READ, id=self.id))["cart"]

    async def place(self):
        """The key of the order."""
        asked = "query($id: ID!) { checkoutSummary(cartId: $id) { summaryToken } }"
        token = (await self.client.shop(asked, id=self.id))["checkoutSummary"]["summaryToken"]
        document = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors { code } } }"
        wanted = {"cartId": self.id, "summaryToken": token, "idempotencyKey": "k-1"}
        done = (await self.client.shop(document, input=wanted))["placeOrder"]
        assert done["errors"] == []
        return key_of(done["order"]["id"], "ord")

    async def lines(self):
        return [line["id"] for line in (await self.read())["lines"]]


def units(found):
    return {each["lineId"]: each["quantity"] for each in found}


def told(shipments):
    return [(each["status"], units(each["lines"]), units(each["waitsFor"])) for each in shipments]


def refused(payload):
    return payload["cart"], [(error["code"], error["path"]) for error in payload["errors"]]


async def test_each_choice_is_shown_with_what_it_means_before_it_is_made(buyer):
    kettles, mug = await buyer.lines()
    cart = (await buyer.client.shop(PREVIEW, id=buyer.id))["cart"]
    chosen = await buyer.say("setCartAvailabilityChoice", choice="AS_AVAILABLE", expectedRevision=1)
    back = await buyer.say("setCartAvailabilityChoice", choice="SHIP_TOGETHER", lineIds=[kettles, mug])

    parts = [("READY", {kettles: 2, mug: 1}, {}), ("WAITING", {kettles: 1}, {kettles: 1})]
    whole = [("WAITING", {kettles: 3, mug: 1}, {kettles: 1})]
    assert [(each["choice"], told(each["shipments"])) for each in cart["promisePreview"]] == [
        ("SHIP_TOGETHER", whole),
        ("AS_AVAILABLE", parts),
        ("SEPARATE_ORDER", parts),
    ]
    assert [each["separateOrder"] for each in cart["promisePreview"][2]["shipments"]] == [False, True]
    assert (chosen["cart"]["availabilityChoice"], told(chosen["cart"]["shippingPlan"])) == ("AS_AVAILABLE", parts)
    assert [line["availabilityChoice"] for line in back["cart"]["lines"]] == ["SHIP_TOGETHER", "SHIP_TOGETHER"]
    assert told(back["cart"]["shippingPlan"]) == whole


async def test_what_is_wrong_is_told_and_nothing_is_written(buyer, api, database):
    kettles, mug = await buyer.lines()
    ask = {"lineId": kettles, "requests": {"requestedShipDate": "2020-01-01", "giftMessage": "x" * 501}}
    before = await buyer.read()
    guest = api.with_headers(accept_language="de")
    open_to_all = Buyer(guest, buyer.shop, buyer.clock, await buyer.shop.cart())
    asked = guest.with_headers(x_cart_token=open_to_all.cart[1])

    assert refused(await buyer.say("setCartLineRequests", lines=[ask])) == (
        None,
        [("INVALID_VALUE", ["lines", "0", "requests", "giftMessage"])],
    )
    late = await buyer.say("setCartShipGroupRequests", requestedShipDate="2020-01-01")
    assert refused(late) == (None, [("SHIP_DATE_PAST", ["requestedShipDate"])])
    assert late["errors"][0]["earliest"] > "2020-01-01"
    far = await buyer.say("setCartShipGroupRequests", requestedShipDate="2199-01-01")
    assert refused(far) == (None, [("SHIP_DATE_TOO_FAR", ["requestedShipDate"])])
    assert refused(await buyer.say("setCartTieGroups", groups=[{"lineIds": [kettles]}])) == (
        None,
        [("INVALID_VALUE", ["groups", "0", "lineIds"])],
    )
    twice = [{"lineIds": [kettles, mug]}, {"lineIds": [mug, "cln_x"]}]
    assert refused(await buyer.say("setCartTieGroups", groups=twice)) == (
        None,
        [("LINE_NOT_FOUND", ["groups", "1", "lineIds", "1"]), ("INVALID_VALUE", ["groups"])],
    )
    assert await buyer.read() == before
    alone = await open_to_all.say("setCartAvailabilityChoice", asked, choice="SEPARATE_ORDER")
    assert refused(alone) == (None, [("SEPARATE_ORDER_NEEDS_ACCOUNT", ["choice"])])
    assert alone["errors"][0]["message"].startswith("Bitte melden Sie sich an")
    assert refused(await open_to_all.say("setCartTieGroups", groups=[])) == (None, [("NOT_FOUND", ["cartId"])])


async def test_what_was_to_become_another_order_is_moved_before_one_is_placed(buyer, clock):
    kettles, _ = await buyer.lines()
    await buyer.say("setCartAvailabilityChoice", choice="SEPARATE_ORDER", lineIds=[kettles])
    document = "query($id: ID!) { checkoutSummary(cartId: $id) { readiness { requirement lineId } } }"
    summary = (await buyer.client.shop(document, id=buyer.id))["checkoutSummary"]
    split = """mutation($input: SplitCartBackordersInput!) { splitCartBackorders(input: $input) {
      backorders { availabilityChoice lines { quantity availabilityChoice } } errors { code } } }"""
    done = (await buyer.client.shop(split, input={"cartId": buyer.id}))["splitCartBackorders"]

    assert {"requirement": "SEPARATE_ORDER", "lineId": kettles} in summary["readiness"]
    assert done == {
        "backorders": {
            "availabilityChoice": "SHIP_TOGETHER",
            "lines": [{"quantity": 1, "availabilityChoice": None}],
        },
        "errors": [],
    }
    left = (await buyer.client.shop(document, id=buyer.id))["checkoutSummary"]["readiness"]
    assert "SEPARATE_ORDER" not in {each["requirement"] for each in left}


@pytest.fixture
async def day(clock):
    return clock().date().replace(year=clock().year + 1, month=1, day=2).isoformat()


async def test_null_takes_back_what_was_asked_for(buyer, day):
    _, mug = await buyer.lines()
    wanted = {"instructions": "Wrap it", "giftMessage": "For Bob", "requestedShipDate": day, "expedite": True}
    await buyer.say("setCartLineRequests", lines=[{"lineId": mug, "requests": wanted}])

    answer = await buyer.say("setCartLineRequests", lines=[{"lineId": mug, "requests": dict.fromkeys(wanted)}])

    assert answer["errors"] == []
    assert [line["requests"] for line in answer["cart"]["lines"] if line["id"] == mug] == [
        {"instructions": "", "giftMessage": "", "requestedShipDate": None, "expedite": False}
    ]


@pytest.fixture
async def order_id(buyer, day):
    """Of all that can be wished for."""
    kettles, mug = await buyer.lines()
    wanted = {"instructions": "Wrap it", "giftMessage": "For Bob", "requestedShipDate": day, "expedite": True}
    await buyer.say("setCartAvailabilityChoice", choice="AS_AVAILABLE")
    await buyer.say("setCartAvailabilityChoice", choice="SHIP_TOGETHER", lineIds=[mug])
    await buyer.say("setCartTieGroups", groups=[{"lineIds": [kettles, mug]}])
    await buyer.say("setCartLineRequests", lines=[{"lineId": mug, "requests": wanted}])
    await buyer.say("setCartShipGroupRequests", instructions="Ring twice", requestedShipDate=day)
    return await buyer.place()


async def test_an_order_has_what_its_cart_had(buyer, order_id, day, database):
    order = (await buyer.client.shop(ORDER, id=global_id("ord", order_id)))["order"]
    mug, kettles = sorted(order["lines"], key=lambda line: line["shippingPolicy"] is None)

    assert (order["shippingPolicy"], mug["shippingPolicy"]) == ("AS_AVAILABLE", "SHIP_TOGETHER")
    assert [line["tieGroup"] for line in order["lines"]] == [1, 1]
    wanted = {"instructions": "Wrap it", "giftMessage": "For Bob", "requestedShipDate": day, "expedite": True}
    assert mug["requests"] == wanted
    assert order["shipGroups"] == [{"instructions": "Ring twice", "requestedShipDate": day}]
    assert [(each["status"], each["shipDate"]) for each in order["shippingPlan"]] == [("WAITING", day)]
    assert units(order["shippingPlan"][0]["waitsFor"]) == {kettles["id"]: 1}
    ((data,),) = await rows(
        database, "SELECT payload->'data' FROM outbox WHERE payload->>'kind' = 'ORDER_CONFIRMATION'"
    )
    mail = render("ORDER_CONFIRMATION", "en", data, SENDER)
    for form in (mail.text, mail.html):
        assert "Gift message: For Bob" in form
        assert f"Not sent before January 2, {day[:4]}" in form


async def test_its_buyer_chooses_again_when_it_leaves(buyer, order_id, api, connection, shop, database):
    id_ = global_id("ord", order_id)
    await rows(database, "UPDATE orders SET state = 'CONFIRMED' RETURNING 1")
    [(revision,)] = await rows(database, "SELECT revision FROM orders")
    asked = {"orderId": id_, "shippingPolicy": "SHIP_TOGETHER", "expectedRevision": revision, "idempotencyKey": "p-1"}
    done = [(await buyer.client.shop(POLICY, input=asked))["setShippingPolicy"] for _ in range(2)]
    order = (await buyer.client.shop(ORDER, id=id_))["order"]
    other = await given.customer(connection, "eve@example.com", channel_id=shop.channel_id)
    stranger = api.as_(await given.customer_token(connection, other))

    changed = {"shippingPolicy": "SHIP_TOGETHER", "versionNumber": 2, "revision": revision + 1}
    assert done == [{"order": changed, "errors": []}] * 2
    assert order["diff"] == [
        {
            "path": ["shippingPolicy"],
            "label": "Shipping policy: as it is available → everything together",
            "before": "AS_AVAILABLE",
            "after": "SHIP_TOGETHER",
        }
    ]
    again = {key: asked[key] for key in ("orderId", "shippingPolicy")}
    assert (await buyer.client.shop(POLICY, input=again))["setShippingPolicy"] == done[0]
    stale = await buyer.client.shop(POLICY, input={**again, "expectedRevision": revision})
    assert stale["setShippingPolicy"]["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    foreign = await stranger.shop(POLICY, input=again)
    assert foreign["setShippingPolicy"]["errors"] == [{"code": "NOT_FOUND", "path": ["orderId"]}]
    await rows(database, "UPDATE orders SET state = 'SHIPPED' RETURNING 1")
    late = await buyer.client.shop(POLICY, input={**again, "shippingPolicy": "AS_AVAILABLE"})
    assert late["setShippingPolicy"]["errors"] == [{"code": "SHIPPING_POLICY_SETTLED", "path": None}]
    assert await rows(database, "SELECT count(*) FROM order_versions") == [(2,)]


async def test_an_edit_carries_all_wishes_and_shows_what_becomes_another(
    buyer, order_id, api, connection, database, day
):
    await rows(database, "UPDATE orders SET state = 'CONFIRMED' RETURNING 1")
    before = (await buyer.client.shop(ORDER, id=global_id("ord", order_id)))["order"]
    staff_id = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS", name="Grace")
    desk = EditDesk(api.as_(await given.staff_token(connection, staff_id)), order_id)
    begun = await desk.begin()
    mug = next(line["id"] for line in before["lines"] if line["requests"]["expedite"])
    changed = {"requests": {"requestedShipDate": None, "expedite": False, "giftMessage": "For Eve"}, "lineId": mug}
    wished = await desk.apply(
        {"setLineRequests": {"lines": [changed]}},
        {"setTieGroups": {"groups": []}},
        {"setAvailabilityChoice": {"choice": "AS_AVAILABLE", "lineIds": [mug]}},
    )
    separate = await desk.apply({"setAvailabilityChoice": {"choice": "SEPARATE_ORDER"}})
    done = await desk.commit()
    after = (await buyer.client.shop(ORDER, id=global_id("ord", order_id)))["order"]

    assert begun["edit"]["preview"]["changes"] == []
    numbers = {line["id"]: number for number, line in enumerate(before["lines"], 1)}
    about = f"Line {numbers[mug]} (Mug)"
    other = next(f"Line {number} (Kettle)" for id_, number in numbers.items() if id_ != mug)
    labels = [change["label"] for change in wished["edit"]["preview"]["changes"]]
    assert sorted(labels) == sorted(
        [
            f"{about}: gift message For Bob → For Eve",
            f"{about}: not before {day} → none",
            f"{about}: in haste yes → no",
            f"{about}: shipping policy everything together → as it is available",
            f"{about}: group that leaves together 1 → none",
            f"{other}: group that leaves together 1 → none",
        ]
    )
    assert [error["code"] for error in separate["errors"]] == ["SEPARATE_ORDER_IN_CARTS_ONLY"]
    assert (done["errors"], after["versionNumber"], after["shippingPolicy"]) == ([], 2, "AS_AVAILABLE")
    (gift,) = [line["requests"]["giftMessage"] for line in after["lines"] if line["id"] == mug]
    assert (gift, after["shipGroups"]) == ("For Eve", before["shipGroups"])
    assert ["lines", mug, "requests", "giftMessage"] in [each["path"] for each in after["diff"]]


async def test_what_is_asked_for_is_read_out_and_a_copy_leaves_behind_what_was_for_once(buyer, order_id, day):
    asked = "query($id: ID!) { order(id: $id) { spokenSummary } }"
    aloud = (await buyer.client.shop(asked, id=global_id("ord", order_id)))["order"]["spokenSummary"]
    clone = (
        f"mutation($input: CloneOrderInput!) {{ cloneOrder(input: $input) {{ cart {{ {CART} }} errors {{ code }} }} }}"
    )
    copied = (await buyer.client.shop(clone, input={"orderId": global_id("ord", order_id)}))["cloneOrder"]["cart"]

    assert aloud.splitlines()[2:6] == [
        f"Mug: not before January 2, {day[:4]}.",
        "Mug: in haste.",
        "Mug: with the words: For Bob",
        "Mug: to be packed like this: Wrap it",
    ]
    assert copied["availabilityChoice"] == "AS_AVAILABLE"
    assert {line["requests"]["instructions"]: line["requests"]["expedite"] for line in copied["lines"]} == {
        "": False,
        "Wrap it": False,
    }
    assert {line["requests"]["giftMessage"] for line in copied["lines"]} == {""}
    assert copied["shipGroups"] == [{"instructions": "Ring twice", "requestedShipDate": None}]
