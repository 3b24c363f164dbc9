"""Rules of this house that no linter knows (docs/architecture.md)."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "commerce_api"
MOST_STATEMENTS_IN_A_RESOLVER = 5
MOST_LINES_IN_A_FUNCTION = 40
MOST_LINES_IN_A_FILE = 400
SHIPPED_ROLE_NAMES = {"CSR", "SUPERVISOR", "ADMINISTRATOR", "WAREHOUSE", "FINANCE", "CATALOG_MANAGER"}
BANNED_MODULES = {"utils", "helpers", "common", "base", "misc", "manager", "service"}

FILES = sorted(SOURCE.rglob("*.py"))


@cache
def nodes(path):
    """All nodes of a file, by their kind."""
    found = defaultdict(list)
    for node in ast.walk(ast.parse(path.read_text())):
        found[type(node)].append(node)
    return found


def functions(path):
    return [*nodes(path)[ast.FunctionDef], *nodes(path)[ast.AsyncFunctionDef]]


def name(path):
    return str(path.relative_to(SOURCE))


def body(function):
    """Statements without the docstring."""
    return [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]


def test_a_resolver_translates_in_five_statements_at_most():
    long = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in FILES
        if path.parent.name == "resolvers"
        for function in functions(path)
        if len(body(function)) > MOST_STATEMENTS_IN_A_RESOLVER
    ]
    assert long == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name(path)}:{function.lineno} {function.name}: {function.end_lineno - function.lineno + 1}"
        for path in FILES
        for function in functions(path)
        if function.end_lineno - function.lineno + 1 > MOST_LINES_IN_A_FUNCTION
    ]
    assert long == []


def test_no_file_is_longer_than_four_hundred_lines():
    long = [
        f"{name(path)}: {lines}"
        for path in FILES
        if (lines := len(path.read_text().splitlines())) > MOST_LINES_IN_A_FILE
    ]
    assert long == []


def test_code_names_permissions_never_roles():
    """Roles are data; only the module that seeds the shipped ones, and the demonstration, name them."""
    allowed = {"operations/roles.py", "cli.py"}
    named = [
        f"{name(path)}:{node.lineno}"
        for path in FILES
        if name(path) not in allowed and not name(path).startswith("operations/demo/")
        for node in nodes(path)[ast.Constant]
        if node.value in SHIPPED_ROLE_NAMES
    ]
    assert named == []


def test_no_module_is_named_for_nothing():
    assert [name(path) for path in FILES if path.stem in BANNED_MODULES] == []


@pytest.mark.parametrize("word", ["commit", "rollback"])
def test_transactions_end_by_themselves(word):
    calls = [
        f"{name(path)}:{node.lineno}"
        for path in FILES
        for node in nodes(path)[ast.Call]
        if isinstance(node.func, ast.Attribute) and node.func.attr == word
    ]
    assert calls == []


def test_resolvers_are_wrapped_in_one_place():
    """Whatever else would set them goes unseen by the compiled executor, which reads strawberry's own."""
    setting = [
        f"{name(path)}:{target.lineno}"
        for path in FILES
        for assignment in nodes(path)[ast.Assign]
        for target in assignment.targets
        if isinstance(target, ast.Attribute) and target.attr == "resolve"
    ]
    assert [place.split(":")[0] for place in setting] == ["compiled/before.py"]


def test_what_answers_fields_runs_at_once_only_where_loaders_know_of_it():
    """By `Abreast.gather`; loaders would read for each alone what they could read together."""
    imported = [
        f"{name(path)}:{node.lineno}"
        for folder in ("schema", "resolvers")
        for path in sorted((SOURCE / folder).rglob("*.py"))
        for node in (*nodes(path)[ast.Import], *nodes(path)[ast.ImportFrom])
        if "asyncio" in (getattr(node, "module", None), *(each.name for each in node.names))
    ]
    assert [place.split(":")[0] for place in imported] == ["schema/loader.py"]
