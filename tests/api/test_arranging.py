"""Categories, collections, product types, price lists and prices, as staff change them."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_catalog_work import change, channel_id, staff  # noqa: F401 - fixtures


@pytest.fixture
async def tree(connection, staff):  # noqa: F811
    """Ids of Kitchen > Pots."""
    kitchen = await given.a_category(connection, "Kitchen")
    pots = await given.a_category(connection, "Pots", parent_id=kitchen)
    await given.a_product(connection, "Saucepan", categories=[pots])
    return {"kitchen": global_id("cat", kitchen), "pots": global_id("cat", pots)}


async def test_a_category_is_made_in_its_place(staff, tree):  # noqa: F811
    answer = await change(
        staff,
        "createCategory",
        "category { name handle parent { name } descriptionHtml }",
        name="Copper Pots",
        parentId=tree["pots"],
        descriptionHtml="<b>x</b><style>y</style>",
    )

    assert answer == {
        "category": {
            "name": "Copper Pots",
            "handle": "copper-pots",
            "parent": {"name": "Pots"},
            "descriptionHtml": "<b>x</b>",
        },
        "errors": [],
    }


@pytest.mark.parametrize(
    ("input", "code", "path"),
    [
        (lambda t: {"id": t["kitchen"], "parentId": t["pots"]}, "CATEGORY_CYCLE", ["parentId"]),
        (lambda t: {"id": t["kitchen"], "parentId": t["kitchen"]}, "CATEGORY_CYCLE", ["parentId"]),
        (lambda t: {"id": t["kitchen"], "parentId": "cat_x"}, "NOT_FOUND", ["parentId"]),
        (lambda t: {"id": t["kitchen"], "handle": "pots"}, "HANDLE_TAKEN", ["handle"]),
        (lambda t: {"id": t["kitchen"], "expectedRevision": 7}, "STALE_REVISION", ["expectedRevision"]),
        (lambda _: {"id": "cat_x", "name": "y"}, "NOT_FOUND", ["id"]),
    ],
)
async def test_a_category_that_would_not_be_right_stays_as_it_is(staff, connection, tree, input, code, path):  # noqa: F811
    answer = await change(staff, "updateCategory", "category { id }", **input(tree))

    assert answer == {"category": None, "errors": [{"code": code, "path": path}]}
    assert await connection.fetchval("SELECT count(*) FROM events WHERE entity = 'CATEGORY'") == 0


async def test_products_move_with_their_category(staff, api, connection, tree):  # noqa: F811
    garden = global_id("cat", await given.a_category(connection, "Garden"))
    inside = '{ category(by: {handle: "garden"}) { products { nodes { title } } } products(search: "garden") { totalCount } }'
    before = await api.shop(inside)

    await change(staff, "updateCategory", "category { id }", id=tree["pots"], parentId=garden)

    assert before["category"]["products"]["nodes"] == []
    assert await api.shop(inside) == {
        "category": {"products": {"nodes": [{"title": "Saucepan"}]}},
        "products": {"totalCount": 1},
    }


async def test_a_category_with_others_below_it_stays(staff, connection, tree):  # noqa: F811
    document = "mutation ($input: DeleteInput!) { deleteCategory(input: $input) { errors { message } } }"
    kept = await change(staff, "deleteCategory", "deletedId", id=tree["kitchen"])
    told = (await staff.staff(document, input={"id": tree["kitchen"]}))["deleteCategory"]["errors"]
    gone = await change(staff, "deleteCategory", "deletedId", id=tree["pots"])

    assert kept == {"deletedId": None, "errors": [{"code": "CATEGORY_HAS_CHILDREN", "path": ["id"]}]}
    assert told == [{"message": "1 categories are below it, such as pots; move or delete those first."}]
    assert gone == {"deletedId": tree["pots"], "errors": []}
    assert await connection.fetchval("SELECT facets FROM product_facets") == []


async def test_a_collection_keeps_the_order_that_it_is_given(staff, api, connection, channel_id):  # noqa: F811
    ids = [global_id("prd", (await given.a_product(connection, title)).id) for title in "ABC"]
    made = await change(staff, "createCollection", "collection { id }", name="Gifts", productIds=[ids[2], ids[0]])
    inside = '{ collection(by: {handle: "gifts"}) { products { nodes { title } } } }'

    first = await api.shop(inside)
    await change(staff, "updateCollection", "collection { id }", id=made["collection"]["id"], productIds=ids[:2])
    second = await api.shop(inside)
    await change(staff, "deleteCollection", "deletedId", id=made["collection"]["id"])

    assert [node["title"] for node in first["collection"]["products"]["nodes"]] == ["C", "A"]
    assert [node["title"] for node in second["collection"]["products"]["nodes"]] == ["A", "B"]
    assert (await api.shop(inside))["collection"] is None


async def test_a_changed_product_keeps_its_place_and_a_new_one_comes_last(staff, api, connection, channel_id):  # noqa: F811
    a, b, c = [global_id("prd", (await given.a_product(connection, title)).id) for title in "ABC"]
    gifts = (await change(staff, "createCollection", "collection { id }", name="Gifts", productIds=[b, a]))[
        "collection"
    ]
    sale = (await change(staff, "createCollection", "collection { id }", name="Sale", productIds=[b, a]))["collection"]
    pots = global_id("cat", await given.a_category(connection, "Pots"))
    inside = """{ gifts: collection(by: {handle: "gifts"}) { ...in } sale: collection(by: {handle: "sale"}) { ...in }
    } fragment in on Collection { products { nodes { title } } }"""

    await change(staff, "updateProduct", productId=a, categoryIds=[pots], collectionIds=[gifts["id"]])
    await change(staff, "updateProduct", productId=c, categoryIds=[pots], collectionIds=[sale["id"], gifts["id"]])
    await change(staff, "updateProduct", productId=b, categoryIds=[pots], collectionIds=[gifts["id"], sale["id"]])
    await change(staff, "updateProduct", productId=a, collectionIds=[sale["id"], gifts["id"]])

    seen = await api.shop(inside)
    titles = {name: "".join(node["title"] for node in found["products"]["nodes"]) for name, found in seen.items()}
    assert titles == {"gifts": "BAC", "sale": "BCA"}
    in_pots = '{ category(by: {handle: "pots"}) { products { nodes { title } } } }'
    assert [node["title"] for node in (await api.shop(in_pots))["category"]["products"]["nodes"]] == ["A", "C", "B"]


async def test_a_product_type_is_made_and_changed_as_a_whole(staff):  # noqa: F811
    fields = "productType { id code attributes { id code kind facet choices } revision }"
    material = {"code": "material", "name": "Material", "kind": "TEXT", "facet": True}
    use = {"code": "use", "name": "Use", "kind": "CHOICE", "choices": ["Tea", "Coffee"]}

    made = (await change(staff, "saveProductType", fields, code="pots", name="Pots", attributes=[material]))[
        "productType"
    ]
    changed = await change(
        staff, "saveProductType", fields, id=made["id"], code="pots", name="Pots", attributes=[use, material]
    )

    assert [each["code"] for each in changed["productType"]["attributes"]] == ["use", "material"]
    assert changed["productType"]["attributes"][1]["id"] == made["attributes"][0]["id"]
    assert changed["productType"]["revision"] == 2


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ([{"code": "A", "name": "A", "kind": "TEXT"}], ["attributes", "0", "code"]),
        ([{"code": "a", "name": "A", "kind": "CHOICE"}], ["attributes", "0", "choices"]),
        ([{"code": "a", "name": "A", "kind": "TEXT", "choices": ["x"]}], ["attributes", "0", "choices"]),
        ([{"code": "a", "name": "A", "kind": "TEXT"}] * 2, ["attributes"]),
    ],
)
async def test_attributes_that_make_no_sense_are_refused(staff, connection, attributes, path):  # noqa: F811
    answer = await change(staff, "saveProductType", "productType { id }", code="x", name="X", attributes=attributes)

    assert answer == {"productType": None, "errors": [{"code": "INVALID_VALUE", "path": path}]}
    assert await connection.fetchval("SELECT count(*) FROM product_types") == 0


@pytest.fixture
async def euro(staff, connection, channel_id):  # noqa: F811
    """A product and the id of the list with its prices."""
    product = await given.a_product(connection, "Kettle", handle="kettle", variants=[{"sku": "K", "price": 2000}])
    list_id = await given.price_list(connection, channel_id)
    product.list_id = global_id("prl", list_id)
    return product


async def test_prices_replace_those_that_variants_had(staff, api, euro):  # noqa: F811
    answer = await change(
        staff,
        "setPrices",
        "priceList { revision currency }",
        priceListId=euro.list_id,
        currency="EUR",
        prices=[
            {"sku": "K", "tiers": [{"amount": "15.00", "compareAt": "20.00"}, {"amount": "12.5", "minQuantity": 10}]}
        ],
    )

    data = await api.shop(
        """{ product(by: {handle: "kettle"}) { priceRange { min { amount } } variants {
          price { amount } compareAtPrice { amount } priceTiers { minQuantity price { amount } } } } }"""
    )
    assert answer == {"priceList": {"revision": 2, "currency": "EUR"}, "errors": []}
    assert data["product"] == {
        "priceRange": {"min": {"amount": "15.00"}},
        "variants": [
            {
                "price": {"amount": "15.00"},
                "compareAtPrice": {"amount": "20.00"},
                "priceTiers": [
                    {"minQuantity": 1, "price": {"amount": "15.00"}},
                    {"minQuantity": 10, "price": {"amount": "12.50"}},
                ],
            }
        ],
    }


async def test_every_wrong_price_is_told_and_none_is_set(staff, connection, euro):  # noqa: F811
    answer = await change(
        staff,
        "setPrices",
        "priceList { id }",
        priceListId=euro.list_id,
        currency="EUR",
        prices=[
            {"sku": "K", "tiers": [{"amount": "1.00"}]},
            {"sku": "none", "tiers": []},
            {"sku": "K", "tiers": [{"amount": "-1"}, {"amount": "5", "compareAt": "4"}]},
        ],
    )

    assert [error["path"] for error in answer["errors"]] == [
        ["prices", "1", "sku"],
        ["prices", "2", "tiers", "0", "amount"],
        ["prices", "2", "tiers", "1", "minQuantity"],
        ["prices", "2", "tiers", "1", "compareAt"],
    ]
    assert await connection.fetchval("SELECT amount FROM prices") == 2000


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"currency": "USD"}, ["currency"]),
        ({"priceListId": "prl_x"}, ["priceListId"]),
        ({"prices": []}, ["prices"]),
        ({"prices": [{"tiers": []}]}, ["prices", "0"]),
        ({"prices": [{"sku": "K", "tiers": [{"amount": "1.001"}]}]}, ["prices", "0", "tiers", "0", "amount"]),
        ({"expectedRevision": 9}, ["expectedRevision"]),
    ],
)
async def test_prices_that_cannot_be_meant_are_refused(staff, connection, euro, changes, path):  # noqa: F811
    sent = {
        "priceListId": euro.list_id,
        "currency": "EUR",
        "prices": [{"sku": "K", "tiers": [{"amount": "1"}]}],
        **changes,
    }

    answer = await change(staff, "setPrices", "priceList { id }", **sent)

    assert [error["path"] for error in answer["errors"]] == [path]
    assert await connection.fetchval("SELECT amount FROM prices") == 2000


async def test_a_price_list_is_made_and_changed(staff, channel_id, euro):  # noqa: F811
    fields = "priceList { id code priority currency customerGroupId validUntil }"
    made = await change(
        staff,
        "createPriceList",
        fields,
        code="sale",
        name="Sale",
        channelId=global_id("chn", channel_id),
        currency="EUR",
    )

    changed = await change(
        staff, "updatePriceList", fields, id=made["priceList"]["id"], priority=5, validUntil="2027-01-01T00:00:00Z"
    )

    assert changed["priceList"] == {**made["priceList"], "priority": 5, "validUntil": "2027-01-01T00:00:00Z"}
    lists = (await staff.staff("{ priceLists { nodes { code } } }"))["priceLists"]["nodes"]
    assert "sale" in [each["code"] for each in lists]


async def test_a_price_list_is_for_things_that_exist_and_ends_after_it_begins(staff, connection, euro):  # noqa: F811
    answer = await change(
        staff,
        "updatePriceList",
        "priceList { id }",
        id=euro.list_id,
        customerGroupId="grp_x",
        validFrom="2026-01-02T00:00:00Z",
        validUntil="2026-01-02T00:00:00Z",
    )

    assert answer["errors"] == [
        {"code": "NOT_FOUND", "path": ["customerGroupId"]},
        {"code": "PERIOD_ENDS_BEFORE_IT_BEGINS", "path": ["validUntil"]},
    ]


@pytest.mark.parametrize("url", ["ftp://x.test/a.png", "javascript:alert(1)", "https://", ""])
async def test_pictures_are_on_the_web(staff, connection, url):  # noqa: F811
    answer = await change(staff, "registerMedia", "media { id }", url=url)

    assert answer["media"] is None
    assert await connection.fetchval("SELECT count(*) FROM media") == 0


async def test_the_same_address_is_the_same_picture(staff):  # noqa: F811
    answers = [
        await change(staff, "registerMedia", "media { id width }", url="https://x.test/a", width=w) for w in (1, 2)
    ]

    assert answers[0]["media"]["id"] == answers[1]["media"]["id"]
    assert answers[1]["media"]["width"] == 2
