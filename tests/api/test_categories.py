import pytest

from commerce_api.persistence.tables import catalog
from tests import given


@pytest.fixture
async def tree(connection):
    """Kitchen > Pots > Copper, and Garden; two products in Pots and one in Garden."""
    await given.channel(connection, languages=["de", "en"])
    kitchen = await given.a_category(connection, "Kitchen", translations={"de": {"name": "Küche"}})
    pots = await given.a_category(connection, "Pots", parent_id=kitchen)
    copper = await given.a_category(connection, "Copper", parent_id=pots)
    garden = await given.a_category(connection, "Garden", position=1)
    await given.a_product(connection, "Saucepan", categories=[pots])
    await given.a_product(connection, "Kettle", categories=[copper])
    await given.a_product(connection, "Spade", categories=[garden])


async def test_the_tree_is_read_level_by_level(api, tree, statements):
    await api.shop("{ channel { code } }")

    data = await statements.of(api.shop("{ categories { name children { name children { name } } } }"))

    assert data["categories"] == [
        {"name": "Küche", "children": [{"name": "Pots", "children": [{"name": "Copper"}]}]},
        {"name": "Garden", "children": []},
    ]
    assert len(statements) == 3


async def test_a_category_knows_the_way_to_it(api, tree):
    data = await api.shop('{ category(by: {handle: "copper"}) { ancestors { name } parent { handle } } }')

    assert data["category"] == {"ancestors": [{"name": "Küche"}, {"name": "Pots"}], "parent": {"handle": "pots"}}


async def test_a_category_shows_what_is_in_it_and_below_it_in_one_statement_for_all(api, tree, statements):
    await api.shop("{ channel { code } }")

    data = await statements.of(api.shop("{ categories { handle products(first: 5) { nodes { title } totalCount } } }"))

    assert data["categories"] == [
        {"handle": "kitchen", "products": {"nodes": [{"title": "Saucepan"}, {"title": "Kettle"}], "totalCount": 2}},
        {"handle": "garden", "products": {"nodes": [{"title": "Spade"}], "totalCount": 1}},
    ]
    assert len(statements) == 2


async def test_products_know_their_categories_and_collections(api, connection, tree):
    gifts = await given.a_collection(connection, "Gifts")
    await given.a_product(connection, "Bowl", handle="bowl", collections=[gifts])

    data = await api.shop(
        '{ product(by: {handle: "bowl"}) { categories { id } collections { name products { nodes { title } } } } }'
    )

    assert data["product"] == {
        "categories": [],
        "collections": [{"name": "Gifts", "products": {"nodes": [{"title": "Bowl"}]}}],
    }


async def test_categories_collections_and_the_catalog_asked_alike_are_lists_of_their_own(api, connection, tree):
    gifts = await given.a_collection(connection, "Gifts")
    lamps = await given.a_category(connection, "Lamps")
    await given.a_product(connection, "Lantern", handle="lantern", categories=[lamps])
    await given.a_product(connection, "Bowl", handle="bowl", categories=[lamps], collections=[gifts])

    data = await api.shop(
        """{ product(by: {handle: "bowl"}) {
          categories { products(sort: NAME) { ...page } } collections { products(sort: NAME) { ...page } }
        } products(sort: NAME) { ...page } }
        fragment page on ProductConnection { nodes { title } totalCount }"""
    )

    both = {"nodes": [{"title": "Bowl"}, {"title": "Lantern"}], "totalCount": 2}
    assert data["product"] == {
        "categories": [{"products": both}],
        "collections": [{"products": {"nodes": [{"title": "Bowl"}], "totalCount": 1}}],
    }
    assert data["products"]["totalCount"] == 5


@pytest.mark.parametrize("kind", ["category", "collection"])
async def test_unknown_names_find_nothing(api, tree, kind):
    data = await api.shop(f'{{ a: {kind}(by: {{handle: "none"}}) {{ id }} b: {kind}(by: {{id: "x"}}) {{ id }} }}')

    assert data == {"a": None, "b": None}


async def test_things_are_found_by_their_ids(api, connection, tree):
    await given.a_collection(connection, "Gifts")
    data = await api.shop('{ a: category(by: {handle: "pots"}) { id } b: collection(by: {handle: "gifts"}) { id } }')
    ids = [data["a"]["id"], data["b"]["id"]]

    again = await api.shop(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Category { name } ... on Collection { name } } }", ids=ids
    )

    assert again["nodes"] == [{"id": ids[0], "name": "Pots"}, {"id": ids[1], "name": "Gifts"}]


async def test_collections_come_by_name_in_pages(api, connection, tree):
    for name in ("B", "A", "C"):
        await given.a_collection(connection, name)
    page = "query ($after: String) { collections(first: 2, after: $after) { nodes { name } totalCount pageInfo { endCursor } } }"

    first = (await api.shop(page))["collections"]
    second = (await api.shop(page, after=first["pageInfo"]["endCursor"]))["collections"]

    assert [first["nodes"], second["nodes"]] == [[{"name": "A"}, {"name": "B"}], [{"name": "C"}]]
    assert first["totalCount"] == 3


async def test_related_products_are_those_on_sale_in_their_order(api, connection, tree):
    kettle = await given.a_product(connection, "Kettle", handle="kettle")
    for place, (title, status) in enumerate([("Gone", "ARCHIVED"), ("Teapot", "ACTIVE"), ("Cup", "ACTIVE")]):
        other = await given.a_product(connection, title, status=status)
        await given.insert(
            connection,
            catalog.product_relations,
            product_id=kettle.id,
            related_product_id=other.id,
            kind="CROSS_SELL",
            position=place,
        )

    data = await api.shop(
        '{ product(by: {handle: "kettle"}) { a: related(kind: CROSS_SELL) { title } b: related(kind: UP_SELL) { title } } }'
    )

    assert data["product"] == {"a": [{"title": "Teapot"}, {"title": "Cup"}], "b": []}
