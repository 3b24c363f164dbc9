"""What an edit costs more is charged, paid by a mailed link, or left due; and what a bank may do about it (S2-01, D37)."""

import re
from datetime import timedelta

import pytest

from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.ids import OrderEditId
from commerce_api.domain.order import EditSettle
from commerce_api.domain.permissions import Permission
from commerce_api.operations import edit_charging, payments
from commerce_api.operations.edit_commit import CommitEdit
from commerce_api.operations.execute import execute
from commerce_api.schema.node import key_of
from tests import given
from tests.api.editing import EditDesk, codes
from tests.api.mails import latest_text
from tests.buying import rows

APPROVED, SOFT, HARD = "4242424242424242", "4000000000009995", "4000000000000002"
ACTION, TIMES_OUT, LOST = "4000002760003184", "4000000000000119", "4000000000000127"
HELD = """SELECT p.use, p.amount, t.kind, t.status FROM payments p JOIN payment_transactions t ON t.payment_id = p.id
    ORDER BY t.id"""
PAID = ("ORDER", 2870, "AUTHORIZE", "SUCCEEDED")
PAYMENTS = """query ($id: ID!) { order(id: $id) { balance { amount } paymentStatus
  payments { use amount { amount } status actionUrl } allowedActions { action allowed } } }"""
BALANCE = """mutation ($input: PayOrderBalanceInput!) { payOrderBalance(input: $input) {
  orderPayment { state paymentStatus due { amount } allowedActions { action allowed } } errors { code path } } }"""
CHARGE = "query ($id: ID!) { orderEdit(id: $id) { charge { amount { amount } failedWith actionUrl } } }"
LINK = """query ($link: String!) { orderPayment(paymentToken: $link) { number state due { amount }
  allowedActions { action allowed } } }"""


@pytest.fixture
async def desk(api, connection, shop, clock, services):
    """Somebody at work on an order of two kettles, paid with shipping: 28.70. There are three more."""
    kettle = await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 5}])
    placed = await shop.place(clock, await shop.cart((kettle, 2)))
    order = await payments.advance(services.desk, placed.id, "r")
    permissions = ("READ_ORDERS", "EDIT_ORDERS", "ACT_FOR_CUSTOMERS", "OVERRIDE_NOTIFICATIONS")
    staff_id = await given.staff(connection, *permissions, name="Grace", email="grace@shop.test")
    desk = EditDesk(api.as_(await given.staff_token(connection, staff_id)), order.id)
    desk.staff_id, desk.key = staff_id, order.id
    await desk.begin()
    return desk


@pytest.fixture
def charge(desk, shop):
    async def charge(number=None, key="k-1", **more):
        """Of one more kettle; with the card of the order, or another one."""
        other = {"instructions": [{"cardToken": await shop.card(number)}]} if number else {}
        return await desk.commit("CHARGE", idempotencyKey=key, **other, **more)

    return charge


def euros(amount):
    return {"amount": amount, "currencyCode": "EUR"}


async def money(desk):
    return (await desk.api.staff(PAYMENTS, id=desk.order_id))["order"]


async def reserved(database):
    return await rows(database, "SELECT sum(quantity) FROM reservations")


async def test_what_it_costs_more_is_set_aside_before_anything_is_changed(desk, charge, database):
    await desk.more(3)

    committed = await charge(reason="ONE_MORE")
    repeated = await charge(reason="ONE_MORE")
    after = await desk.order()

    assert (codes(committed), committed["edit"]["state"]) == ([], "COMMITTED")
    assert repeated == committed
    assert (after["versionNumber"], after["balance"], after["lines"][0]["allocated"]) == (2, {"amount": "0.00"}, 3)
    assert await rows(database, HELD) == [PAID, ("BALANCE", 1190, "AUTHORIZE", "SUCCEEDED")]
    assert await rows(database, "SELECT count(*), sum(amount) FROM sandbox_operations") == [(2, 4060)]
    assert await reserved(database) == [(None,)]
    noted = await rows(database, "SELECT reason, actor->>'kind', actor->>'id' FROM order_versions WHERE version = 2")
    assert noted == [("ONE_MORE", "STAFF", str(desk.staff_id))]
    assert (await money(desk))["paymentStatus"] == "AUTHORIZED"


async def test_a_charge_that_is_declined_changes_nothing_and_can_be_tried_again(desk, charge, database, work):
    await desk.more(3)
    before = await desk.order()

    declined = await charge(SOFT)
    repeated = await charge(SOFT, key="k-1")
    after, held = await desk.order(), await rows(database, HELD)
    failed = (await desk.api.staff(CHARGE, id=desk.edit["id"]))["orderEdit"]["charge"]
    again = await charge(key="k-2")
    await work()

    assert [(error["code"], declined["edit"]) for error in declined["errors"]] == [("CHARGE_DECLINED", None)]
    assert codes(repeated) == ["IDEMPOTENCY_KEY_REUSED"]
    assert {**after, "revision": 0} == {**before, "revision": 0}
    assert held == [PAID, ("DROPPED", 1190, "AUTHORIZE", "FAILED")]
    assert failed == {"amount": {"amount": "11.90"}, "failedWith": "CHARGE_DECLINED", "actionUrl": None}
    assert (codes(again), again["edit"]["state"]) == ([], "COMMITTED")
    assert (await desk.order())["balance"] == {"amount": "0.00"}


async def test_what_a_repeated_request_is_told_of_a_decline_is_the_decline(desk, shop, database):
    await desk.more(3)
    asked = {"idempotencyKey": "k-1", "instructions": [{"cardToken": await shop.card(HARD)}]}

    declined, repeated = [await desk.commit("CHARGE", **asked) for _ in range(2)]
    again = await desk.commit("CHARGE", **{**asked, "idempotencyKey": "k-2"})

    assert [codes(each) for each in (declined, repeated, again)] == [
        ["CHARGE_DECLINED"],
        ["CHARGE_DECLINED"],
        ["PAYMENT_METHOD_DECLINED"],
    ]
    assert await rows(database, "SELECT count(*) FROM sandbox_operations") == [(2,)]


@pytest.mark.parametrize("card", [TIMES_OUT, LOST])
async def test_while_nobody_knows_the_edit_waits_and_cannot_be_changed(desk, charge, database, work, clock, card):
    await desk.more(3)

    waiting = await charge(card)
    meanwhile = await money(desk)
    refused = [await desk.apply({"setNote": {"note": "x"}}), await charge(key="k-2"), await desk.take_over(desk.edit)]
    shown = (await desk.order())["edit"]
    kept = await reserved(database)
    clock.advance(timedelta(minutes=1))
    await work()
    after = await desk.order()

    assert (codes(waiting), waiting["edit"]["state"]) == ([], "SETTLING")
    assert meanwhile["balance"] == {"amount": "0.00"}
    assert meanwhile["paymentStatus"] == "AUTHORIZED"
    assert [codes(payload) for payload in refused] == [["EDIT_SETTLING"]] * 3
    assert (shown["ownerName"], kept) == ("Grace", [(1,)])
    assert (after["versionNumber"], after["balance"]) == (2, {"amount": "0.00"})
    assert await rows(database, HELD) == [PAID, ("BALANCE", 1190, "AUTHORIZE", "SUCCEEDED")]
    noted = await rows(database, "SELECT actor->>'id' FROM order_versions WHERE version = 2")
    assert noted == [(str(desk.staff_id),)]


async def test_a_worker_goes_on_where_the_request_died(desk, database, clock, work):
    await desk.more(3)
    actor = Actor(kind=ActorKind.STAFF, id=desk.staff_id, permissions=frozenset(Permission))
    by = Attribution(actor=actor, at=clock(), request_id="r")
    edit_id = OrderEditId(key_of(desk.edit["id"], "oed"))
    command = CommitEdit(edit_id=edit_id, settle=EditSettle.CHARGE)

    await execute(database, by, edit_charging.commit, command)
    settling = await rows(database, "SELECT state FROM order_edits")
    clock.advance(timedelta(minutes=1))
    await work()

    assert settling == [("SETTLING",)]
    assert await rows(database, "SELECT state FROM order_edits") == [("COMMITTED",)]
    assert (await desk.order())["versionNumber"] == 2
    assert await rows(database, "SELECT count(*) FROM sandbox_operations") == [(2,)]


async def test_what_is_thrown_away_while_the_customer_confirms_is_let_go_when_they_do(
    desk, charge, database, clock, work, services
):
    await desk.more(3)
    waiting = await charge(ACTION)
    url = (await desk.api.staff(CHARGE, id=desk.edit["id"]))["orderEdit"]["charge"]["actionUrl"]

    discarded = await desk.discard()
    free = await reserved(database)
    await services.desk.provider.confirm(url.rpartition("/")[2], approved=True)
    clock.advance(timedelta(hours=2))
    await work()

    assert (waiting["edit"]["state"], discarded["edit"]["state"], free) == ("SETTLING", "DISCARDED", [(None,)])
    assert await rows(database, HELD) == [
        PAID,
        ("DROPPED", 1190, "AUTHORIZE", "SUCCEEDED"),
        ("DROPPED", 1190, "VOID", "SUCCEEDED"),
    ]
    after = await desk.order()
    assert (after["versionNumber"], after["balance"]) == (1, {"amount": "0.00"})


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("UPDATE prices SET amount = amount * 2 RETURNING 1", "OPEN"),
        ("UPDATE orders SET version = 2 RETURNING 1", "OPEN"),
    ],
)
async def test_what_cannot_be_made_any_more_is_not_and_nothing_is_held(
    desk, charge, database, clock, work, change, state
):
    await desk.more(3)
    await desk.apply(pricePolicy="REPRICE_ALL")
    await charge(TIMES_OUT)

    await rows(database, change)
    clock.advance(timedelta(minutes=1))
    await work()

    assert await rows(database, "SELECT state, charge->>'failure' IS NOT NULL FROM order_edits") == [(state, True)]
    assert [entry for entry in await rows(database, HELD) if entry[0] == "DROPPED"] == [
        ("DROPPED", 1190, "AUTHORIZE", "SUCCEEDED"),
        ("DROPPED", 1190, "VOID", "SUCCEEDED"),
    ]
    assert (await desk.order())["balance"] == {"amount": "0.00"}
    assert await reserved(database) == [(None,)]


async def test_a_canceled_order_takes_nothing_for_its_edit(desk, charge, database, services, clock, work):
    await desk.more(3)
    await charge(TIMES_OUT)

    await rows(database, "UPDATE orders SET state = 'CANCELED' RETURNING 1")
    clock.advance(timedelta(minutes=1))
    await work()

    assert [entry[2:] for entry in await rows(database, HELD) if entry[1] == 1190] == [
        ("AUTHORIZE", "SUCCEEDED"),
        ("VOID", "SUCCEEDED"),
    ]


async def test_nobody_leaves_a_confirmed_order_unpaid_without_saying_so(desk, database):
    await desk.more(3)

    unsaid = await desk.commit(None)
    wrong = await desk.commit("LEAVE_DUE", instructions=[{"cardToken": "card_x"}])
    keyless = await desk.commit("CHARGE")

    assert [(error["code"], error["path"]) for each in (unsaid, wrong, keyless) for error in each["errors"]] == [
        ("SETTLEMENT_NEEDED", ["settle"]),
        ("INVALID_VALUE", ["instructions"]),
        ("INVALID_VALUE", ["idempotencyKey"]),
    ]
    assert await rows(database, "SELECT max(version) FROM orders") == [(1,)]


async def test_the_rest_is_paid_with_a_mailed_link(desk, database, services, work, http, api, shop):
    await desk.more(3)
    committed = await desk.commit("SEND_PAYMENT_LINK")
    await work()
    (link,) = set(re.findall(r"mail_[\w-]+", text := await latest_text(services, "BALANCE_DUE")))

    opened = (await api.shop(LINK, link=link))["orderPayment"]
    wrong = await api.shop(BALANCE, input={"paymentToken": link, "idempotencyKey": "b-0", "expectedDue": euros("1.00")})
    new_card = {"instructions": [{"cardToken": await shop.card(APPROVED)}], "expectedDue": euros("11.90")}
    paid = await api.shop(BALANCE, input={"paymentToken": link, "idempotencyKey": "b-1", **new_card})
    again = await api.shop(BALANCE, input={"paymentToken": link, "idempotencyKey": "b-2"})

    assert codes(committed) == []
    assert "€11.90 is still to be paid" in text
    may = {each["action"] for each in opened["allowedActions"] if each["allowed"]}
    assert (opened["state"], opened["due"], may) == ("CONFIRMED", {"amount": "11.90"}, {"PAY_BALANCE"})
    assert [error["code"] for error in wrong["payOrderBalance"]["errors"]] == ["BALANCE_CHANGED"]
    assert paid["payOrderBalance"]["errors"] == []
    settled = paid["payOrderBalance"]["orderPayment"]
    assert (settled["paymentStatus"], settled["due"]) == ("AUTHORIZED", {"amount": "0.00"})
    assert [error["code"] for error in again["payOrderBalance"]["errors"]] == ["PAYMENT_LINK_INVALID"]
    assert await rows(database, HELD) == [PAID, ("BALANCE", 1190, "AUTHORIZE", "SUCCEEDED")]


async def sent(database):
    return (await rows(database, "SELECT count(*) FROM mails WHERE kind = 'BALANCE_DUE'"))[0][0]


async def test_what_is_left_due_is_reminded_of_a_few_times(desk, database, clock, work, services):
    await desk.more(3)
    await desk.commit()
    told = []

    for _ in range(5):
        clock.advance(timedelta(hours=12))
        await work()
        told.append(await sent(database))

    assert told == [0, 1, 1, 2, 2]
    assert "€11.90 is still to be paid" in await latest_text(services, "BALANCE_DUE")
    assert (await money(desk))["balance"] == {"amount": "11.90"}


@pytest.mark.parametrize("done", ["paid", "edited"])
async def test_who_has_paid_or_owes_something_else_is_not_reminded_of_it(desk, database, clock, work, shop, done):
    await desk.more(3)
    await desk.commit()
    clock.advance(timedelta(hours=20))
    if done == "paid":
        await desk.api.staff(BALANCE, input={"orderId": desk.order_id, "idempotencyKey": "b-1"})
    else:
        await desk.begin()
        await desk.more(4)
        await desk.commit()
    clock.advance(timedelta(hours=5))
    await work()
    early = await sent(database)
    clock.advance(timedelta(hours=20))
    await work()

    assert (early, await sent(database)) == (0, 0 if done == "paid" else 1)


async def test_a_balance_that_is_declined_stays_due_and_is_mailed_about(desk, database, services, work, shop):
    await desk.more(3)
    await desk.commit()
    pay = {"orderId": desk.order_id, "instructions": [{"cardToken": await shop.card(SOFT)}]}

    declined = await desk.api.staff(BALANCE, input={**pay, "idempotencyKey": "b-1"})
    stands = await money(desk)
    await work()
    settled = await desk.api.staff(BALANCE, input={"orderId": desk.order_id, "idempotencyKey": "b-2"})
    nothing = await desk.api.staff(BALANCE, input={"orderId": desk.order_id, "idempotencyKey": "b-3"})

    assert declined["payOrderBalance"]["orderPayment"]["due"] == {"amount": "11.90"}
    assert stands["paymentStatus"] == "PARTIALLY_AUTHORIZED"
    assert "was not accepted" in await latest_text(services, "BALANCE_DUE")
    assert settled["payOrderBalance"]["orderPayment"]["due"] == {"amount": "0.00"}
    assert [error["code"] for error in nothing["payOrderBalance"]["errors"]] == ["PAYMENT_NOT_OPEN"]
    assert [entry[3] for entry in await rows(database, HELD)] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]


async def test_what_the_order_can_do_without_is_let_go_and_the_rest_is_said(desk, charge, database, work):
    await desk.more(3)
    await charge()
    await desk.begin()
    await desk.more(2)
    whole = await desk.api.staff(SETTLEMENT, id=desk.edit["id"])
    await desk.commit(None)
    await work()
    released = await rows(database, HELD)
    await desk.begin()
    await desk.more(1)
    part = await desk.api.staff(SETTLEMENT, id=desk.edit["id"])
    await desk.commit(None)

    assert settlement_of(whole) == ("RELEASE", "11.90", "11.90")
    assert released == [
        PAID,
        ("DROPPED", 1190, "AUTHORIZE", "SUCCEEDED"),
        ("DROPPED", 1190, "VOID", "SUCCEEDED"),
    ]
    assert settlement_of(part) == ("RELEASE", "11.90", "0.00")
    assert (await money(desk))["balance"] == {"amount": "-11.90"}


SETTLEMENT = """query ($id: ID!) { orderEdit(id: $id) {
  preview { settlement { kind amount { amount } released { amount } } } } }"""


def settlement_of(answer):
    found = answer["orderEdit"]["preview"]["settlement"]
    return found["kind"], found["amount"]["amount"], found["released"]["amount"]


async def test_the_customer_is_told_what_changed_in_plain_words(desk, database, services, work):
    await desk.more(3)
    await desk.apply({"setNote": {"note": "Ring twice"}})
    await desk.commit(notify={"email": "SEND", "to": "desk@example.com"})
    await work()

    text = await latest_text(services, "ORDER_CHANGED")
    assert "  - Line 1 (Kettle): quantity 2 → 3" in text
    assert "  - Note: none → Ring twice" in text
    assert "It comes to €40.60 now. Of that, €11.90 is still to be paid." in text
    assert "tax" not in text
    assert await rows(database, "SELECT recipient FROM mails WHERE kind = 'ORDER_CHANGED'") == [("desk@example.com",)]
    told = "SELECT data->>'mail', data->>'email' FROM events WHERE type = 'NotifyOverridden'"
    assert await rows(database, told) == [("ORDER_CHANGED", "SEND")]


async def test_a_mail_about_a_change_can_be_kept_back_this_once(desk, database, work):
    await desk.apply({"setNote": {"note": "Ring twice"}})

    await desk.commit(notify={"email": "SUPPRESS"})
    await work()

    assert await rows(database, "SELECT count(*) FROM mails WHERE kind = 'ORDER_CHANGED'") == [(0,)]
    assert await rows(database, "SELECT notify FROM order_versions WHERE version = 2") == [("SUPPRESS",)]
