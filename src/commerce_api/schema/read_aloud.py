"""What something costs, to be read out to somebody on the phone (S2-09)."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, Protocol

from babel.dates import format_date

from commerce_api.schema.scalars import Money
from commerce_api.schema.shipping_wishes import LineRequests
from commerce_api.schema.totals import Totals


class SpokenLine(Protocol):
    """A line of a cart or of an order."""

    quantity: int

    @property
    def unit_price(self) -> Money | None: ...

    @property
    def subtotal(self) -> Money | None: ...

    @property
    def requests(self) -> LineRequests: ...


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "one": "{name}: {amount}.",
        "several": "{quantity} times {name}, {unit} each: {amount}.",
        "day": "{name}: not before {day}.",
        "haste": "{name}: in haste.",
        "gift": "{name}: with the words: {text}",
        "packing": "{name}: to be packed like this: {text}",
        "less": "{name}: {amount} less.",
        "more": "{name}: {amount}.",
        "rate": "{name}, {rate} per cent",
        "contained": "Contained in this: {name}: {amount}.",
        "on top": "On top of this: {name}: {amount}.",
        "total": "All together: {amount}.",
    },
    "de": {
        "one": "{name}: {amount}.",
        "several": "{quantity} mal {name}, je {unit}: {amount}.",
        "day": "{name}: nicht vor dem {day}.",
        "haste": "{name}: eilig.",
        "gift": "{name}: mit den Worten: {text}",
        "packing": "{name}: so zu packen: {text}",
        "less": "{name}: {amount} weniger.",
        "more": "{name}: {amount}.",
        "rate": "{name}, {rate} Prozent",
        "contained": "Darin enthalten: {name}: {amount}.",
        "on top": "Dazu: {name}: {amount}.",
        "total": "Zusammen: {amount}.",
    },
}


def read_aloud(lines: Iterable[tuple[str, SpokenLine]], totals: Totals, language: str) -> str:
    """Lines with their names and what is asked for beside them, then discounts, charges and taxes one by one, then the total; a
    sentence on each row.
    """
    return "\n".join(_sentences(lines, totals, language if language in _WORDS else "en"))


def _sentences(lines: Iterable[tuple[str, SpokenLine]], totals: Totals, language: str) -> Iterator[str]:
    words, tax = _WORDS[language], "contained" if totals.prices_include_tax else "on top"
    for name, line in lines:
        if line.unit_price and line.subtotal:
            unit, amount = _amount(line.unit_price, language), _amount(line.subtotal, language)
            sentence = words["one" if line.quantity == 1 else "several"]
            yield sentence.format(quantity=line.quantity, name=name, unit=unit, amount=amount)
            yield from _asked(name, line.requests, language)
    for discount in totals.discounts:
        yield words["less"].format(name=discount.name, amount=_amount(discount.amount, language))
    for charge in totals.charges:
        yield words["more"].format(name=charge.name, amount=_amount(charge.amount, language))
    for each in totals.taxes:
        rate = _number(each.rate * 100, language)
        name = each.name if rate in each.name else words["rate"].format(name=each.name, rate=rate)
        yield words[tax].format(name=name, amount=_amount(each.amount, language))
    yield words["total"].format(amount=_amount(totals.total, language))


def _asked(name: str, requests: LineRequests, language: str) -> Iterator[str]:
    """What is done otherwise than usual; what people wrote stands on a row too."""
    words = _WORDS[language]
    if requests.requested_ship_date:
        day = format_date(requests.requested_ship_date, "long", locale=language)
        yield words["day"].format(name=name, day=day)
    if requests.expedite:
        yield words["haste"].format(name=name)
    for kind, text in (("gift", requests.gift_message), ("packing", requests.instructions)):
        if text:
            yield words[kind].format(name=name, text=" ".join(text.split()))


def _amount(money: Money, language: str) -> str:
    return f"{_point(f'{money.amount:f}', language)} {money.currency_code}"


def _number(number: Decimal, language: str) -> str:
    return _point(f"{number.normalize():f}", language)


def _point(text: str, language: str) -> str:
    return text.replace(".", ",") if language == "de" else text
