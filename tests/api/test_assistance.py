"""What customers let staff do in their name."""

import pytest

from tests.buying import Shop
from tests.desk import Desk, cus

SET = """mutation($input: SetAssistanceInput!) { setAssistance(input: $input) {
  customer { assistance { allowed withCards } revision } errors { code path } } }"""
CREATE = """mutation($input: CreateCartInput!) { createCart(input: $input) { cart { id } errors { code path } } }"""


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


async def test_customers_decide_whether_staff_order_for_them(desk):
    clerk, ada = await desk.clerk(), await desk.customer()
    client = await desk.signed_in(ada)

    refused = (await client.shop(SET, input={"allowed": False, "withCards": True, "expectedRevision": 1}))[
        "setAssistance"
    ]
    cart = (await clerk.staff(CREATE, input={"customerId": cus(ada)}))["createCart"]
    allowed = (await client.shop(SET, input={"allowed": True, "withCards": True}))["setAssistance"]

    assert refused == {"customer": {"assistance": {"allowed": False, "withCards": False}, "revision": 2}, "errors": []}
    assert cart == {"cart": None, "errors": [{"code": "ASSISTANCE_NOT_ALLOWED", "path": ["customerId"]}]}
    assert allowed["customer"] == {"assistance": {"allowed": True, "withCards": True}, "revision": 3}
    assert await desk.events() == [("AssistanceSet", "CUSTOMER", str(ada), None)] * 2


async def test_a_stale_decision_changes_nothing(desk):
    client = await desk.signed_in(await desk.customer())

    payload = (await client.shop(SET, input={"allowed": False, "expectedRevision": 7}))["setAssistance"]

    assert payload["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert (await client.shop("{ me { assistance { allowed withCards } } }"))["me"]["assistance"] == {
        "allowed": True,
        "withCards": False,
    }
    assert await desk.events() == []


async def test_only_customers_decide_it(desk, api):
    clerk = await desk.clerk()

    assert await api.error_codes("/graphql", SET, {"input": {"allowed": False}}) == ["UNAUTHENTICATED"]
    assert await clerk.error_codes("/staff/graphql", SET, {"input": {"allowed": False}}) == ["FORBIDDEN"]
    assert await desk.events() == []
