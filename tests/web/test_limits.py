import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.web import limits
from tests import given


def nested(depth, inner="title"):
    return "{ book " + "{ similar " * depth + "{ " + inner + " }" + " }" * depth + " }"


def refused(name, requested, allowed, code="LIMIT_EXCEEDED"):
    return {"code": code, "limit": name, "requested": requested, "allowed": allowed}


DOUBLING = "{ book { ...f0 } } " + " ".join(
    f"fragment f{n} on Book {{ a: similar {{ ...f{n + 1} }} b: similar {{ ...f{n + 1} }} }}" for n in range(12)
) + " fragment f12 on Book { title }"  # fmt: skip


@pytest.mark.parametrize(
    ("document", "extensions"),
    [
        (nested(14), [refused("depth", 16, 15), refused("cost", 211_111_111_111_111, 20_000, "COST_LIMIT")]),
        ("{" + " ".join(f"a{n}: mine" for n in range(101)) + "}", [refused("number of aliases", 101, 100)]),
        ('{ a: orderByCode(code: "1") b: orderByCode(code: "2") }', [refused("number of sign-in fields", 2, 1)]),
        ('mutation { a: signIn(password: "1") b: signIn(password: "2") }', [refused("number of sign-in fields", 2, 1)]),
        ("{ books(first: 100) { nodes { similar { similar { title } } } } }", [refused("cost", 21_101, 20_000, "COST_LIMIT")]),
        (
            DOUBLING,
            [
                refused("number of fields", 12_287, 1_000),
                refused("number of aliases", 8_190, 100),
                refused("cost", 1 + 20**12 + 20 * (20**12 - 1) // 19, 20_000, "COST_LIMIT"),
            ],
        ),
    ],
)  # fmt: skip
async def test_an_operation_has_limits(library_api, document, extensions):
    answer = await library_api.answer("/graphql", document)

    assert [error["extensions"] for error in answer["errors"]] == extensions
    assert "data" not in answer


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ __typename }", {}, 1),
        ("{ book { title } }", {}, 2),
        ("{ book { title __typename } }", {}, 3),
        ("{ books { nodes { title } } }", {}, 1 + 20 * 2),
        ("{ books(first: 5) { nodes { title } } }", {}, 1 + 5 * 2),
        ("{ books(last: 5) { edges { cursor node { title } } pageInfo { hasNextPage } } }", {}, 1 + 5 * 4 + 2),
        ("query ($n: Int) { books(first: $n) { nodes { title } } }", {"n": 7}, 1 + 7 * 2),
        (
            "query ($n: Int) { books(first: $n) { ...p } } fragment p on BookConnection { nodes { title } }",
            {"n": 7},
            15,
        ),
        ("{ byIds(ids: [1, 2, 3]) { title } }", {}, 3 * 2),
        ("query ($ids: [ID!]!) { byIds(ids: $ids) { title } }", {"ids": ["1", "2"]}, 2 * 2),
        ("{ find { title } }", {}, 10 * 2),
        ("{ newest { title } }", {}, 3 * 2),
        ("query ($n: Int! = 3) { newest(first: $n) { title } }", {"n": 4}, 4 * 2),
        ('mutation { write(text: "a") }', {}, 11),
    ],
)
async def test_the_cost_is_told(library_api, document, variables, cost):
    client = library_api.allowed(Permission.BUY)

    answer = await client.answer("/staff/graphql", document, variables)

    assert answer["extensions"] == {"cost": {"requested": cost, "limit": 40_000}}


# A product page and a list of them as a storefront asks for them.
PRICES = (
    "price { amount currencyCode } compareAtPrice { amount currencyCode } availability { status quantityAvailable }"
)
PRODUCT_PAGE = f"""{{
  product(by: {{handle: "kettle"}}) {{
    id handle title vendor tags descriptionHtml seoTitle seoDescription
    priceRange {{ min {{ amount currencyCode }} max {{ amount currencyCode }} }}
    options {{ name values }} media {{ id url alt width height }} categories {{ id handle name }}
    attributes {{ code name ... on TextAttribute {{ text }} ... on ChoiceAttribute {{ choices }} }}
    variants {{ id sku name {PRICES} options {{ name value }} image {{ url }} priceTiers {{ minQuantity price {{ amount }} }} }}
  }}
  cart {{ id totalQuantity totals {{ total {{ amount }} }} }}
}}"""
LIST_PAGE = f"""{{
  products(first: 24) {{
    nodes {{ id handle title featuredImage {{ url alt }} variants(first: 3) {{ sku name {PRICES} }} }}
    facets {{ facets {{ name label values {{ value label count }} }} stock {{ inStock outOfStock }} }}
    totalCount pageInfo {{ hasNextPage endCursor }}
  }}
  categories {{ id handle name }}
}}"""


@pytest.mark.parametrize("page", [PRODUCT_PAGE, LIST_PAGE])
async def test_an_ordinary_page_takes_a_quarter_of_what_shoppers_may_ask_at_most(api, connection, page):
    await given.channel(connection)

    answer = await api.answer("/graphql", page)

    assert "errors" not in answer
    assert answer["extensions"]["cost"]["requested"] <= limits.SHOP_COST / 4


async def test_a_cost_in_variables_is_measured_each_time(library_api):
    document = "query ($n: Int) { books(first: $n) { nodes { title } } }"

    costs = [
        (await library_api.answer("/graphql", document, {"n": n}))["extensions"]["cost"]["requested"]
        for n in (3, 50, 3)
    ]

    assert costs == [7, 101, 7]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{" + "a " * 2_000 + "}", "GRAPHQL_PARSE_FAILED"),
        ("{ book " * 300, "GRAPHQL_PARSE_FAILED"),
        ("#\n" * 1_001 + "{ book { title } }", "GRAPHQL_PARSE_FAILED"),
        (" " * 100_001 + "{ book { title } }", "GRAPHQL_PARSE_FAILED"),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_a_document_has_limits(library_api, document, code):
    assert code in await library_api.error_codes("/graphql", document)


async def test_introspection_is_asked_alone(library_api):
    names = " ".join(f"n{i}: name" for i in range(20))

    alone = await library_api.answer("/graphql", "{ __schema { types { kind " + names + " } } }")
    beside = await library_api.answer("/graphql", "{ book { title } __schema { types { kind " + names + " } } }")

    assert len(alone["data"]["__schema"]["types"]) > 10
    expected = refused("amount of introspection beside other fields", 23, limits.INTROSPECTION_BESIDE)
    assert [error["extensions"] for error in beside["errors"]] == [expected]


async def test_a_document_is_told_so_many_errors(library_api):
    many = await library_api.answer("/graphql", "{" + " ".join(f"a{n}" for n in range(300)) + "}")
    long = await library_api.answer("/graphql", "{" + " ".join("a" * 4_000 + str(n) for n in range(20)) + "}")

    assert len(many["errors"]) == limits.VALIDATION_ERRORS + 1
    assert {len(error["message"]) for error in long["errors"]} == {limits.MESSAGE_LENGTH + 1}


@pytest.mark.parametrize(("field", "shown"), [("broken", 100), ("refused", 62)])
async def test_an_answer_holds_so_many_errors_of_so_many_bytes(library_api, field, shown):
    ids = " ".join(str(n) for n in range(1, 102))

    answer = await library_api.answer("/graphql", f"{{ byIds(ids: [{ids}]) {{ {field} }} }}")

    assert len(answer["errors"]) == shown
    assert answer["errors"][-1] == {
        "message": f"{101 - shown + 1} more errors are left out.",
        "extensions": {"code": "ERRORS_LEFT_OUT"},
    }
    assert answer["data"] == {"byIds": [{field: None}] * 101}
