"""Canceling orders: all of one, or units of its lines (S2-17, D7, T10)."""

from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.persistence.readers.adjustments import adjustment_rows
from commerce_api.persistence.tables.adjustments import order_adjustments
from commerce_api.schema.node import global_id
from tests import given
from tests.api.mails import latest_text
from tests.buying import BERLIN, Shop, rows
from tests.domain import adjusted

CANCEL = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { state stateCode versionNumber balance { amount } cancelReason { code name } stockStatus paymentStatus
    lines { quantity canceled allocated discountTotal { amount } total { amount } } totals { total { amount } due { amount } }
    shipGroups { lines { quantity } } }
  errors { code path message ... on TooManyToCancelError { open } } } }"""
PREVIEW = """query($id: ID!, $lines: [OrderUnitsInput!]) { cancelPreview(orderId: $id, lines: $lines) {
  totalBefore { amount } total { amount } balance { amount } refund { amount }
  lines { quantity total { amount } } errors { code path } } }"""
EDIT = """mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { errors { code } edit { preview {
  changes { label } missing { requirement } order { shipGroups { lines { quantity } } } } } } }"""
HISTORY = "query($id: ID!) { order(id: $id) { history { nodes { type text version { number } changes { label } } } } }"


@pytest.fixture
async def shop(database, connection):
    await given.cancel_reasons(connection)
    return await Shop.open(database, cancel_minutes=30)


@pytest.fixture
async def kettle(shop):
    return await shop.product("Kettle", price=10000, stock=5)


@pytest.fixture
async def placed(shop, clock, kettle, work):
    """Three kettles for 300.00 and 4.90, paid, and the headers of the guest who owns them."""
    cart = await shop.cart((kettle, 3))
    order = await shop.place(clock, cart, inline=False)
    await work()
    return order, {"x_cart_token": cart[1]}


@pytest.fixture
def order_id(placed):
    return global_id("ord", placed[0].id)


@pytest.fixture
def guest(api, placed):
    return api.with_headers(**placed[1])


@pytest.fixture
async def staff(api, connection, shop):
    held = ("READ_ORDERS", "CANCEL_ORDERS", "OVERRIDE_NOTIFICATIONS")
    return api.as_(await given.staff_token(connection, await given.staff(connection, *held)))


async def cancel(ask, order_id, **more):
    return (await ask(CANCEL, input={"orderId": order_id, "reasonCode": "OTHER", **more}))["cancelOrder"]


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT array_agg((state, version, revision, total)::text) FROM orders),"
        " (SELECT array_agg((canceled, allocated, total)::text) FROM order_lines), (SELECT count(*) FROM events),"
        " (SELECT sum(allocated) FROM stock_levels), (SELECT count(*) FROM outbox WHERE payload <> '{}')",
    )


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_a_canceled_order_is_over_and_gives_back_what_it_held(staff, order_id, database, services, work):
    done = await cancel(staff.staff, order_id, reasonCode="OUT_OF_STOCK", note="The last ones were broken.")
    await work()
    after = await staff.staff("query($id: ID!) { order(id: $id) { paymentStatus balance { amount } } }", id=order_id)

    assert done == {
        "order": {
            "state": "CANCELED",
            "stateCode": "X",
            "versionNumber": 2,
            "balance": {"amount": "-304.90"},
            "cancelReason": {"code": "OUT_OF_STOCK", "name": "Cannot be delivered"},
            "stockStatus": "NOT_ALLOCATED",
            "paymentStatus": "AUTHORIZED",
            "lines": [
                {
                    "quantity": 3,
                    "canceled": 3,
                    "allocated": 0,
                    "discountTotal": {"amount": "0.00"},
                    "total": {"amount": "300.00"},
                }
            ],
            "totals": {"total": {"amount": "304.90"}, "due": {"amount": "0.00"}},
            "shipGroups": [{"lines": [{"quantity": 3}]}],
        },
        "errors": [],
    }
    assert after["order"] == {"paymentStatus": "VOIDED", "balance": {"amount": "0.00"}}
    assert await rows(database, "SELECT allocated FROM stock_levels") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM allocations") == [(0,)]
    assert await rows(
        database, "SELECT version, reason, comment, total_before, total FROM order_versions ORDER BY 1"
    ) == [
        (1, "", "", None, 30490),
        (2, "OUT_OF_STOCK", "The last ones were broken.", 30490, 30490),
    ]
    assert "canceled" in await latest_text(services, "ORDER_CANCELED")


async def test_units_go_with_their_share_and_the_order_goes_on(staff, order_id, database):
    ten_percent = [{"name": "Spring", "amount": 3000, "adjustment_id": None}]
    discounted = "UPDATE order_lines SET discount = 3000, total = 27000, discounts = $1 RETURNING 1"
    await rows(database, discounted, ten_percent)
    await rows(database, "UPDATE orders SET discount_total = 3000, total = 27490 RETURNING 1")
    ((line_id,),) = await rows(database, "SELECT id FROM order_lines")
    lines = [{"lineId": global_id("oln", line_id), "quantity": 2}]

    preview = (await staff.staff(PREVIEW, id=order_id, lines=lines))["cancelPreview"]
    done = await cancel(staff.staff, order_id, lines=lines)
    history = (await staff.staff(HISTORY, id=order_id))["order"]["history"]["nodes"][-1]

    assert preview == {
        "totalBefore": {"amount": "274.90"},
        "total": {"amount": "94.90"},
        "balance": {"amount": "-210.00"},
        "refund": {"amount": "0.00"},
        "lines": [{"quantity": 1, "total": {"amount": "90.00"}}],
        "errors": [],
    }
    assert done["order"] == {
        "state": "CONFIRMED",
        "stateCode": "M",
        "versionNumber": 2,
        "balance": {"amount": "-210.00"},
        "cancelReason": None,
        "stockStatus": "ALLOCATED",
        "paymentStatus": "AUTHORIZED",
        "lines": [
            {
                "quantity": 3,
                "canceled": 2,
                "allocated": 1,
                "discountTotal": {"amount": "10.00"},
                "total": {"amount": "90.00"},
            }
        ],
        "totals": {"total": {"amount": "94.90"}, "due": {"amount": "0.00"}},
        "shipGroups": [{"lines": [{"quantity": 1}]}],
    }
    assert history["type"] == "OrderLinesCanceled"
    assert history["version"] == {"number": 2}
    assert "Line 1 (Kettle): canceled units 0 → 2" in [each["label"] for each in history["changes"]]
    assert await rows(database, "SELECT allocated FROM stock_levels") == [(1,)]
    assert await rows(database, "SELECT quantity FROM allocations") == [(1,)]


async def test_with_its_last_units_the_order_is_canceled(staff, order_id, database):
    ((line_id,),) = await rows(database, "SELECT id FROM order_lines")
    lines = [{"lineId": global_id("oln", line_id)}]

    preview = (await staff.staff(PREVIEW, id=order_id, lines=lines))["cancelPreview"]
    done = await cancel(staff.staff, order_id, lines=lines)

    assert preview["total"] == {"amount": "0.00"}
    assert done["order"]["state"] == "CANCELED"
    assert codes(await cancel(staff.staff, order_id, lines=lines)) == [
        ("TOO_MANY_TO_CANCEL", ["lines", "0", "quantity"])
    ]


async def test_nothing_leaves_the_end(staff, guest, order_id, database):
    await cancel(staff.staff, order_id)
    before = await written(database)

    again = await cancel(staff.staff, order_id)
    preview = (await staff.staff(PREVIEW, id=order_id))["cancelPreview"]

    assert codes(again) == [("ORDER_NOT_CANCELABLE", None)]
    assert (preview["total"], codes(preview)) == (None, [("ORDER_NOT_CANCELABLE", None)])
    assert await written(database) == before


async def test_customers_cancel_their_own_orders_for_a_while(guest, api, order_id, clock, database):
    reasons = (await guest.shop("{ cancelReasons { code name } }"))["cancelReasons"]
    before = await written(database)

    assert {"code": "CHANGED_MIND", "name": "No longer wanted"} in reasons
    assert "FRAUD" not in [reason["code"] for reason in reasons]
    assert codes(await cancel(api.shop, order_id)) == [("NOT_FOUND", ["orderId"])]
    assert codes(await cancel(guest.shop, order_id, reasonCode="FRAUD")) == [
        ("CANCEL_REASON_NOT_OFFERED", ["reasonCode"])
    ]
    clock.advance(timedelta(minutes=30))
    late = await cancel(guest.with_headers(accept_language="de").shop, order_id)
    assert codes(late) == [("CANCEL_TIME_OVER", None)]
    assert late["errors"][0]["message"].startswith("Die Zeit, in der Sie")
    assert await written(database) == before
    clock.advance(timedelta(minutes=-1))
    assert (await cancel(guest.shop, order_id))["order"]["state"] == "CANCELED"


async def test_staff_need_the_permission_in_the_channel(api, connection, order_id, database):
    before = await written(database)
    reader = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_ORDERS")))
    other = await given.channel(connection, "us", is_default=False)
    narrowed = await given.staff(connection, "READ_ORDERS", email="narrow@example.com")
    role = await given.role(connection, "elsewhere", "CANCEL_ORDERS")
    await given.insert(connection, given.identity.staff_roles, staff_id=narrowed, role_id=role, channel_ids=[other])
    elsewhere = api.as_(await given.staff_token(connection, narrowed))

    assert await reader.error_codes(
        "/staff/graphql", CANCEL, {"input": {"orderId": order_id, "reasonCode": "OTHER"}}
    ) == ["FORBIDDEN"]
    assert codes(await cancel(elsewhere.staff, order_id)) == [("FORBIDDEN", None)]
    assert codes((await elsewhere.staff(PREVIEW, id=order_id))["cancelPreview"]) == [("FORBIDDEN", None)]
    assert await written(database) == before


async def test_the_mail_can_be_held_back_once_by_who_may(staff, api, connection, order_id, database, work):
    clerk = await given.staff(connection, "READ_ORDERS", "CANCEL_ORDERS", email="clerk@example.com")
    clerk = api.as_(await given.staff_token(connection, clerk))
    quiet = {"notify": {"email": "SUPPRESS"}}

    refused = await clerk.error_codes(
        "/staff/graphql", CANCEL, {"input": {"orderId": order_id, "reasonCode": "OTHER", **quiet}}
    )
    done = await cancel(staff.staff, order_id, **quiet)
    await work()

    assert refused == ["FORBIDDEN"]
    assert done["errors"] == []
    assert await rows(database, "SELECT count(*) FROM mails WHERE kind = 'ORDER_CANCELED'") == [(0,)]
    assert await rows(database, "SELECT data->>'email' FROM events WHERE type = 'NotifyOverridden'") == [("SUPPRESS",)]
    assert await rows(database, "SELECT notify FROM order_versions WHERE version = 2") == [("SUPPRESS",)]


async def test_once_for_a_key_and_not_for_who_has_seen_something_else(staff, order_id, database):
    stale = await cancel(staff.staff, order_id, expectedRevision=1)
    first = await cancel(staff.staff, order_id, idempotencyKey="c-1")
    before = await written(database)

    assert [code for code, _ in codes(stale)] == ["STALE_REVISION"]
    assert await cancel(staff.staff, order_id, idempotencyKey="c-1") == first
    assert await written(database) == before


async def test_all_that_is_wrong_is_told_at_once(staff, order_id, database):
    ((line_id,),) = await rows(database, "SELECT id FROM order_lines")
    line, before = global_id("oln", line_id), await written(database)

    wrong = [{"lineId": line, "quantity": 0}, {"lineId": line}]
    told = await cancel(staff.staff, order_id, reasonCode=" ", lines=wrong)
    none = await cancel(staff.staff, order_id, lines=[])
    many = await cancel(staff.staff, order_id, lines=[{"lineId": line, "quantity": 4}, {"lineId": "x"}])
    both = await cancel(staff.staff, order_id, reasonCode="NONE", lines=[{"lineId": line, "quantity": 4}])

    assert codes(both) == [
        ("CANCEL_REASON_NOT_OFFERED", ["reasonCode"]),
        ("TOO_MANY_TO_CANCEL", ["lines", "0", "quantity"]),
    ]
    assert codes(told) == [
        ("INVALID_VALUE", ["lines", "0", "quantity"]),
        ("INVALID_VALUE", ["lines", "1", "lineId"]),
        ("INVALID_VALUE", ["reasonCode"]),
    ]
    assert codes(none) == [("INVALID_VALUE", ["lines"])]
    assert codes(many) == [
        ("TOO_MANY_TO_CANCEL", ["lines", "0", "quantity"]),
        ("NOT_FOUND", ["lines", "1", "lineId"]),
    ]
    assert many["errors"][0]["open"] == 3
    assert codes((await staff.staff(PREVIEW, id="x"))["cancelPreview"]) == [("NOT_FOUND", ["orderId"])]
    assert codes((await staff.staff(PREVIEW, id=order_id, lines=[]))["cancelPreview"]) == [("INVALID_VALUE", ["lines"])]
    assert await written(database) == before


async def test_what_can_be_done_is_told_to_each_as_they_may(staff, guest, order_id, clock):
    document = "query($id: ID!) { order(id: $id) { allowedActions { action allowed blockers { code } } } }"

    async def found(ask):
        actions = (await ask(document, id=order_id))["order"]["allowedActions"]
        return next((each["allowed"], each["blockers"]) for each in actions if each["action"] == "CANCEL")

    assert (await found(staff.staff), await found(guest.shop)) == ((True, []), (True, []))
    clock.advance(timedelta(hours=1))
    assert (await found(staff.staff), await found(guest.shop)) == ((True, []), (False, [{"code": "CANCEL_TIME_OVER"}]))


async def test_staff_choose_among_their_reasons(staff):
    found = await staff.with_headers(accept_language="de").staff("{ cancelReasons { code name forShoppers } }")
    by_code = {each["code"]: each for each in found["cancelReasons"]}

    assert by_code["FRAUD"] == {"code": "FRAUD", "name": "Betrug", "forShoppers": False}
    assert "PAYMENT_TIMEOUT" not in by_code


async def test_units_of_several_destinations_leave_the_last_one_first(staff, shop, clock, database, kettle, work):
    tea = await shop.product("Tea", price=500, stock=9)
    cart = await shop.cart((kettle, 1), (tea, 2))
    order = await shop.place(clock, cart, inline=False)
    await work()
    ((tea_line,),) = await rows(database, "SELECT id FROM order_lines WHERE name = 'Tea'")

    done = await cancel(staff.staff, global_id("ord", order.id), lines=[{"lineId": global_id("oln", tea_line)}])

    assert [line["canceled"] for line in done["order"]["lines"]] == [0, 2]
    assert done["order"]["shipGroups"] == [{"lines": [{"quantity": 1}]}]
    assert done["order"]["totals"]["total"] == {"amount": "104.90"}


async def test_canceled_units_are_told_by_mail_as_it_is_wanted_this_once(staff, order_id, database, services, work):
    (line_id,) = [global_id("oln", id_) for (id_,) in await rows(database, "SELECT id FROM order_lines")]
    one = {"lines": [{"lineId": line_id, "quantity": 1}]}

    told = await cancel(staff.staff, order_id, **one, notify={"to": "office@example.com"})
    quiet = await cancel(staff.staff, order_id, **one, notify={"email": "SUPPRESS"})
    await work()

    assert (told["errors"], quiet["errors"]) == ([], [])
    sent = "SELECT recipient FROM mails WHERE kind = 'ORDER_PARTLY_CANCELED'"
    assert await rows(database, sent) == [("office@example.com",)]
    text = await latest_text(services, "ORDER_PARTLY_CANCELED")
    assert "Of your order" in text
    assert "Kettle" in text
    assert "€204.90" in text
    assert await rows(database, "SELECT notify FROM order_versions ORDER BY version") == [
        ("DEFAULT",),
        ("DEFAULT",),
        ("SUPPRESS",),
    ]


async def test_mail_about_canceled_orders_goes_to_those_who_like_such_mail(staff, shop, kettle, clock, database, work):
    async with database.connection() as connection:
        quiet = await given.customer(connection.raw, channel_id=shop.channel_id, order_mail=False)
    orders = [await shop.place(clock, await shop.cart((kettle, 1)), inline=False) for _ in range(2)]
    await work()
    await rows(database, "UPDATE orders SET customer_id = $1 WHERE id = $2 RETURNING id", quiet, orders[0].id)

    for order in orders:
        assert (await cancel(staff.staff, global_id("ord", order.id)))["errors"] == []
    await work()

    sent = "SELECT order_id FROM mails WHERE kind = 'ORDER_CANCELED'"
    assert await rows(database, sent) == [(orders[1].id,)]


async def test_what_is_damaged_is_written_off_instead_of_being_sold_again(staff, order_id, database):
    (line_id,) = [global_id("oln", id_) for (id_,) in await rows(database, "SELECT id FROM order_lines")]
    off = {"restock": "WRITTEN_OFF"}
    counts = "SELECT on_hand, allocated FROM stock_levels"

    assert await rows(database, counts) == [(5, 3)]
    assert (await cancel(staff.staff, order_id, lines=[{"lineId": line_id, "quantity": 1}], **off))["errors"] == []
    assert await rows(database, counts) == [(4, 2)]
    assert (await cancel(staff.staff, order_id, **off))["errors"] == []

    assert await rows(database, counts) == [(2, 0)]
    moved = "SELECT delta, reason, reference = (SELECT number FROM orders) FROM stock_movements ORDER BY id"
    said = "Written off when an order was canceled"
    assert await rows(database, moved) == [(-1, said, True), (-2, said, True)]


async def test_an_order_with_canceled_units_is_edited_with_those_that_are_left_where_they_go(
    staff, api, connection, shop, kettle, clock, database, work
):
    cart_id, token = await shop.cart((kettle, 3))
    (line_id,) = [id_ for (id_,) in await rows(database, "SELECT id FROM cart_lines WHERE cart_id = $1", cart_id)]
    second = {"id": new_id(), "position": 1, "address": BERLIN, "shipping_method_id": shop.method_id}
    await given.insert(connection, given.buying.cart_ship_groups, cart_id=cart_id, **second)
    for group_id, quantity in ((cart_id, 1), (second["id"], 2)):
        share = {"ship_group_id": group_id, "cart_line_id": line_id, "quantity": quantity}
        await given.insert(connection, given.buying.cart_ship_group_lines, cart_id=cart_id, **share)
    order = await shop.place(clock, (cart_id, token), inline=False)
    await work()
    id_ = global_id("ord", order.id)
    editor = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS", email="editor@example.com")
    editor = api.as_(await given.staff_token(connection, editor))

    one = [{"lineId": global_id("oln", line_id), "quantity": 1}]
    assert (await cancel(staff.staff, id_, lines=one))["errors"] == []
    begun = (await editor.staff(EDIT, id=id_))["beginOrderEdit"]

    assert begun == {
        "edit": {
            "preview": {
                "changes": [],
                "missing": [],
                "order": {"shipGroups": [{"lines": [{"quantity": 1}]}, {"lines": [{"quantity": 1}]}]},
            }
        },
        "errors": [],
    }


async def test_what_staff_took_off_is_no_more_than_its_share_in_an_edit_afterwards(
    staff, api, connection, order_id, placed, database
):
    """D12: 30.00 off three kettles are 10.00 off the one that is left, and stay so."""
    off = adjusted.deduction(3000, id=7)
    (row,) = adjustment_rows([off], order_id=placed[0].id)
    await given.insert(connection, order_adjustments, **row)
    share = [{"name": "Goodwill", "amount": 3000, "adjustment_id": str(off.id)}]
    discounted = "UPDATE order_lines SET discount = 3000, total = 27000, discounts = $1 RETURNING id"
    ((line_id,),) = await rows(database, discounted, share)
    await rows(database, "UPDATE orders SET discount_total = 3000, total = 27490 RETURNING 1")
    editor = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS", email="editor@example.com")
    editor = api.as_(await given.staff_token(connection, editor))

    lines = [{"lineId": global_id("oln", line_id), "quantity": 2}]
    done = await cancel(staff.staff, order_id, lines=lines)
    begun = (await editor.staff(EDIT, id=order_id))["beginOrderEdit"]

    assert done["order"]["totals"]["total"] == {"amount": "94.90"}
    assert await rows(database, "SELECT amount FROM order_adjustments") == [(1000,)]
    assert begun["edit"]["preview"]["changes"] == []
