"""Taxes: rates by zone and class, and what they make of an amount.

Where prices include tax the gross is the truth and the net is what remains; otherwise the net is the truth. Tax is rounded
once, by the channel's mode and level; several rates of a class add up first and then share the rounded amount by largest remainder.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Self

from commerce_api.domain.channel import Channel, CrossBorder, RoundingLevel
from commerce_api.domain.ids import TaxClassId, ZoneId
from commerce_api.domain.money import Rounding, divided, share_out
from commerce_api.domain.value import value
from commerce_api.domain.zone import nearest

_ONE = 1_000_000
"""Rates have six digits after the point."""


@value
class Rate:
    """`rate` 0.19 is 19 %."""

    name: str
    rate: Decimal

    @property
    def millionths(self) -> int:
        return int(self.rate * _ONE)


@value
class TaxRate(Rate):
    """A rate as the law in force has it: in a zone, for a class of goods."""

    zone_id: ZoneId
    tax_class_id: TaxClassId


@value
class TaxPolicy:
    """How a channel reckons; stored on the documents it makes (K7)."""

    prices_include_tax: bool
    rounding: Rounding
    level: RoundingLevel
    cross_border: CrossBorder = CrossBorder.KEEP_GROSS

    @classmethod
    def of(cls, channel: Channel) -> Self:
        return cls(
            prices_include_tax=channel.prices_include_tax,
            rounding=channel.rounding,
            level=channel.rounding_level,
            cross_border=channel.cross_border,
        )


@value
class TaxLine:
    """What one rate makes of a net `base`."""

    name: str
    rate: Decimal
    base: int
    amount: int


@value
class Taxed:
    """An amount with its tax. Always: net + tax = gross, and the lines' amounts add up to the tax."""

    net: int
    tax: int
    lines: tuple[TaxLine, ...]

    @property
    def gross(self) -> int:
        return self.net + self.tax


def rates_for(
    rates: Iterable[TaxRate], tax_class_id: TaxClassId | None, zones: Sequence[ZoneId]
) -> tuple[TaxRate, ...]:
    """The rates of a class in the nearest zone that has any; none for what is not taxable (class None)."""
    of_class = [rate for rate in rates if rate.tax_class_id == tax_class_id]
    zone = nearest(zones, (rate.zone_id for rate in of_class))
    return tuple(rate for rate in of_class if rate.zone_id == zone)


def taxed(amount: int, quantity: int, rates: Sequence[Rate], policy: TaxPolicy) -> Taxed:
    """Tax on an amount that stands for `quantity` units, with or without tax as the policy says."""
    tax = _tax(amount, quantity, sum(rate.millionths for rate in rates), policy)
    net = amount - tax if policy.prices_include_tax else amount
    shares = share_out(tax, [rate.millionths for rate in rates])
    lines = tuple(
        TaxLine(name=rate.name, rate=rate.rate, base=net, amount=share)
        for rate, share in zip(rates, shares, strict=True)
    )
    return Taxed(net=net, tax=tax, lines=lines)


def _tax(amount: int, quantity: int, millionths: int, policy: TaxPolicy) -> int:
    def of(part: int) -> int:
        whole = _ONE + millionths if policy.prices_include_tax else _ONE
        return divided(part * millionths, whole, policy.rounding)

    if policy.level is RoundingLevel.LINE:
        return of(amount)
    smaller, larger_units = divmod(amount, quantity)
    return of(smaller) * (quantity - larger_units) + of(smaller + 1) * larger_units


def price_abroad(price: int, home: Sequence[Rate], there: Sequence[Rate], policy: TaxPolicy) -> int:
    """A price kept with the tax of `home`, as it is asked from a buyer `there`."""
    if not policy.prices_include_tax or policy.cross_border is CrossBorder.KEEP_GROSS:
        return price
    before, after = (_ONE + sum(rate.millionths for rate in rates) for rates in (home, there))
    return divided(price * after, before, policy.rounding)


def gathered(lines: Iterable[TaxLine]) -> tuple[TaxLine, ...]:
    """Lines of the same name and rate added up, in the order in which they first appear."""
    sums: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for line in lines:
        base, amount = sums.get((line.name, line.rate), (0, 0))
        sums[line.name, line.rate] = (base + line.base, amount + line.amount)
    return tuple(
        TaxLine(name=name, rate=rate, base=base, amount=amount) for (name, rate), (base, amount) in sums.items()
    )
