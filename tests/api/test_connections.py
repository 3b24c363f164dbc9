"""Every connection of both contracts, found in the schema, keeps what the arguments of a page promise (K13).

A new one joins by itself, and fails until `FILLED` tells how it gets its rows.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from graphql import get_named_type, is_leaf_type, is_required_argument

from commerce_api.domain.permissions import Permission
from commerce_api.graphql import SHOP, STAFF
from commerce_api.persistence.tables import buying, catalog, finding, identity, records, search
from commerce_api.persistence.tables import channels as settings
from commerce_api.persistence.tables import stock as stock_tables
from commerce_api.schema.node import global_id
from tests import given

ROWS = 7
CURSORS = "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
CONTRACTS = {"/graphql": SHOP, "/staff/graphql": STAFF}


def connections():
    for address, schema in CONTRACTS.items():
        for type_ in schema.type_map.values():
            for name, field in getattr(type_, "fields", {}).items():
                if get_named_type(field.type).name.endswith("Connection"):
                    where = f"{type_.name}.{name}"
                    yield pytest.param(address, where, field, id=f"{address} {where}")


CONNECTIONS = [*connections()]


class Rows:
    """Puts `ROWS` rows into a list; what comes back is where the list is, with `LIST` for itself."""

    def __init__(self, raw, channel_id):
        self.raw, self.channel_id = raw, channel_id
        self.token, self.arguments = None, ""

    async def put(self, table, **values):
        return await given.insert(self.raw, table, **values)

    async def times(self, make):
        return [await make(number, given.EARLIER + timedelta(minutes=number)) for number in range(ROWS)]

    async def customer(self):
        return await given.customer(self.raw, channel_id=self.channel_id)

    async def products(self, **how):
        await self.times(lambda n, at: given.a_product(self.raw, f"Pot {n % 3}", published_from=at, **how))
        return "{ LIST }"

    async def in_category(self):
        category = await given.a_category(self.raw, "Pots")
        await self.products(categories=[category])
        return f'{{ node(id: "{global_id("cat", category)}") {{ ... on Category {{ LIST }} }} }}'

    async def in_collection(self):
        collection = await given.a_collection(self.raw, "Gifts")
        await self.products(collections=[collection])
        return f'{{ node(id: "{global_id("col", collection)}") {{ ... on Collection {{ LIST }} }} }}'

    async def collections(self):
        await self.times(lambda n, _: given.a_collection(self.raw, "Gifts", handle=f"gifts-{n}"))
        return "{ LIST }"

    async def terms(self):
        row = {"channel_id": self.channel_id, "day": given.EARLIER.date(), "language": "en", "searches": 2}
        await self.times(lambda n, _: self.put(search.search_counts, term=f"pot {n}", **row))
        return "{ LIST }"

    async def customers(self):
        await self.times(lambda n, _: given.customer(self.raw, channel_id=self.channel_id, email=f"ada{n}@example.com"))
        return "{ LIST }"

    async def jobs(self):
        row = {"kind": "EXPORT_PRODUCTS", "state": "DONE", "input": {}, "actor": {}}
        return await self.times(lambda _, at: self.put(records.jobs, **row, created_at=at)) and "{ LIST }"

    async def problems(self):
        row = {"kind": "IMPORT_PRODUCTS", "state": "DONE", "input": {}, "actor": {}, "created_at": given.EARLIER}
        row |= {"job_id": await self.put(records.jobs, **row)}
        said = {"job_id": row["job_id"], "line": 3, "code": "TOO_LONG", "message": "Too long."}
        await self.times(lambda n, _: self.put(records.job_problems, position=n, **said))
        return f'{{ job(id: "{global_id("job", row["job_id"])}") {{ LIST }} }}'

    async def _orders(self, customer_id=None):
        variant_id = await given.variant(self.raw, "POT")

        def order(n, at):
            said = {"number": f"E10000{n}-0", "customer_id": customer_id, "placed_at": at, "total": 900 + n % 3}
            said["origin"] = {"source": "storefront", "placed_by": "CUSTOMER"}
            return given.bare_order(self.raw, self.channel_id, variant_id, **said)

        return await self.times(order)

    async def orders(self):
        return await self._orders() and "{ LIST }"

    async def blocks(self):
        (order_id, _), *_ = await self._orders()
        await self.times(lambda _, at: given.block(self.raw, order_id, placed_at=at))
        return "{ LIST }"

    async def comments(self):
        order_id = await self._own_order()
        await self.times(lambda _, at: given.comment(self.raw, order_id, created_at=at))
        return f'{{ node(id: "{global_id("ord", order_id)}") {{ ... on Order {{ LIST }} }} }}'

    async def order_searches(self):
        row = {"shared": True, "find": {"states": ["PENDING"]}, "sort": "NEWEST", "owner_id": self.channel_id}
        await self.times(lambda n, at: self.put(finding.order_searches, **row, name=f"Search {n}", updated_at=at))
        return "{ LIST }"

    async def orders_of_a_customer(self):
        customer_id = await self.customer()
        await self._orders(customer_id)
        return await self._me(customer_id)

    async def _quotes(self, customer_id):
        def quote(n, at):
            return given.bare_quote(self.raw, self.channel_id, f"Q10000{n}-0", customer_id=customer_id, created_at=at)

        return await self.times(quote)

    async def quotes(self):
        return await self._quotes(await self.customer()) and "{ LIST }"

    async def quotes_of_a_customer(self):
        customer_id = await self.customer()
        await self._quotes(customer_id)
        return await self._me(customer_id)

    async def _of_a_quote(self, make):
        customer_id = await self.customer()
        self.token = await given.customer_token(self.raw, customer_id)
        quote_id = await given.bare_quote(self.raw, self.channel_id, "Q100001-0", customer_id=customer_id)
        await self.times(lambda n, at: make(quote_id, n + 1, at))
        return f'{{ node(id: "{global_id("quo", quote_id)}") {{ ... on Quote {{ LIST }} }} }}'

    async def quote_versions(self):
        return await self._of_a_quote(lambda id_, n, _: given.quote_version(self.raw, id_, n))

    async def quote_parts(self):
        variant_id = await given.variant(self.raw, "POT")

        async def part(quote_id, n, at):
            order_id, _ = await given.bare_order(self.raw, self.channel_id, variant_id, number=f"P10000{n}-0")
            await given.quote_version(self.raw, quote_id, n)
            await given.quote_part(self.raw, quote_id, order_id, n)

        return await self._of_a_quote(part)

    async def quote_comments(self):
        return await self._of_a_quote(lambda id_, _, at: given.quote_comment(self.raw, id_, at))

    async def quote_history(self):
        return await self._of_a_quote(
            lambda id_, n, at: given.event(self.raw, "QUOTE", id_, n, channel_id=self.channel_id, at=at)
        )

    async def _me(self, customer_id):
        self.token = await given.customer_token(self.raw, customer_id)
        return f'{{ node(id: "{global_id("cus", customer_id)}") {{ ... on Customer {{ LIST }} }} }}'

    async def _own_order(self):
        customer_id = await self.customer()
        self.token = await given.customer_token(self.raw, customer_id)
        return (await self._orders(customer_id))[0][0]

    async def versions(self):
        order_id = await self._own_order()
        await self.times(lambda n, at: given.bare_version(self.raw, order_id, n + 1, committed_at=at))
        return f'{{ node(id: "{global_id("ord", order_id)}") {{ ... on Order {{ LIST }} }} }}'

    async def history(self):
        order_id = await self._own_order()
        row = {"entity": "ORDER", "entity_id": order_id, "type": "OrderPlaced", "data": {}, "request_id": "r"}
        row |= {"actor": {"kind": "STAFF", "id": None}, "customer_visible": True, "channel_id": self.channel_id}
        await self.times(lambda n, at: self.put(records.events, **row, sequence=n + 1, at=at))
        return f'{{ node(id: "{global_id("ord", order_id)}") {{ ... on Order {{ LIST }} }} }}'

    async def _carts(self, customer_id=None, **how):
        said = {"channel_id": self.channel_id, "customer_id": customer_id, "currency": "EUR", "language": "en"}
        said |= {
            "state": "ACTIVE",
            "created_at": given.EARLIER,
            "expires_at": given.EARLIER + timedelta(days=90),
            **how,
        }
        await self.times(lambda n, at: self.put(buying.carts, **said, updated_at=at, token_hash=bytes([n])))

    async def carts(self):
        return await self._carts() or "{ LIST }"

    async def saved_carts(self):
        customer_id = await self.customer()
        await self._carts(customer_id, state="SAVED", name="Wishes")
        return await self._me(customer_id)

    async def assisted_sessions(self):
        customer_id = await self.customer()
        by = await given.staff(self.raw)
        how = {"customer_id": customer_id, "staff_id": by}
        await self.times(lambda _, at: given.assisted_session(self.raw, self.channel_id, at=at, **how))
        return await self._me(customer_id)

    async def prices(self):
        price_list = await given.price_list(self.raw, self.channel_id)
        variant_id = await given.variant(self.raw, "POT")
        await self.times(lambda n, _: given.price(self.raw, price_list, variant_id, 900 - n, min_quantity=n + 1))
        return f'{{ node(id: "{global_id("prl", price_list)}") {{ ... on PriceList {{ LIST }} }} }}'

    async def staff(self):
        await self.times(lambda n, _: given.staff(self.raw, email=f"grace{n}@example.com"))
        return "{ LIST }"

    async def colleagues(self):
        await self.times(lambda n, _: given.staff(self.raw, email=f"ada{n}@example.com", name=f"Ada {n % 3}"))
        self.arguments = 'name: "ada"'
        return "{ LIST }"

    async def keys(self):
        by = await given.staff(self.raw)
        row = {"name": "Key", "prefix": "key", "permissions": [], "created_by": by, "created_at": given.EARLIER}
        await self.times(lambda n, _: self.put(identity.api_keys, secret_hash=bytes([n]), **row))
        return "{ LIST }"

    async def movements(self):
        variant_id = await given.variant(self.raw, "POT")
        row = {"variant_id": variant_id, "location_id": await given.location(self.raw, self.channel_id)}
        row |= {"adjustment_id": variant_id, "delta": 1, "reason": "CORRECTION", "actor": {"kind": "STAFF", "id": None}}
        await self.times(lambda _, at: self.put(stock_tables.stock_movements, **row, at=at))
        self.arguments = f'variantId: "{global_id("var", variant_id)}"'
        return "{ LIST }"

    async def product_types(self):
        await self.times(lambda n, _: self.put(catalog.product_types, code=f"type-{n}", name="Type"))
        return "{ LIST }"

    async def price_lists(self):
        await self.times(lambda n, _: given.price_list(self.raw, self.channel_id, code=f"list-{n}"))
        return "{ LIST }"

    async def zones(self):
        await self.times(lambda n, _: given.zone(self.raw, f"zone-{n}", ("DE", "", f"1{n}")))
        return "{ LIST }"

    async def shipping_methods(self):
        zone = await given.zone(self.raw, "germany", "DE")
        await self.times(lambda n, _: given.shipping_method(self.raw, self.channel_id, zone, 490, code=f"post-{n}"))
        return "{ LIST }"

    async def stock_locations(self):
        await self.raw.execute("DELETE FROM channel_locations; DELETE FROM stock_locations")
        await self.times(lambda n, _: self.put(settings.stock_locations, code=f"place-{n}", name="Place"))
        return "{ LIST }"


FILLED = {
    "Category.products": Rows.in_category,
    "Collection.products": Rows.in_collection,
    "Customer.assistedSessions": Rows.assisted_sessions,
    "Customer.carts": Rows.saved_carts,
    "Customer.savedCarts": Rows.saved_carts,
    "Customer.quotes": Rows.quotes_of_a_customer,
    "Customer.orders": Rows.orders_of_a_customer,
    "Job.problems": Rows.problems,
    "Order.comments": Rows.comments,
    "Order.history": Rows.history,
    "Order.versions": Rows.versions,
    "Quote.comments": Rows.quote_comments,
    "Quote.history": Rows.quote_history,
    "Quote.parts": Rows.quote_parts,
    "Quote.versions": Rows.quote_versions,
    "PriceList.prices": Rows.prices,
    "Query.apiKeys": Rows.keys,
    "Query.blocks": Rows.blocks,
    "Query.carts": Rows.carts,
    "Query.catalogProducts": Rows.products,
    "Query.collections": Rows.collections,
    "Query.customers": Rows.customers,
    "Query.jobs": Rows.jobs,
    "Query.orderSearches": Rows.order_searches,
    "Query.orders": Rows.orders,
    "Query.priceLists": Rows.price_lists,
    "Query.productTypes": Rows.product_types,
    "Query.products": Rows.products,
    "Query.quotes": Rows.quotes,
    "Query.searchTerms": Rows.terms,
    "Query.shippingMethods": Rows.shipping_methods,
    "Query.colleagues": Rows.colleagues,
    "Query.staffMembers": Rows.staff,
    "Query.stockLocations": Rows.stock_locations,
    "Query.stockMovements": Rows.movements,
    "Query.zones": Rows.zones,
}


class Pages:
    """One connection of one contract."""

    def __init__(self, caller, address, name, rows, where):
        self._caller, self._address, self._name, self._own, self._where = caller, address, name, rows.arguments, where

    def _document(self, shown):
        arguments = f"{self._own} first: $first, after: $after, last: $last, before: $before"
        asked = self._where.replace("LIST", f"{self._name}({arguments}) {{ {shown} }}")
        return f"query ($first: Int, $after: String, $last: Int, $before: String) {asked}"

    async def read(self, shown=CURSORS, **arguments):
        answer = await self._caller.answer(self._address, self._document(shown), arguments)
        assert "errors" not in answer, answer["errors"]
        found = answer["data"]
        while self._name not in found:
            (found,) = found.values()
        return found[self._name]

    async def codes(self, arguments):
        return await self._caller.error_codes(self._address, self._document(CURSORS), arguments)


def shown_of(field):
    """All that is said of a row in one word, and one level of what belongs to it."""
    node = get_named_type(get_named_type(field.type).fields["nodes"].type)
    parts = []
    for name, each in node.fields.items():
        of = get_named_type(each.type)
        if not any(map(is_required_argument, each.args.values())) and not of.name.endswith("Connection"):
            parts.append(name if is_leaf_type(of) else f"{name} {{ __typename }}")
    return f"nodes {{ {' '.join(parts)} }}"


def foreign(cursor):
    """The same place in another list."""
    _, *place = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return urlsafe_b64encode(json.dumps(["another", *place]).encode()).decode().rstrip("=")


@pytest.fixture
async def pages(api, connection, address, where):
    rows = Rows(connection, await given.channel(connection))
    document = await FILLED[where](rows)
    shopper = api.as_(rows.token) if rows.token else api
    caller = api.allowed(*Permission) if address.startswith("/staff") else shopper
    return Pages(caller, address, where.partition(".")[2], rows, document)


async def walk(pages, size, page, edge, more):
    """The cursors of all rows, page by page."""
    found, arguments = [], {size: 3}
    for _ in range(ROWS):
        read = await pages.read(**arguments)
        found.append(cursors_of(read))
        if not read["pageInfo"][more]:
            return found
        arguments[page] = read["pageInfo"][edge]
    raise AssertionError("it never ends")


def cursors_of(read):
    return [edge["cursor"] for edge in read["edges"]]


@pytest.mark.parametrize(("address", "where", "field"), CONNECTIONS)
async def test_a_connection_keeps_its_promises(pages, statements, where, field):
    whole = await pages.read(first=100)
    all_ = cursors_of(whole)
    assert len(set(all_)) == ROWS
    assert whole["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": all_[0],
        "endCursor": all_[-1],
    }
    assert await walk(pages, "first", "after", "endCursor", "hasNextPage") == [all_[:3], all_[3:6], all_[6:]]
    assert await walk(pages, "last", "before", "startCursor", "hasPreviousPage") == [all_[4:], all_[1:4], all_[:1]]

    costs = []
    for most in (1, 2, ROWS):
        await statements.of(pages.read(shown_of(field), first=most))
        costs.append(len(statements))
    assert costs[0] <= costs[1] == costs[2], statements  # a lone cart is read and priced with fewer

    await statements.of(pages.read(first=2))
    uncounted = len(statements)
    counted = await statements.of(pages.read(f"{CURSORS} totalCount", first=2))
    together = where.endswith(".products")  # one statement finds a list of products and counts it
    assert (counted["totalCount"], len(statements)) == (ROWS, uncounted if together else uncounted + 1)

    for refused in arguments_that_make_no_page(all_[2]):
        assert await pages.codes(refused) == ["BAD_USER_INPUT"], refused


def arguments_that_make_no_page(cursor):
    wrong_sizes = [{"first": 101}, {"first": -1}, {"last": 101}, {"last": -1}]
    both_ways = [{"first": 1, "last": 1}, {"first": 1, "before": cursor}, {"last": 1, "after": cursor}]
    forged = ["no cursor", cursor[:-4], foreign(cursor)]
    return [*wrong_sizes, *both_ways, *({"after": each} for each in forged), *({"before": each} for each in forged)]


def test_every_connection_is_filled():
    assert {each.values[1] for each in CONNECTIONS} == set(FILLED)
