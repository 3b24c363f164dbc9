"""Money: whole minor units of one currency, exact to the last (K7).

Rounding happens in one place, `divided`, by the mode that the document declares; sharing out never rounds: it deals the
whole out in parts by the largest remainder, so that parts always add up (D6).
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

MAX_MINOR = 10**15
"""No amount reaches this: ten trillion dollars. It keeps every sum far inside a bigint."""

MAX_SUM = 2**63 - 1
"""What a bigint holds."""


_UNITS: Final = [Decimal(1).scaleb(-digits) for digits in range(4)]
"""One minor unit, by how many digits the currency has after the point."""


class Rounding(StrEnum):
    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"
    UP = "UP"
    DOWN = "DOWN"


def divided(numerator: int, denominator: int, mode: Rounding) -> int:
    """The exact ratio, rounded once to a whole number by `mode`; `denominator` is positive."""
    whole, rest = divmod(abs(numerator), denominator)
    match mode:
        case Rounding.HALF_UP:
            up = 2 * rest >= denominator
        case Rounding.HALF_EVEN:
            up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
        case Rounding.UP:
            up = rest > 0
        case _:
            up = False
    return (-1 if numerator < 0 else 1) * (whole + up)


def share_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Deal `whole` out in proportion to `weights` (none negative) by largest remainder; ties go to the earlier part.

    The parts always add up to the whole. If all weights are zero, the parts are as equal as they can be.
    """
    if len(weights) <= 1:
        return [whole] * len(weights)
    if not any(weights):
        weights = [1] * len(weights)
    sign, size, of = (-1 if whole < 0 else 1), abs(whole), sum(weights)
    parts = [size * weight // of for weight in weights]
    remainders = [(size * weight) % of for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def decimal_of(minor: int, digits: int) -> Decimal:
    """Minor units as the decimal that people write, with exactly `digits` digits after the point."""
    return minor * _UNITS[digits]


def minor_of(amount: Decimal, digits: int) -> int | None:
    """Minor units of a decimal; None if it has more digits than the currency, is no number or too large."""
    if not amount.is_finite() or abs(amount.adjusted()) > 20:  # noqa: PLR2004 - beyond any amount of money
        return None
    scaled = amount.scaleb(digits)
    if scaled != scaled.to_integral_value() or abs(scaled) >= MAX_MINOR:
        return None
    return int(scaled)
