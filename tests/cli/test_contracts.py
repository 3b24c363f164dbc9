import pytest
from click.testing import CliRunner

from commerce_api.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_printed_contracts_are_current(run, tmp_path):
    run("schema", "print")

    answer = run("schema", "check")

    assert answer.exit_code == 0
    assert "@requires(anyOf: [BROWSE_CATALOG])" in (tmp_path / "schema.graphql").read_text()
    assert "@requires" not in (tmp_path / "schema.shop.graphql").read_text()


def test_a_contract_that_is_not_that_of_the_code_is_told_with_the_lines_that_differ(run, tmp_path):
    run("schema", "print")
    shop = tmp_path / "schema.shop.graphql"
    shop.write_text(shop.read_text().replace("type Query {", "type Question {"))

    answer = run("schema", "check")

    assert answer.exit_code == 1
    assert "-type Question {\n+type Query {" in answer.output
    assert "make schema" in answer.output
