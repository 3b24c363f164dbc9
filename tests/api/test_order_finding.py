"""Staff find orders by what callers remember of them (S2-03, S2-19)."""

from datetime import timedelta

import pytest

from commerce_api.operations.execute import execute
from commerce_api.persistence.stores import order_versions
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import BERLIN

FIND = """query($find: OrderFindInput, $sort: OrderSort! = BEST_MATCH, $first: Int, $after: String) {
  orders(find: $find, sort: $sort, first: $first, after: $after) {
    totalCount pageInfo { endCursor } edges { node { email } matched { key value spans { start end } } } } }"""


@pytest.fixture
def found(staff):
    """Whose orders are found, by the first part of their mail address."""

    async def find(sort="BEST_MATCH", **how):
        data = (await staff.staff(FIND, find=how, sort=sort))["orders"]
        names = [edge["node"]["email"].partition("@")[0] for edge in data["edges"]]
        assert data["totalCount"] == len(names)
        return names

    return find


def text(text, match="STARTS_WITH"):
    return {"text": text, "match": match}


PEOPLE = {
    "emile": {"first_name": "Émile", "last_name": "Dubois", "phone": "+33478123456", "postal_code": "69003"},
    "emma": {"first_name": "Emma", "last_name": "Großmann", "phone": "+493099887766", "postal_code": "10119"},
    "dubosc": {"last_name": "Dubosc-Léger", "company": "Moss & Fern GmbH", "postal_code": "SW1A 1AA"},
}


@pytest.fixture
async def orders(shop, clock, connection):
    """Placed one minute after the other: a kettle to Émile, tea to Emma, both to Dubosc-Léger and to Ada in Berlin."""
    kettle = await shop.product("Kettle", price=1000, variants=[{"sku": "KET-100"}])
    tea = await shop.product("Tea", price=500, variants=[{"sku": "TEA-7"}])
    placed = {}
    for name, lines in (("emile", [kettle]), ("emma", [tea]), ("dubosc", [kettle, tea])):
        cart_id, token = await shop.cart(
            *((line, 1) for line in lines),
            email=f"{name}@example.com",
            billing_address=BERLIN | PEOPLE[name],
            attributes={"poNumber": f"PO 4711/{name}"},
            phone="+12125550142" if name == "emile" else "",
        )
        ship_to = BERLIN if name == "dubosc" else BERLIN | PEOPLE[name]
        group = {"id": cart_id, "address": ship_to}
        await connection.execute("UPDATE cart_ship_groups SET address = $2 WHERE id = $1", *group.values())
        placed[name] = await shop.place(clock, (cart_id, token))
        clock.advance(timedelta(minutes=1))
    return placed


async def test_an_order_is_found_by_its_number_as_soon_as_it_is_placed(found, orders):
    number = orders["emma"].number

    assert await found(number=text(number, "EXACT")) == ["emma"]
    assert await found(number=text(number.lower().replace("-", " "), "EXACT")) == ["emma"]
    assert await found(number=text(number[:3])) == ["emile", "emma", "dubosc"]
    assert await found(number=text(number[:3], "EXACT")) == []


@pytest.mark.parametrize(
    ("key", "sought", "names"),
    [
        ("email", text("Emma@Example.com", "EXACT"), ["emma"]),
        ("email", text("em"), ["emile", "emma"]),
        ("email", text("BOSC@exam", "CONTAINS"), ["dubosc"]),
        ("phone", text("0478 123456", "EXACT"), ["emile"]),
        ("phone", text("+33 (0)4 78 12 34 56", "EXACT"), ["emile"]),
        ("phone", text("0049 30"), ["emma"]),
        ("phone", text("(212) 555-0142"), ["emile"]),
        ("phone", text("9988", "CONTAINS"), ["emma"]),
        ("customerName", text("dubois"), ["emile"]),
        ("customerName", text("Dubois, Émile", "EXACT"), ["emile"]),
        ("customerName", text("dubo"), ["emile", "dubosc"]),
        ("customerName", text("dubos", "EXACT"), []),
        ("customerName", text("leger", "EXACT"), ["dubosc"]),
        ("customerName", text("GROSSMANN", "EXACT"), ["emma"]),
        ("customerName", text("oßma", "CONTAINS"), ["emma"]),
        ("shipToName", text("byron"), ["dubosc"]),
        ("shipToName", text("Großmann", "EXACT"), ["emma"]),
        ("shipToName", text("em"), ["emile", "emma"]),
        ("company", text("fern"), ["dubosc"]),
        ("postalCode", text("sw1a1aa", "EXACT"), ["dubosc"]),
        ("postalCode", text("101"), ["dubosc", "emma"]),
        ("sku", text("ket 100", "EXACT"), ["dubosc", "emile"]),
        ("sku", text("ea7", "CONTAINS"), ["dubosc", "emma"]),
        ("attribute", {"key": "PONumber", **text("po-4711", "STARTS_WITH")}, ["dubosc", "emile", "emma"]),
        ("attribute", {"key": "poNumber", **text("4711 emma", "CONTAINS")}, ["emma"]),
        ("attribute", {"key": "other", **text("po 4711")}, []),
        ("cardLastFour", "4242", ["dubosc", "emma", "emile"]),
        ("cardLastFour", "0002", []),
    ],
)
async def test_an_order_is_found_by_what_is_remembered_of_it(found, orders, key, sought, names):
    assert await found(**{key: sought}) == names


async def test_a_page_goes_on_where_the_last_one_ended_whatever_it_is_sorted_by(staff, orders):
    for sort in ("BEST_MATCH", "NEWEST", "OLDEST", "HIGHEST_TOTAL", "LOWEST_TOTAL"):
        for find in ({"customerName": text("em")}, {"sku": text("tea7", "EXACT")}, {"states": ["PENDING"]}):
            asked = {"find": find, "sort": sort}
            whole = (await staff.staff(FIND, **asked))["orders"]
            first = (await staff.staff(FIND, **asked, first=1))["orders"]
            rest = (await staff.staff(FIND, **asked, first=9, after=first["pageInfo"]["endCursor"]))["orders"]

            assert len(whole["edges"]) >= 2
            assert first["edges"] + rest["edges"] == whole["edges"]


async def test_an_order_that_was_changed_is_found_by_what_it_is_now(found, orders, connection, database, clock, shop):
    order = orders["emma"]
    elsewhere = BERLIN | {"first_name": "Zoë", "last_name": "Quill"}
    await connection.execute("UPDATE order_ship_groups SET address = $1 WHERE order_id = $2", elsewhere, order.id)
    await connection.execute("UPDATE orders SET version = 2 WHERE id = $1", order.id)

    async def commit(uow, order_id):
        return await order_versions.commit(uow, order_id, VersionNote(total_before=order.total))

    await execute(database, shop.by(clock, "desk"), commit, order.id)

    assert await found(shipToName=text("zoe")) == ["emma"]
    assert await found(shipToName=text("emma")) == []
    assert await found(customerName=text("emma")) == ["emma"]
    assert await found(number=text(order.number, "EXACT")) == ["emma"]


async def test_it_is_told_why_an_order_was_found(staff, orders):
    find = {"customerName": text("leg"), "sku": text("et1", "CONTAINS")}

    (edge,) = (await staff.staff(FIND, find=find))["orders"]["edges"]

    assert edge["matched"] == [
        {"key": "CUSTOMER_NAME", "value": "Ada Dubosc-Léger", "spans": [{"start": 11, "end": 14}]},
        {"key": "SKU", "value": "KET-100", "spans": [{"start": 1, "end": 5}]},
    ]


async def test_conditions_are_joined_with_and_or_and_not(found, orders, connection, shop):
    def by(name):
        return {"email": text(f"{name}@example.com", "EXACT")}

    def euros(amount):
        return {"amount": amount, "currencyCode": "EUR"}

    since = {"placed": {"from": "2026-03-02T12:00:00Z"}}
    assert await found(**{"or": [by("emile"), by("emma")]}) == ["emma", "emile"]
    assert await found(**{"or": [by("emile"), {"sku": text("tea"), "states": ["PENDING"]}]}) == [
        "dubosc",
        "emma",
        "emile",
    ]
    assert await found(**{"or": [by("emma"), {"customerId": global_id("cus", shop.channel_id)}]}) == ["emma"]
    assert await found(**since, **{"not": by("emma")}) == ["dubosc", "emile"]
    assert await found(**since, **{"and": [{"not": by("emma")}, {"total": {"max": euros("14.90")}}]}) == ["emile"]
    assert await found(**since, total={"min": euros("15"), "max": euros("19.90")}) == ["dubosc"]
    assert await found(**since, total={"min": {"amount": "1", "currencyCode": "USD"}}) == []
    assert await found(**since, **{"not": {"customerId": global_id("cus", shop.channel_id)}}) == [
        "dubosc",
        "emma",
        "emile",
    ]
    assert await found(sku=text("ket"), **{"not": {"phone": text("0478")}}) == ["dubosc"]
    assert await found(**{"or": []}) == []
    assert await found(**{"and": []}) == ["dubosc", "emma", "emile"]
    assert await found(states=[]) == []
    assert await found(states=["PENDING", "CONFIRMED"]) == ["dubosc", "emma", "emile"]
    assert await found("OLDEST", placed={"from": "2026-03-02T12:01:00Z"}) == ["emma", "dubosc"]
    assert await found(placed={"until": "2026-03-02T12:01:00Z"}) == ["emile"]
    assert await found(updated={"from": "2026-03-02T12:02:00Z"}) == ["dubosc"]
    assert await found(**since, total={}) == ["dubosc", "emma", "emile"]
    assert await found("HIGHEST_TOTAL") == ["dubosc", "emile", "emma"]


async def test_orders_that_staff_placed_are_found_by_who_and_from_where(found, orders, connection, staff):
    clerk = await given.staff(connection, email="clerk@example.com")
    document = {"staff_id": str(clerk), "source": "telephone", "placed_by": "STAFF"}
    await connection.execute("UPDATE orders SET origin = $1 WHERE id = $2", document, orders["emma"].id)

    assert await found(placedById=global_id("stf", clerk)) == ["emma"]
    assert await found(placedById=global_id("stf", clerk), source="telephone") == ["emma"]
    assert await found(placedById=global_id("stf", clerk), source="web") == []


async def test_a_providers_reference_finds_orders_where_payments_may_be_read(api, orders, connection, shop):
    await connection.execute("UPDATE payment_transactions SET provider_reference = 'sbx_1'")
    us = await given.channel(connection, "us", is_default=False)
    await connection.execute("UPDATE orders SET channel_id = $1 WHERE id = $2", us, orders["emma"].id)
    clerk = await given.staff(connection, "READ_ORDERS")
    role = await given.role(connection, "payments", "READ_PAYMENTS")
    asked = {"find": {"authorization": "sbx_1"}}
    caller = api.as_(await given.staff_token(connection, clerk))

    assert await caller.error_codes("/staff/graphql", FIND, asked) == ["FORBIDDEN"]

    await given.insert(connection, given.identity.staff_roles, staff_id=clerk, role_id=role, channel_ids=[us])
    edges = (await caller.staff(FIND, **asked))["orders"]["edges"]
    assert [edge["node"]["email"] for edge in edges] == ["emma@example.com"]


BROAD = "find: This would look through all orders"


@pytest.mark.parametrize(
    ("find", "said"),
    [
        ({"not": {"not": {"not": {"sku": text("E1")}}}}, "find.not.not.not: Filters nest at most 3 deep."),
        ({"or": [{"sku": text("E1")}] * 11}, "find.or: At most 10 filters are joined."),
        ({"customerId": "prd_01jd"}, "find.customerId: This is not an id that begins with cus_."),
        (
            {"total": {"min": {"amount": "1", "currencyCode": "USD"}, "max": {"amount": "1", "currencyCode": "EUR"}}},
            "find.total: Both ends of `total` are in the same currency.",
        ),
        ({"total": {"min": {"amount": "1.001", "currencyCode": "EUR"}}}, "find.total: An amount has no more digits"),
        ({"customerName": text("a")}, "find.customerName.text: At least 2 letters or digits"),
        ({"email": text("ad", "CONTAINS")}, "find.email.text: At least 3"),
        ({"phone": text("00", "EXACT")}, "find.phone.text: Say what to look for"),
        ({"number": text("E10", "CONTAINS")}, "find.number.match: This is found whole or by how it begins."),
        ({"comment": text("lat", "CONTAINS")}, "find.comment.match: This is found whole or by how it begins."),
        ({"comment": text("I a")}, "find.comment.text: At least 2 letters or digits"),
        ({"comment": text("?!", "EXACT")}, "find.comment.text: Say what to look for"),
        ({"blockReasons": ["R"] * 11}, "find.blockReasons: At most 10 reasons are joined."),
        ({"blockReasons": [" "]}, "find.blockReasons.0: "),
        ({"cardLastFour": "42"}, "find.cardLastFour: These are four digits."),
        ({"total": {"min": {"amount": "1", "currencyCode": "EUR"}}}, BROAD),
        ({"not": {"email": text("ada")}}, BROAD),
        ({"source": "web"}, BROAD),
        ({"or": [{"sku": text("E1")}, {"source": "web"}]}, BROAD),
    ],
)
async def test_what_cannot_be_found_is_refused_with_what_to_do(staff, find, said):
    answer = await staff.answer("/staff/graphql", FIND, {"find": find})

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith(said)


async def test_staff_of_one_channel_find_its_orders_only(api, orders, connection, shop):
    us = await given.channel(connection, "us", is_default=False)
    await connection.execute("UPDATE orders SET channel_id = $1 WHERE id = $2", us, orders["emma"].id)
    clerk = await given.staff(connection, "READ_ORDERS", channel_ids=[us])
    caller = api.as_(await given.staff_token(connection, clerk))

    for find in ({"customerName": text("em")}, {"or": [{"sku": text("tea")}]}, {}):
        data = (await caller.staff(FIND, find=find))["orders"]
        assert [edge["node"]["email"] for edge in data["edges"]] == ["emma@example.com"]
        assert data["totalCount"] == 1


async def test_finding_one_order_and_many_cost_the_same(staff, orders, statements):
    async def cost(first):
        await statements.of(staff.staff(FIND, find={"sku": text("te")}, first=first))
        return len([sql for sql in statements if "events" not in sql])

    await cost(1)
    assert await cost(1) == await cost(3) == 4
