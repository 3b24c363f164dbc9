import re
import tomllib
from datetime import UTC, datetime

import pytest

from commerce_api.adapters import mail_words
from commerce_api.adapters.mail import Shop, message
from commerce_api.adapters.mail_words import render

SHOP = Shop(sender="Moss & Kettle <shop@moss.example>")
STOREFRONT = Shop(sender="shop@moss.example", storefront_url="https://moss.example")
ORDER = {"number": "E-1042", "total": "1234.50", "currency": "EUR"}
PLACED = {
    **ORDER,
    "lines": [{"name": "Tea <strong>", "quantity": 2, "amount": "1229.55"}],
    "shipping": "4.95",
    "tax_included": "197.10",
    "ship_to": ["Ada Lovelace", "Ahornweg 7", "38640 Goslar"],
}
NEEDED = {
    "VERIFY_EMAIL": {"name": "Ada", "token": "tok-1"},
    "RESET_PASSWORD": {"name": "Ada", "token": "tok-1"},
    "ALREADY_REGISTERED": {"name": "", "token": "tok-1"},
    "CART_SHARED": {"token": "tok-1", "until": "2026-03-05T11:00:00+00:00"},
    "ORDER_CONFIRMATION": PLACED,
    "PAYMENT_REJECTED": {
        **ORDER,
        "token": "tok-1",
        "until": "2026-03-05T11:00:00+00:00",
        "cards": [{"brand": "VISA", "last_four": "0002"}],
    },
    "PAYMENT_REMINDER": {
        **ORDER,
        "token": "tok-1",
        "until": "2026-03-05T11:00:00+00:00",
        "canceled_at": "2026-03-09T11:00:00+00:00",
    },
    "QUOTE_SENT": {
        **PLACED,
        "token": "tok-1",
        "until": "2026-03-05T11:00:00+00:00",
        "comment": "As we said on the telephone.",
    },
    "ORDER_ACCESS_CODE": {"number": "E-1042", "code": "472 905"},
    "ORDER_CANCELED": {**ORDER, "reason": "CUSTOMER", "refund": "12.90"},
    "ORDER_PARTLY_CANCELED": {
        **ORDER,
        "units": [{"name": "Kettle", "quantity": 2}, {"name": "Mug", "quantity": 1}],
        "refund": None,
    },
    "REFUND_MADE": {**ORDER, "amount": "12.90"},
    "ORDER_SPLIT": {**ORDER, "due": None, "other_number": "E100002-2", "other_total": "12.90", "other_due": "2.90"},
    "BLOCK_OVERDUE": {**ORDER, "reason": "REVIEW", "due_at": "2026-03-02T12:00:00+00:00"},
    "QUOTE_BLOCK_OVERDUE": {"number": "E-1042", "reason": "REVIEW", "due_at": "2026-03-02T12:00:00+00:00"},
    "ORDER_CHANGED": {**ORDER, "due": "12.90", "changes": ["Kettle: 3 instead of 2"]},
    "BALANCE_DUE": {**ORDER, "due": "12.90", "token": "tok-1", "until": "2026-03-05T11:00:00+00:00", "declined": None},
    "PAYMENT_RECEIVED": {**ORDER, "amount": "12.90", "missing": "1221.60"},
    "EDIT_TAKEN_OVER": {**ORDER, "by": "Simone"},
    "OWN_EDIT_TAKEN_OVER": ORDER,
    "OWN_EDIT_DISCARDED": ORDER,
    "COMMENT_MENTION": {**ORDER, "by": "Simone"},
    "INVITATION": {"name": "Ada", "token": "tok-1"},
    "SECOND_FACTOR_ON": {"name": "Ada"},
    "SECOND_FACTOR_OFF": {"name": "Ada"},
    "ORDER_COMMENT": {**ORDER, "body": "The kettle comes on Monday."},
}


def words(language):
    return tomllib.loads(mail_words._source(f"{language}.toml"))


def test_no_kind_is_left_out_here():
    assert NEEDED.keys() == words("en").keys() - {"labels"}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", NEEDED)
def test_every_kind_is_written_in_every_language(kind, language):
    content = render(kind, language, NEEDED[kind], STOREFRONT)

    assert f'<html lang="{language}">' in content.html
    subject = re.split(r"\{\{.+?\}\}", words(language)[kind]["subject"].replace("{{ number }}", "E-1042"))
    assert re.fullmatch(".+".join(map(re.escape, subject)), content.subject)
    assert not re.search(r"\{\{|\{%|None", content.subject + content.html + content.text)


def test_the_languages_have_the_same_kinds_and_labels():
    english, german = words("en"), words("de")

    assert {kind: set(texts) for kind, texts in english.items()} == {kind: set(texts) for kind, texts in german.items()}


@pytest.mark.parametrize(
    ("language", "amount", "until"),
    [
        ("en", "€1,234.50", "March 5, 2026, 12:00\u202fPM (CET)"),
        ("de", "1.234,50\xa0€", "5. März 2026, 12:00 (CET)"),
        ("de-CH", "1\u2019234.50", "5. März 2026, 12:00 (CET)"),
    ],
)
def test_amounts_and_moments_are_written_as_people_there_do(language, amount, until):
    data = {**NEEDED["PAYMENT_REJECTED"], "time_zone": "Europe/Berlin"}

    text = render("PAYMENT_REJECTED", language, data, SHOP).text.replace("\n", " ")

    assert amount in text
    assert until in text


def test_an_unknown_language_falls_back_to_english():
    assert render("VERIFY_EMAIL", "xx", NEEDED["VERIFY_EMAIL"], SHOP).subject == "Please confirm your mail address"


def test_what_customers_write_is_escaped_in_html_and_left_alone_in_text():
    content = render("ORDER_CONFIRMATION", "en", PLACED, SHOP)

    assert "Tea &lt;strong&gt;" in content.html
    assert "Tea &amp;lt;" not in content.html
    assert "2 x Tea <strong>: €1,229.55" in content.text


def test_a_token_is_a_link_to_the_storefront_or_else_shown_as_a_code():
    linked = render("RESET_PASSWORD", "en", NEEDED["RESET_PASSWORD"], STOREFRONT)
    bare = render("RESET_PASSWORD", "en", NEEDED["RESET_PASSWORD"], SHOP)

    assert "Choose password: https://moss.example/reset-password#token=tok-1" in linked.text
    assert 'href="https://moss.example/reset-password#token=tok-1"' in linked.html
    assert "Your code: tok-1" in bare.text
    assert "http" not in bare.text


def test_the_same_content_has_the_same_hash_and_template_version():
    one, other = (render("VERIFY_EMAIL", "en", NEEDED["VERIFY_EMAIL"], SHOP) for _ in range(2))
    german = render("VERIFY_EMAIL", "de", NEEDED["VERIFY_EMAIL"], SHOP)

    assert (one.content_hash, one.template_version) == (other.content_hash, other.template_version)
    assert one.template_version != german.template_version


def test_a_message_has_both_forms_and_an_id_made_of_its_key():
    content = render("VERIFY_EMAIL", "en", NEEDED["VERIFY_EMAIL"], SHOP)

    made = message(
        content, sender=SHOP.sender, recipient="ada@x.example", key="k1", at=datetime(2026, 3, 2, 12, tzinfo=UTC)
    )

    assert made["Message-ID"] == "<k1@moss.example>"
    assert made["Date"] == "Mon, 02 Mar 2026 12:00:00 +0000"
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]
    assert made.get_body(("plain",)).get_content() == content.text
