"""How many of a variant can be bought, and how much of that is told."""

from enum import StrEnum
from typing import Final

from commerce_api.domain.value import value

LOW_STOCK: Final = 10
"""Up to this many, shoppers are told how many are left; above it, only that there are more."""


class StockPolicy(StrEnum):
    """What happens when nothing is left: sell no more, sell what is still to come, or do not count at all."""

    DENY = "DENY"
    BACKORDER = "BACKORDER"
    UNTRACKED = "UNTRACKED"


class AvailabilityStatus(StrEnum):
    IN_STOCK = "IN_STOCK"
    LOW_STOCK = "LOW_STOCK"
    BACKORDER = "BACKORDER"
    OUT_OF_STOCK = "OUT_OF_STOCK"


_UNTRACKED: Final = StockPolicy.UNTRACKED
_BACKORDER: Final = StockPolicy.BACKORDER
_IN_STOCK: Final = AvailabilityStatus.IN_STOCK
_LOW_STOCK: Final = AvailabilityStatus.LOW_STOCK
"""Looking a member up in its enumeration takes as long as the rest of what is asked here, for each variant of a page."""


@value
class Availability:
    """`available` units lie at the channel's locations and are nobody's; with BACKORDER, `backorder_left` more may be
    sold before they are here, or any number if it is None.
    """

    policy: StockPolicy
    available: int
    backorder_left: int | None = None

    @property
    def most(self) -> int:
        """How many can be sold now, where that is limited."""
        return max(self.available, 0) + (self.backorder_left or 0)

    def to_wait_for(self, quantity: int) -> int:
        """How many of so many units have to come in first."""
        return max(0, quantity - max(0, self.available)) if self.policy is _BACKORDER else 0

    def covers(self, quantity: int) -> bool:
        """Whether this many can be sold now."""
        if self.policy is _UNTRACKED:
            return True
        if self.policy is StockPolicy.DENY:
            return quantity <= self.available
        return self.backorder_left is None or quantity <= self.available + self.backorder_left


def shown(policy: StockPolicy, available: int, backorder_left: int | None) -> tuple[AvailabilityStatus, int | None]:
    """What shoppers are told: the status, and a number; None stands for more than enough, or not counted."""
    if policy is _UNTRACKED or available > LOW_STOCK:
        return _IN_STOCK, None
    if available > 0:
        return _LOW_STOCK, available
    later = policy is _BACKORDER and (backorder_left is None or backorder_left > 0)
    return AvailabilityStatus.BACKORDER if later else AvailabilityStatus.OUT_OF_STOCK, 0
