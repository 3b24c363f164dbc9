"""Amounts, days and moments as people write them, for mails and documents."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency


def locale_of(language: str, known: str) -> Locale:
    """The customer's own for numbers, such as `de-AT`, if it is one."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(known)


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    return format_currency(amount, currency, locale=locale)


def day(on: date, locale: Locale) -> str:
    return str(format_date(on, "long", locale=locale))


def moment(at: datetime, time_zone: str, locale: Locale) -> str:
    local = at.astimezone(ZoneInfo(time_zone))
    time = format_time(local, "short", locale=locale)
    return f"{day(local, locale)}, {time} ({local.tzname()})"
