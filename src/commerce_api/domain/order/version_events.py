"""What makes another version of an order whose goods stay its own."""

from typing import ClassVar

from commerce_api.domain.ids import OrderEditId
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value


@value
class OrderEditCommitted:
    """`changed` names what is another one now, such as `email` or `lines.quantity`; the version holds it, and the one before it
    what it was.
    """

    customer_visible: ClassVar[bool] = True

    edit_id: OrderEditId
    version: int
    changed: tuple[str, ...]
    total_before: int
    total: int


@value
class ShippingPolicySet:
    customer_visible: ClassVar[bool] = True

    before: ShippingPolicy
    after: ShippingPolicy
    version: int
