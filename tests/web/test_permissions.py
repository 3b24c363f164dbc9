import pytest

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import CUSTOMER, Permission
from tests.web import library


def lacking(field, permission):
    message = f"`{field}` needs the permission {permission}, which you do not have."
    return {"message": message, "extensions": {"code": "FORBIDDEN", "field": field, "permissions": [permission]}}


async def test_a_guest_is_asked_to_sign_in_and_nothing_runs(library_api):
    document = 'mutation { write(text: "a") }'

    answer = await library_api.answer("/staff/graphql", document)

    message = "Sign in first: `Mutation.write` needs the permission BUY."
    where = {"field": "Mutation.write", "permissions": ["BUY"]}
    assert answer == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED", **where}}]}
    assert library.WRITTEN == []


async def test_one_forbidden_field_stops_the_whole_document(library_api):
    staff = library_api.allowed(Permission.BUY)

    answer = await staff.answer("/staff/graphql", "query { book { title } costs }")

    assert answer == {"errors": [lacking("Query.costs", "READ_COSTS")]}


@pytest.mark.parametrize(
    ("document", "variables", "where"),
    [
        ("{ book { cost } }", {}, "Book.cost"),
        ("{ book { ...a } } fragment a on Book { cost }", {}, "Book.cost"),
        ("{ book { ... { cost } } }", {}, "Book.cost"),
        ("{ book { title cost @skip(if: true) } }", {}, "Book.cost"),
        ("{ book { margin { percent } } }", {}, "Margin"),
        ("{ find(kind: SECRET) { title } }", {}, "Kind.SECRET"),
        ("{ find(filter: {kind: SECRET}) { title } }", {}, "Kind.SECRET"),
        ("{ find(filter: {costBelow: 1}) { title } }", {}, "BookFilter.costBelow"),
        ("{ find(filter: {nested: [{costBelow: 1}]}) { title } }", {}, "BookFilter.costBelow"),
        ("query ($f: BookFilter) { find(filter: $f) { title } }", {"f": {"costBelow": 1}}, "BookFilter.costBelow"),
        ("query ($f: BookFilter = {costBelow: 1}) { find(filter: $f) { title } }", {}, "BookFilter.costBelow"),
        (
            "query ($f: [BookFilter!]) { find(filter: {nested: $f}) { title } }",
            {"f": [{"kind": "SECRET"}]},
            "Kind.SECRET",
        ),
        ("query ($k: Kind) { find(kind: $k) { title } }", {"k": "SECRET"}, "Kind.SECRET"),
    ],
)
async def test_a_permission_is_needed_wherever_it_stands(library_api, document, variables, where):
    answer = await library_api.allowed().answer("/staff/graphql", document, variables)
    with_it = await library_api.allowed(Permission.READ_COSTS).answer("/staff/graphql", document, variables)

    assert answer == {"errors": [lacking(where, "READ_COSTS")]}
    assert "errors" not in with_it


async def test_only_the_operation_that_runs_is_looked_at(library_api):
    answer = await library_api._http.post(
        "/graphql", json={"query": "query a { mine } query b { book { title } }", "operationName": "b"}
    )

    assert answer.json()["data"] == {"book": {"title": "Emma"}}


async def test_statuses_tell_who_lacks_what(library_api):
    media = {"accept": "application/graphql-response+json"}
    document = {"query": "{ mine }"}

    guest = await library_api._http.post("/graphql", json=document, headers=media)
    customer = library_api.acting(Actor(kind=ActorKind.CUSTOMER, permissions=CUSTOMER))
    wrong = await library_api._http.post("/graphql", json=document, headers={"authorization": "Bearer gone"})

    assert (guest.status_code, guest.headers["www-authenticate"]) == (401, "Bearer")
    assert await customer.shop("{ mine }") == {"mine": "mine"}
    assert (wrong.status_code, wrong.json()["errors"][0]["extensions"]) == (401, {"code": "UNAUTHENTICATED"})


@pytest.mark.parametrize(
    ("document", "hidden"),
    [
        ("{ NAME }", "costs"),
        ("{ NAME }", "cost"),
        ("{ book { NAME } }", "cost"),
        ("{ book { NAME { percent } } }", "margin"),
        ("{ book { ... on NAME { percent } } }", "Margin"),
        ("query ($m: NAME) { book { title } }", "Margin"),
        ("{ find(kind: NAME) { title } }", "SECRET"),
        ("{ find(filter: {NAME: 1}) { title } }", "costBelow"),
        ('{ __type(name: "NAME") { name } }', "Margin"),
    ],
)
async def test_what_is_for_staff_does_not_exist_in_the_shop(library_api, document, hidden):
    nonsense = "z" * len(hidden)

    about_hidden = await library_api.answer("/graphql", document.replace("NAME", hidden))
    about_nothing = await library_api.answer("/graphql", document.replace("NAME", nonsense))

    assert str(about_hidden).replace(hidden, nonsense) == str(about_nothing)


async def test_what_is_for_staff_is_not_introspected_in_the_shop(library_api):
    document = (
        "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } directives { name } } }"
    )

    shop = str(await library_api.shop(document))
    staff = str(await library_api.staff(document))

    hidden = ("costs", "cost", "margin", "Margin", "SECRET", "costBelow", "percent")
    assert [name for name in hidden if f"'{name}'" in shop] == []
    assert [name for name in hidden if f"'{name}'" in staff] == list(hidden)
    assert "requires" not in shop


@pytest.mark.parametrize(
    "document",
    [
        "{ cost }",
        "{ book { titl } }",
        "{ find(kid: NOVEL) { title } }",
        "{ find(kind: NOVE) { title } }",
        "{ find(filter: {kin: NOVEL}) { title } }",
        "{ book { ... on Boo { title } } }",
    ],
)
async def test_nothing_is_suggested(library_api, document):
    answer = await library_api.answer("/graphql", document)

    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "Did you mean" not in error["message"]
