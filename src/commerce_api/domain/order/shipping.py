"""Choosing once more when a placed order may leave (S2-07)."""

from collections.abc import Iterator

from commerce_api.domain.decision import Decision, Refusal, Refused
from commerce_api.domain.order.cancelable import CANCELABLE
from commerce_api.domain.order.state import Order, OrderState
from commerce_api.domain.order.version_events import ShippingPolicySet as ShippingPolicySet
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value


@value
class ShippingPolicySettled(Refusal):
    """How this order leaves cannot be changed any more."""

    state: OrderState


def against_setting_policy(order: Order) -> Iterator[Refusal]:
    """Once something of it was given to a warehouse."""
    if order.state not in CANCELABLE:
        yield ShippingPolicySettled(state=order.state)


def set_policy(order: Order, wanted: ShippingPolicy) -> Decision[ShippingPolicySet]:
    if reasons := tuple(against_setting_policy(order)):
        return Refused(reasons=reasons)
    if order.shipping_policy is wanted:
        return []
    return [ShippingPolicySet(before=order.shipping_policy, after=wanted, version=order.version + 1)]
