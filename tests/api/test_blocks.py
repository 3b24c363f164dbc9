"""Orders are held up for reasons, and go on when somebody who may has looked at them (C.2)."""

import asyncio
from datetime import timedelta

import pytest

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.operations.payments import advance
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import Shop, rows

BLOCK = """mutation($input: BlockOrderInput!) { blockOrder(input: $input) {
  block { id reasonCode reasonName kind stops comment active assignee dueAt placedBy age overdue order { blocked revision } }
  errors { code path } } }"""
RESOLVE = """mutation($input: ResolveBlockInput!) { resolveBlock(input: $input) {
  block { active resolution resolvedBy resolutionComment order { blocked } } errors { code path } } }"""
TOGETHER = """mutation($input: ResolveBlocksInput!) { resolveBlocks(input: $input) {
  blocks { reasonCode active resolution } errors { code path } } }"""
ASSIGN = """mutation($input: AssignBlockInput!) { assignBlock(input: $input) {
  block { assignee dueAt } errors { code path } } }"""
OF_ORDER = """query($id: ID!) { order(id: $id) { blocked blocks { id reasonCode kind active resolution cause { rule ref }
  allowedActions { action allowed blockers { code } } } } }"""
SIGHT = "query($number: String!) { order(number: $number) { holds { text since } } }"


@pytest.fixture
async def shop(database):
    await put_shipped_block_reasons(database)
    return await Shop.open(database)


@pytest.fixture
async def order(shop, clock):
    return await shop.place(clock, await shop.cart((await shop.product(stock=99), 1)))


@pytest.fixture
def person(api, connection):
    """A member of staff with these permissions."""

    async def come_in(name, *permissions, **how):
        held = ("READ_ORDERS", "BLOCK_ORDERS", *permissions)
        staff_id = await given.staff(connection, *held, email=f"{name.lower()}@example.com", name=name, **how)
        return api.as_(await given.staff_token(connection, staff_id)), global_id("stf", staff_id)

    return come_in


def z(moment):
    return moment.isoformat().replace("+00:00", "Z")


def id_of(order):
    return global_id("ord", order.id)


async def block(client, order, reason="CUSTOMER_REQUEST", **how):
    made = {"orderId": id_of(order), "reasonCode": reason} | how
    return (await client.staff(BLOCK, input=made))["blockOrder"]


async def blocked(client, order, reason="CUSTOMER_REQUEST", **how):
    payload = await block(client, order, reason, **how)
    assert payload["errors"] == []
    return payload["block"]["id"]


async def resolve(client, block_id, **how):
    return (await client.staff(RESOLVE, input={"blockId": block_id, "comment": "Called, all fine.", **how}))[
        "resolveBlock"
    ]


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM blocks WHERE resolution IS NULL),"
        " (SELECT max(revision) FROM orders), (SELECT count(*) FROM events WHERE type LIKE 'Block%')",
    )


async def test_an_order_is_blocked_by_hand_and_unblocked_by_another(person, order, clock, database):
    grace, _ = await person("Grace")
    boss, boss_id = await person("Boss", "RESOLVE_BLOCKS")
    due = z(clock() + timedelta(hours=4))

    made = await block(grace, order, "FRAUD_SUSPECTED", comment="Odd address", assigneeId=boss_id, dueAt=due)
    resolved = await resolve(boss, made["block"]["id"], overruled=True)

    assert made["block"].pop("id").startswith("blk_")
    assert made == {
        "block": {
            "reasonCode": "FRAUD_SUSPECTED",
            "reasonName": "Fraud suspected",
            "kind": "MANUAL",
            "stops": ["CAPTURE", "RELEASE"],
            "comment": "Odd address",
            "active": True,
            "assignee": "Boss",
            "dueAt": due,
            "placedBy": "Grace",
            "age": 0,
            "overdue": False,
            "order": {"blocked": True, "revision": 2},
        },
        "errors": [],
    }
    assert resolved == {
        "block": {
            "active": False,
            "resolution": "OVERRULED",
            "resolvedBy": "Boss",
            "resolutionComment": "Called, all fine.",
            "order": {"blocked": False},
        },
        "errors": [],
    }
    assert await rows(
        database, "SELECT type, actor ->> 'kind' FROM events WHERE type LIKE 'Block%' ORDER BY sequence"
    ) == [
        ("BlockAdded", "STAFF"),
        ("BlockResolved", "STAFF"),
    ]


async def test_who_may_not_resolve_is_forbidden_to_and_nothing_is_written(api, person, order, database):
    grace, _ = await person("Grace")
    block_id = await blocked(grace, order)
    before = await written(database)

    codes = await grace.error_codes("/staff/graphql", RESOLVE, {"input": {"blockId": block_id, "comment": "c"}})

    assert set(codes) == {"FORBIDDEN"}
    assert await written(database) == before
    in_shop = await api.error_codes("/graphql", RESOLVE, {"input": {"blockId": block_id, "comment": "c"}})
    assert set(in_shop) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_nobody_resolves_alone_what_wants_four_eyes(person, order, database):
    alone, _ = await person("Alone", "RESOLVE_BLOCKS")
    other, _ = await person("Other", "RESOLVE_BLOCKS")
    block_id = await blocked(alone, order, "FRAUD_SUSPECTED")
    before = await written(database)

    refused = await resolve(alone, block_id)

    assert refused == {"block": None, "errors": [{"code": "FOUR_EYES", "path": ["blockId"]}]}
    assert await written(database) == before
    assert (await resolve(other, block_id))["errors"] == []
    assert (await resolve(other, block_id))["errors"] == [{"code": "BLOCK_NOT_ACTIVE", "path": ["blockId"]}]


async def test_a_reason_names_roles_that_may_resolve_it(api, connection, order, person):
    grace, _ = await person("Grace")
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    clerk, _ = await person("Clerk", "RESOLVE_OWN_BLOCKS")
    await connection.execute(
        "UPDATE block_reasons SET resolver_roles = '{role-of-clerk@example.com}' WHERE code = 'PRICE_DISPUTE'"
    )
    await connection.execute("UPDATE block_reasons SET only_resolver_roles = true WHERE code = 'PRICE_DISPUTE'")
    named, other = [await blocked(grace, order, code) for code in ("PRICE_DISPUTE", "ADDRESS_CHECK")]

    async def codes(client, block_id):
        return [error["code"] for error in (await resolve(client, block_id))["errors"]]

    assert await codes(boss, named) == ["FORBIDDEN"]
    assert await codes(clerk, other) == ["FORBIDDEN"]
    assert await codes(clerk, named) == []
    assert await codes(boss, other) == []


async def test_what_may_be_done_to_a_block_is_told_by_the_rules_that_decide(person, order):
    alone, _ = await person("Alone", "RESOLVE_BLOCKS")
    grace, _ = await person("Grace")
    block_id = await blocked(alone, order, "FRAUD_SUSPECTED")

    async def seen(client):
        found = (await client.staff(OF_ORDER, id=id_of(order)))["order"]
        return found["blocked"], found["blocks"]

    def told(resolve):
        return {
            "id": block_id,
            "reasonCode": "FRAUD_SUSPECTED",
            "kind": "MANUAL",
            "active": True,
            "resolution": None,
            "cause": None,
            "allowedActions": [
                {"action": "RESOLVE", "allowed": False, "blockers": [{"code": resolve}]},
                {"action": "ASSIGN", "allowed": True, "blockers": []},
            ],
        }

    assert await seen(alone) == (True, [told("FOUR_EYES")])
    assert await seen(grace) == (True, [told("FORBIDDEN")])


async def test_everything_wrong_with_a_block_is_told_at_once(person, order, clock, database):
    grace, _ = await person("Grace")
    before = await written(database)
    line, past = global_id("oln", order.id), z(clock())

    async def wrong(**how):
        return [(e["code"], e["path"]) for e in (await block(grace, order, **how))["errors"]]

    assert await wrong(reason="NONSENSE", lineIds=[line], assigneeId=global_id("stf", order.id)) == [
        ("NOT_FOUND", ["lineIds", "0"]),
        ("NOT_FOUND", ["reasonCode"]),
        ("NOT_FOUND", ["assigneeId"]),
    ]
    assert await wrong(reason="OTHER", lineIds=[line], assigneeId=global_id("stf", order.id), dueAt=past) == [
        ("NOT_FOUND", ["lineIds", "0"]),
        ("NOT_FOUND", ["assigneeId"]),
        ("COMMENT_REQUIRED", ["comment"]),
        ("INVALID_VALUE", ["dueAt"]),
    ]
    assert await wrong(reason="REVIEW", dueAt=past) == [
        ("REASON_NOT_OFFERED", ["reasonCode"]),
        ("INVALID_VALUE", ["dueAt"]),
    ]
    assert await wrong(reason="OTHER") == [("COMMENT_REQUIRED", ["comment"])]
    assert await wrong(comment="4242 4242 4242 4242") == [("PAN_IN_PLAIN_INPUT", ["comment"])]
    assert await wrong(reason="", comment="c" * 2001, assigneeId="x") == [
        ("INVALID_VALUE", ["reasonCode"]),
        ("INVALID_VALUE", ["comment"]),
        ("NOT_FOUND", ["assigneeId"]),
    ]
    assert await wrong(expectedRevision=9) == [("STALE_REVISION", ["expectedRevision"])]
    assert await wrong(orderId=global_id("ord", order.customer_id or order.channel_id)) == [("NOT_FOUND", ["orderId"])]
    assert await written(database) == before


async def test_some_lines_can_be_blocked(person, order, connection):
    grace, _ = await person("Grace")
    line = await connection.fetchval("SELECT id FROM order_lines")

    await blocked(grace, order, "AWAITING_DOCUMENTS", lineIds=[global_id("oln", line)])

    assert await connection.fetchval("SELECT line_ids FROM blocks") == [line]


async def test_staff_of_another_channel_neither_see_nor_touch_a_block(person, order, connection, database):
    grace, _ = await person("Grace")
    us = await given.channel(connection, "us", is_default=False)
    stranger, _ = await person("Stranger", "RESOLVE_BLOCKS", channel_ids=[us])
    block_id = await blocked(grace, order)
    before = await written(database)

    not_found = {"block": None, "errors": [{"code": "NOT_FOUND", "path": ["blockId"]}]}
    assert await resolve(stranger, block_id) == not_found
    assert (await block(stranger, order))["errors"] == [{"code": "NOT_FOUND", "path": ["orderId"]}]
    assert (await stranger.staff(ASSIGN, input={"blockId": block_id}))["assignBlock"] == not_found
    assert (await stranger.staff("query($id: ID!) { node(id: $id) { id } }", id=block_id)) == {"node": None}
    assert (await stranger.staff("{ blocks { totalCount } }")) == {"blocks": {"totalCount": 0}}
    assert await written(database) == before


async def test_who_sees_orders_here_but_may_act_elsewhere_only_is_refused(person, order, connection, database):
    grace, _ = await person("Grace")
    us = await given.channel(connection, "us", is_default=False)
    reader = await given.role(connection, "reader", "READ_ORDERS")
    half, half_id = await person("Half", "RESOLVE_BLOCKS", channel_ids=[us])
    staff_id = await connection.fetchval("SELECT id FROM staff WHERE name = 'Half'")
    await given.insert(connection, given.identity.staff_roles, staff_id=staff_id, role_id=reader)
    block_id = await blocked(grace, order)
    before = await written(database)

    assert (await block(half, order))["errors"] == [{"code": "FORBIDDEN", "path": None}]
    assert (await resolve(half, block_id))["errors"] == [{"code": "FORBIDDEN", "path": ["blockId"]}]
    assigned = (await half.staff(ASSIGN, input={"blockId": block_id, "assigneeId": half_id}))["assignBlock"]
    assert assigned["errors"] == [{"code": "FORBIDDEN", "path": None}]
    assert await written(database) == before


async def test_several_are_resolved_together_or_none(person, order, clock, shop, database):
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    grace, _ = await person("Grace")
    second = await shop.place(clock, await shop.cart((await shop.product("Tea"), 1)))
    ids = [
        await blocked(grace, order, "PRICE_DISPUTE"),
        await blocked(grace, second, "PRICE_DISPUTE"),
        await blocked(grace, order, "ADDRESS_CHECK"),
    ]
    own = await blocked(boss, second, "FRAUD_SUSPECTED")
    before = await written(database)

    async def together(*ids, **how):
        return (await boss.staff(TOGETHER, input={"blockIds": list(ids), "comment": "c", **how}))["resolveBlocks"]

    refused = await together(*ids, "blk_x", own)
    nothing = await together()

    assert refused == {
        "blocks": [],
        "errors": [
            {"code": "NOT_FOUND", "path": ["blockIds", "3"]},
            {"code": "FOUR_EYES", "path": ["blockIds", "4"]},
        ],
    }
    assert [error["path"] for error in nothing["errors"]] == [["blockIds"]]
    assert await written(database) == before
    done = {"active": False, "resolution": "CLEARED"}
    expected = {
        "blocks": [{"reasonCode": code, **done} for code in ("PRICE_DISPUTE", "PRICE_DISPUTE", "ADDRESS_CHECK")],
        "errors": [],
    }
    assert await together(*ids, idempotencyKey="k") == expected
    assert await together(*ids, idempotencyKey="k") == expected
    events = "SELECT count(*) FROM events WHERE type = 'BlockResolved'"
    assert await rows(database, events) == [(3,)]


async def test_a_block_is_given_to_somebody_until_a_moment(person, order, clock):
    grace, grace_id = await person("Grace")
    block_id = await blocked(grace, order)
    due = z(clock() + timedelta(hours=1))

    async def assign(**how):
        return (await grace.staff(ASSIGN, input={"blockId": block_id, **how}))["assignBlock"]

    assert await assign(assigneeId=grace_id, dueAt=due) == {"block": {"assignee": "Grace", "dueAt": due}, "errors": []}
    assert (await assign(assigneeId=global_id("stf", order.id)))["errors"] == [
        {"code": "NOT_FOUND", "path": ["assigneeId"]}
    ]
    assert await assign() == {"block": {"assignee": None, "dueAt": None}, "errors": []}


LIST = """query($filter: BlockFilterInput, $first: Int) { blocks(filter: $filter, first: $first) { totalCount
  nodes { reasonCode age overdue assignee placedBy resolvedBy order { number } allowedActions { allowed } reasonName } } }"""


async def test_blocks_are_found_by_who_has_them_and_when_they_are_due(person, order, clock):
    grace, grace_id = await person("Grace", "RESOLVE_BLOCKS")
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    await blocked(grace, order, "PRICE_DISPUTE", assigneeId=grace_id)
    await blocked(grace, order, "CUSTOMER_REQUEST")
    await resolve(boss, await blocked(grace, order, "OTHER", comment="c"))
    clock.advance(timedelta(hours=30))

    async def found(**how):
        nodes = (await grace.staff(LIST, filter=how))["blocks"]["nodes"]
        return [(node["reasonCode"], node["overdue"], node["age"]) for node in nodes]

    day = 30 * 3600
    dispute, request, other = ("PRICE_DISPUTE", True, day), ("CUSTOMER_REQUEST", False, day), ("OTHER", False, 0)
    assert await found() == [dispute, request, other]
    assert await found(active=True) == [dispute, request]
    assert await found(active=False) == [other]
    assert await found(reasonCode="OTHER") == [other]
    assert await found(assigneeId=grace_id) == [dispute]
    assert await found(overdue=True) == [dispute]
    assert await grace.error_codes("/staff/graphql", LIST, {"filter": {"assigneeId": "x"}}) == ["BAD_USER_INPUT"]


async def test_a_page_of_blocks_costs_the_same_however_long(person, order, statements):
    grace, grace_id = await person("Grace", "RESOLVE_BLOCKS")
    for _ in range(5):
        await blocked(grace, order, "PRICE_DISPUTE", assigneeId=grace_id)
    counts = []
    for first in (1, 5):
        page = await statements.of(grace.staff(LIST, first=first))
        assert len(page["blocks"]["nodes"]) == first
        counts.append(len([sql for sql in statements if "sessions" not in sql]))

    assert counts == [6, 6]


async def test_shoppers_read_that_somebody_looks_at_it_and_never_why(api, shop, person, clock):
    cart = await shop.cart((await shop.product(), 1))
    order = await shop.place(clock, cart)
    grace, _ = await person("Grace")

    async def seen(**headers):
        guest = api.with_headers(x_cart_token=cart[1], **headers)
        return (await guest.shop(SIGHT, number=order.number))["order"]["holds"]

    assert await seen() == []
    since = z(clock())
    await blocked(grace, order, "FRAUD_SUSPECTED")
    clock.advance(timedelta(minutes=1))
    await blocked(grace, order, "PRICE_DISPUTE")

    assert await seen() == [{"text": "We are having a closer look at this.", "since": since}]
    german = await seen(accept_language="de")
    assert german == [{"text": "Wir sehen uns das gerade genauer an.", "since": since}]


async def causes(database):
    return await rows(database, "SELECT reason, ref, amount FROM blocks ORDER BY reason")


async def test_rules_hold_up_what_the_channel_wants_looked_at(shop, clock, connection, database):
    checks = {"value_limits": {"EUR": 2000}, "requires_review": True}
    await connection.execute("UPDATE channels SET order_checks = $1", checks)
    order = await shop.place(clock, await shop.cart((await shop.product(price=1990), 1)))

    assert await causes(database) == [("ORDER_VALUE_LIMIT", "total", order.total), ("REVIEW", "order", 0)]
    types = await rows(database, "SELECT type FROM events WHERE entity = 'ORDER' ORDER BY sequence")
    assert types == [("OrderPlaced",), ("BlockAdded",), ("BlockAdded",)]


async def test_the_same_order_of_the_same_buyer_moments_later_is_suspected(shop, clock, connection, database):
    await connection.execute("UPDATE channels SET order_checks = $1", {"duplicate_minutes": 10})
    kettle, tea = await shop.product(stock=99), await shop.product("Tea", stock=99)
    first = await shop.place(clock, await shop.cart((kettle, 1), (tea, 2)))
    await shop.place(clock, await shop.cart((kettle, 1), (tea, 1)))
    await shop.place(clock, await shop.cart((kettle, 1), (tea, 2), email="bob@example.com"))

    assert await causes(database) == []
    clock.advance(timedelta(minutes=9))
    await shop.place(clock, await shop.cart((tea, 1), (kettle, 1), (tea, 1)))
    assert await causes(database) == [("DUPLICATE_SUSPECTED", first.number, 0)]
    clock.advance(timedelta(minutes=11))
    await shop.place(clock, await shop.cart((kettle, 1), (tea, 2)))
    assert len(await causes(database)) == 1


async def test_placing_asks_nothing_more_where_nothing_is_looked_for_or_found(shop, clock, connection, statements):
    kettle = await shop.product(stock=99, price=1000)

    async def cost():
        cart = await shop.cart((kettle, 1))
        seen = await shop.summary_token(clock, *cart)
        await statements.of(shop.place(clock, cart, seen=seen))
        return len(statements)

    await cost()
    usual = await cost()
    await connection.execute(
        "UPDATE channels SET order_checks = $1", {"value_limits": {"EUR": 10_000}, "declined_attempts": 2}
    )
    assert await cost() == usual


async def test_two_who_resolve_one_block_at_once_leave_one_event(committing_api, committing, clock):
    await put_shipped_block_reasons(committing)
    shop = await Shop.open(committing)
    order = await shop.place(clock, await shop.cart((await shop.product(), 1)))
    people = []
    async with committing.connection() as connection:
        for name in ("a", "b", "c"):
            held = ("READ_ORDERS", "BLOCK_ORDERS", "RESOLVE_BLOCKS")
            staff_id = await given.staff(connection.raw, *held, email=f"{name}@example.com")
            people.append(committing_api.as_(await given.staff_token(connection.raw, staff_id)))
    block_id = await blocked(people[0], order)

    answers = await asyncio.gather(*(resolve(each, block_id) for each in people[1:]))

    assert sorted(error["code"] for answer in answers for error in answer["errors"]) == ["BLOCK_NOT_ACTIVE"]
    assert await rows(committing, "SELECT count(*) FROM events WHERE type = 'BlockResolved'") == [(1,)]


REVIEW = """mutation($input: ReviewOrderInput!) { reviewOrder(input: $input) {
  block { active resolution } order { blocked comments { nodes { body } } } errors { code path } } }"""


async def test_a_review_lets_the_order_go_on_or_keeps_it_with_a_comment(person, shop, clock, connection, database):
    await connection.execute("UPDATE channels SET order_checks = $1", {"requires_review": True})
    order = await shop.place(clock, await shop.cart((await shop.product(), 1)))
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    clerk, _ = await person("Clerk", "RESOLVE_OWN_BLOCKS")

    async def review(client, decision):
        asked = {"orderId": id_of(order), "decision": decision, "note": "Looks odd."}
        return (await client.staff(REVIEW, input=asked))["reviewOrder"]

    before = await written(database)
    assert (await review(clerk, "KEEP"))["errors"] == [{"code": "FORBIDDEN", "path": None}]
    assert (await review(clerk, "PASS"))["errors"] == [{"code": "FORBIDDEN", "path": ["orderId"]}]
    assert await written(database) == before
    kept = {"blocked": True, "comments": {"nodes": [{"body": "Looks odd."}]}}
    assert await review(boss, "KEEP") == {"block": {"active": True, "resolution": None}, "order": kept, "errors": []}
    assert await review(boss, "PASS") == {
        "block": {"active": False, "resolution": "CLEARED"},
        "order": {**kept, "blocked": False},
        "errors": [],
    }
    assert (await review(boss, "PASS"))["errors"] == [{"code": "NOTHING_TO_REVIEW", "path": ["orderId"]}]


async def test_whoever_has_a_block_is_reminded_once_it_is_due(person, order, clock, work, database):
    grace, grace_id = await person("Grace", "RESOLVE_BLOCKS")
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    hour = timedelta(hours=1)
    first, second, third = [
        await blocked(grace, order, "PRICE_DISPUTE", assigneeId=grace_id, dueAt=z(clock() + hour)) for _ in range(3)
    ]
    await resolve(boss, second)
    await boss.staff(ASSIGN, input={"blockId": third, "assigneeId": grace_id, "dueAt": z(clock() + 9 * hour)})

    async def reminded():
        return await rows(database, "SELECT recipient FROM mails WHERE kind = 'BLOCK_OVERDUE'")

    await work()
    assert await reminded() == []
    clock.advance(hour)
    await work()
    assert await reminded() == [("grace@example.com",)]
    clock.advance(hour)
    await work()
    assert len(await reminded()) == 1
    assert first != third


METRICS = """{ blockMetrics { byReason { reasonCode active overdue oldestSince averageAge }
  byAssignee { assignee assigneeId active overdue } } }"""


async def test_blocks_are_counted_by_reason_and_by_who_has_them(person, order, clock, statements, connection):
    grace, grace_id = await person("Grace", "RESOLVE_BLOCKS")
    boss, _ = await person("Boss", "RESOLVE_BLOCKS")
    us = await given.channel(connection, "us", is_default=False)
    stranger, _ = await person("Stranger", channel_ids=[us])
    began = z(clock())
    await blocked(grace, order, "PRICE_DISPUTE", assigneeId=grace_id)
    clock.advance(timedelta(hours=10))
    await blocked(grace, order, "PRICE_DISPUTE")
    await blocked(grace, order, "CUSTOMER_REQUEST")
    await resolve(boss, await blocked(grace, order, "ADDRESS_CHECK"))
    clock.advance(timedelta(hours=20))

    counted = (await statements.of(grace.staff(METRICS)))["blockMetrics"]

    dispute = {"reasonCode": "PRICE_DISPUTE", "active": 2, "overdue": 1, "oldestSince": began, "averageAge": 25 * 3600}
    assert counted["byReason"][0] == dispute
    assert [(each["reasonCode"], each["active"]) for each in counted["byReason"]] == [
        ("PRICE_DISPUTE", 2),
        ("CUSTOMER_REQUEST", 1),
    ]
    assert counted["byAssignee"] == [
        {"assignee": None, "assigneeId": None, "active": 2, "overdue": 0},
        {"assignee": "Grace", "assigneeId": grace_id, "active": 1, "overdue": 1},
    ]
    assert len([sql for sql in statements if "FROM blocks" in sql]) == 2
    assert (await stranger.staff(METRICS))["blockMetrics"] == {"byReason": [], "byAssignee": []}


PAY_AGAIN = """mutation($pay: UpdatePaymentInstructionsInput!, $again: ResubmitOrderInput!) {
  updatePaymentInstructions(input: $pay) { errors { code } } resubmitOrder(input: $again) { errors { code } } }"""


async def test_an_order_paid_after_declines_is_looked_at_where_the_channel_wants_it(
    api, shop, connection, database, clock, services
):
    await connection.execute("UPDATE channels SET order_checks = $1", {"declined_attempts": 1})
    cart = await shop.cart((await shop.product(), 1), cards=("4000000000000002",))
    order = await shop.place(clock, cart)
    await advance(services.desk, order.id, "r")
    guest = api.with_headers(x_cart_token=cart[1])
    pay = {"orderId": id_of(order), "instructions": [{"cardToken": await shop.card()}], "idempotencyKey": "p"}

    paid = await guest.shop(PAY_AGAIN, pay=pay, again={"orderId": id_of(order), "idempotencyKey": "a"})

    assert paid == {"updatePaymentInstructions": {"errors": []}, "resubmitOrder": {"errors": []}}
    assert await causes(database) == [("PAYMENT_ATTEMPTS", "payment", 1)]


async def test_blocks_end_with_an_order_that_nobody_pays(shop, person, clock, work, database, services):
    grace, _ = await person("Grace")
    order = await shop.place(clock, await shop.cart((await shop.product(), 1), cards=("4000000000000002",)))
    await advance(services.desk, order.id, "r")
    await blocked(grace, order)

    clock.advance(timedelta(days=8))
    await work()

    assert await rows(database, "SELECT resolution FROM blocks") == [("ORDER_CANCELED",)]
    resolved = "SELECT data -> 'resolved' ->> 'resolution' FROM events WHERE type = 'BlockResolved'"
    assert await rows(database, resolved) == [("ORDER_CANCELED",)]
