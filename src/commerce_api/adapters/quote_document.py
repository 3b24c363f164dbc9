"""A version of a quote as PDF: the same bytes whenever it is made.

The looks are in `documents/quote.typ`, the words in `documents/<language>.toml`. What people wrote reaches the document as data
and never as a part of its program.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
import typst

from commerce_api.adapters import formats
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import decimal_of
from commerce_api.domain.quote.choices import ChoiceKind
from commerce_api.domain.quote.content import QuotedChoice, QuotedLine, QuotedOption, SentQuote
from commerce_api.domain.totals import LineTotal

_FILES: Final = files("commerce_api.adapters") / "documents"
_LANGUAGES: Final = ("en", "de")


def pdf_of(sent: SentQuote) -> bytes:
    """Takes some hundredths of a second, so not on the event loop."""
    made = typst.compile(
        _source("quote.typ").encode(),
        format="pdf",
        sys_inputs={"quote": orjson.dumps(_Page(sent).content()).decode()},
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes)  # noqa: S101 - nothing else comes of one document
    return made


@cache
def _source(name: str) -> str:
    return (_FILES / name).read_text("utf-8")


class _Page:
    def __init__(self, sent: SentQuote) -> None:
        known = next((known for known in _LANGUAGES if sent.language.partition("-")[0] == known), "en")
        self._sent, self._language = sent, known
        self._words: Mapping[str, str] = tomllib.loads(_source(f"{known}.toml"))
        self._locale = formats.locale_of(sent.language, known)

    def content(self) -> dict[str, Any]:
        sent, content = self._sent, self._sent.content
        totals = {total.id: total for total in content.totals.lines}
        with_options = content.with_options
        return {
            "title": self._words["title"].format(number=sent.number),
            "language": self._language,
            "sender": sent.sender,
            "words": self._words,
            "facts": list(self._facts()),
            "address": list(self._address()),
            "lines": [self._line(line, totals[line.id]) for line in content.lines],
            "sums": list(self._sums()),
            "total": self._money(content.totals.total),
            "note": self._words["estimated"] if content.estimated else "",
            "choices": [self._choice(choice) for choice in content.choices],
            "with_options": self._money(with_options.total) if with_options else "",
            "terms": [paragraph for paragraph in sent.terms.splitlines() if paragraph.strip()],
        }

    def _facts(self) -> Iterator[tuple[str, str]]:
        sent, words = self._sent, self._words
        yield words["version"], str(sent.version)
        for name in ("sent", "valid_until"):
            at = sent.sent_at if name == "sent" else sent.valid_until
            yield words[name], formats.moment(at, sent.time_zone, self._locale)

    def _address(self) -> Iterator[str]:
        """Where all of it goes, if it goes to one place."""
        addresses = {group.address for group in self._sent.content.groups}
        if len(addresses) == 1 and (to := addresses.pop()):
            yield from filter(None, (f"{to.first_name} {to.last_name}".strip(), to.company, to.line1, to.line2))
            yield from filter(None, (f"{to.postal_code} {to.city}".strip(), to.country))

    def _sums(self) -> Iterator[tuple[str, str]]:
        totals = self._sent.content.totals
        yield self._words["subtotal"], self._money(totals.subtotal)
        if totals.discount_total:
            yield self._words["discount"], self._money(-totals.discount_total)
        for charge in totals.charges:
            yield charge.name, self._money(charge.amount)
        included = self._sent.content.policy.prices_include_tax
        yield self._words["tax_included" if included else "tax"], self._money(totals.tax_total)

    def _line(self, line: QuotedLine, total: LineTotal) -> dict[str, str]:
        detail = ", ".join(filter(None, (line.sku, *(f"{name}: {chosen}" for name, chosen in line.options))))
        return {
            "name": line.name,
            "detail": detail,
            "quantity": str(total.quantity),
            "unit_price": self._money(total.unit_price),
            "amount": self._money(total.subtotal),
        }

    def _choice(self, choice: QuotedChoice) -> dict[str, Any]:
        kind = "choose_one" if choice.kind is ChoiceKind.ONE_OF else "choose_any"
        words = self._words[kind if choice.name else "choose_any_unnamed"]
        return {"name": words.format(name=choice.name), "options": list(map(self._option, choice.options))}

    def _option(self, option: QuotedOption) -> dict[str, str]:
        """A line stands for its add-ons."""
        totals = {total.id: total for total in option.totals}
        line = next(line for line in option.lines if line.id == option.line_id)
        names = " + ".join([line.name, *(other.name for other in option.lines if other is not line)])
        amount = sum(total.subtotal for total in option.totals)
        return {
            **self._line(line, totals[line.id]),
            "name": names,
            "amount": self._money(amount),
            "difference": self._money(option.difference),
        }

    def _money(self, minor: int) -> str:
        currency = self._sent.content.currency
        return formats.money(decimal_of(minor, DIGITS[currency]), currency, self._locale)
