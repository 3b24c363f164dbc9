"""Whoever works here knows who else does, by name and no more (S2-11, S2-16)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given

COLLEAGUES = 'query($name: String! = "") { colleagues(name: $name) { totalCount nodes { id name } } }'


@pytest.fixture
async def team(connection, shop):
    """Clara, who asks, and others; Ada has left."""
    people = {"Clara": {}, "Émile Grün": {}, "Grace": {}, "Ada": {"status": "DISABLED"}, "100 % Bob": {}}
    return {
        name: await given.staff(connection, email=f"p{number}@example.com", name=name, **how)
        for number, (name, how) in enumerate(people.items())
    }


@pytest.fixture
async def clara(api, connection, team):
    return api.as_(await given.staff_token(connection, team["Clara"]))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", ["100 % Bob", "Clara", "Grace", "Émile Grün"]),
        ("GR", ["Grace", "Émile Grün"]),
        ("0 %", ["100 % Bob"]),
        ("ada", []),
        ("r%", []),
    ],
)
async def test_those_at_work_are_found_by_a_part_of_their_names(clara, team, statements, name, found):
    await clara.staff("{ viewer { staff { id } } }")
    seen = (await statements.of(clara.staff(COLLEAGUES, name=name)))["colleagues"]

    assert {node["name"]: node["id"] for node in seen["nodes"]} == {
        name: global_id("stf", team[name]) for name in found
    }
    assert seen["totalCount"] == len(found)
    assert len([sql for sql in statements if "FROM staff" in sql and "LIKE" in sql]) == 2


async def test_a_colleague_who_was_found_so_can_be_mentioned(api, connection, shop, clock, team):
    order = await shop.place(clock, await shop.cart((await shop.product(), 1)))
    writer = await given.staff(connection, "READ_ORDERS", "COMMENT_ON_ORDERS", email="w@example.com", name="Wanda")
    wanda = api.as_(await given.staff_token(connection, writer))
    document = """mutation($input: AddOrderCommentInput!) { addOrderComment(input: $input) {
      comment { mentionStaffIds } errors { code } } }"""

    [grace] = (await wanda.staff(COLLEAGUES, name="grace"))["colleagues"]["nodes"]
    said = {"orderId": global_id("ord", order.id), "body": "Look", "mentionStaffIds": [grace["id"]]}
    made = (await wanda.staff(document, input=said))["addOrderComment"]

    assert made == {"comment": {"mentionStaffIds": [global_id("stf", team["Grace"])]}, "errors": []}


async def test_nobody_else_is_told_who_works_here(api, shop, connection):
    customer = await given.customer(connection, channel_id=shop.channel_id)
    shopper = api.as_(await given.customer_token(connection, customer))

    assert await shopper.error_codes("/graphql", COLLEAGUES) == ["GRAPHQL_VALIDATION_FAILED"]
    assert set(await api.error_codes("/staff/graphql", COLLEAGUES)) == {"UNAUTHENTICATED"}
