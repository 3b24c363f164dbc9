"""When staff may act for a customer (S1-01)."""

from typing import ClassVar

from commerce_api.domain.customer import CustomerStatus, SelfDealing
from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.value import value


@value
class AssistanceNotAllowed(Refusal):
    """This customer does not want anybody else to act in their name."""

    staff_only: ClassVar[bool] = True


@value
class CardsNotToBeUsed(Refusal):
    """This customer has not agreed that staff pay with a kept card; take a new one."""

    staff_only: ClassVar[bool] = True


@value
class CustomerDisabled(Refusal):
    """This customer is disabled; nothing is ordered for them."""

    staff_only: ClassVar[bool] = True


@value
class Assistance:
    """What a customer allows staff to do."""

    allowed: bool = True
    with_cards: bool = False


@value
class AssistanceSet:
    """The customer decided anew what staff may do."""

    allowed: bool
    with_cards: bool


@value
class Assisted:
    """What it depends on whether staff may act for somebody; `own` is the staff member's own account as a customer."""

    status: CustomerStatus
    assistance: Assistance
    own: bool


def against_acting(customer: Assisted, path: Path = ()) -> Refusal | None:
    if customer.own:
        return SelfDealing(path=path)
    if customer.status is CustomerStatus.DISABLED:
        return CustomerDisabled(path=path)
    return None if customer.assistance.allowed else AssistanceNotAllowed(path=path)
