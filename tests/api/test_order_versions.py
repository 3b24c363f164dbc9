"""What was agreed on, at each time that it changed."""

from datetime import timedelta

import pytest

from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.permissions import Permission
from commerce_api.operations.execute import execute
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.schema.node import global_id
from tests.buying import BERLIN, rows

WHOLE = """id number state stateCode statusText email phone language currency billingAddress { line1 city } note
  attributes { key value } acceptedTermsVersion placedAt updatedAt versionNumber revision stockStatus
  lines { id name sku quantity allocated canceled unitPrice { amount } total { amount } taxes { rate amount { amount } } }
  shipGroups { id methodName address { city } lines { lineId quantity } }
  totals { subtotal { amount } shippingTotal { amount } taxTotal { amount } total { amount } charges { name amount { amount } }
           taxes { rate amount { amount } } }"""
STORY = """query($id: ID!, $then: DateTime!, $before: DateTime!) { order(id: $id) {
  NOW
  first: version(number: 1) { NOW allowedActions { action } balance { amount } }
  second: version(number: 2) { NOW }
  third: version(number: 3) { id }
  then: asOf(time: $then) { versionNumber lines { quantity } }
  before: asOf(time: $before) { id }
} }""".replace("NOW", WHOLE)
VERSIONS = """query($id: ID!) { order(id: $id) { versions(first: 5) { totalCount nodes {
  number committedAt actorKind totalBefore { amount } total { amount } balanceDelta { amount }
  order { versionNumber lines { quantity } } changes { label }
  STAFF } } } }"""
OF_STAFF = "actorName onBehalfOf reason comment notify requestId channel { code }"
DIFF = """query($id: ID!, $from: Int!, $to: Int!) { order(id: $id) {
  diff(from: $from, to: $to) { kind path before after label } } }"""


@pytest.fixture
async def placed(shop, clock, customer_id, database):
    """Two kettles, for 44.70 with shipping."""
    order = await shop.place(clock, await shop.cart((await shop.product("Kettle", price=1990), 2)))
    await rows(database, "UPDATE orders SET customer_id = $1 WHERE id = $2 RETURNING 1", customer_id, order.id)
    return order


@pytest.fixture
def edit(placed, database, clock, staff_id, customer_id, shop):
    """The day after, a member of staff makes three of two and sends them to another house."""

    async def commit(uow, order_id):
        note = VersionNote(total_before=4470, reason="CUSTOMER_REQUEST", comment="By phone.")
        return await commit_version(uow, order_id, note)

    async def run():
        clock.advance(timedelta(days=1))
        await rows(database, "UPDATE order_lines SET quantity = 3, subtotal = 5970, total = 5970 RETURNING 1")
        await rows(database, "UPDATE order_ship_group_lines SET quantity = 3 RETURNING 1")
        elsewhere = {**BERLIN, "line1": "Torstraße 2"}
        await rows(database, "UPDATE order_ship_groups SET address = $1 RETURNING 1", elsewhere)
        changed = (
            "UPDATE orders SET version = 2, revision = revision + 1, subtotal = 5970, total = 6460, updated_at = $1"
        )
        await rows(database, f"{changed} RETURNING 1", clock())
        actor = Actor(kind=ActorKind.STAFF, id=staff_id, permissions=frozenset(Permission), on_behalf_of=customer_id)
        by = Attribution(actor=actor, at=clock(), request_id="r-2", channel_id=shop.channel_id)
        await execute(database, by, commit, placed.id)

    return run


@pytest.mark.parametrize("reader", ["staff", "customer"])
async def test_a_version_is_the_order_as_it_was_read_then(reader, staff, customer, placed, edit, clock):
    ask = {"staff": staff.staff, "customer": customer.shop}[reader]
    order_id, then = global_id("ord", placed.id), clock()
    first = (await ask(f"query($id: ID!) {{ order(id: $id) {{ {WHOLE} }} }}", id=order_id))["order"]

    await edit()
    story = {"then": then.isoformat(), "before": (then - timedelta(seconds=1)).isoformat()}
    order = (await ask(STORY, id=order_id, **story))["order"]

    assert order.pop("first") == {**first, "allowedActions": [], "balance": {"amount": "44.70"}}
    assert (order.pop("third"), order.pop("before")) == (None, None)
    assert order.pop("then") == {"versionNumber": 1, "lines": [{"quantity": 2}]}
    assert order.pop("second") == order
    assert order["totals"]["total"] == {"amount": "64.60"}
    assert order["lines"][0]["quantity"] == 3


async def test_versions_tell_who_when_why_and_what_it_did_to_the_total(staff, placed, edit, staff_id, customer_id):
    await edit()

    document = VERSIONS.replace("STAFF", OF_STAFF)
    found = (await staff.staff(document, id=global_id("ord", placed.id)))["order"]["versions"]

    assert found == {
        "totalCount": 2,
        "nodes": [
            {
                "number": 1,
                "committedAt": "2026-03-02T12:00:00Z",
                "actorKind": "GUEST",
                "actorName": None,
                "onBehalfOf": None,
                "reason": "",
                "comment": "",
                "notify": "DEFAULT",
                "requestId": found["nodes"][0]["requestId"],
                "channel": {"code": "eu"},
                "totalBefore": None,
                "total": {"amount": "44.70"},
                "balanceDelta": {"amount": "44.70"},
                "order": {"versionNumber": 1, "lines": [{"quantity": 2}]},
                "changes": [],
            },
            {
                "number": 2,
                "committedAt": "2026-03-03T12:00:00Z",
                "actorKind": "STAFF",
                "actorName": "Grace",
                "onBehalfOf": global_id("cus", customer_id),
                "reason": "CUSTOMER_REQUEST",
                "comment": "By phone.",
                "notify": "DEFAULT",
                "requestId": "r-2",
                "channel": {"code": "eu"},
                "totalBefore": {"amount": "44.70"},
                "total": {"amount": "64.60"},
                "balanceDelta": {"amount": "19.90"},
                "order": {"versionNumber": 2, "lines": [{"quantity": 3}]},
                "changes": [
                    {"label": "Line 1 (Kettle): quantity 2 → 3"},
                    {"label": "Line 1 (Kettle): total 39.80 EUR → 59.70 EUR"},
                    {
                        "label": "Delivery 1: address Ada Byron, Torstraße 1, 10119 Berlin, DE → "
                        "Ada Byron, Torstraße 2, 10119 Berlin, DE"
                    },
                    {"label": "Subtotal: 39.80 EUR → 59.70 EUR"},
                    {"label": "Total: 44.70 EUR → 64.60 EUR"},
                ],
            },
        ],
    }


async def test_customers_see_the_versions_of_their_own_orders_without_what_staff_say(customer, api, placed, edit):
    await edit()
    order_id = global_id("ord", placed.id)

    found = (await customer.shop(VERSIONS.replace("STAFF", ""), id=order_id))["order"]["versions"]

    assert [node["balanceDelta"]["amount"] for node in found["nodes"]] == ["44.70", "19.90"]
    assert (await api.shop(VERSIONS.replace("STAFF", ""), id=order_id))["order"] is None
    for field in OF_STAFF.partition(" channel")[0].split():
        refused = await customer.answer("/graphql", VERSIONS.replace("STAFF", field), {"id": order_id})
        assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_difference_has_its_place_its_values_and_its_words(customer, placed, edit, database):
    await edit()
    ((line_id,),) = await rows(database, "SELECT id FROM order_lines")
    ((group_id,),) = await rows(database, "SELECT id FROM order_ship_groups")
    order_id = global_id("ord", placed.id)

    forward = (await customer.shop(DIFF, id=order_id, **{"from": 1, "to": 2}))["order"]["diff"]
    german = customer.with_headers(accept_language="de")
    back = (await german.shop(DIFF, id=order_id, **{"from": 2, "to": 1}))["order"]["diff"]

    assert forward[:2] == [
        {
            "kind": "CHANGED",
            "path": ["lines", global_id("oln", line_id), "quantity"],
            "before": 2,
            "after": 3,
            "label": "Line 1 (Kettle): quantity 2 → 3",
        },
        {
            "kind": "CHANGED",
            "path": ["lines", global_id("oln", line_id), "total"],
            "before": {"amount": "39.80", "currencyCode": "EUR"},
            "after": {"amount": "59.70", "currencyCode": "EUR"},
            "label": "Line 1 (Kettle): total 39.80 EUR → 59.70 EUR",
        },
    ]
    assert forward[2]["path"] == ["shipGroups", global_id("osg", group_id), "address"]
    assert (forward[2]["after"]["line1"], forward[2]["after"]["postalCode"]) == ("Torstraße 2", "10119")
    assert [each["path"] for each in forward[3:]] == [["totals", "subtotal"], ["totals", "total"]]
    assert back[0]["label"] == "Position 1 (Kettle): Menge 3 → 2"
    assert (await customer.shop(DIFF, id=order_id, **{"from": 1, "to": 3}))["order"] == {"diff": None}


LISTED = """{ orders { nodes {
  versions(first: 2) { totalCount nodes { number actorName changes { label } order { lines { quantity } } } }
  version(number: 1) { lines { quantity } shipGroups { methodName } totals { total { amount } } }
  diff(from: 1, to: 1) { label } asOf(time: "2026-03-02T12:00:00Z") { number } } } }"""


async def test_versions_of_many_orders_cost_what_those_of_one_do(staff, placed, edit, shop, clock, statements):
    await edit()
    await staff.staff(LISTED)
    one = await statements.of(staff.staff(LISTED))
    of_one = len(statements)
    for _ in range(2):
        await shop.place(clock, await shop.cart((await shop.product("Tea"), 1)))

    three = await statements.of(staff.staff(LISTED))

    assert (len(one["orders"]["nodes"]), len(three["orders"]["nodes"])) == (1, 3)
    assert (of_one, len(statements)) == (9, 9)
