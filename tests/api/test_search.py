from datetime import timedelta

import pytest

from commerce_api.persistence.tables import catalog
from commerce_api.schema.node import global_id
from tests import given

FIND = """
query ($search: String, $filter: ProductFilter, $sort: ProductSort) {
  products(search: $search, filter: $filter, sort: $sort, first: 50) { nodes { title } totalCount }
}
"""


async def found(api, search=None, **variables):
    return [node["title"] for node in (await api.shop(FIND, search=search, **variables))["products"]["nodes"]]


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def shop(connection, channel_id):
    """A small catalog in English."""
    kitchen = await given.a_category(connection, "Kitchen")
    pots = await given.a_category(connection, "Pots", parent_id=kitchen)
    gifts = await given.a_collection(connection, "Gifts")
    type_id = await given.insert(connection, catalog.product_types, code="default", name="Product")
    await given.insert(
        connection,
        catalog.attributes,
        product_type_id=type_id,
        code="material",
        name="Material",
        kind="CHOICE",
        facet=True,
    )
    products = (
        ("Copper Kettle", 6000, "Smith", [pots], ["tea"], "Boils water for tea.", 5, {"material": "Copper"}),
        ("Steel Kettle", 3000, "Acme", [pots], [], "For every day.", 0, {"material": "Steel"}),
        ("Teapot", 2500, "Smith", [kitchen], ["tea"], "Goes with any kettle.", 20, {"material": "Clay"}),
        ("Crème Brûlée Torch", 4500, "Acme", [kitchen], [], "Burns sugar.", 5, {}),
        ("Running Shoes", 9000, "Fleet", [], ["sport"], "Waterproof.", 5, {}),
    )
    for title, price, vendor, categories, tags, text, stock, attributes in products:
        await given.a_product(
            connection,
            title,
            price=price,
            vendor=vendor,
            categories=categories,
            tags=tags,
            description_html=text,
            stock=stock,
            attributes=attributes,
            collections=[gifts] if price < 3000 else [],
            option_names=["Color"],
            variants=[{"option_values": ["Red" if stock else "Blue"], "sku": f"SKU-{price}"}],
        )
    return {"kitchen": kitchen, "pots": pots, "gifts": gifts}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("kettle", ["Steel Kettle", "Copper Kettle", "Teapot"]),
        ("kettles", ["Steel Kettle", "Copper Kettle", "Teapot"]),
        ("KETTLE copper", ["Copper Kettle"]),
        ("kett", ["Steel Kettle", "Copper Kettle", "Teapot"]),
        ("run", ["Running Shoes"]),
        ("shoe for the running", ["Running Shoes"]),
        ("creme brulee", ["Crème Brûlée Torch"]),
        ("Crème BRÛLÉE", ["Crème Brûlée Torch"]),
        ("sku-6000", ["Copper Kettle"]),
        ("smith", ["Teapot", "Copper Kettle"]),
        ("kitchen", ["Steel Kettle", "Copper Kettle", "Teapot", "Crème Brûlée Torch"]),
        ("pots", ["Steel Kettle", "Copper Kettle"]),
        ("blue", ["Steel Kettle"]),
        ("clay", ["Teapot"]),
        ("boils", ["Copper Kettle"]),
        ("kettle shoes", []),
        ("qqqqqq", []),
    ],
)
async def test_words_are_found_where_they_stand(api, shop, search, expected):
    assert sorted(await found(api, search)) == sorted(expected)


async def test_a_word_in_the_title_counts_more_than_one_in_the_text(api, shop):
    assert (await found(api, "kettle"))[-1] == "Teapot"


@pytest.mark.parametrize("search", ["kettel", "ketle", "kettlee", "kxttle", "cooper kettle", "copper ketl"])
async def test_a_wrong_letter_is_forgiven(api, shop, search):
    assert "Copper Kettle" in await found(api, search)


@pytest.mark.parametrize("search", ["", "   ", "!?&|():*'\\"])
async def test_without_words_everything_is_shown(api, shop, search):
    assert len(await found(api, search)) == 5


async def test_a_very_long_search_is_refused(api, channel_id):
    assert await api.error_codes("/graphql", FIND, {"search": "x" * 201}) == ["BAD_USER_INPUT"]


async def test_words_are_searched_in_the_callers_language(api, connection):
    await given.channel(connection, languages=["de", "en"])
    product = await given.a_product(connection, "House Plant", variants=[{"sku": "HP"}])
    await given.insert(
        connection, catalog.product_translations, product_id=product.id, language="de", title="Zimmerpflanze für Häuser"
    )
    await given.refresh(connection, product.id)

    assert await found(api, "haus") == await found(api, "Häusern") == ["Zimmerpflanze für Häuser"]
    assert await found(api, "plants") == []


async def test_a_german_word_is_found_at_the_end_of_a_compound(api, connection):
    await given.channel(connection, languages=["en", "de"])
    titles = {"Picnic Blanket": "Picknickdecke", "Tea Pot": "Teekanne", "Cork": "Korken", "Overboard": "Bordkante"}
    for title, german in titles.items():
        product = await given.a_product(connection, title)
        await given.insert(connection, catalog.product_translations, product_id=product.id, language="de", title=german)
        await given.refresh(connection, product.id)
    german = api.with_headers(accept_language="de")

    assert await found(german, "decke") == ["Picknickdecke"]
    assert await found(german, "kanne") == ["Teekanne"]
    assert await found(german, "kante tee") == []
    assert await found(api.with_headers(accept_language="en"), "board") == []


async def test_pages_by_relevance_neither_repeat_nor_skip(api, connection, channel_id):
    for number in range(7):
        await given.a_product(connection, f"Kettle {number}", description_html="kettle " * (number % 3))
    page = """query ($after: String) { products(search: "kettle", first: 2, after: $after) {
      nodes { title } pageInfo { endCursor hasNextPage } } }"""
    seen, after, more = [], None, True

    while more:
        answer = (await api.shop(page, after=after))["products"]
        seen += [node["title"] for node in answer["nodes"]]
        after, more = answer["pageInfo"]["endCursor"], answer["pageInfo"]["hasNextPage"]

    assert sorted(seen) == [f"Kettle {number}" for number in range(7)]


def ids(shop, *names):
    return [global_id("col" if name == "gifts" else "cat", shop[name]) for name in names]


EUR = "EUR"
FILTERS = {
    "category with what is below it": (lambda s: {"categories": ids(s, "kitchen")}, {"C", "S", "T", "B"}),
    "category": (lambda s: {"categories": ids(s, "pots")}, {"C", "S"}),
    "collection": (lambda s: {"collections": ids(s, "gifts")}, {"T"}),
    "vendors": (lambda _: {"vendors": ["Smith", "Fleet"]}, {"C", "T", "R"}),
    "tags": (lambda _: {"tags": ["tea"]}, {"C", "T"}),
    "options": (lambda _: {"options": [{"name": "Color", "values": ["Blue"]}]}, {"S"}),
    "attributes": (lambda _: {"attributes": [{"code": "material", "values": ["Steel", "Clay"]}]}, {"S", "T"}),
    "price from": (lambda _: {"price": {"min": {"amount": "45.00", "currencyCode": EUR}}}, {"C", "B", "R"}),
    "price to": (lambda _: {"price": {"max": {"amount": "30.00", "currencyCode": EUR}}}, {"S", "T"}),
    "in stock": (lambda _: {"inStock": True}, {"C", "T", "B", "R"}),
    "out of stock": (lambda _: {"inStock": False}, {"S"}),
    "two at once": (lambda _: {"vendors": ["Smith"], "inStock": True, "tags": ["tea"]}, {"C", "T"}),
    "or": (lambda _: {"or": [{"vendors": ["Fleet"]}, {"inStock": False}]}, {"R", "S"}),
    "not": (lambda _: {"not": {"vendors": ["Smith"], "tags": ["tea"]}}, {"S", "B", "R"}),
    "and": (lambda s: {"and": [{"vendors": ["Smith"]}, {"not": {"categories": ids(s, "pots")}}]}, {"T"}),
    "none of no alternatives": (lambda _: {"or": []}, set()),
    "an id that is none": (lambda _: {"categories": ["x"]}, set()),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_filters_leave_out_what_does_not_match(api, shop, name):
    filter_of, expected = FILTERS[name]
    letters = {"Crème Brûlée Torch": "B"}

    titles = await found(api, filter=filter_of(shop))

    assert {letters.get(title, title[0]) for title in titles} == expected


@pytest.mark.parametrize(
    "filter",
    [
        {"price": {"min": {"amount": "1.00", "currencyCode": "USD"}}},
        {"price": {"max": {"amount": "1.001", "currencyCode": "EUR"}}},
        {"not": {"not": {"not": {"inStock": True}}}},
        {"vendors": ["x"] * 51},
    ],
)
async def test_filters_that_cannot_be_meant_are_refused(api, channel_id, filter):
    assert await api.error_codes("/graphql", FIND, {"filter": filter}) == ["BAD_USER_INPUT"]


FACETS = """
query ($search: String, $filter: ProductFilter) { products(search: $search, filter: $filter) { facets {
  facets { kind name label values { label count } }
  priceRanges { from { amount } below { amount } count }
  stock { inStock outOfStock }
} } }
"""


def plain(facets):
    return {
        (facet["kind"], facet["name"]): {value["label"]: value["count"] for value in facet["values"]}
        for facet in facets["facets"]
    }


async def test_facets_count_what_a_search_found(api, shop):
    facets = (await api.shop(FACETS, search="kettle"))["products"]["facets"]

    assert plain(facets) == {
        ("CATEGORY", ""): {"Kitchen": 3, "Pots": 2},
        ("COLLECTION", ""): {"Gifts": 1},
        ("VENDOR", ""): {"Smith": 2, "Acme": 1},
        ("TAG", ""): {"tea": 2},
        ("OPTION", "Color"): {"Red": 2, "Blue": 1},
        ("ATTRIBUTE", "material"): {"Clay": 1, "Copper": 1, "Steel": 1},
    }
    assert facets["facets"][-1]["label"] == "Material"
    assert facets["priceRanges"] == [
        {"from": {"amount": "20.00"}, "below": {"amount": "50.00"}, "count": 2},
        {"from": {"amount": "50.00"}, "below": {"amount": "100.00"}, "count": 1},
    ]
    assert facets["stock"] == {"inStock": 2, "outOfStock": 1}


async def test_a_facets_own_filter_does_not_narrow_its_own_counts(api, shop):
    chosen = {"vendors": ["Smith"], "inStock": True, "price": {"max": {"amount": "30.00", "currencyCode": "EUR"}}}

    facets = (await api.shop(FACETS, search="kettle", filter=chosen))["products"]["facets"]

    assert plain(facets)["VENDOR", ""] == {"Smith": 1}
    assert plain(facets)["TAG", ""] == {"tea": 1}
    assert [each["count"] for each in facets["priceRanges"]] == [1, 1]
    assert facets["stock"] == {"inStock": 1, "outOfStock": 0}


async def test_facets_are_told_in_the_callers_language(api, connection):
    await given.channel(connection, languages=["en", "de"])
    mug = await given.a_product(connection, "Mug", option_names=["Color"], variants=[{"option_values": ["Red"]}])
    said = {"language": "de", "title": "Becher", "option_names": ["Farbe"]}
    await given.insert(connection, catalog.product_translations, product_id=mug.id, **said)
    said = {"language": "de", "option_values": ["Rot"]}
    await given.insert(connection, catalog.variant_translations, variant_id=mug.variant.id, **said)
    await given.refresh(connection, mug.id)
    ask = "{ products { facets { facets { name label values { value label } } } } }"

    german = await api.with_headers(accept_language="de").shop(ask)
    english = await api.shop(ask)

    told = {"name": "Color", "label": "Farbe", "values": [{"value": "Red", "label": "Rot"}]}
    assert german["products"]["facets"]["facets"] == [told]
    plainly = {"name": "Color", "label": "Color", "values": [{"value": "Red", "label": "Red"}]}
    assert english["products"]["facets"]["facets"] == [plainly]


async def test_facets_cost_one_statement(api, shop, statements):
    await api.shop("{ channel { code } }")

    await statements.of(api.shop(FACETS))

    assert len(statements) == 1


async def test_a_search_with_its_length_and_facets_costs_one_statement_beside_that_for_its_words(api, shop, statements):
    ask = """{ products(search: "kettle", first: 2) { nodes { title } totalCount pageInfo { hasNextPage }
      facets { stock { inStock } } } }"""
    await api.shop(ask)

    data = await statements.of(api.shop(ask))

    assert data["products"]["totalCount"] == 3
    assert data["products"]["facets"] == {"stock": {"inStock": 2}}
    assert (len(data["products"]["nodes"]), data["products"]["pageInfo"]["hasNextPage"]) == (2, True)
    assert len(statements) == 2
    assert "width_bucket" not in statements[-1]
    assert ".facets" not in statements[-1]


async def test_suggestions_go_on_with_what_is_typed(api, shop):
    data = await api.shop(
        """query ($q: String!) { searchSuggestions(query: $q, first: 3) {
          terms products { title } categories { name } } }""",
        q="kit",
    )

    assert data["searchSuggestions"]["categories"] == [{"name": "Kitchen"}]
    assert data["searchSuggestions"]["terms"] == ["kitchen"]
    assert len(data["searchSuggestions"]["products"]) == 3


@pytest.mark.parametrize("query", ["", "  ", "!"])
async def test_nothing_is_suggested_for_nothing(api, shop, query):
    data = await api.shop(
        "query ($q: String!) { searchSuggestions(query: $q) { terms products { id } categories { id } } }", q=query
    )

    assert data["searchSuggestions"] == {"terms": [], "products": [], "categories": []}


async def test_a_sale_moves_a_product_in_the_order_of_prices_when_it_starts(api, connection, channel_id, clock):
    await given.a_product(connection, "Cup", price=1000)
    pot = await given.a_product(connection, "Pot", price=2000)
    sale = await given.price_list(
        connection, channel_id, code="sale", priority=1, valid_from=clock.at + timedelta(hours=1)
    )
    await given.price(connection, sale, pot.variant.id, 500)
    await given.refresh(connection, pot.id)

    before = await found(api, sort="PRICE_ASC")
    clock.advance(timedelta(hours=1))
    after = await found(api, sort="PRICE_ASC")

    assert (before, after) == (["Cup", "Pot"], ["Pot", "Cup"])


@pytest.mark.parametrize("search", [None, "", "!"])
async def test_without_a_search_what_fits_it_best_is_the_usual_order(api, shop, search):
    document = "query ($search: String, $sort: ProductSort) { products(search: $search, sort: $sort) { nodes { id } } }"

    best = await api.shop(document, search=search, sort="RELEVANCE")

    assert best == await api.shop(document, search=search, sort="NEWEST")


async def test_within_a_category_what_fits_best_is_what_was_arranged(api, shop):
    document = """query ($id: ID!, $sort: ProductSort) { category(by: {id: $id}) { products(sort: $sort) { nodes { id } } } }"""
    kitchen = global_id("cat", shop["kitchen"])

    best = await api.shop(document, id=kitchen, sort="RELEVANCE")

    assert best == await api.shop(document, id=kitchen, sort="FEATURED")
    assert best["category"]["products"]["nodes"]
