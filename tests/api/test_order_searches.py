"""Searches that staff keep, and the trace that searching leaves (S2-03)."""

from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_order_finding import FIND, text
from tests.buying import rows

SAVE = """mutation($input: SaveOrderSearchInput!) { saveOrderSearch(input: $input) {
  orderSearch { id name shared own find sort } errors { code path } } }"""
DELETE = """mutation($input: DeleteOrderSearchInput!) { deleteOrderSearch(input: $input) { deletedId errors { code path } } }"""
ALL = "{ orderSearches { totalCount nodes { name own } } }"
RUN = "query($search: ID, $find: OrderFindInput) { orders(search: $search, find: $find) { nodes { email } } }"
WHOLE = {
    "customerName": text("byr"),
    "attribute": {"text": "4711", "match": "CONTAINS", "key": "poNumber"},
    "states": ["PENDING", "CONFIRMED"],
    "placed": {"from": "2026-03-02T12:00:00+00:00", "until": "2027-03-02T12:00:00+00:00"},
    "total": {"min": {"amount": "1.50", "currencyCode": "EUR"}},
    "or": [{"email": text("ada@example.com", "EXACT")}, {"not": {"cardLastFour": "0002"}, "sku": text("te")}],
}


@pytest.fixture
async def colleague(api, connection, shop):
    somebody = await given.staff(connection, "READ_ORDERS", email="hedy@example.com")
    return api.as_(await given.staff_token(connection, somebody))


async def save(caller, **how):
    return (await caller.staff(SAVE, input={"name": "Mine", "find": {"states": ["PENDING"]}, **how}))["saveOrderSearch"]


async def test_a_search_is_kept_as_it_was_sent(staff, clock):
    kept = await save(staff, find=WHOLE, sort="NEWEST", shared=True)

    search = kept["orderSearch"]
    assert kept == {
        "orderSearch": {
            "id": search["id"], "name": "Mine", "shared": True, "own": True, "find": WHOLE, "sort": "NEWEST"
        },
        "errors": [],
    }  # fmt: skip
    again = await save(staff, find=search["find"], name="Again")
    assert again["orderSearch"]["find"] == WHOLE


async def test_a_search_that_is_kept_is_run_by_its_id(staff, shop, clock):
    tea = await shop.product("Tea", variants=[{"sku": "TEA-7"}])
    for name in ("ada", "bob"):
        await shop.place(
            clock, await shop.cart((tea, 1), email=f"{name}@example.com", attributes={"poNumber": "PO 4711"})
        )
    search = (await save(staff, find=WHOLE))["orderSearch"]["id"]

    async def found(**how):
        return sorted(node["email"] for node in (await staff.staff(RUN, **how))["orders"]["nodes"])

    assert await found(search=search) == ["ada@example.com", "bob@example.com"]
    assert await found(search=search, find={"email": text("bob")}) == ["bob@example.com"]


async def test_days_that_are_counted_back_move_on_with_a_search_that_is_kept(staff, shop, clock):
    tea = await shop.product("Tea", variants=[{"sku": "TEA-7"}])
    names = ("ada", "bob")
    for name in names:
        await shop.place(clock, await shop.cart((tea, 1), email=f"{name}@example.com"))
        clock.advance(timedelta(days=1))
    kept = {"from yesterday on": {"fromDaysAgo": 1}, "before yesterday": {"untilDaysAgo": 1}}
    searches = [
        (await save(staff, name=name, find={"placed": span}))["orderSearch"]["id"] for name, span in kept.items()
    ]

    async def found():
        runs = [(await staff.staff(RUN, search=each))["orders"]["nodes"] for each in searches]
        return [[node["email"].partition("@")[0] for node in nodes] for nodes in runs]

    assert await found() == [["bob"], ["ada"]]
    clock.advance(timedelta(days=1))
    assert await found() == [[], ["bob", "ada"]]


async def test_a_search_begins_with_what_it_was_kept_with_unless_something_else_is_said(staff, shop, clock):
    tea = await shop.product("Tea", variants=[{"sku": "TEA-7"}])
    for name in ("ada", "bob"):
        await shop.place(clock, await shop.cart((tea, 1), email=f"{name}@example.com"))
        clock.advance(timedelta(minutes=1))
    search = (await save(staff, find={"sku": text("tea")}, sort="OLDEST"))["orderSearch"]["id"]
    document = "query($search: ID!, $sort: OrderSort) { orders(search: $search, sort: $sort) { nodes { email } } }"

    runs = [(await staff.staff(document, search=search, sort=sort))["orders"]["nodes"] for sort in (None, "NEWEST")]

    assert [nodes[0]["email"] for nodes in runs] == ["ada@example.com", "bob@example.com"]


@pytest.mark.parametrize(
    ("span", "path"),
    [
        ({"fromDaysAgo": -1}, ["fromDaysAgo"]),
        ({"untilDaysAgo": 3661}, ["untilDaysAgo"]),
        ({"from": "2026-03-02T12:00:00Z", "fromDaysAgo": 1}, ["fromDaysAgo"]),
        ({"from": "2026-03-02T12:00:00Z", "until": "2026-03-02T12:00:00Z"}, []),
        ({"fromDaysAgo": 1, "untilDaysAgo": 1}, []),
    ],
)
async def test_a_span_that_cannot_be_is_refused(staff, database, span, path):
    refused = await save(staff, find={"placed": span})

    assert refused["errors"] == [{"code": "INVALID_VALUE", "path": ["find", "placed", *path]}]
    assert await rows(database, "SELECT count(*) FROM order_searches") == [(0,)]


async def test_saving_under_a_name_replaces_what_was_kept_there(staff):
    first = await save(staff)
    second = await save(staff, find={"states": ["CANCELED"]})

    assert second["orderSearch"]["id"] == first["orderSearch"]["id"]
    assert second["orderSearch"]["find"] == {"states": ["CANCELED"]}
    assert (await staff.staff(ALL))["orderSearches"]["totalCount"] == 1


async def test_others_see_what_is_shared_and_change_nothing(staff, colleague):
    mine, ours = [
        (await save(staff, name=name, shared=name == "Ours"))["orderSearch"]["id"] for name in ("Mine", "Ours")
    ]

    assert (await colleague.staff(ALL))["orderSearches"] == {"totalCount": 1, "nodes": [{"name": "Ours", "own": False}]}
    assert (await colleague.staff(RUN, search=ours))["orders"] == {"nodes": []}
    assert await colleague.error_codes("/staff/graphql", RUN, {"search": mine}) == ["BAD_USER_INPUT"]
    for id_ in (mine, ours):
        gone = (await colleague.staff(DELETE, input={"id": id_}))["deleteOrderSearch"]
        assert gone == {"deletedId": None, "errors": [{"code": "NOT_FOUND", "path": ["id"]}]}
    assert (await save(colleague, name="Mine"))["orderSearch"]["id"] != mine
    assert (await staff.staff(ALL))["orderSearches"]["totalCount"] == 2


async def test_a_search_of_ones_own_is_deleted(staff, database):
    search = (await save(staff))["orderSearch"]["id"]

    assert (await staff.staff(DELETE, input={"id": search}))["deleteOrderSearch"] == {"deletedId": search, "errors": []}
    assert (await staff.staff(ALL))["orderSearches"]["totalCount"] == 0
    assert await staff.error_codes("/staff/graphql", RUN, {"search": "osr_x"}) == ["BAD_USER_INPUT"]


async def test_what_cannot_be_run_is_not_kept(staff, database):
    broad = {"not": {"email": text("ada")}}
    wrong = await save(staff, name=" ", find={"customerName": text("a"), "placedById": "x"})

    assert wrong == {
        "orderSearch": None,
        "errors": [
            {"code": "INVALID_VALUE", "path": ["name"]},
            {"code": "INVALID_VALUE", "path": ["find", "customerName", "text"]},
            {"code": "INVALID_VALUE", "path": ["find", "placedById"]},
        ],
    }
    assert (await save(staff, find=broad))["errors"] == [{"code": "TOO_BROAD", "path": ["find"]}]
    assert await rows(database, "SELECT count(*) FROM order_searches") == [(0,)]


async def test_one_keeps_a_hundred_searches_at_most(staff, database, connection):
    await save(staff)
    copies = "INSERT INTO order_searches SELECT gen_random_uuid(), owner_id, n::text, shared, find, sort, updated_at"
    await connection.execute(f"{copies} FROM order_searches, generate_series(2, 100) AS n")

    assert (await save(staff, name="One more"))["errors"] == [{"code": "TOO_MANY", "path": ["name"]}]
    assert (await save(staff))["errors"] == []


async def test_without_the_permission_nothing_is_kept(api, connection, database):
    await given.channel(connection)
    token = await given.staff_token(connection, await given.staff(connection, "READ_STOCK"))

    for document, given_ in ((SAVE, {"name": "Mine", "find": {}}), (DELETE, {"id": global_id("osr", given.new_id())})):
        assert await api.as_(token).error_codes("/staff/graphql", document, {"input": given_}) == ["FORBIDDEN"]
    assert await rows(database, "SELECT count(*) FROM order_searches") == [(0,)]


async def test_a_search_leaves_a_trace_of_its_keys_and_no_values(staff, app, database):
    find = {"customerName": text("byron"), "placed": {"from": "2026-03-02T12:00:00Z"}, "or": [{"states": ["PENDING"]}]}
    await staff.staff(FIND, find=find)
    await staff.staff(FIND)
    await app.aside.settle()

    traces = await rows(database, "SELECT type, data, actor ->> 'kind' FROM events WHERE entity = 'ORDER_SEARCH'")
    assert traces == [("OrderSearched", {"keys": ["CUSTOMER_NAME", "PLACED", "STATE"], "shown": 0}, "STAFF")]


async def test_a_search_is_answered_though_its_trace_is_lost(staff, app, connection, logged):
    await connection.execute("ALTER TABLE events ADD CONSTRAINT none CHECK (type <> 'OrderSearched')")

    assert (await staff.staff(FIND, find={"sku": text("te")}))["orders"]["totalCount"] == 0
    await app.aside.settle()
    assert "work aside failed" in logged()
