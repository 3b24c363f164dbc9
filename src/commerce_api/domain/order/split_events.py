"""What happens to an order that is made two."""

from typing import ClassVar

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import OrderId, OrderLineId, PaymentId
from commerce_api.domain.payment import Transaction
from commerce_api.domain.value import value


class SplitShipping(DescribedEnum):
    """Who pays for sending what is split off."""

    KEEP_ON_PARENT = (
        "KEEP_ON_PARENT",
        "What was agreed on for each delivery stays with the original order, unless the delivery goes to the new one whole.",
    )
    RECALCULATE = "RECALCULATE", "Sending either order costs what it costs today."
    WAIVE_ON_CHILD = (
        "WAIVE_ON_CHILD",
        "As `KEEP_ON_PARENT`, and the new order tells what sending it would cost today, and that it is not asked.",
    )


@value
class SplitUnits:
    """`into_line_id` is the line of the other order that they are on now."""

    line_id: OrderLineId
    into_line_id: OrderLineId
    quantity: int


@value
class OrderSplit:
    """Units of one order went to another; told in both, each with its own totals. The new one had none before."""

    customer_visible: ClassVar[bool] = True

    from_id: OrderId
    from_number: str
    into_id: OrderId
    into_number: str
    shipping: SplitShipping
    reason: str
    units: tuple[SplitUnits, ...]
    total_before: int | None
    total: int
    version: int


@value
class PaymentHandedOver:
    """Part of what is set aside is for the order that was split off."""

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentTakenOver:
    """Part of what is set aside for the order that this one was split off is for this one."""

    payment_id: PaymentId
    transaction: Transaction
