from datetime import timedelta

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import catalog, identity, stock
from commerce_api.schema.node import global_id
from tests import given
from tests.conftest import NOON

SOON = NOON + timedelta(hours=1)
DETAILS = """
query ($by: ProductBy!) {
  product(by: $by) {
    title vendor tags
    priceRange { min { amount currencyCode } max { amount } }
    options { name values }
    variants {
      sku name price { amount currencyCode } compareAtPrice { amount }
      options { name value }
      availability { status quantityAvailable }
    }
  }
}
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


async def test_a_product_is_found_by_its_handle_with_its_variants(api, connection, channel_id):
    await given.a_product(
        connection,
        "Linen Shirt",
        handle="linen-shirt",
        vendor="Weaver",
        tags=["summer"],
        option_names=["Color", "Size"],
        variants=[
            {"sku": "LS-RED-M", "option_values": ["Red", "M"], "price": 4990, "stock": 50},
            {"sku": "LS-BLUE-M", "option_values": ["Blue", "M"], "price": 3990, "stock": 3},
        ],
    )

    data = await api.shop(DETAILS, by={"handle": "linen-shirt"})

    assert data["product"] == {
        "title": "Linen Shirt",
        "vendor": "Weaver",
        "tags": ["summer"],
        "priceRange": {"min": {"amount": "39.90", "currencyCode": "EUR"}, "max": {"amount": "49.90"}},
        "options": [{"name": "Color", "values": ["Red", "Blue"]}, {"name": "Size", "values": ["M"]}],
        "variants": [
            {
                "sku": "LS-RED-M",
                "name": "Red / M",
                "price": {"amount": "49.90", "currencyCode": "EUR"},
                "compareAtPrice": None,
                "options": [{"name": "Color", "value": "Red"}, {"name": "Size", "value": "M"}],
                "availability": {"status": "IN_STOCK", "quantityAvailable": None},
            },
            {
                "sku": "LS-BLUE-M",
                "name": "Blue / M",
                "price": {"amount": "39.90", "currencyCode": "EUR"},
                "compareAtPrice": None,
                "options": [{"name": "Color", "value": "Blue"}, {"name": "Size", "value": "M"}],
                "availability": {"status": "LOW_STOCK", "quantityAvailable": 3},
            },
        ],
    }


UNSEEN = {
    "draft": {"status": "DRAFT"},
    "archived": {"status": "ARCHIVED"},
    "deleted": {"deleted_at": NOON},
    "unpublished": {"published_from": None},
    "published later": {"published_from": SOON},
    "published until now": {"published_until": NOON},
    "without a price": {"price": None},
    "priced in another currency only": {"variants": [{"prices": {"USD": 500}}]},
}


@pytest.mark.parametrize("reason", UNSEEN)
async def test_what_is_not_sold_here_and_now_does_not_exist(api, connection, channel_id, reason):
    seen = await given.a_product(connection, "Seen")
    product = await given.a_product(connection, handle="kettle", **UNSEEN[reason])

    data = await api.shop(
        """query ($sku: String!) {
          product(by: {handle: "kettle"}) { id }
          variant(by: {sku: $sku}) { id }
          variants(skus: [$sku]) { nodes { id } }
          products { nodes { id } totalCount }
        }""",
        sku=product.variant.sku,
    )

    others = {"nodes": [{"id": global_id("prd", seen.id)}], "totalCount": 1}
    assert data == {"product": None, "variant": None, "variants": {"nodes": [None]}, "products": others}


async def test_another_channel_sells_other_products(api, connection, channel_id):
    other = await given.channel(connection, "us", is_default=False, currencies=["USD"])
    await given.a_product(connection, "Here")
    await given.a_product(connection, "There", channel_id=other, variants=[{"currency": "USD"}])
    titles = "{ products { nodes { title priceRange { min { currencyCode } } } } }"

    here, there = await api.shop(titles), await api.with_headers(x_channel="us").shop(titles)

    assert here == {"products": {"nodes": [{"title": "Here", "priceRange": {"min": {"currencyCode": "EUR"}}}]}}
    assert there == {"products": {"nodes": [{"title": "There", "priceRange": {"min": {"currencyCode": "USD"}}}]}}


async def test_texts_come_in_the_callers_language_or_else_as_they_are(api, connection):
    await given.channel(connection, languages=["de", "en"])
    product = await given.a_product(
        connection,
        "Kettle",
        handle="kettle",
        description_html="<p>Boils</p>",
        option_names=["Color"],
        variants=[{"option_values": ["Red"]}],
    )
    await given.insert(
        connection,
        catalog.product_translations,
        product_id=product.id,
        language="de",
        title="Kessel",
        option_names=["Farbe"],
    )
    await given.insert(
        connection, catalog.variant_translations, variant_id=product.variant.id, language="de", option_values=["Rot"]
    )

    data = await api.shop(
        '{ product(by: {handle: "kettle"}) { title descriptionHtml options { name values } variants { name } } }'
    )

    assert data["product"] == {
        "title": "Kessel",
        "descriptionHtml": "<p>Boils</p>",
        "options": [{"name": "Farbe", "values": ["Rot"]}],
        "variants": [{"name": "Rot"}],
    }


async def test_variants_come_in_the_order_of_the_skus_that_were_asked_for(api, connection, channel_id, statements):
    await given.a_product(connection, variants=[{"sku": "A"}, {"sku": "B"}])
    await api.shop("{ channel { code } }")

    query = '{ variants(skus: ["B", "none", "A", "B"]) { nodes { sku } warnings { code message path } } }'
    data = await statements.of(api.shop(query))

    unknown = {"code": "UNKNOWN_SKU", "message": "Nothing with the SKU none is sold here.", "path": ["skus", "1"]}
    assert data["variants"] == {"nodes": [{"sku": "B"}, None, {"sku": "A"}, {"sku": "B"}], "warnings": [unknown]}
    assert len(statements) == 1


async def test_more_than_a_hundred_skus_are_refused(api, channel_id):
    codes = await api.error_codes(
        "/graphql", "query ($s: [String!]!) { variants(skus: $s) { nodes { id } } }", {"s": ["x"] * 101}
    )

    assert codes == ["BAD_USER_INPUT"]


async def test_attributes_are_typed(api, connection, channel_id):
    type_id = await given.insert(connection, catalog.product_types, code="default", name="Product")
    for place, (code, kind) in enumerate(
        [("material", "TEXT"), ("volume", "NUMBER"), ("cordless", "BOOLEAN"), ("since", "DATE"), ("use", "CHOICE")]
    ):
        await given.insert(
            connection,
            catalog.attributes,
            product_type_id=type_id,
            code=code,
            name=code.title(),
            kind=kind,
            position=place,
        )
    values = {"material": "Steel", "volume": "1.7", "cordless": True, "since": "2024-02-29", "use": ["Tea", "Coffee"]}
    await given.a_product(connection, handle="kettle", attributes=values)

    data = await api.shop(
        """{ product(by: {handle: "kettle"}) { attributes {
          __typename code name
          ... on TextAttribute { text } ... on NumberAttribute { number } ... on BooleanAttribute { boolean }
          ... on DateAttribute { date } ... on ChoiceAttribute { choices }
        } } }"""
    )

    assert data["product"]["attributes"] == [
        {"__typename": "TextAttribute", "code": "material", "name": "Material", "text": "Steel"},
        {"__typename": "NumberAttribute", "code": "volume", "name": "Volume", "number": "1.7"},
        {"__typename": "BooleanAttribute", "code": "cordless", "name": "Cordless", "boolean": True},
        {"__typename": "DateAttribute", "code": "since", "name": "Since", "date": "2024-02-29"},
        {"__typename": "ChoiceAttribute", "code": "use", "name": "Use", "choices": ["Tea", "Coffee"]},
    ]


async def test_a_sale_starts_and_ends_by_itself(api, connection, channel_id, clock):
    product = await given.a_product(connection, handle="kettle", price=2000)
    sale = await given.price_list(
        connection, channel_id, code="sale", priority=1, valid_from=SOON, valid_until=SOON + timedelta(hours=1)
    )
    await given.price(connection, sale, product.variant.id, 1500, compare_at=2000)
    await given.refresh(connection, product.id)
    seen = []

    for _ in range(3):
        data = await api.shop(
            '{ product(by: {handle: "kettle"}) { priceRange { min { amount } } variants { price { amount } } } }'
        )
        seen.append((data["product"]["priceRange"]["min"]["amount"], data["product"]["variants"][0]["price"]["amount"]))
        clock.advance(timedelta(hours=1))

    assert seen == [("20.00", "20.00"), ("15.00", "15.00"), ("20.00", "20.00")]


async def test_the_range_is_that_of_each_variants_own_price_when_a_list_has_only_some(api, connection, channel_id):
    product = await given.a_product(connection, handle="kettle", variants=[{"price": 2000}, {"price": 3000}])
    sale = await given.price_list(connection, channel_id, code="sale", priority=1)
    await given.price(connection, sale, product.variants[1].id, 1000)
    await given.refresh(connection, product.id)

    data = await api.shop('{ product(by: {handle: "kettle"}) { priceRange { min { amount } max { amount } } } }')

    assert data["product"]["priceRange"] == {"min": {"amount": "10.00"}, "max": {"amount": "20.00"}}


async def test_members_of_a_group_see_its_prices_and_tiers(api, connection, channel_id):
    product = await given.a_product(connection, handle="kettle", price=2000)
    group_id = await given.insert(connection, identity.customer_groups, code="vip", name="VIP")
    vip = await given.price_list(connection, channel_id, code="vip", customer_group_id=group_id)
    await given.price(connection, vip, product.variant.id, 1500, min_quantity=10)
    await given.refresh(connection, product.id)
    customer_id = await given.customer(connection, channel_id=channel_id)
    await given.insert(connection, identity.customer_group_members, customer_id=customer_id, group_id=group_id)
    query = '{ product(by: {handle: "kettle"}) { variants { priceTiers { minQuantity price { amount } } } } }'

    guest = await api.shop(query)
    member = await api.as_(await given.customer_token(connection, customer_id)).shop(query)
    agent = api.allowed(Permission.ACT_FOR_CUSTOMERS)
    for_member = await agent.with_headers(x_customer=global_id("cus", customer_id)).staff(query)

    one, ten = {"minQuantity": 1, "price": {"amount": "20.00"}}, {"minQuantity": 10, "price": {"amount": "15.00"}}
    assert guest["product"]["variants"] == [{"priceTiers": [one]}]
    assert member["product"]["variants"] == [{"priceTiers": [one, ten]}]
    assert for_member == member
    assert await agent.staff(query) == guest


async def test_what_is_reserved_safe_or_elsewhere_cannot_be_bought(api, connection, channel_id):
    product = await given.a_product(connection, handle="kettle", stock=9)
    elsewhere = await given.insert(connection, given.t.stock_locations, code="far", name="Far")
    await given.insert(
        connection, stock.stock_levels, variant_id=product.variant.id, location_id=elsewhere, on_hand=100
    )
    await connection.execute(
        "UPDATE stock_levels SET safety_stock = 1, unavailable = 2, allocated = 3 WHERE on_hand = 9"
    )

    data = await api.shop('{ product(by: {handle: "kettle"}) { variants { availability { quantityAvailable } } } }')

    assert data["product"]["variants"] == [{"availability": {"quantityAvailable": 3}}]


PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort, $filter: ProductFilter) {
  products(first: $first, after: $after, last: $last, before: $before, sort: $sort, filter: $filter) {
    nodes { title } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def titles(api, document=PAGE, **variables):
    return [node["title"] for node in (await api.shop(document, **variables))["products"]["nodes"]]


@pytest.fixture
async def five(connection, channel_id):
    """Five products: A to E, newest first E, cheapest first C A E B D, most popular first B A D C E."""
    for title, price, popularity, hour in (
        ("A", 200, 4, 1),
        ("B", 400, 5, 2),
        ("C", 100, 2, 3),
        ("D", 500, 3, 4),
        ("E", 300, 1, 5),
    ):
        await given.a_product(
            connection, title, price=price, popularity=popularity, published_from=given.EARLIER + timedelta(hours=hour)
        )


ORDERS = {
    "NEWEST": "EDCBA",
    "NAME": "ABCDE",
    "PRICE_ASC": "CAEBD",
    "PRICE_DESC": "DBEAC",
    "POPULARITY": "BADCE",
    "FEATURED": "EDCBA",
    "RELEVANCE": "EDCBA",
}
"""Of a list of all products, which are arranged nowhere, and where nothing was searched for."""


@pytest.mark.parametrize("sort", ORDERS)
async def test_pages_go_forth_and_back_in_every_order(api, five, sort):
    expected = list(ORDERS[sort])
    first = (await api.shop(PAGE, first=2, sort=sort))["products"]
    second = (await api.shop(PAGE, first=2, sort=sort, after=first["pageInfo"]["endCursor"]))["products"]
    third = (await api.shop(PAGE, first=2, sort=sort, after=second["pageInfo"]["endCursor"]))["products"]
    back = (await api.shop(PAGE, last=2, sort=sort, before=third["pageInfo"]["startCursor"]))["products"]

    shown = [[node["title"] for node in page["nodes"]] for page in (first, second, third, back)]
    assert shown == [expected[:2], expected[2:4], expected[4:], expected[2:4]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second, third)] == [True, True, False]
    assert [page["totalCount"] for page in (first, third)] == [5, 5]


@pytest.mark.parametrize("sort", ORDERS)
async def test_what_is_counted_beside_a_page_does_not_change_its_order(api, five, sort):
    counted = PAGE.replace("totalCount", "facets { stock { inStock } }")

    assert counted != PAGE
    assert await titles(api, counted, first=5, sort=sort) == list(ORDERS[sort])


async def test_a_page_stays_where_it_is_while_products_come(api, connection, five):
    first = (await api.shop(PAGE, first=2, sort="NAME"))["products"]
    await given.a_product(connection, "AA")

    assert await titles(api, first=2, sort="NAME", after=first["pageInfo"]["endCursor"]) == ["C", "D"]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WzEsMl0", "W251bGwsbnVsbF0"])
async def test_a_strange_cursor_is_refused(api, five, cursor):
    assert await api.error_codes("/graphql", PAGE, {"after": cursor}) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("products", [1, 20])
async def test_a_page_of_products_with_variants_costs_one_statement(api, connection, channel_id, statements, products):
    for _ in range(products):
        await given.a_product(connection, variants=[{}, {}, {}])
    await api.shop("{ channel { code } }")

    data = await statements.of(
        api.shop(
            """{ products(first: 100) { nodes {
              title variants(first: 3) { sku name price { amount } availability { status quantityAvailable } }
            } } }"""
        )
    )

    assert [len(node["variants"]) for node in data["products"]["nodes"]] == [3] * products
    assert len(statements) == 1


EVERYTHING = """
fragment everything on Product {
  title descriptionHtml seoTitle tags createdAt priceRange { min { amount } }
  options { name values } media { url alt } featuredImage { url } categories { name } collections { name }
  attributes { code ... on TextAttribute { text } }
  variants {
    sku name price { amount } availability { status } options { value } image { url }
    priceTiers { minQuantity price { amount } } attributes { code ... on TextAttribute { text } }
  }
}
"""


async def put_everything(connection, product, place):
    """A picture, an attribute, a category and a collection, and tiers of its first variant."""
    media_id = await given.insert(connection, catalog.media, url=f"/{place}.png", width=3, height=4)
    await given.insert(connection, catalog.product_media, product_id=product.id, media_id=media_id, alt="A kettle")
    category_id = await given.insert(connection, catalog.categories, handle=f"c{place}", name="Kitchen")
    await given.insert(connection, catalog.product_categories, product_id=product.id, category_id=category_id)
    collection_id = await given.insert(connection, catalog.collections, handle=f"c{place}", name="Gifts")
    await given.insert(connection, catalog.collection_products, product_id=product.id, collection_id=collection_id)


@pytest.mark.parametrize("products", [1, 5])
async def test_products_with_everything_cost_one_statement(api, connection, channel_id, statements, products):
    type_id = await given.insert(connection, catalog.product_types, code="default", name="Product")
    for code, of_variant in (("material", False), ("finish", True)):
        name = code.title()
        of = {"product_type_id": type_id, "kind": "TEXT", "of_variant": of_variant}
        await given.insert(connection, catalog.attributes, code=code, name=name, **of)
    for place in range(products):
        variants = [{"option_values": ["Red"], "attributes": {"finish": "Matt"}}, {"option_values": ["Blue"]}]
        made = {"attributes": {"material": "Steel"}, "option_names": ["Color"], "variants": variants}
        product = await given.a_product(connection, "Kettle", handle=f"kettle-{place}", **made)
        await put_everything(connection, product, place)
    await api.shop("{ channel { code } }")

    one = await statements.of(api.shop(EVERYTHING + 'query { product(by: {handle: "kettle-0"}) { ...everything } }'))
    of_one = len(statements)
    page = await statements.of(api.shop(EVERYTHING + "query { products(first: 5) { nodes { ...everything } } }"))

    assert (of_one, len(statements)) == (1, 1)
    assert one["product"] in page["products"]["nodes"]
    assert len(page["products"]["nodes"]) == products
    picture = {"url": "/0.png"}
    shown = {
        name: one["product"][name] for name in ("media", "featuredImage", "categories", "collections", "attributes")
    }
    assert shown == {
        "media": [{**picture, "alt": "A kettle"}],
        "featuredImage": picture,
        "categories": [{"name": "Kitchen"}],
        "collections": [{"name": "Gifts"}],
        "attributes": [{"code": "material", "text": "Steel"}],
    }
    assert one["product"]["options"] == [{"name": "Color", "values": ["Red", "Blue"]}]
    assert [variant["image"] for variant in one["product"]["variants"]] == [picture, picture]
    assert [variant["attributes"] for variant in one["product"]["variants"]] == [
        [{"code": "finish", "text": "Matt"}],
        [],
    ]
