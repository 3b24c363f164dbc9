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
    """What a bank is asked for is not recorded by hand; name a payment that is made without one, or none."""

    staff_only: ClassVar[bool] = True


@value
class NotRecordedByHand(Refusal):
    """Only what was recorded by hand, and has neither been taken back nor given back, can be taken back."""

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
class RefundInFuture(Refusal):
    """A refund is recorded when the money was given back, not before."""

    staff_only: ClassVar[bool] = True


@value
class NothingToRefund(Refusal):
    """No money that was recorded by hand is left to give back."""

    staff_only: ClassVar[bool] = True


@value
class RefundTooHigh(Refusal):
    """No more can be given back than came in by this payment and was not given back already."""

    staff_only: ClassVar[bool] = True

    most: int
    currency: str


@value
class DueAgain(Caution):
    """This is more than is owed back: the order would have to be paid again."""

    staff_only: ClassVar[bool] = True

    amount: int
    currency: str


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
