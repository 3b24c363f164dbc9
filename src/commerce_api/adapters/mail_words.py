"""What mails say, in the customer's language.

The words of a kind of mail are in `mail_templates/<language>.toml`, the looks of all in `mail.html` and `mail.txt`.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from email.utils import parseaddr
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from commerce_api.adapters import formats
from commerce_api.adapters.mail import Rendered, Shop

_FILES: Final = files("commerce_api.adapters") / "mail_templates"
_LANGUAGES: Final = ("en", "de")
_SUMS: Final = ("subtotal", "discount", "shipping", "tax", "tax_included", "total")
_PAGES: Final = {
    "VERIFY_EMAIL": "/verify-email",
    "INVITATION": "/reset-password",
    "RESET_PASSWORD": "/reset-password",
    "ALREADY_REGISTERED": "/reset-password",
    "CART_SHARED": "/cart",
    "PAYMENT_REJECTED": "/pay",
    "PAYMENT_REMINDER": "/pay",
    "BALANCE_DUE": "/pay",
    "QUOTE_SENT": "/quote",
}
"""Where in the storefront the token of a mail is good for something. It stands behind the #, which browsers send to nobody, so
that it is in no server's log and in no Referer (S0-17).
"""


def render(kind: str, language: str, data: Mapping[str, Any], shop: Shop) -> Rendered:
    """Amounts in `data` are decimals as text, moments are ISO 8601; see the templates for what each kind needs."""
    known = next((known for known in _LANGUAGES if language.partition("-")[0] == known), "en")
    words = _words(known)
    facts = {
        "name": "",
        "cards": (),
        "payments": (),
        "time_zone": "UTC",
        **data,
        "locale": formats.locale_of(language, known),
    }
    name, _ = parseaddr(shop.sender)
    link = _link(kind, data, shop)
    code = data.get("code") or (None if link else data.get("token"))
    more = {"language": known, "sender": name or shop.sender, "link": link, "code": code}
    html, text = (_filled(format_, words, kind, {**facts, **more}) for format_ in ("html", "txt"))
    subject = _template("txt", words[kind]["subject"]).render(facts)
    return Rendered(subject=" ".join(subject.split()), html=html, text=text, template_version=_version(known))


def _filled(format_: str, words: Mapping[str, Any], kind: str, facts: Mapping[str, Any]) -> str:
    escaped = _environment(format_).autoescape

    def said(text: str | list[str]) -> Any:
        if isinstance(text, list):
            return [said(part) for part in text]
        filled = _template(format_, text).render(facts)
        return Markup(filled) if escaped else filled  # noqa: S704 - Jinja has escaped the facts in it

    content = {name: said(text) for name, text in words[kind].items()}
    labels = {name: said(text) for name, text in words["labels"].items()}
    sums = [(labels[name], facts[name]) for name in _SUMS if facts.get(name) is not None]
    return _template(format_, _source(f"mail.{format_}")).render({**facts, **content, "labels": labels, "sums": sums})


def _link(kind: str, data: Mapping[str, Any], shop: Shop) -> str | None:
    if shop.storefront_url is None or "token" not in data or kind not in _PAGES:
        return None
    return f"{shop.storefront_url}{_PAGES[kind]}#token={data['token']}"


@cache
def _source(name: str) -> str:
    return (_FILES / name).read_text("utf-8")


@cache
def _words(language: str) -> dict[str, Any]:
    return tomllib.loads(_source(f"{language}.toml"))


@cache
def _version(language: str) -> str:
    """Changes with every change of the words or the looks."""
    sources = (_source(name) for name in ("mail.html", "mail.txt", f"{language}.toml"))
    return sha256("\0".join(sources).encode()).hexdigest()[:12]


@cache
def _template(format_: str, text: str) -> Template:
    """Compiled once: there are as many as the files above have texts."""
    return _environment(format_).from_string(text)


@cache
def _environment(format_: str) -> Environment:
    html = format_ == "html"
    environment = Environment(
        autoescape=html,  # noqa: S701 - the other form is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"day": _day, "money": _money, "moment": _moment}
    return environment


@pass_context
def _money(context: Context, amount: str) -> str:
    return formats.money(Decimal(amount), context["currency"], context["locale"])


@pass_context
def _day(context: Context, on: str) -> str:
    return formats.day(date.fromisoformat(on), context["locale"])


@pass_context
def _moment(context: Context, at: str) -> str:
    return formats.moment(datetime.fromisoformat(at), context["time_zone"], context["locale"])
