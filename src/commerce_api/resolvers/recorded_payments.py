"""What those do about money who see the account that it comes to."""

from typing import Any

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import customer_terms, customers, recorded_payments
from commerce_api.persistence.readers.orders import orders_by_id
from commerce_api.schema.account import CustomerPayload
from commerce_api.schema.context import Info, once
from commerce_api.schema.customer_terms import SetCustomerTermsInput
from commerce_api.schema.errors import errors_of, result_of, warnings_of
from commerce_api.schema.order import Order
from commerce_api.schema.permissions import requires
from commerce_api.schema.recorded_payments import (
    RecordedPaymentPayload,
    RecordPaymentInput,
    RecordRefundInput,
    ReverseRecordedPaymentInput,
)

_records: Any = [requires(Permission.RECORD_PAYMENTS)]


async def _payload(info: Info, outcome: Any) -> RecordedPaymentPayload:
    done = result_of(outcome)
    row = await info.context.load(orders_by_id, done.id) if done else None
    order = Order.of(row) if row else None
    return RecordedPaymentPayload(order=order, errors=errors_of(outcome), warnings=warnings_of(outcome))


@strawberry.type
class RecordedPaymentMutations:
    @strawberry.mutation(
        description="Record money that has come in for an order without a bank's being asked: by transfer, for an invoice, "
        "in cash. When enough has come in, the order is confirmed.",
        directives=_records,
    )
    async def record_payment(self, info: Info, input: RecordPaymentInput) -> RecordedPaymentPayload:
        key = once(input.idempotency_key, recorded_payments.load)
        return await _payload(info, await info.context.write(recorded_payments.record, input.parse(), once=key))

    @strawberry.mutation(
        description="Record money that was given back: by transfer, in cash. Never more than came in. An order for which there "
        "is not enough any more waits for its money again.",
        directives=_records,
    )
    async def record_refund(self, info: Info, input: RecordRefundInput) -> RecordedPaymentPayload:
        key = once(input.idempotency_key, recorded_payments.load)
        return await _payload(info, await info.context.write(recorded_payments.refund, input.parse(), once=key))

    @strawberry.mutation(
        description="Take back what was recorded by mistake, come in or given back. An order that was confirmed by it waits for "
        "its money again.",
        directives=_records,
    )
    async def reverse_recorded_payment(self, info: Info, input: ReverseRecordedPaymentInput) -> RecordedPaymentPayload:
        key = once(input.idempotency_key, recorded_payments.load)
        return await _payload(info, await info.context.write(recorded_payments.reverse, input.parse(), once=key))

    @strawberry.mutation(
        description="Agree with a customer on paying later, or end that.",
        directives=[requires(Permission.SET_CUSTOMER_TERMS)],
    )
    async def set_customer_terms(self, info: Info, input: SetCustomerTermsInput) -> CustomerPayload:
        key = once(input.idempotency_key, customers.load_customer)
        return CustomerPayload.of(await info.context.write(customer_terms.set_terms, input.parse(), once=key))
