"""Paying an order that was not paid yet, by its owner or by the link in a mail."""

from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.payment import PaymentStatus, payment_status
from commerce_api.operations.instructions import OrderToPay, PayBalance, PayOrder, TryAgain
from commerce_api.operations.paying import ways_to_pay
from commerce_api.schema.actions import Blocker
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, errors_of, result_of, tells
from commerce_api.schema.expected import parse_expected
from commerce_api.schema.node import key_of
from commerce_api.schema.order_enums import OrderActionAllowed
from commerce_api.schema.payment import Payment, PaymentInstructionInput, parse_instructions
from commerce_api.schema.payment_offers import PaymentOption
from commerce_api.schema.scalars import Money, MoneyInput

LONGEST_LINK = 200


def order_to_pay(order_id: str | None, link: str | None) -> OrderToPay:
    key = key_of(order_id, "ord") if order_id else None
    return OrderToPay(order_id=OrderId(key) if key else None, link=link[:LONGEST_LINK] if link else None)


@strawberry.type(description="What there is to pay of an order, and nothing else of it.")
class OrderPayment:
    number: str = strawberry.field(description="Number of the order.")
    state: domain.OrderState = strawberry.field(description="Where the order stands.")
    payment_status: PaymentStatus = strawberry.field(description="Where the money stands.")
    total: Money = strawberry.field(description="What the order costs.")
    due: Money = strawberry.field(description="What remains to be paid.")
    payment_due_at: datetime = strawberry.field(description="The order is canceled if it is not paid by then.")
    retry_from: datetime | None = strawberry.field(
        description="`resubmitOrder` is refused before then; null if there is nothing to wait for."
    )
    payments: list[Payment] = strawberry.field(description="All that was tried, oldest first.")
    action_url: str | None = strawberry.field(description="Where the customer has to confirm the payment, if so.")
    allowed_actions: list[OrderActionAllowed] = strawberry.field(description="What can be done now.")

    order: strawberry.Private[domain.Order]

    @strawberry.field(description="The ways to pay what is due, with what stands against each.")
    async def payment_options(self, info: Info) -> list[PaymentOption]:
        order = self.order
        async with info.context.database.connection() as connection:
            offers, payer = await ways_to_pay(connection, order)
        return [PaymentOption.of(offer, payer, order.unpaid, order.language) for offer in offers]

    @classmethod
    def of(cls, order: domain.Order, at: datetime) -> Self:
        payments = [Payment.of(payment, order.currency, at) for payment in order.payments]
        urls = [payment.action_url for payment in payments if payment.action_url]
        return cls(
            order=order,
            number=order.number,
            state=order.state,
            payment_status=payment_status(
                order.total, order.payments, order.attempts, canceled=order.state is domain.OrderState.CANCELED
            ),
            total=Money.of(order.total, order.currency),
            due=Money.of(max(order.balance, 0), order.currency),
            payment_due_at=order.payment_due_at,
            retry_from=order.retry_from,
            payments=payments,
            action_url=urls[-1] if urls else None,
            allowed_actions=[
                OrderActionAllowed(
                    action=action,
                    allowed=not reasons,
                    blockers=[Blocker.of(reason) for reason in reasons],
                    until=domain.until(order, action, domain.AS_CUSTOMER),
                )
                for action, reasons in domain.actions(order, at).items()
                if action in domain.PAYING
            ],
        )


@strawberry.input(description="Another way to pay an order. What was set before and not submitted is replaced.")
class UpdatePaymentInstructionsInput:
    order_id: strawberry.ID | None = strawberry.field(default=None, description="The order, if it is yours.")
    payment_token: str | None = strawberry.field(default=None, description="Or the token of the link in the mail.")
    instructions: list[PaymentInstructionInput] = strawberry.field(description="1 to 10; one may leave its amount out.")
    idempotency_key: str = strawberry.field(
        description="A key of your own, so that the request can be repeated safely."
    )

    def parse(self) -> PayOrder | Refused:
        intake = Intake()
        chosen = parse_instructions(intake, self.instructions)
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        if intake.problems:
            return intake.refused()
        return PayOrder(order=order_to_pay(self.order_id, self.payment_token), chosen=chosen)


@strawberry.input(description="Which order to try to pay again.")
class ResubmitOrderInput:
    order_id: strawberry.ID | None = strawberry.field(default=None, description="The order, if it is yours.")
    payment_token: str | None = strawberry.field(
        default=None, description="Or the token of the link in the mail; it is used up by this."
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own, so that the request can be repeated safely."
    )

    def parse(self, *, inline: bool) -> TryAgain | Refused:
        intake = Intake()
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        if intake.problems:
            return intake.refused()
        return TryAgain(order=order_to_pay(self.order_id, self.payment_token), inline=inline)


@strawberry.input(description="Pay what is left of an order.")
class PayOrderBalanceInput:
    order_id: strawberry.ID | None = strawberry.field(default=None, description="The order, if it is yours.")
    payment_token: str | None = strawberry.field(
        default=None, description="Or the token of the link in the mail; it is used up by this."
    )
    instructions: list[PaymentInstructionInput] | None = strawberry.field(
        default=None,
        description="1 to 10; one may leave its amount out. With what pays the order already, if left out.",
    )
    expected_due: MoneyInput | None = strawberry.field(
        default=None, description="What you were shown to be due; if it is another amount, nothing happens."
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own, so that the request can be repeated safely."
    )

    def parse(self, *, inline: bool) -> PayBalance | Refused:
        intake = Intake()
        chosen = parse_instructions(intake, self.instructions) if self.instructions is not None else None
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        expected = parse_expected(intake, self.expected_due, "expectedDue")
        if intake.problems:
            return intake.refused()
        which = order_to_pay(self.order_id, self.payment_token)
        return PayBalance(order=which, chosen=chosen, expected_due=expected, inline=inline)


@strawberry.type(description="What there is to pay now, or the errors that prevented a change.")
class OrderPaymentPayload:
    order_payment: OrderPayment | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, at: datetime) -> Self:
        order = result_of(outcome)
        return cls(order_payment=OrderPayment.of(order, at) if order else None, errors=errors_of(outcome))


@tells(domain.PaymentTooSoon)
@strawberry.type(description="It was tried to pay not long ago.")
class PaymentPauseError(UserError):
    retry_from: datetime = strawberry.field(description="When it may be tried again.")
