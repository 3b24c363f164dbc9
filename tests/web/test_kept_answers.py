"""That public answers are kept, what is never kept, and what they depend on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from graphql import GraphQLInterfaceType, GraphQLUnionType, get_named_type, is_leaf_type, is_required_argument

from commerce_api import graphql
from commerce_api.contract import is_public
from commerce_api.web import limits
from commerce_api.web.answer_cache import AnswerCache
from tests import given

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
def answers(clock):
    cache = AnswerCache(4_000_000)
    cache.foresee([], clock() + timedelta(days=1))
    return cache


@pytest.fixture
async def app(app, answers):
    return replace(app, answers=answers)


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


def kept(answers):
    return list(answers._entries.values())


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
async def test_all_that_public_fields_read_is_told_when_it_changes(channel_id, connection, post, answers, name):
    """Whatever else they may read one day has to be added to `touched.SHOWN`: until then nothing that reads it is kept."""
    category, collection = await given.a_category(connection, "Kitchen"), await given.a_collection(connection, "New")
    arranged = {"categories": [category], "collections": [collection]}
    await given.a_product(connection, "Kettle", handle="kettle", variants=[{"sku": "KETTLE"}], **arranged)

    answer = (await post({"query": Everything().below(name)})).json()

    assert "errors" not in answer, answer["errors"]
    assert len(kept(answers)) == 1
