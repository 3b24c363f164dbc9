"""When staff may act for a customer."""

import pytest

from commerce_api.domain.assistance import Assistance, AssistanceNotAllowed, Assisted, CustomerDisabled, against_acting
from commerce_api.domain.customer import CustomerStatus, SelfDealing

ENABLED, DISABLED = CustomerStatus.ENABLED, CustomerStatus.DISABLED


@pytest.mark.parametrize(
    ("status", "allowed", "own", "refusal"),
    [
        (ENABLED, True, False, None),
        (ENABLED, False, False, AssistanceNotAllowed),
        (DISABLED, True, False, CustomerDisabled),
        (DISABLED, False, True, SelfDealing),
        (ENABLED, True, True, SelfDealing),
    ],
)
def test_staff_act_for_enabled_customers_who_allow_it_and_never_for_themselves(status, allowed, own, refusal):
    found = against_acting(Assisted(status=status, assistance=Assistance(allowed=allowed), own=own), ("customerId",))

    assert found == (refusal and refusal(path=("customerId",)))
