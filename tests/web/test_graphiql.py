import json
import re
from html import unescape
from pathlib import Path

import pytest
from graphql import parse, validate

from commerce_api.graphql import SHOP, STAFF
from commerce_api.operations.demo.people import PASSWORD
from commerce_api.settings import Settings
from commerce_api.web import graphiql

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCHEMAS = {"shop": SHOP, "staff": STAFF}
DOCUMENTS = sorted(path for contract in SCHEMAS for path in (graphiql.HERE / contract).glob("*.graphql"))


@pytest.mark.parametrize(("address", "contract"), [("/graphql", "shop"), ("/staff/graphql", "staff")])
async def test_a_browser_gets_the_page_with_its_tabs(http, address, contract):
    answer = await http.get(address, headers=BROWSER)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'data-address="{address}"' in answer.text
    assert json.loads(unescape(re.search(r'data-tabs="([^"]*)"', answer.text)[1])) == graphiql.tabs(
        contract, demo=False
    )


@pytest.mark.parametrize("is_demo", [False, True])
async def test_only_a_demonstration_shows_the_password_of_its_accounts(http, app, is_demo):
    object.__setattr__(app, "settings", Settings(mailbox=is_demo))

    answer = await http.get("/staff/graphql", headers=BROWSER)

    assert ("csr@staff.example" in answer.text, PASSWORD in answer.text) == (is_demo, is_demo)


async def test_nothing_of_others_runs_in_the_page(http):
    answer = await http.get("/graphql", headers=BROWSER)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?! src=\"/graphiql/)", answer.text)
    assert "://" not in answer.text


async def test_a_client_with_a_query_gets_no_page(http, connection):
    answer = await http.get("/graphql", params={"query": "{ __typename }"}, headers=BROWSER)

    assert answer.headers["content-type"].startswith("application/")


async def test_only_the_files_of_the_page_are_served(http):
    own = await http.get("/graphiql/page.js")
    code = await http.get("/graphiql/__init__.py")
    outside = await http.get("/graphiql/..%2Fendpoint.py")

    assert (own.status_code, own.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert own.text == (graphiql.HERE / "page.js").read_text()
    assert (code.status_code, outside.status_code) == (404, 404)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_tab_fits_its_contract(path):
    document = parse(path.read_text())

    assert validate(SCHEMAS[path.parent.name], document) == []


@pytest.mark.parametrize("contract", SCHEMAS)
def test_tabs_take_their_values_from_tabs_before_them(contract):
    answered = set()
    for path in sorted((graphiql.HERE / contract).glob("*.graphql")):
        variables = path.with_suffix(".json")
        texts = re.findall(r'"([^"]*)"', variables.read_text()) if variables.exists() else []
        assert [text for text in texts if "{{" in text and not re.fullmatch(r"\{\{[^{}]*\}\}", text)] == [], path.name
        taken = [name for text in texts for name in re.findall(r"\{\{(?!card:|days:|new)(\w+)", text)]
        assert [name for name in taken if name not in answered] == [], path.name
        (operation,) = [node for node in parse(path.read_text()).definitions if node.kind == "operation_definition"]
        given = set(json.loads(variables.read_text())) if variables.exists() else set()
        assert given == {node.variable.name.value for node in operation.variable_definitions or ()}
        answered |= {(field.alias or field.name).value for field in operation.selection_set.selections}


def test_the_documents_are_there():
    assert [path.name for path in DOCUMENTS if not Path(path).read_text().startswith("# ")] == []
    assert len(DOCUMENTS) >= 3
