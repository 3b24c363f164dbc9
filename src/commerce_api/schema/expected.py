"""Amounts that somebody was shown and agrees to: if they are others by now, nothing happens."""

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.schema.scalars import MoneyInput


def parse_expected(intake: Intake, raw: MoneyInput | None, path: str) -> tuple[int, str] | None:
    """In minor units, with the currency."""
    if raw is None:
        return None
    minor = minor_of(raw.amount, DIGITS[raw.currency_code])
    if minor is None:
        intake.invalid("An amount has no more digits than its currency.", path)
    return (minor or 0, raw.currency_code)
