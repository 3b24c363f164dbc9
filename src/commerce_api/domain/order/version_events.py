"""What makes another version of an order whose goods stay its own."""

from typing import ClassVar

from commerce_api.domain.ids import OrderEditId
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value


@value
class OrderEditCommitted:
    customer_visible: ClassVar[bool] = True

    edit_id: OrderEditId
    version: int
    total_before: int
    total: int


@value
class ShippingPolicySet:
    customer_visible: ClassVar[bool] = True

    before: ShippingPolicy
    after: ShippingPolicy
    version: int
