import pytest

from commerce_api.domain.decision import Refused
from commerce_api.domain.order import OrderState, evolve
from commerce_api.domain.order.shipping import ShippingPolicySet, ShippingPolicySettled, set_policy
from commerce_api.domain.shipping_policy import ShippingPolicy
from tests.domain.orders import order

TOGETHER, AS_AVAILABLE = ShippingPolicy
S = OrderState


@pytest.mark.parametrize("state", [S.AWAITING_APPROVAL, S.PENDING, S.PAYMENT_REJECTED, S.CONFIRMED])
def test_it_is_chosen_anew_while_nothing_is_with_a_warehouse(state):
    (chosen,) = set_policy(order(state=state), AS_AVAILABLE)
    after = evolve(order(state=state), chosen)

    assert chosen == ShippingPolicySet(before=TOGETHER, after=AS_AVAILABLE, version=2)
    assert (after.shipping_policy, after.version, after.state) == (AS_AVAILABLE, 2, state)
    assert set_policy(order(state=state), TOGETHER) == []


@pytest.mark.parametrize("state", [S.IN_FULFILLMENT, S.SHIPPED, S.COMPLETED, S.CANCELED])
def test_afterwards_it_is_settled(state):
    assert set_policy(order(state=state), AS_AVAILABLE) == Refused(reasons=(ShippingPolicySettled(state=state),))
