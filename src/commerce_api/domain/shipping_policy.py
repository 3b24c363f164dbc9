"""Whether goods wait for each other, and what is to become of those that are not here (S2-07, S1-06)."""

from commerce_api.domain.described import DescribedEnum


class ShippingPolicy(DescribedEnum):
    """When the goods of an order may leave."""

    SHIP_TOGETHER = "SHIP_TOGETHER", "All at once, when everything is here."
    AS_AVAILABLE = "AS_AVAILABLE", "Whatever is here leaves; the rest follows on the same order."


class AvailabilityChoice(DescribedEnum):
    """What the buyer wants of goods that are not all here. A later date or haste are asked for line by line."""

    SHIP_TOGETHER = "SHIP_TOGETHER", "Wait, and send all at once."
    AS_AVAILABLE = "AS_AVAILABLE", "Send what is here, and the rest on the same order as it comes in."
    SEPARATE_ORDER = "SEPARATE_ORDER", "Send what is here; what is still to come in becomes an order of its own."

    @property
    def policy(self) -> ShippingPolicy:
        """Of what is here: it never waits for what is on another order."""
        return ShippingPolicy(self.value) if self is not AvailabilityChoice.SEPARATE_ORDER else _AS_AVAILABLE


_AS_AVAILABLE = ShippingPolicy.AS_AVAILABLE
