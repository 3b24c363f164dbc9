import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from commerce_api.settings import Secret, Settings, SettingsRefused, load, unknown_variables, variable

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
        "COMMERCE_PORT: expected a whole number from 0 to 65535",
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
        f"| `{variable(each.name)}` | {shown(each.default)} | {each.metadata['description']} |"
        for each in fields(Settings)
    ]

    assert [row for row in rows if row not in readme] == [], "put these rows into the README"


def shown(default):
    if isinstance(default, tuple):
        return shown(",".join(default))
    if isinstance(default, Secret):
        return shown(default.get_secret_value())
    if default in (None, ""):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("workers", "0", "a whole number from 1 to 128"),
        ("rate_limit", "-1", "a whole number of at least 0"),
        ("mailbox", "perhaps", "true or false"),
        ("storefront_url", "https://shop.example/", "a URL without a slash at its end"),
        ("mail_from", "the shop", "a mail address, as `Name <address>`"),
        ("card_brands", "VISA, MONOPOLY", "'AMEX', 'DINERS', 'DISCOVER', 'JCB', 'MASTERCARD', 'UNIONPAY' or 'VISA'"),
        ("trusted_proxies", "10.0.0.0/8,proxy", "addresses or networks with commas, and proxy is neither"),
        ("documents", "nowhere.json", "a file or folder that is there"),
    ],
)
def test_what_cannot_be_read_is_refused(name, given, expected):
    with pytest.raises(SettingsRefused, match=f"{variable(name)}: expected {re.escape(expected)}"):
        load(**{name: given})


def test_lists_come_with_commas_and_booleans_in_words():
    settings = load(card_brands="VISA, AMEX", cors_origins="", mailbox="Yes", trusted_proxies="10.0.0.0/8,::1")

    assert (settings.card_brands, settings.cors_origins, settings.mailbox) == (("VISA", "AMEX"), (), True)
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
