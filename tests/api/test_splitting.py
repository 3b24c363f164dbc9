"""Placed orders made two: nothing is lost, nothing is asked twice, nobody gets round what holds an order up (S1-09, D6, D13, D27)."""

from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.editing import EditDesk
from tests.api.mails import latest_text
from tests.buying import Shop, rows

PART = """id number state versionNumber revision balance { amount } paymentStatus stockStatus splitFrom { id } splitInto { id }
  lines { name quantity canceled allocated backordered total { amount } tax { amount } discountTotal { amount } }
  payments { amount { amount } authorized { amount } status transactions { kind status } }
  shipGroups { address { city } lines { quantity } } totals { total { amount } taxTotal { amount } charges { name
    amount { amount } originalAmount { amount } } } adjustments { kind originalAmount { amount } amount { amount } reason }"""
SPLIT = f"""mutation($input: SplitOrderInput!) {{ splitOrder(input: $input) {{
  order {{ {PART} }} newOrder {{ {PART} }}
  errors {{ code message path ... on TooManyToMoveError {{ open }} ... on EditLockedError {{ owner since }} }} }} }}"""
SUMS = "total { amount } shippingTotal { amount } lines { quantity total { amount } }"
PREVIEW = f"""query($id: ID!, $lines: [OrderUnitsInput!], $shipping: SplitShipping! = KEEP_ON_PARENT) {{
  splitPreview(orderId: $id, lines: $lines, shipping: $shipping) {{
    totalBefore {{ amount }} order {{ {SUMS} }} newOrder {{ {SUMS} }} errors {{ code path }} }} }}"""
HISTORY = "query($id: ID!) { order(id: $id) { history { nodes { type text version { number } changes { label } } } } }"


@pytest.fixture
async def shop(database, connection):
    await given.cancel_reasons(connection)
    return await Shop.open(database)


@pytest.fixture
async def kettle(shop):
    """Two on the shelf, and sold beyond that."""
    return await shop.product("Kettle", variants=[{"price": 10000, "stock": 2, "stock_policy": "BACKORDER"}])


@pytest.fixture
async def order(shop, clock, kettle, mug, work):
    """Five kettles, of which three are still to come in, and a mug: 509.90, paid."""
    cart = await shop.cart((kettle, 5), (mug, 1))
    placed = await shop.place(clock, cart, inline=False)
    await work()
    return placed


@pytest.fixture
def order_id(order):
    return global_id("ord", order.id)


@pytest.fixture
def hire(api, connection):
    async def hire(*more, email="grace@example.com"):
        held = ("READ_ORDERS", "EDIT_ORDERS", "READ_PAYMENTS", *more)
        return api.as_(await given.staff_token(connection, await given.staff(connection, *held, email=email)))

    return hire


@pytest.fixture
async def staff(hire):
    return await hire("CANCEL_ORDERS", "OVERRIDE_NOTIFICATIONS", "ACT_FOR_CUSTOMERS")


async def split(staff, order_id, **more):
    return (await staff.staff(SPLIT, input={"orderId": order_id, **more}))["splitOrder"]


async def preview(staff, order_id, **more):
    return (await staff.staff(PREVIEW, id=order_id, **more))["splitPreview"]


async def lines_of(database, order):
    found = await rows(database, "SELECT name, id FROM order_lines WHERE order_id = $1", order.id)
    return {name: global_id("oln", id_) for name, id_ in found}


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT array_agg((state, version, revision, total)::text ORDER BY id) FROM orders),"
        " (SELECT array_agg((quantity, total)::text ORDER BY id) FROM order_lines), (SELECT count(*) FROM events),"
        " (SELECT array_agg((order_id, quantity)::text ORDER BY id) FROM allocations),"
        " (SELECT count(*) FROM payment_transactions), (SELECT count(*) FROM outbox WHERE payload <> '{}')",
    )


async def test_what_it_would_be_is_shown_before(staff, order_id, database):
    before = await written(database)

    assert await preview(staff, order_id) == {
        "totalBefore": {"amount": "509.90"},
        "order": {
            "total": {"amount": "209.90"},
            "shippingTotal": {"amount": "4.90"},
            "lines": [
                {"quantity": 2, "total": {"amount": "200.00"}},
                {"quantity": 1, "total": {"amount": "5.00"}},
            ],
        },
        "newOrder": {
            "total": {"amount": "300.00"},
            "shippingTotal": {"amount": "0.00"},
            "lines": [{"quantity": 3, "total": {"amount": "300.00"}}],
        },
        "errors": [],
    }
    assert await written(database) == before


async def test_what_is_still_to_come_in_goes_with_its_place(staff, order_id, database):
    shelves = "SELECT on_hand, allocated, backordered FROM stock_levels ORDER BY on_hand"
    before = await rows(database, shelves)

    done = await split(staff, order_id, reason="Customer wants the mug", idempotencyKey="s-1")
    old, new = done["order"], done["newOrder"]

    assert done["errors"] == []
    assert await split(staff, order_id, reason="Customer wants the mug", idempotencyKey="s-1") == done
    assert (old["splitInto"], new["splitFrom"]) == ([{"id": new["id"]}], {"id": order_id})
    assert old["number"] != new["number"]
    assert (old["versionNumber"], new["versionNumber"], new["revision"]) == (2, 1, 1)
    assert [(each["name"], each["quantity"], each["allocated"], each["backordered"]) for each in old["lines"]] == [
        ("Kettle", 2, 2, 0),
        ("Mug", 1, 1, 0),
    ]
    assert [(each["quantity"], each["backordered"], each["tax"]["amount"]) for each in new["lines"]] == [
        (3, 3, "47.90")
    ]
    assert (old["stockStatus"], new["stockStatus"]) == ("ALLOCATED", "BACKORDERED")
    assert new["totals"]["charges"] == [
        {"name": "Post", "amount": {"amount": "0.00"}, "originalAmount": {"amount": "0.00"}}
    ]
    assert await rows(database, shelves) == before


async def test_money_that_is_held_is_shared_and_nobody_is_asked_again(staff, order_id, database):
    done = await split(staff, order_id)
    old, new = done["order"], done["newOrder"]

    same = {"state": "CONFIRMED", "balance": {"amount": "0.00"}, "paymentStatus": "AUTHORIZED"}
    assert {name: old[name] for name in same} == {name: new[name] for name in same} == same
    assert old["payments"] == [
        {
            "amount": {"amount": "209.90"},
            "authorized": {"amount": "209.90"},
            "status": "SUCCEEDED",
            "transactions": [
                {"kind": "AUTHORIZE", "status": "SUCCEEDED"},
                {"kind": "HAND_OVER", "status": "SUCCEEDED"},
            ],
        }
    ]
    assert new["payments"][0]["transactions"] == [{"kind": "TAKE_OVER", "status": "SUCCEEDED"}]
    assert await rows(database, "SELECT count(*) FROM sandbox_operations") == [(1,)]


async def test_the_customer_is_told_of_both_in_one_mail(staff, order_id, services, work, database):
    done = await split(staff, order_id)
    await work()

    text = await latest_text(services, "ORDER_SPLIT")
    assert done["order"]["number"] in text
    assert done["newOrder"]["number"] in text
    assert "€209.90" in text
    assert await rows(database, "SELECT count(*) FROM mails WHERE kind = 'ORDER_SPLIT'") == [(1,)]


async def test_both_tell_what_happened_and_can_be_read_as_they_were(staff, order_id):
    done = await split(staff, order_id)
    new = done["newOrder"]["id"]

    told = [(await staff.staff(HISTORY, id=id_))["order"]["history"]["nodes"] for id_ in (order_id, new)]
    before = (
        "query($id: ID!) { order(id: $id) { version(number: 1) { totals { total { amount } } lines { quantity } } } }"
    )

    (happened,) = [each for each in told[0] if each["type"] == "OrderSplit"]
    assert happened["text"] == "Your order was made two orders."
    assert happened["version"] == {"number": 2}
    labels = [each["label"] for each in happened["changes"]]
    assert "Line 1 (Kettle): quantity 5 → 2" in labels
    assert "Payment 1: amount 509.90 EUR → 209.90 EUR" in labels
    assert "Total: 509.90 EUR → 209.90 EUR" in labels
    assert [each["type"] for each in told[1]] == ["OrderSplit", "PaymentTakenOver"]
    was = (await staff.staff(before, id=order_id))["order"]["version"]
    assert was == {"totals": {"total": {"amount": "509.90"}}, "lines": [{"quantity": 5}, {"quantity": 1}]}
    checked = "query($id: ID!) { verifyOrderHistory(orderId: $id) { ok } }"
    for id_ in (order_id, new):
        assert (await staff.staff(checked, id=id_))["verifyOrderHistory"] == {"ok": True}


async def test_units_that_are_named_go_and_shipping_is_asked_anew_or_waived(staff, order, order_id, database, hire):
    lines = [{"lineId": (await lines_of(database, order))["Mug"]}]

    anew = await preview(staff, order_id, lines=lines, shipping="RECALCULATE")
    done = await split(staff, order_id, lines=lines, shipping="WAIVE_ON_CHILD")

    sums = [anew[part][name]["amount"] for part in ("order", "newOrder") for name in ("shippingTotal", "total")]
    assert sums == ["4.90", "504.90", "4.90", "9.90"]
    assert [(each["name"], each["quantity"]) for each in done["newOrder"]["lines"]] == [("Mug", 1)]
    assert (done["order"]["totals"]["total"], done["newOrder"]["totals"]["total"]) == (
        {"amount": "504.90"},
        {"amount": "5.00"},
    )
    assert done["newOrder"]["totals"]["charges"] == [
        {"name": "Post", "amount": {"amount": "0.00"}, "originalAmount": {"amount": "4.90"}}
    ]
    assert done["newOrder"]["adjustments"] == [
        {"kind": "CHARGE", "originalAmount": {"amount": "4.90"}, "amount": {"amount": "0.00"}, "reason": "SPLIT"}
    ]


async def test_what_is_asked_anew_and_is_more_is_left_due(staff, order_id):
    done = await split(staff, order_id, shipping="RECALCULATE")

    assert (done["order"]["balance"], done["newOrder"]["balance"]) == ({"amount": "0.00"}, {"amount": "4.90"})
    assert done["newOrder"]["totals"]["total"] == {"amount": "304.90"}


async def test_canceling_either_lets_go_of_its_share_alone(staff, order_id, database, work):
    done = await split(staff, order_id)
    cancel = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
      order { state balance { amount } } errors { code } } }"""
    after = "query($id: ID!) { order(id: $id) { balance { amount } paymentStatus payments { authorized { amount } } } }"
    held = "SELECT status FROM sandbox_operations WHERE kind = 'AUTHORIZE'"
    voided = "SELECT amount FROM sandbox_operations WHERE kind = 'VOID' ORDER BY amount"

    await staff.staff(cancel, input={"orderId": done["newOrder"]["id"], "reasonCode": "OTHER"})
    await work()
    other = (await staff.staff(after, id=order_id))["order"]
    assert other["payments"] == [{"authorized": {"amount": "209.90"}}]
    assert (await rows(database, held), await rows(database, voided)) == ([("APPROVED",)], [(30000,)])

    await staff.staff(cancel, input={"orderId": order_id, "reasonCode": "OTHER"})
    await work()
    both = [(await staff.staff(after, id=id_))["order"] for id_ in (order_id, done["newOrder"]["id"])]
    assert [(each["balance"], each["paymentStatus"]) for each in both] == [({"amount": "0.00"}, "VOIDED")] * 2
    assert (await rows(database, held), await rows(database, voided)) == ([("VOIDED",)], [(20990,), (30000,)])
    assert await rows(database, "SELECT sum(allocated), sum(backordered) FROM stock_levels") == [(0, 0)]


async def test_either_can_be_edited_copied_and_split_again(staff, order_id, database):
    done = await split(staff, order_id)
    begin = """mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit { id preview { changes { label }
      totalAfter { amount } } } errors { code } } }"""
    clone = "mutation($id: ID!) { cloneOrder(input: {orderId: $id}) { cart { lines { quantity } } errors { code } } }"
    for part in ("order", "newOrder"):
        edit = (await staff.staff(begin, id=done[part]["id"]))["beginOrderEdit"]["edit"]
        assert edit["preview"] == {"changes": [], "totalAfter": done[part]["totals"]["total"]}
    copy = (await staff.staff(clone, id=done["newOrder"]["id"]))["cloneOrder"]
    assert copy == {"cart": {"lines": [{"quantity": 3}]}, "errors": []}
    await rows(database, "UPDATE order_edits SET state = 'DISCARDED' RETURNING 1")

    line = (await staff.staff("query($id: ID!) { order(id: $id) { lines { id } } }", id=done["newOrder"]["id"]))[
        "order"
    ]
    lines = [{"lineId": line["lines"][0]["id"], "quantity": 1}]
    third = await split(staff, done["newOrder"]["id"], lines=lines)

    assert third["errors"] == []
    assert (third["order"]["balance"], third["newOrder"]["balance"]) == ({"amount": "0.00"}, {"amount": "0.00"})
    shared = "SELECT DISTINCT authorization_id = (SELECT id FROM payment_transactions WHERE kind = 'AUTHORIZE')"
    found = await rows(database, f"{shared} FROM payment_transactions WHERE kind <> 'AUTHORIZE'")
    assert found == [(True,)]


async def test_what_holds_it_up_holds_up_both_with_the_same_people_behind_it(staff, hire, order, order_id, database):
    grace = await rows(database, "SELECT id FROM staff WHERE email = 'grace@example.com'")
    ((mug,),) = await rows(database, "SELECT id FROM order_lines WHERE name = 'Mug'")
    async with database.connection() as connection:
        raw = connection.raw
        await given.block(raw, order.id, reason="PRICE", kind="AUTOMATIC", ref="x", caused_by=[grace[0][0]])
        await given.block(raw, order.id, reason="MUG", line_ids=[mug])
        await given.block(
            raw, order.id, reason="DONE", resolution="CLEARED", resolved_at=given.EARLIER, resolved_by={"id": None}
        )
    other = await hire(email="joan@example.com")

    new = (await split(other, order_id))["newOrder"]

    found = await rows(
        database,
        "SELECT b.reason, b.caused_by @> ARRAY[$1::uuid], b.resolution FROM blocks b JOIN orders o ON o.id = b.order_id"
        " WHERE o.number = $2",
        grace[0][0],
        new["number"],
    )
    assert found == [("PRICE", True, None)]


async def test_nobody_gets_below_the_limit_of_an_order_by_dividing_it(staff, order, order_id, database, connection):
    """D27: each part is small, and both wait for a supervisor all the same, whatever is edited then."""
    await given.block_reason(connection, "ORDER_VALUE_LIMIT", kind="AUTOMATIC", auto_resolve=True)
    held_up = {"reason": "ORDER_VALUE_LIMIT", "kind": "AUTOMATIC", "ref": "total", "amount": 50990}
    await given.block(connection, order.id, **held_up)
    await rows(database, "UPDATE channels SET order_checks = $1 RETURNING 1", {"value_limits": {"EUR": 40_000}})
    new = (await split(staff, order_id))["newOrder"]["id"]
    begin = "mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit { id } } }"
    note = """mutation($id: ID!) { applyToOrderEdit(input: {editId: $id, actions: [{setNote: {note: "Ring"}}]}) { errors { code } } }"""
    commit = "mutation($id: ID!) { commitOrderEdit(input: {editId: $id}) { errors { code } } }"

    for id_ in (order_id, new):
        edit = (await staff.staff(begin, id=id_))["beginOrderEdit"]["edit"]["id"]
        await staff.staff(note, id=edit)
        assert (await staff.staff(commit, id=edit))["commitOrderEdit"]["errors"] == []

    assert await rows(database, "SELECT resolution FROM blocks") == [(None,), (None,)]


async def test_the_preview_of_an_edit_counts_the_other_parts_as_its_commit_does(staff, order_id, database, connection):
    await given.block_reason(connection, "ORDER_VALUE_LIMIT", kind="AUTOMATIC", auto_resolve=True)
    await split(staff, order_id)
    await rows(database, "UPDATE channels SET order_checks = $1 RETURNING 1", {"value_limits": {"EUR": 40_000}})
    begin = """mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit {
      preview { totalAfter { amount } blocksToRaise { reasonCode } } } } }"""

    preview = (await staff.staff(begin, id=order_id))["beginOrderEdit"]["edit"]["preview"]

    assert float(preview["totalAfter"]["amount"]) < 400
    assert preview["blocksToRaise"] == [{"reasonCode": "ORDER_VALUE_LIMIT"}]


async def test_who_may_not_gets_nothing(api, connection, staff, order_id, database):
    reader = api.as_(
        await given.staff_token(connection, await given.staff(connection, "READ_ORDERS", email="r@x.test"))
    )
    quiet = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS", email="q@x.test")
    quiet = api.as_(await given.staff_token(connection, quiet))
    other = await given.channel(connection, "us", is_default=False)
    narrowed = await given.staff(connection, "READ_ORDERS", "READ_PAYMENTS", email="narrow@example.com")
    role = await given.role(connection, "elsewhere", "EDIT_ORDERS")
    await given.insert(connection, given.identity.staff_roles, staff_id=narrowed, role_id=role, channel_ids=[other])
    elsewhere = api.as_(await given.staff_token(connection, narrowed))
    before = await written(database)

    short = "mutation($input: SplitOrderInput!) { splitOrder(input: $input) { errors { code } } }"
    refused, silently = {"orderId": order_id}, {"orderId": order_id, "notify": {"email": "SUPPRESS"}}
    assert await reader.error_codes("/staff/graphql", short, {"input": refused}) == ["FORBIDDEN"]
    assert await quiet.error_codes("/staff/graphql", short, {"input": silently}) == ["FORBIDDEN"]
    assert codes(await split(elsewhere, order_id)) == [("FORBIDDEN", ["orderId"])]
    assert codes(await preview(elsewhere, order_id)) == [("FORBIDDEN", ["orderId"])]
    assert codes(await split(staff, global_id("ord", other))) == [("NOT_FOUND", ["orderId"])]
    assert codes(await preview(staff, "x")) == [("NOT_FOUND", ["orderId"])]
    assert await written(database) == before


async def test_what_stands_against_it_is_told_and_nothing_is_written(staff, order, order_id, database):
    lines, before = await lines_of(database, order), await written(database)
    kettle, mug = lines["Kettle"], lines["Mug"]

    many = await split(staff, order_id, lines=[{"lineId": kettle, "quantity": 6}, {"lineId": "x"}])
    wrong = await split(staff, order_id, lines=[{"lineId": mug, "quantity": 0}], reason="r" * 201)
    everything = [{"lineId": kettle}, {"lineId": mug}]

    assert codes(many) == [("TOO_MANY_TO_MOVE", ["lines", "0", "quantity"]), ("NOT_FOUND", ["lines", "1", "lineId"])]
    assert many["errors"][0]["open"] == 5
    assert codes(wrong) == [("INVALID_VALUE", ["lines", "0", "quantity"]), ("INVALID_VALUE", ["reason"])]
    assert codes(await preview(staff, order_id, lines=[])) == [("INVALID_VALUE", ["lines"])]
    assert codes(await split(staff, order_id, lines=everything)) == [("NOTHING_WOULD_STAY", None)]
    assert codes(await split(staff, order_id, expectedRevision=1)) == [("STALE_REVISION", ["expectedRevision"])]
    await rows(database, "UPDATE shipping_methods SET active = false RETURNING 1")
    assert codes(await split(staff, order_id, shipping="RECALCULATE")) == [("SHIPPING_NOT_OFFERED", ["shipping"])]
    assert await written(database) == before
    await rows(database, "UPDATE order_lines SET backordered = 0 RETURNING 1")
    assert codes(await split(staff, order_id)) == [("NOTHING_TO_MOVE", None)]


async def test_an_order_that_is_over_or_worked_on_is_left_alone(staff, hire, order_id, database):
    other = await hire(email="joan@example.com")
    begin = "mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit { id } } }"
    await other.staff(begin, id=order_id)
    before = await written(database)

    (locked,) = (await split(staff, order_id))["errors"]

    assert (locked["code"], locked["owner"], locked["since"]) == ("EDIT_LOCKED", "Grace", "2026-03-02T12:00:00Z")
    assert await written(database) == before
    await rows(database, "UPDATE orders SET state = 'SHIPPED' RETURNING 1")
    assert codes(await split(staff, order_id)) == [("ORDER_NOT_SPLITTABLE", None)]


async def test_the_mail_can_be_held_back_once(staff, order_id, database, work):
    await split(staff, order_id, notify={"email": "SUPPRESS"})
    await work()

    assert await rows(database, "SELECT count(*) FROM mails WHERE kind = 'ORDER_SPLIT'") == [(0,)]
    assert await rows(database, "SELECT data->>'mail' FROM events WHERE type = 'NotifyOverridden'") == [
        ("ORDER_CHANGED",)
    ]


async def test_a_guest_sees_both_with_the_proof_of_the_cart(api, shop, clock, staff, kettle, mug, work):
    cart = await shop.cart((kettle, 3), (mug, 1))
    placed = await shop.place(clock, cart, inline=False)
    await work()
    new = (await split(staff, global_id("ord", placed.id)))["newOrder"]["id"]

    guest = api.with_headers(x_cart_token=cart[1])
    seen = (await guest.shop("query($id: ID!) { order(id: $id) { splitFrom { id } } }", id=new))["order"]

    assert seen == {"splitFrom": {"id": global_id("ord", placed.id)}}
    assert (await api.shop("query($id: ID!) { order(id: $id) { number } }", id=new))["order"] is None


async def balances(database):
    return (await rows(database, "SELECT count(*) FROM mails WHERE kind = 'BALANCE_DUE'"))[0][0]


async def test_what_an_edit_has_left_due_is_reminded_of_for_either_order(
    staff, order, order_id, database, clock, work, services
):
    """Five more mugs are 25.00; the original keeps what it needs of what is held, so that the new order owes them."""
    desk = EditDesk(staff, order.id)
    await desk.begin()
    await desk.more(6, place=1)
    await desk.commit()

    new = (await split(staff, order_id))["newOrder"]
    await work()
    told = await latest_text(services, "ORDER_SPLIT")
    sent = []
    for _ in range(5):
        clock.advance(timedelta(hours=12))
        await work()
        sent.append(await balances(database))

    assert new["balance"] == {"amount": "25.00"}
    assert f"Of order {new['number']}, €25.00 is still to be paid." in told.replace("\n", " ")
    assert sent == [0, 1, 1, 2, 2]
    assert f"Of your order {new['number']}" in (await latest_text(services, "BALANCE_DUE")).replace("\n", " ")


async def test_who_has_changed_the_new_order_or_paid_it_is_not_reminded_of_the_split(
    staff, order_id, database, clock, work
):
    new = (await split(staff, order_id, shipping="RECALCULATE"))["newOrder"]
    clock.advance(timedelta(hours=20))
    pay = """mutation($input: PayOrderBalanceInput!) { payOrderBalance(input: $input) { errors { code } } }"""
    paid = await staff.staff(pay, input={"orderId": new["id"], "idempotencyKey": "b-1"})
    clock.advance(timedelta(hours=30))
    await work()

    assert (new["balance"], paid["payOrderBalance"]["errors"]) == ({"amount": "4.90"}, [])
    assert await balances(database) == 0
