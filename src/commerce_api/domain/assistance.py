"""When staff may act for a customer, and the sessions in which they see the shop as the customer does (S1-01, D26)."""

from dataclasses import field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from commerce_api.domain.customer import CustomerStatus, SelfDealing
from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import AssistedSessionId, CartId, ChannelId, CustomerId, SessionId, StaffId
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
    """This customer is disabled: they cannot sign in, and nothing is ordered for them."""

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


LASTS: Final = timedelta(minutes=30)
"""How long an assisted session goes on unless it is ended before."""


class AssistanceSource(DescribedEnum):
    """Through what the customer has asked for help."""

    BRANCH = "BRANCH", "In person, in a branch."
    CHAT = "CHAT", "A conversation in writing."
    EMAIL = "EMAIL", "A letter by mail."
    PHONE = "PHONE", "A call."


class AssistanceEnd(DescribedEnum):
    ENDED = "ENDED", "The member of staff has ended it."
    EXPIRED = "EXPIRED", "Its time was over."
    STAFF_SIGNED_OUT = "STAFF_SIGNED_OUT", "The session of the member of staff has ended."


@value
class AssistedSession:
    """Somebody of the staff in the shop: for a customer, for a guest with a cart, or for a guest who has none yet."""

    id: AssistedSessionId
    staff_id: StaffId
    staff_session_id: SessionId | None
    customer_id: CustomerId | None = None
    cart_id: CartId | None = None
    channel_id: ChannelId
    source: AssistanceSource
    reason: str = field(repr=False)
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    end_reason: AssistanceEnd | None = None


@value
class AssistStarted:
    staff_id: StaffId
    customer_id: CustomerId | None
    cart_id: CartId | None
    source: AssistanceSource
    reason: str = field(repr=False)


@value
class AssistEnded:
    reason: AssistanceEnd
