"""Comments on orders: among staff, for customers, mailed, revised, blanked out (S2-11)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.mails import latest_text
from tests.buying import rows

ADD = """mutation($input: AddOrderCommentInput!) { addOrderComment(input: $input) {
  comment { id body authorKind author visibility emailedTo mentionStaffIds revision } errors { code path } } }"""
BY_SHOPPER = """mutation($input: AddOrderCommentInput!) { addOrderComment(input: $input) {
  comment { id body authorKind } errors { code path } } }"""
REVISE = """mutation($input: ReviseOrderCommentInput!) { reviseOrderComment(input: $input) {
  comment { body revision texts { revision body } } errors { code path } } }"""
REDACT = """mutation($input: RedactOrderCommentInput!) { redactOrderComment(input: $input) {
  comment { body redacted texts { body } } errors { code path } } }"""
ALL = """query($id: ID!) { order(id: $id) { revision versionNumber comments { totalCount nodes { body author } } } }"""
SHOWN = """query($number: String!) { order(number: $number) { comments { totalCount nodes { body authorKind } } } }"""


@pytest.fixture
async def cart(shop):
    return await shop.cart((await shop.product(stock=9), 1))


@pytest.fixture
async def order(shop, clock, cart):
    return await shop.place(clock, cart)


@pytest.fixture
def person(api, connection):
    async def come_in(name, *permissions, **how):
        held = ("READ_ORDERS", *permissions)
        staff_id = await given.staff(connection, *held, email=f"{name.lower()}@example.com", name=name, **how)
        return api.as_(await given.staff_token(connection, staff_id)), global_id("stf", staff_id)

    return come_in


@pytest.fixture
async def grace(person):
    client, _ = await person("Grace", "COMMENT_ON_ORDERS", "ACT_FOR_CUSTOMERS")
    return client


def id_of(order):
    return global_id("ord", order.id)


async def comment(client, order, body="Called.", **how):
    return (await client.staff(ADD, input={"orderId": id_of(order), "body": body} | how))["addOrderComment"]


async def written(database):
    sql = "SELECT (SELECT count(*) FROM order_comments), (SELECT count(*) FROM order_comment_texts), max(revision) FROM orders"
    return await rows(database, sql)


async def test_a_comment_is_internal_unless_it_is_said_otherwise(grace, person, order, database):
    _, boss_id = await person("Boss")

    made = await comment(grace, order, mentionStaffIds=[boss_id])

    assert made["comment"].pop("id").startswith("cmt_")
    assert made == {
        "comment": {
            "body": "Called.",
            "authorKind": "STAFF",
            "author": "Grace",
            "visibility": "INTERNAL",
            "emailedTo": None,
            "mentionStaffIds": [boss_id],
            "revision": 1,
        },
        "errors": [],
    }
    seen = (await grace.staff(ALL, id=id_of(order)))["order"]
    assert seen == {
        "revision": 2,
        "versionNumber": 1,
        "comments": {"totalCount": 1, "nodes": [{"body": "Called.", "author": "Grace"}]},
    }
    told = await rows(database, "SELECT data::text FROM events WHERE type = 'CommentAdded'")
    assert len(told) == 1
    assert "Called" not in told[0][0]


async def test_who_is_mentioned_is_told_by_mail_what_it_is_about_and_not_what_it_says(
    grace, person, order, work, services, database
):
    _, boss_id = await person("Boss")

    await comment(grace, order, "Between us.", mentionStaffIds=[boss_id])
    await work()

    text = await latest_text(services, "COMMENT_MENTION")
    assert f"Grace mentions you in a comment on order {order.number}" in text
    assert "Between us" not in text
    told = "SELECT recipient FROM mails WHERE kind = 'COMMENT_MENTION'"
    assert await rows(database, told) == [("boss@example.com",)]


async def test_a_mailed_comment_is_for_the_customer_and_its_address_is_kept(grace, order, work, services):
    made = await comment(grace, order, "The <kettle> comes on Monday.", emailCustomer=True)
    await work()

    assert (made["comment"]["visibility"], made["comment"]["emailedTo"]) == ("CUSTOMER", "ada@example.com")
    assert "The <kettle> comes on Monday." in await latest_text(services, "ORDER_COMMENT")


async def test_shoppers_read_what_is_for_them_and_write_notes_of_their_own(api, grace, order, cart):
    guest, stranger = api.with_headers(x_cart_token=cart[1]), api
    internal = (await comment(grace, order, "Be careful."))["comment"]["id"]
    await comment(grace, order, "On its way soon.", visibility="CUSTOMER")
    note = {"orderId": id_of(order), "body": "Ring twice."}

    made = (await guest.shop(BY_SHOPPER, input=note))["addOrderComment"]
    refused = (await stranger.shop(BY_SHOPPER, input=note))["addOrderComment"]

    assert (made["comment"]["body"], made["errors"]) == ("Ring twice.", [])
    assert refused == {"comment": None, "errors": [{"code": "NOT_FOUND", "path": ["orderId"]}]}
    assert (await guest.shop(SHOWN, number=order.number))["order"]["comments"] == {
        "totalCount": 2,
        "nodes": [
            {"body": "On its way soon.", "authorKind": "STAFF"},
            {"body": "Ring twice.", "authorKind": "GUEST"},
        ],
    }
    assert (await guest.shop("query($id: ID!) { node(id: $id) { id } }", id=internal))["node"] is None
    extra = await guest.answer("/graphql", BY_SHOPPER, {"input": note | {"visibility": "INTERNAL"}})
    assert "data" not in extra or extra["data"] is None


async def test_a_text_is_revised_by_its_author_and_kept(grace, person, order, database):
    other, _ = await person("Other", "COMMENT_ON_ORDERS")
    made = (await comment(grace, order))["comment"]["id"]

    async def revise(client, **how):
        asked = {"commentId": made, "body": "Called twice."} | how
        return (await client.staff(REVISE, input=asked))["reviseOrderComment"]

    before = await written(database)
    assert (await revise(other))["errors"] == [{"code": "FORBIDDEN", "path": None}]
    assert (await revise(grace, expectedRevision=3))["errors"] == [
        {"code": "STALE_REVISION", "path": ["expectedRevision"]}
    ]
    assert (await revise(grace, commentId=id_of(order)))["errors"] == [{"code": "NOT_FOUND", "path": ["commentId"]}]
    assert (await revise(grace, body=" "))["errors"] == [{"code": "INVALID_VALUE", "path": ["body"]}]
    assert await written(database) == before
    assert await revise(grace, expectedRevision=1) == {
        "comment": {
            "body": "Called twice.",
            "revision": 2,
            "texts": [{"revision": 1, "body": "Called."}, {"revision": 2, "body": "Called twice."}],
        },
        "errors": [],
    }


async def test_a_comment_is_blanked_out_by_who_may_and_stays_as_one(grace, person, order, database, api, cart):
    admin, _ = await person("Admin", "REDACT_COMMENTS")
    made = (await comment(grace, order, "His number is 0170", visibility="CUSTOMER"))["comment"]["id"]
    asked = {"input": {"commentId": made}}

    assert set(await grace.error_codes("/staff/graphql", REDACT, asked)) == {"FORBIDDEN"}
    blanked = (await admin.staff(REDACT, **asked))["redactOrderComment"]

    assert blanked == {"comment": {"body": "", "redacted": True, "texts": [{"body": ""}]}, "errors": []}
    guest = api.with_headers(x_cart_token=cart[1])
    assert (await guest.shop(SHOWN, number=order.number))["order"]["comments"] == {"totalCount": 0, "nodes": []}
    again = {"commentId": made, "body": "x"}
    assert (await grace.staff(REVISE, input=again))["reviseOrderComment"]["errors"] == [
        {"code": "COMMENT_IS_REDACTED", "path": None}
    ]


async def test_what_may_not_be_is_refused_and_nothing_written(grace, person, order, database, connection):
    clerk, _ = await person("Clerk", "COMMENT_ON_ORDERS")
    us = await given.channel(connection, "us", is_default=False)
    stranger, _ = await person("Stranger", "COMMENT_ON_ORDERS", channel_ids=[us])
    before = await written(database)
    mail = {"input": {"orderId": id_of(order), "body": "x", "emailCustomer": True}}

    assert set(await clerk.error_codes("/staff/graphql", ADD, mail)) == {"FORBIDDEN"}
    assert (await comment(stranger, order))["errors"] == [{"code": "NOT_FOUND", "path": ["orderId"]}]
    assert (await comment(grace, order, "x" * 5001, mentionStaffIds=["x"] * 21))["errors"] == [
        {"code": "INVALID_VALUE", "path": ["mentionStaffIds"]},
        {"code": "INVALID_VALUE", "path": ["body"]},
    ]
    assert (await comment(grace, order, mentionStaffIds=["stf_x"]))["errors"] == [
        {"code": "NOT_FOUND", "path": ["mentionStaffIds", "0"]}
    ]
    assert (await comment(grace, order, "4242424242424242"))["errors"] == [
        {"code": "PAN_IN_PLAIN_INPUT", "path": ["body"]}
    ]
    await connection.execute("UPDATE orders SET email = ''")
    assert (await comment(grace, order, emailCustomer=True, mentionStaffIds=["stf_x"]))["errors"] == [
        {"code": "NOT_FOUND", "path": ["mentionStaffIds", "0"]},
        {"code": "NOBODY_TO_MAIL", "path": ["emailCustomer"]},
    ]
    assert await written(database) == before
