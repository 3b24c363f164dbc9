"""Recording money that has come in or was given back, and taking such a record back."""

from datetime import datetime
from typing import Final

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import OrderId, PaymentId, TransactionId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import MAX_SUM, minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.operations.recorded_payments import RecordPayment, RefundPayment, ReversePayment
from commerce_api.schema.errors import ErrorCode, UserError, acknowledged, common, present
from commerce_api.schema.node import key_of
from commerce_api.schema.order import Order
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money, MoneyInput
from commerce_api.schema.setting_inputs import ACKNOWLEDGE

_KEY: Final = "A key of your own, so that the request can be repeated safely."


@strawberry.input(description="Money that has come in for an order.")
class RecordPaymentInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    amount: MoneyInput = strawberry.field(description="How much.")
    reference: str = strawberry.field(description="How it is found on the bank's statement, or on the receipt.")
    received_at: datetime = strawberry.field(description="When it came in.")
    payment_id: strawberry.ID | None = strawberry.field(
        default=None, description="For which of the order's payments; the first that waits for money if left out."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The order's revision that you have seen; if it is another by now, nothing happens."
    )
    acknowledge: list[ErrorCode] = strawberry.field(default_factory=list, description=ACKNOWLEDGE)
    idempotency_key: str = strawberry.field(description=_KEY)

    def parse(self) -> RecordPayment | Refused:
        intake = Intake()
        order_id = key_of(self.order_id, "ord")
        payment_id = _payment(intake, self.payment_id)
        command = RecordPayment(
            order_id=OrderId(order_id) if order_id else None,
            payment_id=payment_id,
            amount=_amount(intake, self.amount),
            currency=self.amount.currency_code,
            reference=intake.text(self.reference, "reference", required=True),
            received_at=self.received_at,
            expected_revision=self.expected_revision,
            acknowledge=acknowledged(self.acknowledge),
        )
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        return intake.refused() if intake.problems else command


@strawberry.input(description="Money that was given back for an order.")
class RecordRefundInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    amount: MoneyInput = strawberry.field(description="How much.")
    reference: str = strawberry.field(description="How it is found on the bank's statement, or on the receipt.")
    refunded_at: datetime = strawberry.field(description="When it was given back.")
    payment_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of which of the order's payments; of the one that was overpaid if left out."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The order's revision that you have seen; if it is another by now, nothing happens."
    )
    acknowledge: list[ErrorCode] = strawberry.field(default_factory=list, description=ACKNOWLEDGE)
    idempotency_key: str = strawberry.field(description=_KEY)

    def parse(self) -> RefundPayment | Refused:
        intake = Intake()
        order_id = key_of(self.order_id, "ord")
        command = RefundPayment(
            order_id=OrderId(order_id) if order_id else None,
            payment_id=_payment(intake, self.payment_id),
            amount=_amount(intake, self.amount),
            currency=self.amount.currency_code,
            reference=intake.text(self.reference, "reference", required=True),
            refunded_at=self.refunded_at,
            expected_revision=self.expected_revision,
            acknowledge=acknowledged(self.acknowledge),
        )
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        return intake.refused() if intake.problems else command


def _payment(intake: Intake, id: strawberry.ID | None) -> PaymentId | None:
    key = key_of(id, "pay") if id else None
    if id and key is None:
        intake.add(NotFound(path=("paymentId",)))
    return PaymentId(key) if key else None


def _amount(intake: Intake, given: MoneyInput) -> int:
    amount = minor_of(given.amount, DIGITS[given.currency_code]) or 0
    if not 0 < amount <= MAX_SUM:
        intake.invalid("A positive amount with no more digits than the currency has.", "amount")
    return amount


@strawberry.input(description="A record of money that is wrong.")
class ReverseRecordedPaymentInput:
    transaction_id: strawberry.ID = strawberry.field(description="The entry in the ledger.")
    reason: str = strawberry.field(description="What was wrong about it.")
    idempotency_key: str = strawberry.field(description=_KEY)

    def parse(self) -> ReversePayment | Refused:
        intake, key = Intake(), key_of(self.transaction_id, "txn")
        reason = intake.text(self.reason, "reason", most=1000, required=True)
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        if intake.problems:
            return intake.refused()
        return ReversePayment(transaction_id=TransactionId(key) if key else None, reason=reason)


@strawberry.type(description="The order as it is now, or the errors that prevented a change.")
class RecordedPaymentPayload:
    order: Order | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(
        description="Whether less has come in than is owed, or more; or what to acknowledge before anything happens."
    )


@strawberry.type(
    description="What has come in is not what is owed, or would not be.",
    directives=[requires(Permission.RECORD_PAYMENTS)],
)
class PaidOtherwiseError(UserError):
    amount: Money = strawberry.field(description="How much less, or how much more.")


@present.register
def _(finding: domain.DueAgain) -> UserError:
    return PaidOtherwiseError(**common(finding), amount=Money.of(finding.amount, finding.currency))


@strawberry.type(
    description="More was to be given back than came in.", directives=[requires(Permission.RECORD_PAYMENTS)]
)
class RefundTooHighError(UserError):
    most: Money = strawberry.field(description="How much can be given back.")


@present.register
def _(refusal: domain.RefundTooHigh) -> UserError:
    return RefundTooHighError(**common(refusal), most=Money.of(refusal.most, refusal.currency))


@present.register
def _(finding: domain.Underpaid) -> UserError:
    return PaidOtherwiseError(**common(finding), amount=Money.of(finding.amount, finding.currency))


@present.register
def _(finding: domain.Overpaid) -> UserError:
    return PaidOtherwiseError(**common(finding), amount=Money.of(finding.amount, finding.currency))
