"""Editing placed orders: prices stay, the ledger decides, one works on it at a time (C.3, D12, D13, D35)."""

from datetime import timedelta

import pytest

from commerce_api.operations.payments import advance
from commerce_api.operations.purge import purge
from commerce_api.schema.node import global_id
from tests import given
from tests.api.editing import EditDesk, codes
from tests.api.mails import latest_text
from tests.buying import rows

EVENTS = "SELECT type FROM events WHERE entity = 'ORDER' AND type LIKE 'OrderEdit%' ORDER BY sequence"


@pytest.fixture
async def kettle(shop):
    return await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 5}])


@pytest.fixture
async def mug(shop):
    return await shop.product("Mug", variants=[{"sku": "MUG", "price": 850, "stock": 3}])


@pytest.fixture
async def order(shop, kettle, mug, clock, services):
    """Two kettles, paid with shipping: 28.70."""
    placed = await shop.place(clock, await shop.cart((kettle, 2)))
    return await advance(services.desk, placed.id, "r")


@pytest.fixture
def hire(api, connection, order):
    async def hire(name, *permissions, **how):
        granted = permissions or ("READ_ORDERS", "EDIT_ORDERS")
        staff_id = await given.staff(connection, *granted, name=name, email=f"{name.lower()}@shop.test", **how)
        return EditDesk(api.as_(await given.staff_token(connection, staff_id)), order.id)

    return hire


@pytest.fixture
async def desk(hire):
    return await hire("Grace")


async def line_id(desk, place=0):
    return (await desk.order())["lines"][place]["id"]


async def test_an_edit_begins_with_the_order_as_it_is_and_shows_who_works_on_it(desk):
    payload = await desk.begin()

    edit = payload["edit"]
    assert payload == {
        "edit": {
            "id": edit["id"],
            "state": "OPEN",
            "ownerName": "Grace",
            "mine": True,
            "revision": 1,
            "baseVersion": 1,
            "pricePolicy": "KEEP",
            "recalculateShipping": False,
            "expiresAt": "2026-03-02T12:30:00Z",
            "preview": {
                "totalBefore": {"amount": "28.70"},
                "totalAfter": {"amount": "28.70"},
                "settlement": {"kind": "NOTHING", "amount": {"amount": "0.00"}},
                "missing": [],
                "changes": [],
                "order": {
                    "versionNumber": 2,
                    "lines": [
                        {
                            "name": "Kettle",
                            "quantity": 2,
                            "unitPrice": {"amount": "11.90"},
                            "total": {"amount": "23.80"},
                        }
                    ],
                    "shipGroups": [{"address": {"city": "Berlin"}, "methodName": "Post"}],
                },
            },
        },
        "errors": [],
        "warnings": [],
    }
    now = await desk.order()
    assert now["edit"] == {"id": edit["id"], "ownerName": "Grace", "since": "2026-03-02T12:00:00Z"}
    assert (await desk.begin())["edit"]["id"] == edit["id"]


async def test_prices_taxes_and_shipping_stay_when_something_else_is_edited(desk, database):
    """D12: dearer goods, another tax and dearer shipping touch no order that only gets another number to call."""
    await rows(database, "UPDATE prices SET amount = 9900 RETURNING 1")
    await rows(database, "UPDATE tax_rates SET rate = 0.07 RETURNING 1")
    await rows(database, "UPDATE shipping_rates SET amount = 9900 RETURNING 1")
    before = await desk.order()

    await desk.begin()
    payload = await desk.apply({"setBuyer": {"email": "ada@example.com", "phone": "+4930123456"}})
    await desk.commit(reason="NEW_PHONE")
    after = await desk.order()

    assert payload["edit"]["preview"]["settlement"] == {"kind": "NOTHING", "amount": {"amount": "0.00"}}
    assert after["phone"] == "+4930123456"
    assert (after["versionNumber"], after["revision"]) == (2, before["revision"] + 1)
    assert (after["totals"], after["lines"]) == (before["totals"], before["lines"])


async def test_more_of_a_line_keeps_its_price_and_a_new_line_has_the_price_of_the_day(desk, database):
    await rows(database, "UPDATE prices SET amount = amount * 2 RETURNING 1")
    kettles = await line_id(desk)
    await desk.begin()

    await desk.apply(
        {"updateLines": {"lines": [{"lineId": kettles, "change": {"quantity": 3}}]}},
        {"addLines": {"lines": [{"sku": "MUG"}]}},
    )
    preview = desk.edit["preview"]
    committed = await desk.commit()
    after = await desk.order()

    assert [(line["name"], line["quantity"], line["unitPrice"]["amount"]) for line in after["lines"]] == [
        ("Kettle", 3, "11.90"),
        ("Mug", 1, "17.00"),
    ]
    assert after["lines"][0]["id"] == kettles
    assert [line["allocated"] for line in after["lines"]] == [3, 1]
    assert preview["totalAfter"] == after["totals"]["total"] == {"amount": "57.60"}
    assert preview["settlement"] == {"kind": "CHARGE", "amount": {"amount": "28.90"}}
    assert after["balance"] == {"amount": "28.90"}
    assert (codes(committed), committed["edit"]["state"], committed["edit"]["preview"]) == ([], "COMMITTED", None)
    assert await rows(database, "SELECT version, total_before, total FROM order_versions ORDER BY version") == [
        (1, None, 2870),
        (2, 2870, 5760),
    ]
    assert [name for (name,) in await rows(database, EVENTS)] == [
        "OrderEditBegun",
        "OrderEditApplied",
        "OrderEditCommitted",
    ]


async def test_lines_are_priced_anew_only_if_that_is_said(desk, database):
    await rows(database, "UPDATE prices SET amount = amount * 2 RETURNING 1")
    await rows(database, "UPDATE shipping_rates SET amount = 900 RETURNING 1")
    more = {"updateLines": {"lines": [{"lineId": await line_id(desk), "change": {"delta": 1}}]}}
    await desk.begin()

    changed = await desk.apply(more, pricePolicy="REPRICE_CHANGED")
    everything = await desk.apply(pricePolicy="REPRICE_ALL", recalculateShipping=True)
    nothing = await desk.apply(pricePolicy="KEEP", recalculateShipping=False)

    totals = [each["edit"]["preview"]["totalAfter"]["amount"] for each in (changed, everything, nothing)]
    assert totals == ["76.30", "80.40", "40.60"]


async def test_what_was_never_paid_is_never_given_back(desk, database, kettle):
    """D13: added, not paid, taken out again."""
    kettles = await line_id(desk)
    await desk.begin()
    await desk.apply({"addLines": {"lines": [{"sku": "MUG"}]}})
    await desk.commit()
    assert (await desk.order())["balance"] == {"amount": "8.50"}

    await desk.begin()
    await desk.apply({"removeLines": {"lineIds": [await line_id(desk, 1)]}})
    settled = desk.edit["preview"]["settlement"]
    await desk.commit()
    after = await desk.order()

    assert settled == {"kind": "NOTHING", "amount": {"amount": "0.00"}}
    assert (after["balance"], [line["id"] for line in after["lines"]]) == ({"amount": "0.00"}, [kettles])
    assert await rows(database, "SELECT allocated FROM stock_levels ORDER BY allocated") == [(0,), (2,)]


async def test_units_that_are_let_go_of_are_free_at_once(desk, database):
    await desk.begin()
    await desk.apply({"updateLines": {"lines": [{"lineId": await line_id(desk), "change": {"quantity": 1}}]}})
    await desk.commit()

    assert await rows(database, "SELECT sum(allocated) FROM stock_levels") == [(1,)]
    assert await rows(database, "SELECT quantity FROM allocations") == [(1,)]
    assert (await desk.order())["lines"][0]["allocated"] == 1


async def test_what_is_missing_in_stock_refuses_the_whole(desk, database):
    more = {"updateLines": {"lines": [{"lineId": await line_id(desk), "change": {"quantity": 6}}]}}
    await desk.begin()
    warned = await desk.apply(more, {"setNote": {"note": "As many as there are"}})
    before = await desk.order()

    refused = await desk.commit()

    assert [warning["code"] for warning in warned["warnings"]] == ["INSUFFICIENT_STOCK"]
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("INSUFFICIENT_STOCK", ["lines", "0"]),
    ]
    assert await desk.order() == before
    assert await rows(database, "SELECT sum(allocated), count(*) FROM stock_levels") == [(2, 2)]


async def test_no_units_are_asked_for_twice(desk):
    """What the order holds already is no shortage: there are five, and it has two of them."""
    await desk.begin()

    payload = await desk.apply({"updateLines": {"lines": [{"lineId": await line_id(desk), "change": {"quantity": 5}}]}})

    assert payload["warnings"] == []
    assert codes(await desk.commit()) == []


async def test_another_works_on_it_only_after_taking_it_over(desk, hire, database, services, work):
    await desk.begin()
    other, head = await hire("Ada"), await hire("Joan", "READ_ORDERS", "EDIT_ORDERS", "TAKE_OVER_EDITS")

    locked = await other.begin()
    other.edit = desk.edit
    foreign = await other.apply({"setNote": {"note": "x"}})
    forbidden = await other.take_over(desk.edit)
    taken = await head.take_over(desk.edit)
    lost = await desk.apply({"setNote": {"note": "x"}})

    assert [(error["code"], error["owner"], error["since"]) for error in locked["errors"]] == [
        ("EDIT_LOCKED", "Grace", "2026-03-02T12:00:00Z")
    ]
    assert (codes(foreign), codes(forbidden)) == (["EDIT_LOCKED"], ["FORBIDDEN"])
    assert (taken["edit"]["ownerName"], codes(taken)) == ("Joan", [])
    assert [(error["code"], error["owner"]) for error in lost["errors"]] == [("EDIT_LOCKED", "Joan")]
    await work()
    assert "Joan goes on with the edit of order" in await latest_text(services, "EDIT_TAKEN_OVER")
    mailed = "SELECT recipient FROM mails WHERE kind = 'EDIT_TAKEN_OVER'"
    assert await rows(database, mailed) == [("grace@shop.test",)]


async def test_the_history_names_what_an_edit_changed_and_shows_it(desk):
    """The event names it for good; what it was and is now are told from the versions."""
    history = """query($id: ID!) { order(id: $id) { history(filter: {types: ["OrderEditCommitted"]}) { nodes {
      text data changes { label path } version { number reason } } } } }"""
    await desk.begin()
    await desk.apply({"setBuyer": {"email": "ada@engines.example"}}, {"setNote": {"note": "Ring twice"}})
    await desk.more(3)
    await desk.commit(reason="She called")

    [event] = (await desk.api.staff(history, id=desk.order_id))["order"]["history"]["nodes"]

    assert event["text"] == "Your order was changed."
    assert event["version"] == {"number": 2, "reason": "She called"}
    assert event["data"] == {
        "edit_id": event["data"]["edit_id"],
        "version": 2,
        "changed": ["lines.quantity", "lines.tax", "lines.total", "email", "note"],
        "total_before": 2870,
        "total": 4060,
    }
    labels = [each["label"] for each in event["changes"]]
    assert {"Mail address: ada@example.com → ada@engines.example", "Note: none → Ring twice"} <= {*labels}


async def test_an_edit_that_nobody_touches_expires_and_can_be_taken_up_again(desk, hire, clock):
    await desk.begin()
    await desk.apply({"setNote": {"note": "Ring twice"}})
    clock.advance(timedelta(minutes=30))

    expired = await desk.apply({"setNote": {"note": "x"}})
    assert (await desk.order())["edit"] is None
    again = await desk.take_over(desk.edit)
    committed = await desk.commit()

    assert (codes(expired), again["edit"]["state"], codes(committed)) == (["EDIT_EXPIRED"], "OPEN", [])


async def test_what_nobody_took_up_again_goes_after_a_week(desk, clock, database, services):
    await desk.begin()
    await desk.apply({"setNote": {"note": "Ring twice"}})
    clock.advance(timedelta(days=7, minutes=29))
    await purge(services)
    early = await rows(database, "SELECT count(*) FROM order_edits")
    clock.advance(timedelta(minutes=1))

    await purge(services)

    assert early == [(1,)]
    assert await rows(database, "SELECT count(*) FROM order_edits") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM carts WHERE purpose = 'ORDER_EDIT'") == [(0,)]
    assert codes(await desk.take_over(desk.edit)) == ["NOT_FOUND"]
    assert codes(await desk.begin()) == []


async def test_somebody_else_can_begin_once_it_has_expired(desk, hire, clock):
    await desk.begin()
    clock.advance(timedelta(minutes=29))
    await desk.apply({"setNote": {"note": "x"}})
    clock.advance(timedelta(minutes=29))
    other = await hire("Ada")
    early = await other.begin()
    clock.advance(timedelta(minutes=1))

    begun = await other.begin()

    assert (codes(early), codes(begun)) == (["EDIT_LOCKED"], [])
    assert codes(await desk.take_over(desk.edit)) == ["EDIT_LOCKED"]


async def test_after_another_version_an_edit_is_worth_nothing(desk, hire, clock):
    """D35, D36: only another commit disturbs; events and revisions do not."""
    await desk.begin()
    stale = desk.edit
    clock.advance(timedelta(minutes=31))
    other = await hire("Ada")
    await other.begin()
    await other.apply({"setNote": {"note": "Faster"}})
    await other.commit()

    assert codes(await desk.take_over(stale)) == ["EDIT_STALE"]


async def test_what_is_no_version_leaves_an_open_edit_alone(desk, database):
    await desk.begin()
    await rows(database, "UPDATE orders SET revision = revision + 1 RETURNING 1")

    await desk.apply({"setNote": {"note": "Ring twice"}})

    assert codes(await desk.commit()) == []


async def test_what_is_thrown_away_leaves_the_order_as_it_was(desk):
    before = await desk.order()
    await desk.begin()
    await desk.apply({"setNote": {"note": "x"}})

    discarded = await desk.discard()

    assert (codes(discarded), discarded["edit"]["state"]) == ([], "DISCARDED")
    assert await desk.order() == before
    assert [codes(await desk.apply({"setNote": {"note": "x"}})), codes(await desk.commit())] == [["EDIT_CLOSED"]] * 2


async def test_an_edit_refuses_what_it_does_not_change_and_what_would_change_nothing(desk, database):
    await desk.begin()

    refused = await desk.apply(
        {"setNote": {"note": "x"}},
        {"setCurrency": {"currency": "USD"}},
        {"acceptTerms": {"version": "2"}},
        {"setPaymentInstructions": {"instructions": [{"cardToken": "card_x"}]}},
    )
    nothing = await desk.commit()
    empty = await desk.apply({"clearLines": True})
    missing = empty["edit"]["preview"]["missing"]

    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("NOT_IN_AN_EDIT", ["actions", "1", "setCurrency"]),
        ("NOT_IN_AN_EDIT", ["actions", "2", "acceptTerms"]),
        ("NOT_IN_AN_EDIT", ["actions", "3", "setPaymentInstructions"]),
    ]
    assert codes(nothing) == ["NOTHING_TO_COMMIT"]
    assert {"requirement": "LINES"} in missing
    assert codes(await desk.commit()) == ["READINESS_INCOMPLETE"]
    assert (await desk.order())["versionNumber"] == 1


@pytest.mark.parametrize("state", ["PENDING", "CANCELED", "SHIPPED"])
async def test_an_order_that_is_being_paid_or_over_is_not_edited(desk, database, state):
    await desk.begin()
    await rows(database, "UPDATE orders SET state = $1 RETURNING 1", state)

    refused = [await desk.begin(), await desk.apply({"setNote": {"note": "x"}}), await desk.commit()]

    assert [codes(payload) for payload in refused] == [["ORDER_NOT_EDITABLE"]] * 3


async def test_an_order_that_waits_for_a_payment_and_costs_no_more_than_came_in_is_confirmed(desk, database):
    await rows(database, "UPDATE orders SET state = 'PAYMENT_REJECTED' RETURNING 1")
    await rows(database, "UPDATE payment_transactions SET kind = 'CAPTURE' RETURNING 1")
    await desk.begin()
    await desk.apply({"setNote": {"note": "Paid at the counter"}})

    await desk.commit()

    assert (await desk.order())["state"] == "CONFIRMED"


async def test_an_old_revision_and_an_order_out_of_sight_are_refused(desk, hire, connection):
    elsewhere = await given.channel(connection, code="elsewhere", is_default=False)
    stranger = await hire("Ada", channel_ids=[elsewhere])
    assert codes(await desk.begin(expectedRevision=99)) == ["STALE_REVISION"]
    await desk.begin()
    await desk.apply({"setNote": {"note": "x"}}, expectedRevision=1)
    assert codes(await desk.apply({"setNote": {"note": "y"}}, expectedRevision=1)) == ["STALE_REVISION"]

    unseen = await stranger.begin()
    stranger.edit = desk.edit
    foreign = await stranger.commit()

    assert [(error["code"], error["path"]) for error in (*unseen["errors"], *foreign["errors"])] == [
        ("NOT_FOUND", ["orderId"]),
        ("NOT_FOUND", ["editId"]),
    ]
    assert (await desk.order())["versionNumber"] == 1


async def test_without_the_permission_nothing_is_begun(api, order, database):
    document = (
        f'mutation {{ beginOrderEdit(input: {{orderId: "{global_id("ord", order.id)}"}}) {{ errors {{ code }} }} }}'
    )

    assert await api.allowed().error_codes("/staff/graphql", document) == ["FORBIDDEN"]
    assert await rows(database, "SELECT count(*) FROM order_edits") == [(0,)]


async def test_where_it_goes_now_decides_over_taxes_and_what_stays_is_not_moved(desk, database, shop, connection):
    abroad = await given.zone(connection, "at", "AT")
    await given.tax_rate(connection, abroad, 20)
    vienna = {"firstName": "Ada", "lastName": "Byron", "line1": "Ring 1", "city": "Wien", "postalCode": "1010"}
    await desk.begin()

    await desk.apply({"setAddresses": {"shipping": vienna | {"country": "AT"}}})
    away = desk.edit["preview"]
    home = vienna | {"country": "DE", "postalCode": "10119", "line1": "Torstraße 7", "city": "Berlin"}
    await desk.apply({"setAddresses": {"shipping": home}})
    await desk.commit()
    after = await desk.order()

    assert away["totalAfter"] == {"amount": "28.70"}
    assert any("tax" in change["label"].lower() for change in away["changes"])
    assert after["totals"] == {
        "shippingTotal": {"amount": "4.90"},
        "taxTotal": {"amount": "4.58"},
        "total": {"amount": "28.70"},
    }


async def test_what_an_edit_left_of_a_divided_order_stays_divided(api, shop, kettle, clock, services, hire, database):
    """Ship groups keep their ids, and each its own charge."""
    desk = await hire("Grace")
    kettles = await line_id(desk)
    berlin = {
        "firstName": "Ada",
        "lastName": "Byron",
        "line1": "Weg 1",
        "city": "Berlin",
        "postalCode": "10119",
        "country": "DE",
    }
    method = global_id("shm", shop.method_id)
    groups = [
        {
            "address": berlin | {"line1": f"Weg {place}"},
            "shippingMethodId": method,
            "lines": [{"lineId": kettles, "quantity": 1}],
        }
        for place in (1, 2)
    ]
    await desk.begin()
    await desk.apply({"setShipGroups": {"groups": groups}})
    await desk.commit()
    divided = await rows(database, "SELECT id FROM order_ship_groups ORDER BY position")
    await rows(database, "UPDATE shipping_rates SET amount = 9900 RETURNING 1")

    await desk.begin()
    await desk.apply({"updateLines": {"lines": [{"lineId": kettles, "change": {"quantity": 3}}]}})
    await desk.commit()

    assert await rows(database, "SELECT id FROM order_ship_groups ORDER BY position") == divided
    assert await rows(database, "SELECT quantity FROM order_ship_group_lines ORDER BY quantity") == [(1,), (2,)]
    assert await rows(database, "SELECT amount FROM order_charges") == [(490,), (490,)]
    assert (await desk.order())["totals"]["total"] == {"amount": "45.50"}


async def test_what_costs_too_much_is_held_up_and_let_go_when_it_costs_less(desk, database, connection):
    """B6: the automatic rules run again at each commit."""
    await given.block_reason(connection, "ORDER_VALUE_LIMIT", kind="AUTOMATIC", auto_resolve=True)
    reasons = "SELECT reason, resolution FROM blocks ORDER BY placed_at"
    limited = """UPDATE channels SET order_checks = '{"value_limits": {"EUR": 3000}}' RETURNING 1"""
    await rows(database, limited)
    await desk.begin()
    await desk.apply({"addLines": {"lines": [{"sku": "MUG"}]}})
    to_come = await blocks_in_preview(desk)
    await desk.commit()
    held = await rows(database, reasons)
    ((block_id,),) = await rows(database, "SELECT id FROM blocks")

    await desk.begin()
    still = await blocks_in_preview(desk)
    await desk.apply({"removeLines": {"lineIds": [await line_id(desk, 1)]}})
    to_go = await blocks_in_preview(desk)
    await desk.commit()

    assert to_come == ([{"reasonCode": "ORDER_VALUE_LIMIT", "stops": ["RELEASE"]}], [])
    assert (still, to_go) == (([], []), ([], [global_id("blk", block_id)]))
    assert held == [("ORDER_VALUE_LIMIT", None)]
    assert await rows(database, reasons) == [("ORDER_VALUE_LIMIT", "AUTO")]


async def blocks_in_preview(desk):
    """What a commit would raise and what it would let go, as the preview announces it (S2-05e)."""
    document = (
        "query ($id: ID!) { orderEdit(id: $id) { preview { blocksToRaise { reasonCode stops } blocksToClear } } }"
    )
    preview = (await desk.api.staff(document, id=desk.edit["id"]))["orderEdit"]["preview"]
    return preview["blocksToRaise"], preview["blocksToClear"]


@pytest.fixture
async def agent(hire, connection):
    """May go ten percent below a price; the action asks for half of it."""
    await given.block_reason(connection, "PRICE_OVERRIDE_LIMIT", kind="AUTOMATIC", auto_resolve=True)
    await given.override_reason(connection)
    permitted = ("READ_ORDERS", "EDIT_ORDERS", "OVERRIDE_PRICES")
    desk = await hire("Grace", *permitted, limits={"OVERRIDE_PRICES": {"percent": "10"}})
    half = {"change": {"amount": {"amount": "5.95", "currencyCode": "EUR"}}, "reason": "GOODWILL"}
    desk.cheaper = {"overrideLinePrice": {"lineId": await line_id(desk), **half}}
    await desk.begin()
    return desk


async def test_no_edit_leads_round_the_supervisor(agent, database):
    """D27: a price below the agent's limit is a warning, and then a block that its author has caused."""
    warned = await agent.apply(agent.cheaper)
    applied = await agent.apply(agent.cheaper, acknowledge=["BELOW_OVERRIDE_LIMIT"])
    committed = await agent.commit()
    after = await agent.order()

    assert ([warning["code"] for warning in warned["warnings"]], warned["edit"]) == (["BELOW_OVERRIDE_LIMIT"], None)
    assert (codes(applied), codes(committed)) == ([], [])
    assert after["totals"]["total"] == {"amount": "16.80"}
    assert after["lines"][0]["unitPrice"] == {"amount": "5.95"}
    ((reason, causers),) = await rows(database, "SELECT reason, caused_by FROM blocks")
    ((owner,),) = await rows(database, "SELECT owner_id FROM order_edits")
    assert (reason, causers) == ("PRICE_OVERRIDE_LIMIT", [owner])
    assert await rows(database, "SELECT original_unit_price FROM order_lines") == [(1190,)]
    assert await rows(database, "SELECT original, amount, beyond_limit FROM order_adjustments") == [(1190, 595, True)]


async def test_another_edit_keeps_what_was_changed_about_the_money_and_its_block(agent, database):
    await agent.apply(agent.cheaper, acknowledge=["BELOW_OVERRIDE_LIMIT"])
    await agent.commit()

    await agent.begin()
    await agent.apply({"setNote": {"note": "The price stays"}})
    shown = agent.edit["preview"]["totalAfter"]
    await agent.commit()

    assert shown == (await agent.order())["totals"]["total"] == {"amount": "16.80"}
    assert await rows(database, "SELECT resolution FROM blocks") == [(None,)]
