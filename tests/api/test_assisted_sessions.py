"""Staff see the shop as the customer does, with a token that names both (S1-01, D26)."""

from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_orders import PLACE, SUMMARY
from tests.buying import Shop, rows
from tests.desk import Desk, cus

SESSION = "id customerId cartId source reason staffName startedAt expiresAt endedAt endReason"
START = f"""mutation($input: StartAssistedSessionInput!) {{ startAssistedSession(input: $input) {{
  token session {{ {SESSION} }} errors {{ code path }} }} }}"""
END = """mutation($input: EndAssistedSessionInput!) { endAssistedSession(input: $input) {
  session { endReason } errors { code path } } }"""
OPEN = f"{{ assistedSessions {{ {SESSION} }} }}"
ME = "{ me { email } }"
CREATE = """mutation($input: CreateCartInput!) { createCart(input: $input) {
  token cart { id email } errors { code path } } }"""
METHOD = """mutation($input: SetCartShippingMethodInput!) { setCartShippingMethod(input: $input) {
  cart { id } errors { code path } } }"""
WHY = {"source": "PHONE", "reason": "Cannot find the kettle"}


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


async def begun(clerk, **of):
    payload = (await clerk.staff(START, input=WHY | of))["startAssistedSession"]
    assert payload["errors"] == []
    return payload


async def test_an_assisted_session_names_both_and_opens_the_shop_as_the_customer_sees_it(desk, api):
    clerk, ada = await desk.clerk(), await desk.known()

    payload = await begun(clerk, customerId=cus(ada))
    assisting = api.as_(payload["token"])

    assert {**payload["session"], "id": None} == {
        "id": None,
        "customerId": cus(ada),
        "cartId": None,
        "source": "PHONE",
        "reason": "Cannot find the kettle",
        "staffName": "Grace",
        "startedAt": "2026-03-02T12:00:00Z",
        "expiresAt": "2026-03-02T12:30:00Z",
        "endedAt": None,
        "endReason": None,
    }
    assert (await assisting.shop(ME))["me"] == {"email": "ada@example.com"}
    assert await assisting.error_codes("/staff/graphql", OPEN) == ["UNAUTHENTICATED"]
    assert (await clerk.staff(OPEN))["assistedSessions"] == [payload["session"]]
    assert await desk.events() == [("AssistStarted", "STAFF", str(clerk.staff_id), str(ada))]


async def test_an_order_placed_in_it_is_the_customers_and_names_the_agent(desk, api):
    clerk, ada = await desk.clerk(), await desk.known()
    kettle = await desk.shop.product("Kettle")
    payload = await begun(clerk, customerId=cus(ada))
    assisting = api.as_(payload["token"])

    lines = [{"variantId": global_id("var", kettle), "quantity": 1}]
    made = (await assisting.shop(CREATE, input={"lines": lines}))["createCart"]
    of = {"cartId": made["cart"]["id"]}
    method = {"shippingMethodId": global_id("shm", desk.shop.method_id)}
    await assisting.shop(METHOD, input=of | method)
    seen = (await assisting.shop(SUMMARY, cart=of["cartId"]))["checkoutSummary"]["summaryToken"]
    agreed = {"summaryToken": seen, "acceptedTermsVersion": "2026-01", "idempotencyKey": "k-1"}
    placed = (await assisting.shop(PLACE, input=of | agreed))["placeOrder"]

    assert (made["token"], made["cart"]["email"]) == (None, "ada@example.com")
    assert placed["errors"] == []
    [(customer_id, origin)] = await rows(desk.shop.database, "SELECT customer_id, origin FROM orders")
    told = {name: origin[name] for name in ("channel", "placed_by", "staff_id", "agent", "session_id")}
    [(session_id,)] = await rows(desk.shop.database, "SELECT id FROM assisted_sessions")
    assert customer_id == ada
    assert told == {
        "channel": "PHONE",
        "placed_by": "STAFF",
        "staff_id": str(clerk.staff_id),
        "agent": "Grace",
        "session_id": str(session_id),
    }
    assert {event[1:] for event in await desk.events() if event[1] != "SYSTEM"} == {
        ("STAFF", str(clerk.staff_id), str(ada))
    }


async def test_what_is_for_staff_alone_is_neither_seen_nor_set_in_it(desk, api, connection):
    clerk, ada = await desk.clerk(), await desk.customer()
    await given.custom_field(connection, "shelf", shoppers="NONE")
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)
    document = """mutation($input: SetCartAttributesInput!) { setCartAttributes(input: $input) {
      cart { fields { code } } errors { code path } } }"""
    said = {"cartId": global_id("crt", cart_id), "fields": [{"code": "shelf", "value": {"text": "A7"}}]}
    assisting = api.as_((await begun(clerk, customerId=cus(ada)))["token"])

    at_desk = (await clerk.staff(document, input=said))["setCartAttributes"]
    in_shop = (await assisting.shop(document, input=said))["setCartAttributes"]

    assert at_desk == {"cart": {"fields": [{"code": "shelf"}]}, "errors": []}
    assert in_shop["errors"] == [{"code": "UNKNOWN_FIELD", "path": ["fields", "0", "code"]}]
    assert (await assisting.shop("{ cart { fields { code } } }"))["cart"]["fields"] == []


async def test_a_guest_is_helped_too_with_a_cart_or_without(desk, api):
    clerk, kettle = await desk.clerk(), await desk.shop.product("Kettle")
    cart_id, _ = await desk.shop.cart((kettle, 2))

    with_cart = api.as_((await begun(clerk, cartId=global_id("crt", cart_id)))["token"])
    without = api.as_((await begun(clerk))["token"])

    assert (await with_cart.shop("{ cart { totalQuantity } me { id } }")) == {"cart": {"totalQuantity": 2}, "me": None}
    made = (await without.shop(CREATE, input={"email": "bob@example.com"}))["createCart"]
    theirs = api.with_headers(x_cart_token=made["token"])
    assert (await theirs.shop("{ cart { email } }"))["cart"] == {"email": "bob@example.com"}
    assert await without.error_codes("/graphql", "{ me { orders { totalCount } } }") == []
    assert await without.error_codes("/graphql", "mutation { updateProfile(input: {}) { errors { code } } }") == [
        "FORBIDDEN"
    ]


async def test_the_cart_of_a_customer_tells_who_is_helped(desk, api):
    clerk, ada = await desk.clerk(), await desk.customer()
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)

    payload = await begun(clerk, cartId=global_id("crt", cart_id))

    assert payload["session"]["customerId"] == cus(ada)
    assert (await api.as_(payload["token"]).shop(ME))["me"] == {"email": "ada@example.com"}


@pytest.mark.parametrize(
    "document",
    [
        'mutation { changePassword(input: {currentPassword: "x", newPassword: "y"}) { errors { code } } }',
        "mutation { signOutEverywhere { endedSessions } }",
        'mutation { startSecondFactor(input: {currentPassword: "x"}) { secret } }',
        "mutation { setAssistance(input: {allowed: true, withCards: true}) { errors { code } } }",
        'mutation { acceptTerms(input: {version: "2026-01"}) { errors { code } } }',
        'query { orderByCode(number: "E100001-0", code: "1234") { id } }',
        "mutation { ...M } fragment M on Mutation { signOut { endedSessions } }",
    ],
)
async def test_what_is_the_customers_alone_is_refused_before_anything_runs(desk, api, document):
    clerk, ada = await desk.clerk(), await desk.customer()
    assisting = api.as_((await begun(clerk, customerId=cus(ada)))["token"])
    before = await desk.events()

    assert await assisting.error_codes("/graphql", document) == ["FORBIDDEN"]
    assert await desk.events() == before


async def _ended(clerk, session, desk, clock, ada):
    payload = (await clerk.staff(END, input={"id": session["id"]}))["endAssistedSession"]
    assert payload == {"session": {"endReason": "ENDED"}, "errors": []}


async def _out_of_time(clerk, session, desk, clock, ada):
    clock.advance(timedelta(minutes=30))


async def _signed_out(clerk, session, desk, clock, ada):
    await clerk.staff("mutation { signOutStaff { endedSessions } }")


async def _disabled(clerk, session, desk, clock, ada):
    await rows(desk.shop.database, "UPDATE customers SET status = 'DISABLED' RETURNING id")


async def _opted_out(clerk, session, desk, clock, ada):
    document = "mutation { setAssistance(input: {allowed: false}) { errors { code } } }"
    await (await desk.signed_in(ada)).shop(document)


async def _dismissed(clerk, session, desk, clock, ada):
    await rows(desk.shop.database, "DELETE FROM staff_roles RETURNING role_id")


@pytest.mark.parametrize("ending", [_ended, _out_of_time, _signed_out, _disabled, _opted_out, _dismissed])
async def test_it_ends_with_the_session_of_the_staff_its_time_or_the_customers_leave(desk, api, clock, ending):
    clerk, ada = await desk.clerk(), await desk.customer()
    payload = await begun(clerk, customerId=cus(ada))
    assisting = api.as_(payload["token"])
    assert (await assisting.shop(ME))["me"] == {"email": "ada@example.com"}

    await ending(clerk, payload["session"], desk, clock, ada)

    assert await assisting.error_codes("/graphql", ME) == ["UNAUTHENTICATED"]


async def test_however_it_ends_the_end_is_told_once(desk, clock, work):
    clerk, other, ada = await desk.clerk(), await desk.clerk("hop@example.com"), await desk.customer()
    ended, expiring, signed_out = [await begun(of, customerId=cus(ada)) for of in (clerk, clerk, other)]

    await clerk.staff(END, input={"id": ended["session"]["id"]})
    again = (await clerk.staff(END, input={"id": ended["session"]["id"]}))["endAssistedSession"]
    foreign = (await other.staff(END, input={"id": expiring["session"]["id"]}))["endAssistedSession"]
    await other.staff("mutation { signOutStaff { endedSessions } }")
    assert [s["id"] for s in (await clerk.staff(OPEN))["assistedSessions"]] == [expiring["session"]["id"]]
    clock.advance(timedelta(minutes=31))
    await work()

    assert again["errors"] == foreign["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    told = await rows(
        desk.shop.database, "SELECT data->>'reason' FROM events WHERE type = 'AssistEnded' ORDER BY position"
    )
    assert told == [("ENDED",), ("STAFF_SIGNED_OUT",), ("EXPIRED",)]
    customer = await desk.signed_in(ada)
    seen = (await customer.shop("{ me { assistedSessions { nodes { id source endReason } } } }"))["me"]
    assert [(s["id"], s["endReason"]) for s in seen["assistedSessions"]["nodes"]] == [
        (signed_out["session"]["id"], "STAFF_SIGNED_OUT"),
        (expiring["session"]["id"], "EXPIRED"),
        (ended["session"]["id"], "ENDED"),
    ]


async def test_a_repeated_request_gets_the_same_session_and_token(desk):
    clerk, ada = await desk.clerk(), await desk.customer()

    first, again = [await begun(clerk, customerId=cus(ada), idempotencyKey="k") for _ in range(2)]

    assert again == first
    assert await rows(desk.shop.database, "SELECT count(*) FROM assisted_sessions") == [(1,)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "DISABLED"}, "CUSTOMER_DISABLED"),
        ({"assistance_allowed": False}, "ASSISTANCE_NOT_ALLOWED"),
        ({"email": "grace@example.com"}, "SELF_DEALING"),
    ],
)
async def test_nobody_is_helped_against_the_rules(desk, changes, code):
    clerk, customer_id = await desk.clerk(), await desk.customer(**changes)

    payload = (await clerk.staff(START, input=WHY | {"customerId": cus(customer_id)}))["startAssistedSession"]

    assert payload == {"token": None, "session": None, "errors": [{"code": code, "path": ["customerId"]}]}
    assert await desk.events() == []


async def test_all_that_is_wrong_with_the_request_is_said(desk):
    clerk = await desk.clerk()
    said = {"source": "CHAT", "reason": " ", "customerId": "cus_x", "cartId": "crt_x"}

    payload = (await clerk.staff(START, input=said))["startAssistedSession"]
    nobody = (await clerk.staff(START, input=WHY | {"customerId": cus(new_id())}))["startAssistedSession"]
    no_cart = (await clerk.staff(START, input=WHY | {"cartId": global_id("crt", new_id())}))["startAssistedSession"]

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [
        ("NOT_FOUND", ["customerId"]),
        ("NOT_FOUND", ["cartId"]),
        ("INVALID_VALUE", None),
        ("INVALID_VALUE", ["reason"]),
    ]
    assert nobody["errors"] == [{"code": "NOT_FOUND", "path": ["customerId"]}]
    assert no_cart["errors"] == [{"code": "NOT_FOUND", "path": ["cartId"]}]
    assert await desk.events() == []


async def test_it_holds_in_its_own_channel_and_is_begun_only_where_one_acts_for_customers(desk, api, connection):
    await given.channel(connection, "us", is_default=False)
    elsewhere = await desk.clerk("hop@example.com", channel_ids=[desk.shop.channel_id])
    program = api.allowed("ACT_FOR_CUSTOMERS")
    ada = await desk.customer()
    assisting = api.as_((await begun(elsewhere, customerId=cus(ada)))["token"])

    abroad = (await elsewhere.with_headers(x_channel="us").staff(START, input=WHY))["startAssistedSession"]
    by_program = (await program.staff(START, input=WHY))["startAssistedSession"]

    assert await assisting.with_headers(x_channel="us").error_codes("/graphql", ME) == ["BAD_USER_INPUT"]
    assert abroad["errors"] == by_program["errors"] == [{"code": "FORBIDDEN", "path": None}]


async def test_who_may_not_act_for_customers_begins_none(desk, api):
    member = await desk.member("READ_CUSTOMERS")

    for document in (START, END, OPEN):
        assert set(await member.error_codes("/staff/graphql", document)) == {"FORBIDDEN"}
    assert await desk.events() == []
