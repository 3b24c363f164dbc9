"""Payment cards: what can be told from the data alone, before any issuer is asked (C.6 P1).

A `CardEntry` lives for the length of one call. It is never stored, logged or shown, and its `repr` says so.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from stdnum import luhn

from commerce_api.domain.decision import Refusal
from commerce_api.domain.value import value


class CardBrand(StrEnum):
    AMEX = "AMEX"
    DINERS = "DINERS"
    DISCOVER = "DISCOVER"
    JCB = "JCB"
    MASTERCARD = "MASTERCARD"
    UNIONPAY = "UNIONPAY"
    VISA = "VISA"


@value
class BrandRule:
    """`ranges` are inclusive bounds of the leading digits; both bounds have the same number of digits."""

    brand: CardBrand
    ranges: tuple[tuple[int, int], ...]
    lengths: frozenset[int]
    cvv_length: int = 3


BRANDS: Final = (
    BrandRule(brand=CardBrand.AMEX, ranges=((34, 34), (37, 37)), lengths=frozenset({15}), cvv_length=4),
    BrandRule(
        brand=CardBrand.DINERS,
        ranges=((300, 305), (3095, 3095), (36, 36), (38, 39)),
        lengths=frozenset(range(14, 20)),
    ),
    BrandRule(brand=CardBrand.DISCOVER, ranges=((6011, 6011), (644, 649), (65, 65)), lengths=frozenset(range(16, 20))),
    BrandRule(brand=CardBrand.JCB, ranges=((3528, 3589),), lengths=frozenset(range(16, 20))),
    BrandRule(brand=CardBrand.MASTERCARD, ranges=((51, 55), (2221, 2720)), lengths=frozenset({16})),
    BrandRule(brand=CardBrand.UNIONPAY, ranges=((62, 62),), lengths=frozenset(range(16, 20))),
    BrandRule(brand=CardBrand.VISA, ranges=((4, 4),), lengths=frozenset({13, 16, 19})),
)

MOST_LENIENT_OFFSET: Final = timedelta(hours=12)
"""At UTC-12 the month ends last. Whoever is there may still pay."""

LONGEST_VALIDITY: Final = 25
"""Years. No issuer prints a date further off."""


@value
class CardEntry:
    """What somebody typed, digits only."""

    number: str
    expiry_month: int
    expiry_year: int
    cvv: str
    holder: str = ""

    def __repr__(self) -> str:
        return "CardEntry(…)"

    __str__ = __repr__


@value
class CardFace:
    """What may be shown of a card, and what is kept of it."""

    brand: CardBrand
    last_four: str
    expiry_month: int
    expiry_year: int
    holder: str = field(default="", repr=False)


@value
class CardNumberInvalid(Refusal):
    """This is not a valid card number; please check the digits."""


@value
class CardBrandNotAccepted(Refusal):
    """We do not take cards of this brand. Accepted are: {accepted}."""

    accepted: str


@value
class CardTokenInvalid(Refusal):
    """The card vault does not know this token."""


@value
class CardExpired(Refusal):
    """This card has expired; please use another one."""


@value
class CardExpiryInvalid(Refusal):
    """The expiry date is a month from 1 to 12 and a year with four digits, as printed on the card."""


@value
class CvvInvalid(Refusal):
    """The security code of this card has {digits} digits."""

    digits: int


CardProblem: TypeAlias = CardNumberInvalid | CardBrandNotAccepted | CardExpired | CardExpiryInvalid | CvvInvalid


def brand_rule(number: str) -> BrandRule | None:
    """The brand whose issuer range holds the number; None if nobody issues such numbers."""
    return next((rule for rule in BRANDS if any(_within(number, low, high) for low, high in rule.ranges)), None)


def _within(number: str, low: int, high: int) -> bool:
    leading = number[: len(str(low))]
    return leading.isdigit() and low <= int(leading) <= high


def expired(month: int, year: int, at: datetime) -> bool:
    """A card is good through the last day of its month, judged where that day ends last."""
    there = at - MOST_LENIENT_OFFSET
    return (year, month) < (there.year, there.month)


def problems_of(entry: CardEntry, *, accepted: Collection[CardBrand], at: datetime) -> list[Refusal]:
    """Everything that is wrong with a card, in the order of its fields."""
    rule = brand_rule(entry.number)
    return [*_number(entry, rule, accepted), *_expiry(entry, at), *_cvv(entry, rule)]


def _number(entry: CardEntry, rule: BrandRule | None, accepted: Collection[CardBrand]) -> Iterable[Refusal]:
    if rule is None or len(entry.number) not in rule.lengths or not luhn.is_valid(entry.number):
        yield CardNumberInvalid(path=("number",))
    elif rule.brand not in accepted:
        yield CardBrandNotAccepted(path=("number",), accepted=", ".join(sorted(accepted)))


def _expiry(entry: CardEntry, at: datetime) -> Iterable[Refusal]:
    if not 1 <= entry.expiry_month <= 12 or not 2000 <= entry.expiry_year <= at.year + LONGEST_VALIDITY:  # noqa: PLR2004 - months, and the century
        yield CardExpiryInvalid(path=("expiryMonth",))
    elif expired(entry.expiry_month, entry.expiry_year, at):
        yield CardExpired(path=("expiryMonth",))


def _cvv(entry: CardEntry, rule: BrandRule | None) -> Iterable[Refusal]:
    digits = rule.cvv_length if rule else 3
    if not re.fullmatch(rf"[0-9]{{{digits}}}", entry.cvv):
        yield CvvInvalid(path=("cvv",), digits=digits)


def face_of(entry: CardEntry, brand: CardBrand) -> CardFace:
    return CardFace(
        brand=brand,
        last_four=entry.number[-4:],
        expiry_month=entry.expiry_month,
        expiry_year=entry.expiry_year,
        holder=entry.holder,
    )
