"""Money that is owed back: what canceling promises, how those who give it back find it, and what they record (S2-17, D8)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.editing import EditDesk
from tests.api.mails import latest_text
from tests.api.test_canceling import CANCEL, PREVIEW
from tests.api.test_order_finding import FIND
from tests.api.test_paying_later import EUR, OFFERS, RECORD, REVERSE, money, ord_, stands
from tests.buying import Shop, rows
from tests.desk import Desk

REFUND = """mutation($input: RecordRefundInput!) { recordRefund(input: $input) {
  order { state paymentStatus balance { amount } } errors { code path ... on RefundTooHighError { most { amount currencyCode } } }
  warnings { code ... on PaidOtherwiseError { amount { amount currencyCode } } } } }"""
READ = """query($id: ID!) { order(id: $id) { deskActions { action blockers { code } }
  payments { captured { amount } refunded { amount } transactions { id kind amount { amount } providerReference receivedAt } }
  history { nodes { type text data } } } }"""
AT = "2026-03-02T11:30:00Z"


@pytest.fixture
async def shop(database, connection):
    await given.cancel_reasons(connection)
    return await Shop.open(database, payment_offers=OFFERS, cancel_minutes=30)


@pytest.fixture
def desk(api, shop):
    return Desk(api, shop)


@pytest.fixture
async def finance(desk):
    held = ("RECORD_PAYMENTS", "READ_ORDERS", "READ_PAYMENTS", "CANCEL_ORDERS")
    return await desk.member(*held, email="f@example.com")


@pytest.fixture
def pay(shop, clock, finance, work):
    """A placed order of 24.90, for two kettles, and so much recorded for it."""

    async def pay(amount="24.90", **how):
        kettle = await shop.product(price=1000, stock=50)
        order = await shop.place(clock, await shop.cart((kettle, 2), ways=("BANK_TRANSFER",), **how), inline=False)
        done = (await finance.staff(RECORD, input=money(order, amount, str(order.id))))["recordPayment"]
        assert done["errors"] == []
        await work()
        return order

    return pay


@pytest.fixture
def refund(finance):
    async def refund(order, amount, key="r", **more):
        how = {"reference": "statement 9", "refundedAt": AT, "idempotencyKey": key, **more}
        asked = {"orderId": ord_(order), "amount": EUR(amount) if isinstance(amount, str) else amount, **how}
        return (await finance.staff(REFUND, input=asked))["recordRefund"]

    return refund


@pytest.fixture
def owed(finance):
    async def owed(**find):
        found = (await finance.staff(FIND, find={"owesRefund": True, **find}))["orders"]["edges"]
        return [(edge["node"]["email"], [(each["key"], each["value"]) for each in edge["matched"]]) for edge in found]

    return owed


async def cancel(client, order, **more):
    asked = {"orderId": ord_(order), "reasonCode": "OTHER", **more}
    return (await client(CANCEL, input=asked))["cancelOrder"]


async def test_what_was_paid_for_a_canceled_order_is_promised_and_found_until_it_is_given_back(
    finance, pay, refund, owed, services, work
):
    order = await pay(email="ada@example.com")
    preview = (await finance.staff(PREVIEW, id=ord_(order)))["cancelPreview"]

    assert (preview["refund"], await owed()) == ({"amount": "24.90"}, [])
    assert (await cancel(finance.staff, order))["errors"] == []
    await work()
    assert "You get back the €24.90 that you have paid" in await latest_text(services, "ORDER_CANCELED")
    assert await owed() == [("ada@example.com", [("OWED_BACK", "24.90 EUR")])]

    some = await refund(order, "10.00", "some")
    assert some == await refund(order, "10.00", "some"), "once for a key"
    assert (stands(some), some["warnings"]) == (
        ("CANCELED", "OVERPAID", "-14.90"),
        [{"code": "OVERPAID", "amount": EUR("14.90")}],
    )
    assert await owed() == [("ada@example.com", [("OWED_BACK", "14.90 EUR")])]
    rest = await refund(order, "14.90", "rest", reference="statement 10")
    await work()

    assert (stands(rest), rest["warnings"]) == (("CANCELED", "REFUNDED", "0.00"), [])
    assert await owed() == []
    assert "we have given back €14.90" in await latest_text(services, "REFUND_MADE")


async def test_what_was_given_back_is_in_the_ledger_and_in_the_history_and_cannot_be_once_more(finance, pay, refund):
    order = await pay()
    await cancel(finance.staff, order)
    assert (await refund(order, "24.90"))["errors"] == []

    seen = (await finance.staff(READ, id=ord_(order)))["order"]
    assert (seen["payments"][0]["captured"], seen["payments"][0]["refunded"]) == (
        {"amount": "0.00"},
        {"amount": "24.90"},
    )
    entry = seen["payments"][0]["transactions"][-1]
    del entry["id"]
    assert entry == {
        "kind": "REFUND",
        "amount": {"amount": "24.90"},
        "providerReference": "statement 9",
        "receivedAt": AT,
    }
    actions = {each["action"]: [why["code"] for why in each["blockers"]] for each in seen["deskActions"]}
    assert (actions["RECORD_REFUND"], actions["REVERSE_PAYMENT"]) == (["NOTHING_TO_REFUND"], [])
    told = [each["text"] for each in seen["history"]["nodes"] if each["type"] == "MoneyGivenBack"]
    assert told == ["We have given money back."]


async def test_what_is_left_for_later_is_not_promised_and_owed_all_the_same(
    finance, pay, owed, services, database, work
):
    order = await pay()

    assert (await cancel(finance.staff, order, refund="LATER"))["errors"] == []
    await work()

    assert "24.90" not in (await latest_text(services, "ORDER_CANCELED")).replace("over €24.90", "")
    assert await rows(database, "SELECT data->'refund' FROM events WHERE type = 'OrderCanceled'") == [(0,)]
    assert len(await owed()) == 1


async def test_customers_who_cancel_are_told_in_their_language_what_comes_back(desk, pay, services, connection, work):
    ada = await desk.customer(language="de")
    order = await pay()
    await connection.execute("UPDATE orders SET language = 'de', customer_id = $1", ada)
    client = await desk.signed_in(ada)
    more = await client.error_codes(
        "/graphql", CANCEL, {"input": {"orderId": ord_(order), "reasonCode": "OTHER", "refund": "LATER"}}
    )

    assert (await cancel(client.shop, order))["errors"] == []
    await work()

    assert more == ["BAD_USER_INPUT"], "that is for staff to say"
    assert "Die 24,90\xa0€, die Sie bezahlt haben, erhalten Sie auf demselben Weg zurück." in await latest_text(
        services, "ORDER_CANCELED"
    )


async def test_units_that_are_canceled_are_given_back_as_far_as_they_were_paid(
    finance, pay, refund, owed, services, database, work
):
    order = await pay()
    ((line_id,),) = await rows(database, "SELECT id FROM order_lines")
    lines = [{"lineId": global_id("oln", line_id), "quantity": 1}]
    preview = (await finance.staff(PREVIEW, id=ord_(order), lines=lines))["cancelPreview"]

    assert (await cancel(finance.staff, order, lines=lines))["errors"] == []
    await work()
    done = await refund(order, "10.00")

    assert preview["refund"] == {"amount": "10.00"}
    assert "You have paid €10.00 more than that" in await latest_text(services, "ORDER_PARTLY_CANCELED")
    assert (stands(done), done["warnings"]) == (("CONFIRMED", "PARTIALLY_REFUNDED", "0.00"), [])
    assert await owed() == []


async def test_an_order_that_was_changed_to_cost_less_owes_what_was_paid_for_the_rest(desk, pay, refund, owed):
    order = await pay()
    grace = await desk.member("READ_ORDERS", "EDIT_ORDERS", "ACT_FOR_CUSTOMERS", email="g@example.com")
    edit = EditDesk(grace, order.id)
    await edit.begin()
    await edit.more(1)

    assert (await edit.commit())["errors"] == []
    assert [keys for _, keys in await owed()] == [[("OWED_BACK", "10.00 EUR")]]
    assert stands(await refund(order, "10.00")) == ("CONFIRMED", "PARTIALLY_REFUNDED", "0.00")
    assert await owed() == []


async def test_more_than_is_owed_back_is_given_back_only_by_who_says_so(pay, refund, database):
    order = await pay("25.00")

    warned = await refund(order, "10.10")
    written = await rows(database, "SELECT count(*) FROM payment_transactions WHERE kind = 'REFUND'")
    done = await refund(order, "10.10", "sure", acknowledge=["DUE_AGAIN"])
    twice = await refund(order, "10.10", "twice", acknowledge=["DUE_AGAIN"])

    assert (warned["order"], warned["errors"]) == (None, [])
    assert warned["warnings"] == [{"code": "DUE_AGAIN", "amount": EUR("10.00")}]
    assert written == [(0,)]
    assert stands(done) == ("PENDING", "PARTIALLY_REFUNDED", "10.00")
    assert [each["code"] for each in twice["warnings"]] == ["RECORDED_BEFORE"]
    acknowledged = await rows(database, "SELECT count(*) FROM events WHERE data::text LIKE '%DUE_AGAIN%'")
    assert acknowledged == [(1,)]


async def test_a_refund_that_was_recorded_by_mistake_is_taken_back(finance, pay, refund, owed):
    order = await pay()
    await cancel(finance.staff, order)
    await refund(order, "24.90")
    entry = (await finance.staff(READ, id=ord_(order)))["order"]["payments"][0]["transactions"][-1]

    wrong = {"transactionId": entry["id"], "reason": "The bank sent it back.", "idempotencyKey": "w"}
    done = (await finance.staff(REVERSE, input=wrong))["reverseRecordedPayment"]

    assert (stands(done), done["errors"]) == (("CANCELED", "OVERPAID", "-24.90"), [])
    assert len(await owed()) == 1


async def test_never_more_is_given_back_than_came_in_and_nothing_is_written_otherwise(
    shop, desk, finance, pay, refund, database, clock
):
    order = await pay()
    other = await shop.place(clock, await shop.cart((await shop.product(price=100, stock=5), 1)), inline=False)
    clerk = await desk.clerk()
    before = await rows(database, "SELECT (SELECT count(*) FROM payment_transactions), (SELECT count(*) FROM events)")

    async def refused(amount="1.00", of=order, **more):
        answer = await refund(of, amount, f"{amount}{more}", **more)
        assert answer["order"] is None
        return answer["errors"]

    too_high = {"code": "REFUND_TOO_HIGH", "path": ["amount"], "most": EUR("24.90")}
    later = {"code": "REFUND_IN_FUTURE", "path": ["refundedAt"]}
    assert await refused("24.91", refundedAt="2026-04-01T00:00:00Z") == [later, too_high]
    assert await refused(of=other) == [{"code": "NOTHING_TO_REFUND", "path": None}]
    assert await refused(of=other, paymentId=global_id("pay", other.payments[0].id)) == [
        {"code": "PAYMENT_NOT_RECORDABLE", "path": ["paymentId"]}
    ]
    assert await refused(paymentId=global_id("pay", order.id)) == [{"code": "NOT_FOUND", "path": ["paymentId"]}]
    assert await refused(orderId=global_id("ord", shop.channel_id)) == [{"code": "NOT_FOUND", "path": ["orderId"]}]
    assert await refused(expectedRevision=1) == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    dollars = {"amount": "1.00", "currencyCode": "USD"}
    assert await refused(amount=dollars) == [{"code": "INVALID_VALUE", "path": ["amount", "currencyCode"]}]
    assert await refused("0", reference=" ", paymentId="x") == [
        {"code": "NOT_FOUND", "path": ["paymentId"]},
        {"code": "INVALID_VALUE", "path": ["amount"]},
        {"code": "INVALID_VALUE", "path": ["reference"]},
    ]
    asked = {"orderId": ord_(order), "amount": EUR("1.00"), "reference": "s", "refundedAt": AT, "idempotencyKey": "c"}
    assert set(await clerk.error_codes("/staff/graphql", REFUND, {"input": asked})) == {"FORBIDDEN"}
    after = await rows(database, "SELECT (SELECT count(*) FROM payment_transactions), (SELECT count(*) FROM events)")
    assert after == before
