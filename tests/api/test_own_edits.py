"""Customers who edit their placed orders themselves, in the shop, for as long as the channel lets them (C.7)."""

from datetime import timedelta

import pytest

from commerce_api.operations import payments
from commerce_api.schema.node import global_id
from tests import given
from tests.api.editing import EditDesk, codes
from tests.api.mails import latest_text
from tests.buying import Shop, rows

EDIT = """id state mine revision expiresAt charge { amount { amount } failedWith }
preview { totalBefore { amount } totalAfter { amount } settlement { kind amount { amount } } missing { requirement }
  changes { label } order { lines { name quantity } } }"""
ERRORS = "errors { code message path ... on EditLockedError { since takenOver } ... on EditClosedError { state } }"
ORDER = """query($id: ID!) { order(id: $id) { versionNumber balance { amount } edit { id }
  lines { id quantity } totals { total { amount } }
  allowedActions { action allowed until blockers { code message } } } }"""
READ = "query($id: ID!) { orderEdit(id: $id) { state mine } node(id: $id) { id } }"
GONE_ON = """query($id: ID!) { orderEdit(id: $id) { state mine takenOver since preview { totalAfter { amount } } } }"""
CHARGE = "query($id: ID!) { orderEdit(id: $id) { state charge { amount { amount } failedWith actionUrl } } }"
SEEN = "query($id: ID!) { order(id: $id) { edit { ownerName byCustomer mine recalculateShipping } } }"
SOFT, ACTION = "4000000000009995", "4000002760003184"
VERSION = "SELECT actor->>'kind', reason, actor->>'id' FROM order_versions WHERE version = 2"


class Buyer:
    """A customer with the order that is worked on."""

    def __init__(self, api, order_id, edit=None):
        self.api, self.order_id, self.edit = api, order_id, edit

    async def do(self, name, input_type, **input):
        document = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ edit {{ {EDIT} }} {ERRORS} }} }}"
        payload = (await self.api.shop(document, input=input))[name]
        self.edit = payload["edit"] or self.edit
        return payload

    async def begin(self, **input):
        return await self.do("beginOrderEdit", "BeginOrderEditInput", orderId=self.order_id, **input)

    async def apply(self, *actions):
        return await self.do("applyToOrderEdit", "ApplyToOrderEditInput", editId=self.edit["id"], actions=list(actions))

    async def take(self, quantity):
        line_id = (await self.order())["lines"][0]["id"]
        return await self.apply({"updateLines": {"lines": [{"lineId": line_id, "change": {"quantity": quantity}}]}})

    async def commit(self, **input):
        return await self.do("commitOrderEdit", "CommitOrderEditInput", editId=self.edit["id"], **input)

    async def discard(self):
        return await self.do("discardOrderEdit", "OrderEditInput", editId=self.edit["id"])

    async def order(self):
        return (await self.api.shop(ORDER, id=self.order_id))["order"]

    async def may(self, action="EDIT"):
        return next(each for each in (await self.order())["allowedActions"] if each["action"] == action)


@pytest.fixture
async def shop(database):
    return await Shop.open(database, edit_minutes=40)


@pytest.fixture
async def order(shop, clock, services, connection):
    """Two kettles of Ada's, paid with shipping: 28.70. There are three more."""
    kettle = await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 5}])
    placed = await shop.place(clock, await shop.cart((kettle, 2)))
    await connection.execute(
        "UPDATE orders SET customer_id = $1", await given.customer(connection, channel_id=shop.channel_id)
    )
    return await payments.advance(services.desk, placed.id, "r")


@pytest.fixture
async def ada(api, connection, order):
    id_ = await connection.fetchval("SELECT id FROM customers")
    return Buyer(api.as_(await given.customer_token(connection, id_)), global_id("ord", order.id))


@pytest.fixture
async def desk(api, connection, order):
    held = ("READ_ORDERS", "EDIT_ORDERS", "TAKE_OVER_EDITS", "BLOCK_ORDERS")
    staff_id = await given.staff(connection, *held, name="Grace", email="grace@shop.test")
    return EditDesk(api.as_(await given.staff_token(connection, staff_id)), order.id)


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT array_agg((version, revision, total)::text) FROM orders), (SELECT count(*) FROM events),"
        " (SELECT array_agg((state, owner_id)::text) FROM order_edits), (SELECT sum(allocated) FROM stock_levels)",
    )


async def test_a_customer_changes_an_order_as_a_cart_and_pays_what_it_costs_more(ada, database, services, work):
    begun = await ada.begin()
    changed = await ada.take(3)
    unsaid = await ada.commit()
    done = await ada.commit(settle="CHARGE", reason="One more, please", idempotencyKey="k-1")
    await work()

    assert begun["edit"]["preview"]["settlement"] == {"kind": "NOTHING", "amount": {"amount": "0.00"}}
    assert begun["edit"]["expiresAt"] == "2026-03-02T12:30:00Z"
    preview = changed["edit"]["preview"]
    assert (preview["totalAfter"], preview["settlement"]["kind"]) == ({"amount": "40.60"}, "CHARGE")
    assert "Line 1 (Kettle): quantity 2 → 3" in [each["label"] for each in preview["changes"]]
    assert [(error["code"], error["path"]) for error in unsaid["errors"]] == [("SETTLEMENT_NEEDED", ["settle"])]
    assert (codes(done), done["edit"]["state"]) == ([], "COMMITTED")
    after = await ada.order()
    assert (after["versionNumber"], after["totals"]["total"], after["balance"]) == (
        2,
        {"amount": "40.60"},
        {"amount": "0.00"},
    )
    [customer] = await rows(database, "SELECT id FROM customers")
    assert await rows(database, VERSION) == [("CUSTOMER", "One more, please", str(customer[0]))]
    assert "quantity 2 → 3" in await latest_text(services, "ORDER_CHANGED")


async def test_a_card_that_is_declined_leaves_the_order_and_the_edit_as_they_are(ada, shop):
    await ada.begin()
    await ada.take(3)

    card = {"instructions": [{"cardToken": await shop.card(SOFT)}]}
    declined = await ada.commit(settle="CHARGE", idempotencyKey="k-1", **card)
    unknown = await ada.commit(settle="CHARGE", idempotencyKey="k-2", instructions=[{"cardToken": "card_none"}])

    assert codes(declined) == ["CHARGE_DECLINED"]
    assert [(error["code"], error["path"]) for error in unknown["errors"]] == [
        ("CARD_TOKEN_INVALID", ["instructions", "0", "cardToken"])
    ]
    now = await ada.order()
    assert (now["versionNumber"], now["edit"]["id"]) == (1, ada.edit["id"])


async def test_until_when_is_told_and_kept(ada, clock, database):
    told = await ada.may()
    await ada.begin()
    clock.advance(timedelta(minutes=25))
    applied = await ada.take(1)
    clock.advance(timedelta(minutes=15))
    before = await written(database)

    late = [await ada.commit(), await ada.take(2), await ada.begin()]

    assert told == {"action": "EDIT", "allowed": True, "until": "2026-03-02T12:40:00Z", "blockers": []}
    assert applied["edit"]["expiresAt"] == "2026-03-02T12:40:00Z"
    assert [codes(payload) for payload in late] == [["EDIT_TIME_OVER"]] * 3
    assert [each["code"] for each in (await ada.may())["blockers"]] == ["EDIT_TIME_OVER"]
    assert await written(database) == before
    assert codes(await ada.discard()) == []


async def test_others_find_no_order_to_edit_and_guests_have_to_sign_in(ada, api, shop, connection, database):
    await ada.begin()
    other = await given.customer(connection, "eve@example.com", channel_id=shop.channel_id)
    eve = Buyer(api.as_(await given.customer_token(connection, other)), ada.order_id, ada.edit)
    before = await written(database)

    refused = [
        await eve.begin(),
        await eve.apply({"setNote": {"note": "Mine now"}}),
        await eve.commit(),
        await eve.discard(),
    ]

    assert [codes(payload) for payload in refused] == [["NOT_FOUND"]] * 4
    assert await eve.api.shop(READ, id=ada.edit["id"]) == {"orderEdit": None, "node": None}
    assert (await ada.api.shop(READ, id=ada.edit["id"]))["orderEdit"] == {"state": "OPEN", "mine": True}
    document = 'mutation { beginOrderEdit(input: {orderId: "ord_x"}) { errors { code } } }'
    assert await api.error_codes("/graphql", document) == ["UNAUTHENTICATED"]
    assert await written(database) == before


async def test_what_staff_are_working_on_is_said_to_be_so_and_no_more(ada, desk, database):
    staff_edit = (await desk.begin())["edit"]
    german = Buyer(ada.api.with_headers(accept_language="de"), ada.order_id, staff_edit)
    before = await written(database)

    [locked] = (await german.begin())["errors"]

    assert (locked["code"], locked["since"], locked["takenOver"]) == ("EDIT_LOCKED", "2026-03-02T12:00:00Z", False)
    assert locked["message"] == "Jemand anders arbeitet seit 2026-03-02 12:00 UTC an dieser Bestellung."
    assert codes(await german.take(1)) == ["EDIT_LOCKED"]
    assert (await german.may())["blockers"] == [{"code": "EDIT_LOCKED", "message": locked["message"]}]
    assert (await ada.order())["edit"] is None
    assert await ada.api.shop(READ, id=staff_edit["id"]) == {"orderEdit": None, "node": None}
    assert await written(database) == before


async def test_staff_see_that_the_customer_is_at_it_and_can_take_over(ada, desk):
    await ada.begin()
    await ada.take(1)

    [locked] = (await desk.begin())["errors"]
    seen = (await desk.api.staff(SEEN, id=desk.order_id))["order"]["edit"]
    taken = await desk.take_over(ada.edit)

    assert (locked["code"], locked["owner"]) == ("EDIT_LOCKED", "Ada Byron")
    assert seen == {"ownerName": "Ada Byron", "byCustomer": True, "mine": False, "recalculateShipping": True}
    assert (codes(taken), taken["edit"]["ownerName"]) == ([], "Grace")
    assert codes(await ada.commit()) == ["EDIT_LOCKED"]
    assert codes(await desk.commit()) == []


async def test_a_customer_reads_that_staff_go_on_with_the_change(ada, desk, clock, services, work):
    """In what they ask next, and by mail; what staff make of it they see when it is made."""
    await ada.begin()
    await ada.take(1)
    clock.advance(timedelta(minutes=5))
    await desk.take_over(ada.edit)
    german = Buyer(ada.api.with_headers(accept_language="de"), ada.order_id, ada.edit)

    read = (await ada.api.shop(GONE_ON, id=ada.edit["id"]))["orderEdit"]
    locked = [(await ada.take(2))["errors"], (await ada.begin())["errors"], (await ada.discard())["errors"]]
    [said] = (await german.commit())["errors"]
    await work()

    assert read == {"state": "OPEN", "mine": False, "takenOver": True, "since": "2026-03-02T12:05:00Z", "preview": None}
    told = [(error["code"], error["since"], error["takenOver"]) for errors in locked for error in errors]
    assert told == [("EDIT_LOCKED", "2026-03-02T12:05:00Z", True)] * 3
    assert said["message"] == (
        "Jemand anders, der die von Ihnen begonnene Änderung weiterführt, arbeitet seit 2026-03-02 12:05 UTC an dieser "
        "Bestellung."
    )
    assert (await ada.order())["edit"]["id"] == ada.edit["id"]
    mailed = await latest_text(services, "OWN_EDIT_TAKEN_OVER")
    assert "What you had changed is still in it" in mailed
    assert "Grace" not in mailed


async def test_a_customer_reads_what_became_of_the_change_that_staff_went_on_with(ada, desk, database, services, work):
    await ada.begin()
    await ada.take(1)
    await desk.take_over(ada.edit)
    await desk.discard()
    await work()

    [closed] = (await ada.take(2))["errors"]

    assert (closed["code"], closed["state"]) == ("EDIT_CLOSED", "DISCARDED")
    read = (await ada.api.shop(GONE_ON, id=ada.edit["id"]))["orderEdit"]
    assert (read["state"], read["takenOver"]) == ("DISCARDED", True)
    assert "The order is as it was and comes to €28.70." in await latest_text(services, "OWN_EDIT_DISCARDED")
    await ada.begin()
    await ada.discard()
    await work()
    assert await rows(database, "SELECT count(*) FROM mails WHERE kind = 'OWN_EDIT_DISCARDED'") == [(1,)]


@pytest.mark.parametrize(
    ("approved", "after"),
    [
        (True, ("COMMITTED", None, 2, [("BALANCE", 1190, "SUCCEEDED")])),
        (False, ("OPEN", "CHARGE_DECLINED", 1, [("DROPPED", 1190, "FAILED")])),
    ],
)
async def test_a_change_waits_for_what_the_bank_asks_of_the_customer(
    ada, shop, services, clock, work, database, approved, after
):
    """3-D Secure: the edit is made once the customer has confirmed the charge, and not before."""
    await ada.begin()
    await ada.take(3)
    card = {"instructions": [{"cardToken": await shop.card(ACTION)}]}

    waiting = await ada.commit(settle="CHARGE", idempotencyKey="k-1", **card)
    asked = (await ada.api.shop(CHARGE, id=ada.edit["id"]))["orderEdit"]
    meanwhile = [codes(await ada.take(4)), codes(await ada.commit()), (await ada.order())["versionNumber"]]
    await services.desk.provider.confirm(asked["charge"]["actionUrl"].rpartition("/")[2], approved=approved)
    clock.advance(timedelta(minutes=5))
    await work()

    assert (codes(waiting), waiting["edit"]["state"], asked["state"]) == ([], "SETTLING", "SETTLING")
    assert (asked["charge"]["amount"], asked["charge"]["failedWith"]) == ({"amount": "11.90"}, None)
    assert meanwhile == [["EDIT_SETTLING"], ["EDIT_SETTLING"], 1]
    made = (await ada.api.shop(CHARGE, id=ada.edit["id"]))["orderEdit"]
    state, failed_with, version, money = after
    assert (made["state"], made["charge"]["failedWith"]) == (state, failed_with)
    assert (await ada.order())["versionNumber"] == version
    held = "SELECT p.use, p.amount, t.status FROM payments p JOIN payment_transactions t ON t.payment_id = p.id"
    assert await rows(database, f"{held} WHERE p.use <> 'ORDER'") == money
    assert (await ada.order())["balance"] == {"amount": "0.00"}


async def test_neither_what_is_held_up_nor_what_staff_made_cheaper_is_edited(ada, order, database, connection):
    await ada.begin()
    await given.block(connection, order.id, stops=["EDIT"])
    held_up = await ada.take(1)
    await rows(database, "DELETE FROM blocks RETURNING 1")
    await ada.discard()
    less = {"position": 0, "kind": "DEDUCTION", "original": 2380, "amount": 100, "name": "Sorry", "reason": "GOODWILL"}
    by = {"by_kind": "STAFF", "at": given.EARLIER, "limits": [], "beyond_limit": False}
    await given.insert(connection, given.adjustments.order_adjustments, order_id=order.id, **less, **by)
    cheaper = await ada.begin()

    assert (codes(held_up), codes(cheaper)) == (["ORDER_LOOKED_AT"], ["PRICES_AGREED_ON"])
    assert [each["code"] for each in (await ada.may())["blockers"]] == ["PRICES_AGREED_ON"]


async def test_shoppers_have_nothing_of_what_only_staff_say(ada, api):
    await ada.begin()
    said = [
        f'mutation {{ commitOrderEdit(input: {{editId: "{ada.edit["id"]}", settle: LEAVE_DUE}}) {{ errors {{ code }} }} }}',
        f'mutation {{ applyToOrderEdit(input: {{editId: "{ada.edit["id"]}", pricePolicy: REPRICE_ALL}}) {{ errors {{ code }} }} }}',
        f'mutation {{ takeOverOrderEdit(input: {{editId: "{ada.edit["id"]}"}}) {{ errors {{ code }} }} }}',
        f'{{ orderEdit(id: "{ada.edit["id"]}") {{ ownerName }} }}',
    ]

    for document in said:
        assert await ada.api.error_codes("/graphql", document) == ["GRAPHQL_VALIDATION_FAILED"], document
