import os
import re
from pathlib import Path

import pytest

from commerce_api.settings import Settings, SettingsRefused, load, unknown_variables, variable

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in [name for name in os.environ if name.startswith("COMMERCE_") or name == "DATABASE_URL"]:
        monkeypatch.delenv(name)


def test_without_any_variable_the_defaults_hold():
    assert (load().port, load().database_url, load().workers) == (8000, None, 1)


def test_what_the_command_line_says_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("COMMERCE_PORT", "9000")

    assert (load(port=None).port, load(port=7000).port) == (9000, 7000)


def test_everything_wrong_is_told_at_once_with_what_was_expected(monkeypatch):
    monkeypatch.setenv("COMMERCE_PORT", "eighty")
    monkeypatch.setenv("COMMERCE_LOG_FORMAT", "xml")
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@db/shop")

    with pytest.raises(SettingsRefused) as refused:
        load()

    assert refused.value.problems == [
        "DATABASE_URL: expected a URL that begins with postgresql:// or postgres://",
        "COMMERCE_PORT: expected a valid integer, unable to parse string as an integer",
        "COMMERCE_LOG_FORMAT: expected 'auto', 'json' or 'text'",
    ]


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        ("", "COMMERCE_SECRET: required with DATABASE_URL; make one with `openssl rand -hex 32`"),
        ("short", "COMMERCE_SECRET: at least 32 characters; this one has 5"),
    ],
)
def test_a_database_of_ones_own_needs_a_good_secret(secret, problem):
    with pytest.raises(SettingsRefused) as refused:
        load(database_url="postgresql://db/shop", secret=secret)

    assert refused.value.problems == [problem]


def test_secrets_do_not_show_in_the_settings_text():
    settings = load(database_url="postgresql://a:hunter2@db/shop", secret="s" * 32, smtp_url="smtp://a:hunter3@mail")

    assert not re.search(r"hunter|sss", f"{settings} {settings!r}")


def test_a_misspelled_variable_is_noticed(monkeypatch):
    monkeypatch.setenv("COMMERCE_PROT", "9000")

    assert unknown_variables() == ["COMMERCE_PROT"]


def test_the_readme_lists_every_variable_with_its_default_and_meaning():
    readme = README.read_text(encoding="utf-8")
    rows = [
        f"| `{variable(name)}` | {shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]

    assert [row for row in rows if row not in readme] == [], "put these rows into the README"


def shown(default):
    if isinstance(default, tuple):
        return shown(",".join(default))
    if default is None or str(default) == "":
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
