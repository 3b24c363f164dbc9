"""Making and changing products, as staff do it."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import catalog
from commerce_api.schema.node import global_id
from tests import given

CREATE = """
mutation ($input: CreateProductInput!) { createProduct(input: $input) {
  product {
    id handle title status revision vendor tags descriptionHtml
    options { name values } variants { sku name price { amount } minQuantity weight }
    categories { name } media { url alt } attributes { code ... on TextAttribute { text } }
  }
  errors { code path }
} }
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def staff(api, connection, channel_id):
    """Grace, who may do everything with the catalog and its prices."""
    staff_id = await given.staff(connection, Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES)
    return api.as_(await given.staff_token(connection, staff_id))


@pytest.fixture
async def basics(connection, channel_id):
    """Ids, as clients see them, of what a product needs."""
    type_id = await given.insert(connection, catalog.product_types, code="default", name="Product")
    tax_id = await given.insert(connection, given.t.tax_classes, code="standard", name="Standard")
    await given.insert(
        connection, catalog.attributes, product_type_id=type_id, code="material", name="Material", kind="TEXT"
    )
    return {"productTypeId": global_id("pty", type_id), "taxClassId": global_id("txc", tax_id)}


async def rows(connection):
    return [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("products", "variants", "events")]


async def change(staff, name, fields="product { revision }", /, **input):
    kind = "Delete" if fields == "deletedId" else name[0].upper() + name[1:]
    document = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
      {fields} errors {{ code path }} }} }}"""
    return (await staff.staff(document, input=input))[name]


async def test_a_product_is_made_whole(staff, connection, basics):
    category = global_id("cat", await given.a_category(connection, "Kitchen"))
    picture = await change(staff, "registerMedia", "media { id }", url="https://pictures.test/kettle.png")

    answer = await staff.staff(
        CREATE,
        input={
            **basics,
            "title": "Copper Kettle",
            "descriptionHtml": '<p onclick="x()">Boils</p><script>alert(1)</script>',
            "vendor": "Smith",
            "tags": ["tea"],
            "optionNames": ["Size"],
            "categoryIds": [category],
            "media": [{"mediaId": picture["media"]["id"], "alt": "A kettle"}],
            "attributes": [{"code": "material", "value": {"text": "Copper"}}],
            "variants": [
                {"sku": "CK-1", "optionValues": ["1 l"], "weight": 800},
                {"sku": "CK-2", "optionValues": ["2 l"], "minQuantity": 2},
            ],
        },
    )

    product = answer["createProduct"]["product"]
    assert product.pop("id").startswith("prd_")
    assert answer["createProduct"]["errors"] == []
    assert product == {
        "handle": "copper-kettle",
        "title": "Copper Kettle",
        "status": "DRAFT",
        "revision": 1,
        "vendor": "Smith",
        "tags": ["tea"],
        "descriptionHtml": "<p>Boils</p>",
        "options": [{"name": "Size", "values": ["1 l", "2 l"]}],
        "variants": [
            {"sku": "CK-1", "name": "1 l", "price": None, "minQuantity": 1, "weight": 800},
            {"sku": "CK-2", "name": "2 l", "price": None, "minQuantity": 2, "weight": 0},
        ],
        "categories": [{"name": "Kitchen"}],
        "media": [{"url": "https://pictures.test/kettle.png", "alt": "A kettle"}],
        "attributes": [{"code": "material", "text": "Copper"}],
    }
    assert await connection.fetchval("SELECT type FROM events WHERE entity = 'PRODUCT'") == "ProductCreated"


NONE = global_id("prd", given.new_id())
REFUSED = {
    "no title": ({"title": " "}, [("INVALID_VALUE", ["title"]), ("INVALID_VALUE", ["handle"])]),
    "a strange handle": ({"handle": "A b"}, [("INVALID_VALUE", ["handle"])]),
    "a handle that is taken": ({"handle": "kettle"}, [("HANDLE_TAKEN", ["handle"])]),
    "a SKU that is taken": ({"variants": [{"sku": "K"}]}, [("SKU_TAKEN", ["variants", "0", "sku"])]),
    "the same SKU twice": (
        {
            "optionNames": ["Size"],
            "variants": [{"sku": "A", "optionValues": ["1"]}, {"sku": "A", "optionValues": ["2"]}],
        },
        [("SKU_TAKEN", ["variants", "1", "sku"])],
    ),
    "four options": ({"optionNames": list("abcd")}, [("TOO_MANY_OPTIONS", ["optionNames"])]),
    "no value for an option": (
        {"optionNames": ["Size"], "variants": [{}]},
        [("OPTIONS_MISMATCH", ["variants", "0", "optionValues"])],
    ),
    "the same variant twice": ({"variants": [{}, {}]}, [("VARIANT_EXISTS", ["variants", "1", "optionValues"])]),
    "less at most than at least": (
        {"variants": [{"minQuantity": 5, "maxQuantity": 4}]},
        [("QUANTITY_RULES_CONFLICT", ["variants", "0", "maxQuantity"])],
    ),
    "an unknown attribute": (
        {"attributes": [{"code": "x", "value": {"text": "y"}}]},
        [("UNKNOWN_ATTRIBUTE", ["attributes", "x"])],
    ),
    "a number for a text": (
        {"attributes": [{"code": "material", "value": {"boolean": True}}]},
        [("INVALID_VALUE", ["attributes", "material"])],
    ),
    "things that do not exist": (
        {"categoryIds": ["cat_x"], "relations": [{"kind": "UP_SELL", "productId": NONE}]},
        [("NOT_FOUND", ["categoryIds", "0"]), ("NOT_FOUND", ["relations", "0", "productId"])],
    ),
    "a card number": ({"vendor": "4111 1111 1111 1111"}, [("PAN_IN_PLAIN_INPUT", ["vendor"])]),
}


@pytest.mark.parametrize("reason", REFUSED)
async def test_a_product_that_is_not_right_is_not_made(staff, connection, basics, reason):
    await given.a_product(connection, "Kettle", handle="kettle", variants=[{"sku": "K"}])
    before = await rows(connection)
    sent, expected = REFUSED[reason]

    answer = (await staff.staff(CREATE, input={**basics, "title": "New", **sent}))["createProduct"]

    assert answer["product"] is None
    assert [(error["code"], error["path"]) for error in answer["errors"]] == expected
    assert await rows(connection) == before


async def test_a_repeated_request_makes_one_product(staff, connection, basics):
    sent = {**basics, "title": "Once", "variants": [{"sku": "O"}], "idempotencyKey": "k1"}

    first, second = await staff.staff(CREATE, input=sent), await staff.staff(CREATE, input=sent)

    assert first == second
    assert (await rows(connection))[:2] == [1, 1]


MUTATIONS = {
    "createProduct": '{title: "x", productTypeId: "x", taxClassId: "x"}',
    "updateProduct": '{productId: "x"}',
    "publishProduct": '{productId: "x", channelId: "x", publishedFrom: "2026-01-01T00:00:00Z"}',
    "unpublishProduct": '{productId: "x", channelId: "x"}',
    "archiveProduct": '{productId: "x"}',
    "saveVariants": '{productId: "x", variants: []}',
    "deleteVariant": '{productId: "x", variantId: "x"}',
    "registerMedia": '{url: "x"}',
    "createCategory": '{name: "x"}',
    "updateCategory": '{id: "x"}',
    "deleteCategory": '{id: "x"}',
    "createCollection": '{name: "x"}',
    "updateCollection": '{id: "x"}',
    "deleteCollection": '{id: "x"}',
    "saveProductType": '{code: "x", name: "x"}',
    "createPriceList": '{code: "x", name: "x", channelId: "x", currency: EUR}',
    "updatePriceList": '{id: "x"}',
    "setPrices": '{priceListId: "x", currency: EUR, prices: []}',
}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_without_the_permission_nothing_of_it_can_be_done(api, connection, channel_id, name):
    token = await given.staff_token(connection, await given.staff(connection, Permission.READ_ORDERS))
    document = f"mutation {{ {name}(input: {MUTATIONS[name].replace('EUR', chr(34) + 'EUR' + chr(34))}) {{ errors {{ code }} }} }}"

    assert await api.as_(token).error_codes("/staff/graphql", document) == ["FORBIDDEN"]


@pytest.fixture
async def kettle(connection, channel_id):
    product = await given.a_product(
        connection,
        "Kettle",
        handle="kettle",
        published_from=None,
        status="DRAFT",
        option_names=["Size"],
        variants=[{"sku": "K-1", "option_values": ["1"]}, {"sku": "K-2", "option_values": ["2"]}],
    )
    product.gid = global_id("prd", product.id)
    return product


@pytest.mark.parametrize(
    ("name", "input"),
    [
        ("updateProduct", {}),
        ("publishProduct", {"publishedFrom": "2026-01-01T00:00:00Z"}),
        ("unpublishProduct", {}),
        ("archiveProduct", {}),
        ("saveVariants", {"variants": [{}]}),
        ("deleteVariant", {"variantId": "x"}),
    ],
)
async def test_what_is_done_to_no_product_is_not_found(staff, connection, channel_id, name, input):
    channel = {"channelId": global_id("chn", channel_id)} if "publish" in name.lower() else {}

    answer = await change(staff, name, productId=NONE, **channel, **input)

    assert answer == {"product": None, "errors": [{"code": "NOT_FOUND", "path": ["productId"]}]}
    assert (await rows(connection))[2] == 0


async def test_what_is_left_out_of_an_update_stays(staff, kettle):
    answer = await change(
        staff,
        "updateProduct",
        "product { title vendor handle revision tags variants { sku } }",
        productId=kettle.gid,
        vendor="Smith",
        tags=["new"],
    )

    assert answer["product"] == {
        "title": "Kettle",
        "vendor": "Smith",
        "handle": "kettle",
        "revision": 2,
        "tags": ["new"],
        "variants": [{"sku": "K-1"}, {"sku": "K-2"}],
    }


async def test_an_update_of_an_old_revision_is_refused(staff, connection, kettle):
    await change(staff, "updateProduct", productId=kettle.gid, vendor="First", expectedRevision=1)

    answer = await change(staff, "updateProduct", productId=kettle.gid, vendor="Second", expectedRevision=1)

    assert answer["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert await connection.fetchval("SELECT vendor FROM products") == "First"


async def test_shoppers_see_a_product_from_when_it_is_published_until_it_is_not(api, staff, kettle, channel_id, clock):
    seen = '{ product(by: {handle: "kettle"}) { title } }'
    channel = global_id("chn", channel_id)

    answer = await change(
        staff,
        "publishProduct",
        "product { status publications { channelId publishedFrom publishedUntil } }",
        productId=kettle.gid,
        channelId=channel,
        publishedFrom="2026-03-02T11:00:00Z",
    )
    published = await api.shop(seen)
    await change(staff, "unpublishProduct", productId=kettle.gid, channelId=channel)

    assert answer["product"] == {
        "status": "ACTIVE",
        "publications": [{"channelId": channel, "publishedFrom": "2026-03-02T11:00:00Z", "publishedUntil": None}],
    }
    assert published["product"] == {"title": "Kettle"}
    assert (await api.shop(seen))["product"] is None


async def test_nothing_is_published_backwards_or_without_variants(staff, basics, kettle, channel_id):
    empty = (await staff.staff(CREATE, input={**basics, "title": "Empty"}))["createProduct"]["product"]["id"]
    dates = {"publishedFrom": "2026-01-02T00:00:00Z", "publishedUntil": "2026-01-01T00:00:00Z"}
    channel = global_id("chn", channel_id)

    backwards = await change(staff, "publishProduct", productId=kettle.gid, channelId=channel, **dates)
    nothing = await change(
        staff, "publishProduct", productId=empty, channelId=channel, publishedFrom="2026-01-02T00:00:00Z"
    )

    assert backwards["errors"] == [{"code": "PERIOD_ENDS_BEFORE_IT_BEGINS", "path": ["publishedUntil"]}]
    assert nothing["errors"] == [{"code": "NOTHING_TO_SELL", "path": None}]


async def test_an_archived_product_is_out_of_sight_and_cannot_be_changed(staff, api, connection, kettle):
    await change(staff, "archiveProduct", productId=kettle.gid)

    answer = await change(staff, "updateProduct", productId=kettle.gid, vendor="X")

    assert answer["errors"] == [{"code": "PRODUCT_IS_ARCHIVED", "path": None}]
    assert await connection.fetchval("SELECT status FROM products WHERE id = $1", kettle.id) == "ARCHIVED"
    assert (await api.shop('{ product(by: {handle: "kettle"}) { id } }'))["product"] is None


async def test_variants_are_added_and_changed_together(staff, kettle):
    first = global_id("var", kettle.variants[0].id)

    answer = await change(
        staff,
        "saveVariants",
        "product { variants { sku name weight } }",
        productId=kettle.gid,
        variants=[{"id": first, "sku": "K-1b", "weight": 5}, {"sku": "K-3", "optionValues": ["3"]}],
    )

    assert answer == {
        "product": {
            "variants": [
                {"sku": "K-1b", "name": "1", "weight": 5},
                {"sku": "K-2", "name": "2", "weight": 0},
                {"sku": "K-3", "name": "3", "weight": 0},
            ]
        },
        "errors": [],
    }


async def test_a_deleted_variants_sku_is_free_again(staff, kettle):
    second = global_id("var", kettle.variants[1].id)

    deleted = await change(
        staff, "deleteVariant", "product { variants { sku } }", productId=kettle.gid, variantId=second
    )
    again = await change(staff, "saveVariants", productId=kettle.gid, variants=[{"sku": "K-2", "optionValues": ["2"]}])

    assert deleted["product"] == {"variants": [{"sku": "K-1"}]}
    assert again["errors"] == []


async def test_what_is_changed_is_found_at_once(staff, api, connection, channel_id):
    product = await given.a_product(connection, "Kettle")

    await change(staff, "updateProduct", productId=global_id("prd", product.id), title="Samovar")

    data = await api.shop(
        '{ a: products(search: "samovar") { totalCount } b: products(search: "kettle") { totalCount } }'
    )
    assert data["a"] == {"totalCount": 1}


async def test_staff_list_drafts_by_status_and_text(staff, connection, kettle, channel_id):
    await given.a_product(connection, "Cup")
    document = """query ($text: String, $status: ProductStatus) { catalogProducts(text: $text, status: $status) {
      nodes { title status } totalCount } }"""

    everything = await staff.staff(document)
    drafts = await staff.staff(document, status="DRAFT")
    by_sku = await staff.staff(document, text="k-2")
    literally = await staff.staff(document, text="%")

    cup, draft = {"title": "Cup", "status": "ACTIVE"}, {"title": "Kettle", "status": "DRAFT"}
    assert everything["catalogProducts"] == {"nodes": [cup, draft], "totalCount": 2}
    assert [drafts["catalogProducts"]["nodes"], by_sku["catalogProducts"]["nodes"]] == [[draft], [draft]]
    assert literally["catalogProducts"]["nodes"] == []


async def test_a_draft_is_found_by_staff_only(staff, api, kettle):
    document = "query ($id: ID!) { node(id: $id) { id } }"

    assert (await staff.staff(document, id=kettle.gid))["node"] == {"id": kettle.gid}
    assert (await api.shop(document, id=kettle.gid))["node"] is None
