"""The enums of channels as clients see them."""

import strawberry

from commerce_api.domain.channel import CapturePolicy, CrossBorder, QuotePrices, RoundingLevel
from commerce_api.domain.money import Rounding
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.schema.enums import described

__all__ = ["CapturePolicy", "CrossBorder", "QuotePrices", "Rounding", "RoundingLevel", "ShippingPolicy"]

strawberry.enum(ShippingPolicy, description="When the goods of an order may leave.")
described(
    Rounding,
    "How an amount between two minor units is rounded.",
    HALF_UP="To the nearer; from the middle up.",
    HALF_EVEN="To the nearer; from the middle to the even one.",
    UP="Always up.",
    DOWN="Always down.",
)
described(
    RoundingLevel,
    "Where tax is rounded.",
    LINE="Once for each line.",
    UNIT="For each unit, and then multiplied.",
)
described(
    CrossBorder,
    "What stays the same when a price with tax is sold to a place with another rate.",
    KEEP_GROSS="What the buyer pays; the margin changes.",
    KEEP_NET="What remains without tax; the price changes.",
)
described(
    QuotePrices,
    "What is asked for a quote when the catalog has become cheaper meanwhile.",
    GUARANTEED="What was promised; the guarantee binds both sides.",
    BEST_OF="Line by line the lower of both prices.",
)
described(
    CapturePolicy,
    "When authorized money is taken.",
    ON_PLACEMENT="As soon as the order is placed.",
    ON_ALLOCATION="When stock is assigned.",
    ON_SHIPMENT="When goods are handed over.",
    MANUAL="When staff say so.",
)
