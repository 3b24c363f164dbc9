"""Why something cannot be done about the payment of an order."""

from datetime import datetime
from typing import ClassVar

from commerce_api.domain.decision import Caution, Notice, Refusal
from commerce_api.domain.value import value


@value
class PaymentNotOpen(Refusal):
    """This order does not wait for a payment."""


@value
class PaymentUnresolved(Refusal):
    """It is not known yet whether the last attempt took any money; please wait a moment."""


@value
class PaymentAttemptsExhausted(Refusal):
    """This order has been tried to pay {most} times; please get in touch with us."""

    most: int


@value
class PaymentTooSoon(Refusal):
    """Please wait a while before you try to pay again."""

    retry_from: datetime


@value
class PaymentMethodMissing(Refusal):
    """Nothing pays this order yet that could pay the rest of it; please choose how to pay."""


@value
class NotChargedAtOnce(Refusal):
    """A transfer has to be waited for: choose another way to pay, or leave it due."""


@value
class PaymentMethodDeclined(Refusal):
    """The bank will decline this card again; please choose another way to pay."""


@value
class PaymentNotRecordable(Refusal):
    """What a bank is asked for is not recorded by hand; name a payment that waits for money, or none."""

    staff_only: ClassVar[bool] = True


@value
class NotRecordedByHand(Refusal):
    """Only money that was recorded by hand, and has not been taken back, can be taken back."""

    staff_only: ClassVar[bool] = True


@value
class ReceivedInFuture(Refusal):
    """Money is recorded when it has come in, not before."""

    staff_only: ClassVar[bool] = True


@value
class RecordedBefore(Caution):
    """The same amount has been recorded for this order with the same reference."""

    staff_only: ClassVar[bool] = True


@value
class Underpaid(Notice):
    """Less has come in than is owed."""

    staff_only: ClassVar[bool] = True

    amount: int
    currency: str


@value
class Overpaid(Notice):
    """More has come in than is owed; the rest is to be given back."""

    staff_only: ClassVar[bool] = True

    amount: int
    currency: str
