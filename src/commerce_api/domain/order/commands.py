"""What can be done to a placed order, what happened, and why something did not."""

from datetime import datetime
from typing import ClassVar, TypeAlias

from commerce_api.domain.canceling import RefundChoice
from commerce_api.domain.ids import CustomerId, OrderLineId, PaymentId, TransactionId
from commerce_api.domain.order.refund_events import MoneyGivenBack as MoneyGivenBack
from commerce_api.domain.order.refund_events import RecordRefund as RecordRefund
from commerce_api.domain.order.split_events import OrderSplit as OrderSplit
from commerce_api.domain.order.split_events import PaymentHandedOver, PaymentTakenOver
from commerce_api.domain.order.version_events import OrderEditCommitted, ShippingPolicySet
from commerce_api.domain.payment import Answer, Payment, Transaction
from commerce_api.domain.value import value

# Commands. `spare_ids` are for transactions that may have to be made: as many as the order has payments are enough.


@value
class CanceledUnits:
    line_id: OrderLineId
    quantity: int


@value
class RecordAnswer:
    """A payment provider said something, now or much later."""

    transaction_id: TransactionId
    answer: Answer
    at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class ReplaceInstructions:
    """Pay in another way; nothing is asked of a bank yet."""

    payments: tuple[Payment, ...]


@value
class Resubmit:
    """Try again, with the new instructions or, where that makes sense, with the same."""

    at: datetime
    spare_ids: tuple[TransactionId, ...]
    payment_ids: tuple[PaymentId, ...]


@value
class CancelWhole:
    """`by_customer` is for those who may only for a while."""

    reason: str
    by_customer: bool
    at: datetime
    spare_ids: tuple[TransactionId, ...]
    refund: RefundChoice = RefundChoice.ORIGINAL


@value
class CancelUnits:
    """`total` is what the rest costs."""

    reason: str
    by_customer: bool
    at: datetime
    units: tuple[CanceledUnits, ...]
    total: int
    refund: RefundChoice = RefundChoice.ORIGINAL


@value
class GiveUpPayment:
    """The time to pay is over."""

    at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class RecordMoney:
    """Money has come in at `received_at`: for this payment, or for whichever waits for it, or for none. `reference` is how
    it is found on the bank's statement.
    """

    id: TransactionId
    amount: int
    reference: str
    received_at: datetime
    at: datetime
    payment_id: PaymentId | None
    new_payment_id: PaymentId
    spare_ids: tuple[TransactionId, ...]


@value
class PayBalance:
    """Pay what is left, with these `payments` beside what is held."""

    payments: tuple[Payment, ...]
    at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class ChargeForEdit:
    """Ask for what the order would cost more, before it does."""

    payments: tuple[Payment, ...]
    at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class KeepCharge:
    """The change that was charged for has taken place."""


@value
class DropCharge:
    """The change that was charged for does not take place."""

    at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class ReverseMoney:
    """What was recorded did not come in, or not for this order. `due_at` is until when it can then be paid."""

    id: TransactionId
    recorded: TransactionId
    reason: str
    at: datetime
    due_at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class LetGoOfSurplus:
    """The order costs less than is held for it."""

    at: datetime
    spare_ids: tuple[TransactionId, ...]


TopUpCommand: TypeAlias = PayBalance | ChargeForEdit | KeepCharge | DropCharge | LetGoOfSurplus
OrderCommand: TypeAlias = (
    RecordAnswer
    | ReplaceInstructions
    | Resubmit
    | CancelWhole
    | CancelUnits
    | GiveUpPayment
    | RecordMoney
    | ReverseMoney
    | RecordRefund
    | TopUpCommand
)


# Events.


@value
class OrderPlaced:
    customer_visible: ClassVar[bool] = True

    number: str
    total: int
    currency: str
    version: int = 1


@value
class PaymentRequested:
    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentAuthorized:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentDeclined:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentActionRequired:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentDelayed:
    """The provider has it and will tell later."""

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentUnknown:
    """Nobody answered. It is asked again until somebody does."""

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentVoidRequested:
    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentVoided:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentVoidPending:
    """The void is not through yet; it is sent again with the same key until it is."""

    payment_id: PaymentId
    transaction: Transaction


@value
class PaymentInstructionsChanged:
    """What somebody chose is part of what is agreed on, and so a `version`. What went because the order costs another amount is
    none of its own.
    """

    customer_visible: ClassVar[bool] = True

    payments: tuple[Payment, ...]
    version: int | None = None


@value
class PaymentOpened:
    """Money has come in that no instruction was waiting for."""

    payment: Payment


@value
class MoneyRecorded:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction


@value
class RecordedMoneyReversed:
    payment_id: PaymentId
    transaction: Transaction


@value
class OrderAwaitsPayment:
    """The money that secured it was recorded by mistake."""

    customer_visible: ClassVar[bool] = True

    payment_due_at: datetime


@value
class OrderBalanceSubmitted:
    customer_visible: ClassVar[bool] = True

    payments: tuple[Payment, ...]


@value
class OrderEditCharged:
    """A change of the order waits for this money."""

    customer_visible: ClassVar[bool] = True

    payments: tuple[Payment, ...]


@value
class PaymentsCounted:
    """What waited for a change is part of what pays the order from now on."""

    payment_ids: tuple[PaymentId, ...]


@value
class PaymentsDropped:
    """Nobody wants these any more; what they hold is let go."""

    payment_ids: tuple[PaymentId, ...]


@value
class OrderClaimed:
    """A customer took an order into the account that was placed as a guest's."""

    customer_id: CustomerId


@value
class OrderResubmitted:
    customer_visible: ClassVar[bool] = True

    attempt: int
    payments: tuple[Payment, ...]
    payment_due_at: datetime


@value
class OrderConfirmed:
    customer_visible: ClassVar[bool] = True


@value
class OrderPaymentRejected:
    customer_visible: ClassVar[bool] = True


@value
class OrderCanceled:
    """`refund` is what its customer is told to get back."""

    customer_visible: ClassVar[bool] = True

    reason: str
    version: int
    refund: int = 0


@value
class OrderLinesCanceled:
    """`refund` is what its customer is told to get back, now that less is owed."""

    customer_visible: ClassVar[bool] = True

    reason: str
    units: tuple[CanceledUnits, ...]
    total_before: int
    total: int
    version: int
    refund: int = 0


LedgerEvent: TypeAlias = (
    PaymentRequested
    | PaymentAuthorized
    | PaymentDeclined
    | PaymentActionRequired
    | PaymentDelayed
    | PaymentUnknown
    | PaymentVoidRequested
    | PaymentVoided
    | PaymentVoidPending
    | PaymentHandedOver
    | PaymentTakenOver
    | MoneyRecorded
    | RecordedMoneyReversed
    | MoneyGivenBack
)
StateEvent: TypeAlias = OrderConfirmed | OrderPaymentRejected | OrderAwaitsPayment | OrderCanceled
VersionEvent: TypeAlias = OrderLinesCanceled | OrderSplit | OrderEditCommitted | ShippingPolicySet
TopUpEvent: TypeAlias = OrderBalanceSubmitted | OrderEditCharged | PaymentsCounted | PaymentsDropped
InstructionEvent: TypeAlias = PaymentInstructionsChanged | PaymentOpened | OrderResubmitted | TopUpEvent
OrderEvent: TypeAlias = LedgerEvent | StateEvent | VersionEvent | InstructionEvent
