"""Cards that are kept, and paying again."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations import instructions, kept_cards, placing
from commerce_api.operations.execute import execute
from commerce_api.operations.payments import advance_now
from commerce_api.persistence.readers.payments import kept_cards as kept_by
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.node import key_of
from commerce_api.schema.order_payment import (
    OrderPayment,
    OrderPaymentPayload,
    PayOrderBalanceInput,
    ResubmitOrderInput,
    UpdatePaymentInstructionsInput,
    order_to_pay,
)
from commerce_api.schema.payment import PaymentMethodsPayload
from commerce_api.schema.permissions import requires

Link = Annotated[str | None, strawberry.argument(description="Token of the link that was mailed.")]

_buys: Any = [requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)]
_signed_in: Any = [requires(Permission.OWN_ACCOUNT)]


@strawberry.input(description="A card to keep for the next time.")
class KeepPaymentMethodInput:
    card_token: str = strawberry.field(description="A token of `POST /vault/cards`.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> kept_cards.PaymentMethodKept | Refused:
        intake = Intake()
        token = intake.text(self.card_token, "cardToken", most=100, required=True)
        return intake.refused() if intake.problems else kept_cards.PaymentMethodKept(card_token=token)


@strawberry.input(description="One of the cards that you keep.")
class PaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(description="The card.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    @property
    def key(self) -> UUID | None:
        return key_of(self.payment_method_id, "pmt")


_NO_METHOD = refuse(NotFound(path=("paymentMethodId",)))


async def _wallet(info: Info, operation: Any, command: Any, key: str | None) -> PaymentMethodsPayload:
    context = info.context
    outcome = await context.write(operation, command, once=once(key, kept_cards.load))
    wallet = result_of(outcome)
    rows = await kept_by(context.scope, [wallet.id]) if wallet else {}
    return PaymentMethodsPayload.of(outcome, dict(rows), context.scope.at)


@strawberry.type
class PaymentQueries:
    @strawberry.field(
        description="What there is to pay of an order of yours, or of the one that a mailed link opens; null if there is none.",
        directives=_buys,
    )
    async def order_payment(
        self, info: Info, order_id: strawberry.ID | None = None, payment_token: Link = None
    ) -> OrderPayment | None:
        context, wanted = info.context, order_to_pay(order_id, payment_token)
        outcome = await execute(context.database, context.by, instructions.to_pay, wanted)
        if isinstance(outcome, Refused):
            return None
        context.note_read(outcome.id, outcome.channel_id)
        return OrderPayment.of(outcome, context.scope.at)


@strawberry.type
class PaymentMutations:
    @strawberry.mutation(description="Keep a card for the next time.", directives=_signed_in)
    async def keep_payment_method(self, info: Info, input: KeepPaymentMethodInput) -> PaymentMethodsPayload:
        return await _wallet(info, kept_cards.keep, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Keep a card no longer.", directives=_signed_in)
    async def delete_payment_method(self, info: Info, input: PaymentMethodInput) -> PaymentMethodsPayload:
        key = input.key
        command = kept_cards.PaymentMethodForgotten(payment_method_id=key) if key else _NO_METHOD
        return await _wallet(info, kept_cards.forget, command, input.idempotency_key)

    @strawberry.mutation(description="Make a card the one that is offered first.", directives=_signed_in)
    async def set_default_payment_method(self, info: Info, input: PaymentMethodInput) -> PaymentMethodsPayload:
        key = input.key
        command = kept_cards.DefaultPaymentMethodChosen(payment_method_id=key) if key else _NO_METHOD
        return await _wallet(info, kept_cards.choose, command, input.idempotency_key)

    @strawberry.mutation(
        description="Choose another way to pay an order that is not paid yet. `resubmitOrder` then tries it.",
        directives=_buys,
    )
    async def update_payment_instructions(
        self, info: Info, input: UpdatePaymentInstructionsInput
    ) -> OrderPaymentPayload:
        outcome = await info.context.write(
            instructions.pay_order, input.parse(), once=once(input.idempotency_key, placing.load)
        )
        return OrderPaymentPayload.of(outcome, info.context.scope.at)

    @strawberry.mutation(description="Try to pay an order again.", directives=_buys)
    async def resubmit_order(self, info: Info, input: ResubmitOrderInput) -> OrderPaymentPayload:
        context, desk = info.context, info.context.app.services.desk
        outcome = await context.write(
            instructions.try_again,
            input.parse(inline=desk.inline),
            once=once(input.idempotency_key, placing.load),
        )
        settled = await advance_now(desk, result_of(outcome), context.by.request_id)
        return OrderPaymentPayload.of(settled or outcome, context.scope.at)

    @strawberry.mutation(
        description="Pay what is left of a confirmed order that a change made dearer: what `due` says, beside what is set aside "
        "already. What is declined leaves the order as it is.",
        directives=_buys,
    )
    async def pay_order_balance(self, info: Info, input: PayOrderBalanceInput) -> OrderPaymentPayload:
        context, desk = info.context, info.context.app.services.desk
        outcome = await context.write(
            instructions.pay_balance,
            input.parse(inline=desk.inline),
            once=once(input.idempotency_key, placing.load),
        )
        settled = await advance_now(desk, result_of(outcome), context.by.request_id)
        return OrderPaymentPayload.of(settled or outcome, context.scope.at)
