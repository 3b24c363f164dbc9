"""That public answers are kept, what is never kept, and what they depend on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from graphql import GraphQLInterfaceType, GraphQLUnionType, get_named_type, is_leaf_type, is_required_argument

from commerce_api import graphql
from commerce_api.contract import is_public
from commerce_api.persistence.cache import Cache
from commerce_api.schema.node import global_id
from commerce_api.settings import Settings
from commerce_api.web import limits
from tests import given
from tests.conftest import client_of

GRAPHQL = "application/graphql-response+json"
CHANNEL = {"query": "{ channel { code } }"}
ROOTS = {
    "product": '(by: {handle: "kettle"})',
    "variant": '(by: {sku: "KETTLE"})',
    "variants": '(skus: ["KETTLE"])',
    "products": '(first: 1, search: "kettle", filter: {inStock: true}, sort: PRICE_ASC)',
    "searchSuggestions": '(query: "ket", first: 1)',
    "category": '(by: {handle: "kitchen"})',
    "collection": '(by: {handle: "new"})',
    "addressRules": '(country: "DE")',
    "collections": "(first: 1)",
}
ARGUMENTS = {"related": "(kind: CROSS_SELL, first: 1)"}


@pytest.fixture
def cache(clock):
    cache = Cache(4_000_000)
    cache.foresee([], clock() + timedelta(days=1))
    return cache


@pytest.fixture
async def app(app, cache):
    return replace(app, cache=cache)


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
def post(http):
    async def ask(body=CHANNEL, address="/graphql", **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await http.post(address, json=body, headers=named)

    return ask


@pytest.fixture
def get(http):
    async def ask(query=CHANNEL["query"], **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await http.get("/graphql", params={"query": query}, headers=named)

    return ask


def kept(cache):
    return [entry.what for entry in cache._entries.values()]


@pytest.mark.parametrize("method", ["get", "post"])
async def test_an_answer_is_given_again_without_a_statement(channel_id, statements, get, post, method):
    ask = {"get": get, "post": post}[method]
    first = await ask()

    again = await statements.of(ask())

    assert (first.json()["data"], again.content, statements) == ({"channel": {"code": "eu"}}, first.content, [])
    named = ("content-type", "content-language", "vary", "cache-control", "etag", "x-frame-options")
    assert {name: again.headers.get(name) for name in named} == {name: first.headers.get(name) for name in named}
    assert first.headers["x-request-id"] != again.headers["x-request-id"]


class Everything:
    """Documents that ask a public field for all that is below it, each type once."""

    def __init__(self):
        self._seen = {"UserError"}

    def below(self, root):
        field = graphql.SHOP.query_type.fields[root]
        return f"{{ {root}{ROOTS.get(root, '')} {self._selection(get_named_type(field.type))} }}"

    def _selection(self, type_):
        if is_leaf_type(type_):
            return ""
        if type_.name in self._seen:
            return "{ __typename }"
        self._seen.add(type_.name)
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            parts = [f"... on {each.name} {self._selection(each)}" for each in graphql.SHOP.get_possible_types(type_)]
            return f"{{ __typename {' '.join(parts)} }}"
        return f"{{ {' '.join(self._fields(type_))} }}"

    def _fields(self, type_):
        for name, field in type_.fields.items():
            given = self._arguments(name, field)
            if given is not None and not (name == "edges" and "nodes" in type_.fields):
                yield f"{name}{given} {self._selection(get_named_type(field.type))}"

    def _arguments(self, name, field):
        """None if the field cannot be asked for."""
        if name in ARGUMENTS:
            return ARGUMENTS[name]
        required = any(map(is_required_argument, field.args.values()))
        return None if required else "(first: 1)" if "first" in field.args else ""


PUBLIC = sorted(name for name, field in graphql.SHOP.query_type.fields.items() if is_public(field))


@pytest.fixture
def generous(monkeypatch):
    monkeypatch.setattr(limits, "SHOP_COST", 1_000_000)


@pytest.mark.usefixtures("generous")
@pytest.mark.parametrize("name", PUBLIC)
async def test_all_that_public_fields_read_is_told_when_it_changes(channel_id, connection, post, cache, name):
    """Whatever else they may read one day has to be added to `touched.SHOWN`: until then nothing that reads it is kept."""
    category, collection = await given.a_category(connection, "Kitchen"), await given.a_collection(connection, "New")
    arranged = {"categories": [category], "collections": [collection]}
    await given.a_product(connection, "Kettle", handle="kettle", variants=[{"sku": "KETTLE"}], **arranged)

    answer = (await post({"query": Everything().below(name)})).json()

    assert "errors" not in answer, answer["errors"]
    assert len(kept(cache)) == 1


@pytest.mark.parametrize("name", ["authorization", "x_cart_token", "x_customer"])
async def test_nothing_is_kept_for_or_given_to_whoever_says_who_they_are(
    channel_id, statements, post, get, cache, name
):
    await post()
    await get()

    for ask in (post, get):
        await statements.of(ask(**{name: ""}))
        assert len(kept(cache)) == 2


@pytest.mark.parametrize(
    "query",
    [
        "{ me { id } }",
        "{ channel { code } me { id } }",
        '{ node(id: "prd_0") { id } }',
        "{ products(first: 1000) { totalCount } }",
        '{ searchSuggestions(query: "a", first: 99) { terms } }',
        "{ channel { nothing } }",
        "mutation { signOut { success } }",
        "{",
    ],
)
async def test_what_is_private_refused_or_wrong_is_not_kept(channel_id, post, get, cache, query):
    await post({"query": query})
    await get(query)

    assert kept(cache) == []


async def test_each_header_that_chooses_has_an_answer_of_its_own(channel_id, post, cache):
    languages = [(await post(accept_language=language)).headers["content-language"] for language in ("de", "en", "de")]
    accepted = [(await post(accept=media)).headers["content-type"] for media in ("application/json", GRAPHQL)]

    assert (languages, len(set(accepted)), len(kept(cache))) == (["de", "en", "de"], 2, 4)


async def test_a_search_that_is_answered_from_memory_is_counted_as_a_search(channel_id, post, app):
    found = {"query": '{ products(search: "kettle", first: 1) { nodes { id } } }'}
    for _ in range(3):
        await post(found)

    [(searched, counts)] = app.searches.take().items()
    assert (searched.term, counts) == ("kettle", (3, 3))


async def test_the_client_that_has_it_already_is_told_so_from_memory(channel_id, statements, get):
    tag = (await get()).headers["etag"]

    again = await statements.of(get(if_none_match=tag))

    assert (again.status_code, again.content, again.headers["etag"], statements) == (304, b"", tag, [])


async def test_answers_to_get_name_what_they_show(channel_id, connection, get):
    category = await given.a_category(connection, "Kitchen")
    product = await given.a_product(connection, "Kettle", handle="kettle", categories=[category])
    shown = "{ products(first: 5) { nodes { id variants { availability { status } } } } categories { id } }"

    keys = (await get(shown)).headers["surrogate-key"]
    by_stock = (await get("{ products(first: 5, filter: {inStock: true}) { nodes { id } } }")).headers["surrogate-key"]

    named = f"{global_id('prd', product.id)}"
    assert keys == f"catalog {named} {global_id('cat', category)}"
    assert by_stock == f"catalog stock {named}"


async def test_what_comes_from_memory_costs_what_it_cost_first(channel_id, app, contracts, cache):
    left = []
    async with client_of(replace(app, settings=Settings(rate_limit=100)), contracts) as client:
        while (answer := await client.post("/graphql", json=CHANNEL)).status_code == 200:
            left.append(answer.headers["ratelimit"])

    [one] = kept(cache)
    assert (answer.status_code, len(left)) == (429, len(set(left)))
    assert len(left) > 2
    assert one.cost > 0


async def test_metrics_tell_of_them(channel_id, post, http):
    def hits(text):
        return float(text.partition('commerce_cache_total{kind="answer",outcome="hit"} ')[2].partition("\n")[0])

    before = (await http.get("/metrics")).text
    await post()
    await post()
    after = (await http.get("/metrics")).text

    assert hits(after) == hits(before) + 1
    assert "commerce_cache_open 1.0" in after
