"""A list within a list costs as many statements for three of its owners as for one (D24).

A new connection below another type joins by itself, and fails until `OWNERS` tells how one gets its rows.
"""

from datetime import timedelta

import pytest
from graphql import get_named_type

from commerce_api.domain.permissions import Permission
from commerce_api.graphql import STAFF
from commerce_api.persistence.tables import buying, identity, records
from tests import given

SHOWN = "(first: 2) { nodes { __typename } totalCount }"
STAFF_ACTOR = {"kind": "STAFF", "id": None}


def nested():
    for type_ in STAFF.type_map.values():
        for name, field in getattr(type_, "fields", {}).items():
            if type_.name != "Query" and get_named_type(field.type).name.endswith("Connection"):
                yield f"{type_.name}.{name}"


class Owners:
    """Each puts one more owner into the list of owners, with so many rows."""

    def __init__(self, raw, channel_id):
        self.raw, self.channel_id = raw, channel_id

    async def category(self, rows):
        category = await given.a_category(self.raw, f"Pots {rows}")
        for _ in range(rows):
            await given.a_product(self.raw, categories=[category])

    async def collection(self, rows):
        collection = await given.a_collection(self.raw, f"Gifts {rows}")
        for _ in range(rows):
            await given.a_product(self.raw, collections=[collection])

    async def customer(self, rows):
        customer_id = await given.customer(self.raw, f"ada{rows}@example.com", channel_id=self.channel_id)
        variant_id = await given.variant(self.raw, f"POT-{rows}")
        row = {"channel_id": self.channel_id, "customer_id": customer_id, "currency": "EUR", "language": "en"}
        row |= {"created_at": given.EARLIER, "updated_at": given.EARLIER, "state": "SAVED", "name": "Wishes"}
        for n in range(rows):
            lasts = given.EARLIER + timedelta(days=90)
            await given.insert(self.raw, buying.carts, **row, expires_at=lasts, token_hash=bytes([rows, n]))
            said = {"number": f"E10{rows}00{n}-0", "customer_id": customer_id}
            said["origin"] = {"source": "storefront", "placed_by": "CUSTOMER"}
            await given.bare_order(self.raw, self.channel_id, variant_id, **said)
            await given.assisted_session(self.raw, self.channel_id, customer_id=customer_id)
            await given.bare_quote(self.raw, self.channel_id, f"Q10{rows}00{n}-0", customer_id=customer_id)

    async def job(self, rows):
        job = {"kind": "IMPORT_PRODUCTS", "state": "DONE", "input": {}, "actor": {}, "created_at": given.EARLIER}
        job_id = await given.insert(self.raw, records.jobs, **job)
        for n in range(rows):
            said = {"position": n, "line": 3, "code": "TOO_LONG", "message": "Too long."}
            await given.insert(self.raw, records.job_problems, job_id=job_id, **said)

    async def order(self, rows):
        variant_id = await given.variant(self.raw, f"POT-{rows}")
        order_id, _ = await given.bare_order(self.raw, self.channel_id, variant_id, number=f"E10000{rows}-0")
        event = {"entity": "ORDER", "entity_id": order_id, "type": "OrderPlaced", "data": {}, "request_id": "r"}
        event |= {"actor": STAFF_ACTOR, "channel_id": self.channel_id, "at": given.EARLIER}
        for n in range(rows):
            await given.insert(self.raw, records.events, **event, sequence=n + 1)
            await given.bare_version(self.raw, order_id, n + 1)
            await given.comment(self.raw, order_id)

    async def quote(self, rows):
        quote_id = await given.bare_quote(self.raw, self.channel_id, f"Q10000{rows}-0")
        variant_id = await given.variant(self.raw, f"PART-{rows}")
        for n in range(rows):
            await given.quote_version(self.raw, quote_id, n + 1)
            number = f"P1000{rows}{n}-0"
            order_id, _ = await given.bare_order(self.raw, self.channel_id, variant_id, number=number)
            await given.quote_part(self.raw, quote_id, order_id, n + 1)
            await given.quote_comment(self.raw, quote_id)
            await given.event(self.raw, "QUOTE", quote_id, n + 1, channel_id=self.channel_id)

    async def price_list(self, rows):
        price_list = await given.price_list(self.raw, self.channel_id, code=f"list-{rows}")
        variant_id = await given.variant(self.raw, f"POT-{rows}")
        for n in range(rows):
            await given.price(self.raw, price_list, variant_id, 900 - n, min_quantity=n + 1)


OWNERS = {
    "Category.products": (Owners.category, "categories { LIST }"),
    "Collection.products": (Owners.collection, "collections { nodes { LIST } }"),
    "Customer.assistedSessions": (Owners.customer, "customers { nodes { LIST } }"),
    "Customer.carts": (Owners.customer, "customers { nodes { LIST } }"),
    "Customer.savedCarts": (Owners.customer, "customers { nodes { LIST } }"),
    "Customer.quotes": (Owners.customer, "customers { nodes { LIST } }"),
    "Customer.orders": (Owners.customer, "customers { nodes { LIST } }"),
    "Job.problems": (Owners.job, "jobs { nodes { LIST } }"),
    "Order.comments": (Owners.order, "orders { nodes { LIST } }"),
    "Order.history": (Owners.order, "orders { nodes { LIST } }"),
    "Order.versions": (Owners.order, "orders { nodes { LIST } }"),
    "Quote.comments": (Owners.quote, "quotes { nodes { LIST } }"),
    "Quote.history": (Owners.quote, "quotes { nodes { LIST } }"),
    "Quote.parts": (Owners.quote, "quotes { nodes { LIST } }"),
    "Quote.versions": (Owners.quote, "quotes { nodes { LIST } }"),
    "PriceList.prices": (Owners.price_list, "priceLists { nodes { LIST } }"),
}


@pytest.mark.parametrize("where", sorted(nested()))
async def test_three_lists_cost_as_much_as_one(api, connection, statements, where):
    owners = Owners(connection, await given.channel(connection))
    another, document = OWNERS[where]
    name = where.partition(".")[2]
    caller = api.allowed(*Permission)

    async def read():
        answer = await caller.answer("/staff/graphql", f"{{ {document.replace('LIST', f'{name} {SHOWN}')} }}")
        assert "errors" not in answer, answer["errors"]
        (found,) = answer["data"].values()
        lists = [owner[name] for owner in (found if isinstance(found, list) else found["nodes"])]
        return sorted((each["totalCount"], len(each["nodes"])) for each in lists)

    await another(owners, 1)
    await read()
    assert await statements.of(read()) == [(1, 1)]
    of_one = len(statements)
    await another(owners, 2)
    await another(owners, 3)
    assert await statements.of(read()) == [(1, 1), (2, 2), (3, 2)]
    assert len(statements) == of_one, statements


async def test_lists_below_customers_hold_what_a_narrowed_grant_shows(api, connection):
    eu, us = await given.channel(connection), await given.channel(connection, "us", is_default=False)
    for rows in (2, 3):
        await Owners(connection, eu).customer(rows)
    await connection.execute("UPDATE orders SET channel_id = $1 WHERE number LIKE 'E10_000-0'", us)
    await connection.execute("UPDATE carts SET channel_id = $1 WHERE token_hash = '\\x0200'", us)
    staff_id = await given.staff(connection, "FIND_CUSTOMERS")
    narrow = await given.role(connection, "elsewhere", "READ_ORDERS", "READ_CARTS")
    await given.insert(connection, identity.staff_roles, staff_id=staff_id, role_id=narrow, channel_ids=[us])
    reader = api.as_(await given.staff_token(connection, staff_id))
    lists = [f"{name} {SHOWN}" for name in ("orders", "carts", "savedCarts")]

    found = (await reader.staff(f"{{ customers {{ nodes {{ {' '.join(lists)} }} }} }}"))["customers"]["nodes"]

    counted = sorted([(each["totalCount"], len(each["nodes"])) for each in customer.values()] for customer in found)
    assert counted == [[(1, 1), (0, 0), (0, 0)], [(1, 1), (1, 1), (1, 1)]]


def test_every_connection_below_another_type_has_owners():
    assert set(nested()) == set(OWNERS)
