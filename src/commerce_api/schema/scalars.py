"""Scalars of our own, and money."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType, Self

import strawberry

from commerce_api.domain import money
from commerce_api.domain.currency import DIGITS

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_decimal(text: Any) -> Decimal:
    """A plain decimal as text. No exponent, no NaN: those make numbers of a gigabyte."""
    if isinstance(text, int) and not isinstance(text, bool) and abs(text) < 10**18:
        return Decimal(text)
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise ValueError('Decimal is a text such as "19.90", at most 18 digits before and 9 after the point.')
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only numbers
        raise ValueError("Decimal is not a number.") from error


def parse_instant(text: Any) -> datetime:
    """RFC 3339 with an offset; kept as UTC."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError('DateTime is RFC 3339 with an offset, such as "2026-11-22T09:30:00Z".')
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def parse_date(text: Any) -> date:
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError('Date is ISO 8601, such as "2026-11-22".')
    return date.fromisoformat(text)


def write_instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parse_currency(text: Any) -> str:
    if not isinstance(text, str) or text not in DIGITS:
        raise ValueError('CurrencyCode is an ISO 4217 code in capitals, such as "EUR".')
    return text


def _parse_country(text: Any) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[A-Z]{2}", text):
        raise ValueError('CountryCode is an ISO 3166-1 alpha-2 code in capitals, such as "DE".')
    return text


def _parse_language(text: Any) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text):
        raise ValueError('LanguageCode is a BCP 47 tag, such as "en" or "pt-BR".')
    return text


CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
LanguageCode = NewType("LanguageCode", str)
JSON = NewType("JSON", object)

SCALARS: dict[object, Any] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as text, such as `"19.90"`.',
        specified_by_url="https://en.wikipedia.org/wiki/Decimal#Decimal_fractions",
        serialize=str,
        parse_value=parse_decimal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='An instant in RFC 3339, always answered in UTC: `"2026-11-22T09:30:00Z"`.',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=write_instant,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A day in ISO 8601: `"2026-11-22"`.',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="An ISO 4217 code in capitals, such as `EUR`.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=_parse_currency,
    ),
    CountryCode: strawberry.scalar(
        name="CountryCode",
        description="An ISO 3166-1 alpha-2 code in capitals, such as `DE`.",
        specified_by_url="https://www.iso.org/iso-3166-country-codes.html",
        serialize=str,
        parse_value=_parse_country,
    ),
    LanguageCode: strawberry.scalar(
        name="LanguageCode",
        description="A BCP 47 tag: a language, or a language and a country, such as `en` or `pt-BR`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc5646",
        serialize=str,
        parse_value=_parse_language,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, at most 16 kB.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}


@strawberry.type(description="An exact amount in one currency.")
class Money:
    amount: Decimal = strawberry.field(
        description="Decimal with exactly as many digits after the point as the currency has."
    )
    currency_code: CurrencyCode = strawberry.field(description="ISO 4217.")

    def __init__(self, amount: Decimal, currency: str) -> None:
        """By their places, which takes half the time: an answer has hundreds of them."""
        self.amount, self.currency_code = amount, currency  # type: ignore[assignment]  # it is one, without a call

    @classmethod
    def of(cls, minor: int, currency: str) -> Self:
        return cls(money.decimal_of(minor, DIGITS[currency]), currency)


@strawberry.input(description="An exact amount in one currency.")
class MoneyInput:
    amount: Decimal = strawberry.field(description="At most as many digits after the point as the currency has.")
    currency_code: CurrencyCode = strawberry.field(description="ISO 4217.")
