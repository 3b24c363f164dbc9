"""What is left of what goods are sold for when what they cost the shop is taken off. Both are without tax."""

from collections.abc import Iterable
from decimal import Decimal

from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.value import value

_HUNDREDTHS_OF_PERCENT = 10_000


@value
class Sold:
    """Units of a line, what is asked for them after all discounts, and what one costs the shop, where that is known."""

    quantity: int
    net: int
    unit_cost: int | None


@value
class Margin:
    """Of the lines whose cost is known; `complete` if that is all of them."""

    revenue: int
    cost: int
    complete: bool

    @property
    def amount(self) -> int:
        return self.revenue - self.cost

    @property
    def percent(self) -> Decimal | None:
        """Of what is asked; of nothing there is none."""
        if self.revenue <= 0:
            return None
        return Decimal(divided(self.amount * _HUNDREDTHS_OF_PERCENT, self.revenue, Rounding.HALF_UP)) / 100


def margin(lines: Iterable[Sold]) -> Margin | None:
    """None where nothing is known."""
    sold = [line for line in lines if line.quantity]
    known = [(line.net, line.unit_cost * line.quantity) for line in sold if line.unit_cost is not None]
    if not known:
        return None
    return Margin(
        revenue=sum(net for net, _ in known),
        cost=sum(cost for _, cost in known),
        complete=len(known) == len(sold),
    )
