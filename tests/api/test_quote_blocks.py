"""Blocks on quotes: the quote goes on, and its orders are held up (B8)."""

from datetime import timedelta

import pytest

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.schema.node import global_id
from tests.buying import rows
from tests.quoting import SENT, Quoting

BLOCK = """mutation($input: BlockQuoteInput!) { blockQuote(input: $input) {
  block { id reasonCode kind lineIds active dueAt order { id } quote { id } }
  order { id } quote { id revision blocked } errors { code path ... on QuoteAlreadyConvertedError { orderId } } } }"""
RESOLVE = """mutation($input: ResolveBlockInput!) { resolveBlock(input: $input) {
  block { active resolution } quote { blocked } errors { code path } } }"""
TOGETHER = """mutation($input: ResolveBlocksInput!) { resolveBlocks(input: $input) {
  blocks { active order { id } quote { id } } errors { code path } } }"""
ASSIGN = (
    """mutation($input: AssignBlockInput!) { assignBlock(input: $input) { block { dueAt } errors { code path } } }"""
)
QUEUE = """query($filter: BlockFilterInput) { blocks(filter: $filter) {
  totalCount nodes { reasonCode active resolution order { id } quote { id } } } blockMetrics { byReason { reasonCode active } } }"""
ORDER = "query($id: ID!) { order(id: $id) { blocks { id reasonCode active resolution } } }"
ITS_BLOCKS = "blocked blocks { reasonCode resolution } allowedActions { action allowed blockers { code } }"


@pytest.fixture
async def quoting(api, database):
    await put_shipped_block_reasons(database)
    return await Quoting.open(api, database)


@pytest.fixture
async def clerk(quoting):
    return await quoting.desk.member("READ_QUOTES", "READ_ORDERS", "BLOCK_ORDERS", email="clerk@example.com")


@pytest.fixture
async def boss(quoting):
    permissions = ("READ_QUOTES", "READ_ORDERS", "BLOCK_ORDERS", "RESOLVE_BLOCKS", "ACT_FOR_CUSTOMERS")
    return await quoting.desk.member(*permissions, email="boss@example.com")


async def block(client, quote_id, reason="CUSTOMER_REQUEST", **how):
    return (await client.staff(BLOCK, input={"quoteId": quote_id, "reasonCode": reason, **how}))["blockQuote"]


async def resolve(client, block_id):
    return (await client.staff(RESOLVE, input={"blockId": block_id, "comment": "All fine."}))["resolveBlock"]


async def blocks_of(client, order_id):
    return (await client.staff(ORDER, id=order_id))["order"]["blocks"]


async def test_a_blocked_quote_goes_on_and_its_order_is_held_up_until_somebody_else_looks(quoting, clerk, boss):
    quote_id = await quoting.drafted()
    made = await block(clerk, quote_id, "FRAUD_SUSPECTED", idempotencyKey="k", expectedRevision=1)
    again = await block(clerk, quote_id, "FRAUD_SUSPECTED", idempotencyKey="k", expectedRevision=1)

    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, expectedRevision=1, **SENT)
    accepted = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    ordered = await quoting.converted(quote_id)

    id_ = made["block"]["id"]
    assert (
        made
        == again
        == {
            "block": {
                "id": id_,
                "reasonCode": "FRAUD_SUSPECTED",
                "kind": "MANUAL",
                "lineIds": [],
                "active": True,
                "dueAt": "2026-03-03T12:00:00Z",
                "order": None,
                "quote": {"id": quote_id},
            },
            "order": None,
            "quote": {"id": quote_id, "revision": 1, "blocked": True},
            "errors": [],
        }
    )
    assert [each["errors"] for each in (sent, accepted, ordered)] == [[], [], []]
    [copy] = await blocks_of(boss, ordered["order"]["id"])
    assert copy == {"id": copy["id"], "reasonCode": "FRAUD_SUSPECTED", "active": True, "resolution": None}
    seen = await quoting.read(boss, quote_id, ITS_BLOCKS, staff=True)
    assert (seen["blocked"], seen["blocks"]) == (False, [{"reasonCode": "FRAUD_SUSPECTED", "resolution": "PASSED_ON"}])
    assert {"action": "BLOCK", "allowed": False, "blockers": [{"code": "QUOTE_ALREADY_CONVERTED"}]} in seen[
        "allowedActions"
    ]
    late = (await block(clerk, quote_id))["errors"]
    assert late == [{"code": "QUOTE_ALREADY_CONVERTED", "path": None, "orderId": ordered["order"]["id"]}]
    over = (await resolve(boss, id_))["errors"]
    assert over == [{"code": "BLOCK_NOT_ACTIVE", "path": ["blockId"]}]
    assert (await resolve(boss, copy["id"]))["block"] == {"active": False, "resolution": "CLEARED"}
    events = "SELECT entity, type FROM events WHERE type LIKE 'Block%' ORDER BY position"
    assert await rows(quoting.database, events) == [
        ("QUOTE", "BlockAdded"),
        ("ORDER", "BlockAdded"),
        ("QUOTE", "BlockResolved"),
        ("ORDER", "BlockResolved"),
    ]


async def test_each_part_has_the_blocks_that_are_active_when_it_is_ordered(quoting, clerk, boss):
    quote_id = await quoting.sent(offer={"partial": True}, quantity=3)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    (line,) = await quoting.lines(quote_id)
    first = (await block(clerk, quote_id, "ADDRESS_CHECK"))["block"]["id"]
    await block(clerk, quote_id, "CUSTOMER_REQUEST")

    async def part():
        order = (await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 1}]))["order"]
        return [(each["reasonCode"], each["active"]) for each in await blocks_of(boss, order["id"])]

    assert await part() == [("ADDRESS_CHECK", True), ("CUSTOMER_REQUEST", True)]
    assert (await resolve(boss, first))["quote"] == {"blocked": True}
    assert await part() == [("CUSTOMER_REQUEST", True)]
    assert (await quoting.read(boss, quote_id, "blocked", staff=True))["blocked"]
    assert await part() == [("CUSTOMER_REQUEST", True)]
    seen = await quoting.read(boss, quote_id, ITS_BLOCKS, staff=True)
    assert [each["resolution"] for each in seen["blocks"]] == ["CLEARED", "PASSED_ON"]


async def test_neither_who_blocks_nor_who_writes_the_quote_resolves_it_nor_its_copy(quoting, boss):
    held = ("RESOLVE_BLOCKS", "BLOCK_ORDERS", "READ_ORDERS", "READ_QUOTES")
    hopper = await quoting.author(*held, email="hopper@example.com")
    other = await quoting.desk.member(*held, email="other@example.com")
    quote_id = await quoting.sent(author=hopper, client=hopper)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    own = (await block(boss, quote_id, "FRAUD_SUSPECTED"))["block"]["id"]
    before = await rows(quoting.database, "SELECT count(*) FROM events")

    eyes = {"code": "FOUR_EYES", "path": ["blockId"]}
    assert [(await resolve(each, own))["errors"] for each in (boss, hopper)] == [[eyes], [eyes]]
    assert await rows(quoting.database, "SELECT count(*) FROM events") == before

    [copy] = await blocks_of(boss, (await quoting.converted(quote_id))["order"]["id"])
    assert [(await resolve(each, copy["id"]))["errors"] for each in (boss, hopper, other)] == [[eyes], [eyes], []]


async def test_who_may_not_is_told_so_and_what_is_not_seen_is_not_found(quoting, clerk, boss, connection):
    quote_id = await quoting.drafted()
    orders_only = await quoting.desk.member("BLOCK_ORDERS", "READ_ORDERS", "RESOLVE_BLOCKS", email="o@example.com")
    made = (await block(clerk, quote_id))["block"]["id"]
    before = await rows(quoting.database, "SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM events)")

    asked = {"input": {"quoteId": quote_id, "reasonCode": "OTHER"}}
    assert await quoting.grace.error_codes("/staff/graphql", BLOCK, asked) == ["FORBIDDEN"]
    assert await clerk.error_codes("/staff/graphql", RESOLVE, {"input": {"blockId": made, "comment": "c"}}) == [
        "FORBIDDEN"
    ]
    missing = [{"code": "NOT_FOUND", "path": ["quoteId"]}]
    plain = "mutation($input: BlockQuoteInput!) { blockQuote(input: $input) { block { id } errors { code path } } }"
    unseen = await orders_only.staff(plain, input={"quoteId": quote_id, "reasonCode": "CUSTOMER_REQUEST"})
    assert unseen["blockQuote"] == {"block": None, "errors": missing}
    assert (await block(clerk, "quo_x"))["errors"] == missing
    resolving = "mutation($input: ResolveBlockInput!) { resolveBlock(input: $input) { errors { code path } } }"
    unseen = await orders_only.staff(resolving, input={"blockId": made, "comment": "All fine."})
    assert unseen["resolveBlock"]["errors"] == [{"code": "NOT_FOUND", "path": ["blockId"]}]
    assert (await block(clerk, quote_id, "OTHER"))["errors"] == [{"code": "COMMENT_REQUIRED", "path": ["comment"]}]
    assert (await block(clerk, quote_id, expectedRevision=7))["errors"][0]["code"] == "STALE_REVISION"
    assert (await orders_only.staff("{ blocks { totalCount } }"))["blocks"]["totalCount"] == 0
    assert (await orders_only.staff("query($id: ID!) { node(id: $id) { id } }", id=made))["node"] is None
    assert await rows(quoting.database, "SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM events)") == before


async def test_blocks_of_quotes_and_orders_are_one_queue(quoting, clerk, boss, clock):
    order = await quoting.shop.place(clock, await quoting.shop.cart((quoting.kettle, 1)))
    order_id = global_id("ord", order.id)
    held = "mutation($input: BlockOrderInput!) { blockOrder(input: $input) { block { id } } }"
    on_order = (await clerk.staff(held, input={"orderId": order_id, "reasonCode": "PRICE_DISPUTE"}))["blockOrder"][
        "block"
    ]
    quote_id = await quoting.drafted()
    on_quote = (await block(clerk, quote_id))["block"]

    async def queue(**filter):
        return (await boss.staff(QUEUE, filter=filter))["blocks"]["nodes"]

    of_order = {
        "reasonCode": "PRICE_DISPUTE",
        "active": True,
        "resolution": None,
        "order": {"id": order_id},
        "quote": None,
    }
    of_quote = {
        "reasonCode": "CUSTOMER_REQUEST",
        "active": True,
        "resolution": None,
        "order": None,
        "quote": {"id": quote_id},
    }
    assert await queue() == [of_order, of_quote]
    assert await queue(on="QUOTE") == [of_quote]
    assert await queue(on="ORDER") == [of_order]
    counted = (await boss.staff(QUEUE))["blockMetrics"]["byReason"]
    assert {each["reasonCode"]: each["active"] for each in counted} == {"PRICE_DISPUTE": 1, "CUSTOMER_REQUEST": 1}
    ids = [on_order["id"], on_quote["id"]]
    done = (await boss.staff(TOGETHER, input={"blockIds": ids, "comment": "Looked at both."}))["resolveBlocks"]
    assert done["errors"] == []
    assert [(each["active"], each["order"], each["quote"]) for each in done["blocks"]] == [
        (False, {"id": order_id}, None),
        (False, None, {"id": quote_id}),
    ]


async def test_whoever_has_a_block_of_a_quote_is_reminded_of_it_and_of_its_copy(quoting, clerk, clock, work):
    staff = "SELECT id FROM staff WHERE email = 'clerk@example.com'"
    ((clerk_id,),) = await rows(quoting.database, staff)
    quote_id = await quoting.accepted()
    due = (clock() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    made = (await block(clerk, quote_id))["block"]["id"]
    given = await clerk.staff(ASSIGN, input={"blockId": made, "assigneeId": global_id("stf", clerk_id), "dueAt": due})
    assert given["assignBlock"] == {"block": {"dueAt": due}, "errors": []}
    clock.advance(timedelta(hours=1))
    await work()
    await quoting.converted(quote_id)
    await work()

    mails = "SELECT kind, recipient FROM mails WHERE kind LIKE '%BLOCK_OVERDUE' ORDER BY kind DESC"
    assert await rows(quoting.database, mails) == [
        ("QUOTE_BLOCK_OVERDUE", "clerk@example.com"),
        ("BLOCK_OVERDUE", "clerk@example.com"),
    ]


async def test_the_buyer_reads_that_somebody_looks_at_it_and_never_why(quoting, clerk, clock):
    quote_id = await quoting.sent()
    await block(clerk, quote_id, "FRAUD_SUSPECTED", comment="Two cards, one address")

    since = clock().isoformat().replace("+00:00", "Z")
    hold = {"text": "We are having a closer look at this.", "since": since}
    fields = "holds { text since } history { nodes { type } } allowedActions { action }"
    seen = await quoting.read(quoting.buyer, quote_id, fields)
    assert seen["holds"] == [hold]
    assert [each["type"] for each in seen["history"]["nodes"]] == ["QuoteSent"]
    assert "BLOCK" not in [each["action"] for each in seen["allowedActions"]]
