"""Giving money back that came in without a bank's being asked: the command, and what happened."""

from datetime import datetime
from typing import ClassVar

from commerce_api.domain.ids import PaymentId, TransactionId
from commerce_api.domain.payment import Transaction
from commerce_api.domain.value import value


@value
class RecordRefund:
    """Money was given back at `refunded_at`: of this payment, or of the one that was overpaid. `due_at` is until when the order
    can be paid again, should it have to be. `spare_ids` as those of other commands.
    """

    id: TransactionId
    amount: int
    reference: str
    refunded_at: datetime
    at: datetime
    payment_id: PaymentId | None
    due_at: datetime
    spare_ids: tuple[TransactionId, ...]


@value
class MoneyGivenBack:
    customer_visible: ClassVar[bool] = True

    payment_id: PaymentId
    transaction: Transaction
