"""Payments and cards as clients see them: masked, always."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import payment as domain
from commerce_api.domain.actor import Author
from commerce_api.domain.card import CardBrand, CardFace, expired
from commerce_api.domain.cart import PaymentInstruction
from commerce_api.domain.checkout import MOST_INSTRUCTIONS
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.operations.chosen_cards import Chosen
from commerce_api.persistence.sql import Row
from commerce_api.schema.actors import name_of
from commerce_api.schema.context import Info
from commerce_api.schema.enums import described
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.payment_offers import PaymentMethodKind
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money, MoneyInput

described(
    domain.PaymentStatus,
    "Where the money stands, read off all transactions.",
    NONE_DUE="There is nothing to pay.",
    AWAITING="Nobody was asked for money yet, or a transfer is waited for.",
    PENDING="The bank was asked and has not answered.",
    ACTION_REQUIRED="The customer has to confirm at the bank, at `actionUrl`.",
    UNKNOWN="The bank did not answer; it is asked again until it does.",
    REJECTED="The bank declined.",
    PARTIALLY_AUTHORIZED="Part of the money is set aside, or promised.",
    AUTHORIZED="The money is set aside, or it was accepted that it is paid later.",
    PARTIALLY_CAPTURED="Part of the money was taken or has come in.",
    CAPTURED="The money was taken or has come in.",
    OVERPAID="More was taken or has come in than is owed.",
    PARTIALLY_REFUNDED="Part of what was taken was given back.",
    REFUNDED="All that was taken was given back.",
    VOIDED="What was set aside was released.",
)
described(
    domain.TransactionKind,
    "What a bank is asked to do, or was recorded without one.",
    AUTHORIZE="Set an amount aside; or accept that it is paid later.",
    CAPTURE="Take what was set aside; or record money that has come in.",
    REVERSAL="Take back a record of money that did not come in.",
    VOID="Release what was set aside.",
    REFUND="Give back what was taken; or record money that was given back.",
    REFUND_REVERSAL="Take back a record of money that was not given back.",
    HAND_OVER="Nothing: part of what is set aside is for an order now that was split off this one.",
    TAKE_OVER="Nothing: what is set aside is part of an authorization of the order that this one was split off.",
    MOVE_OUT="Nothing: part of what has come in is for an order now that was split off this one.",
    MOVE_IN="Nothing: it had come in for the order that this one was split off.",
)
described(
    domain.TransactionStatus,
    "What became of a request to a bank.",
    REQUESTED="Not answered yet.",
    PENDING="The bank will tell by itself.",
    ACTION_REQUIRED="The customer has to confirm.",
    UNKNOWN="Nobody answered; it is asked again.",
    SUCCEEDED="Done.",
    FAILED="Declined.",
)
described(
    domain.PaymentUse,
    "What a payment is for.",
    ORDER="To pay the whole order, in place of earlier attempts.",
    BALANCE="To pay what is left beside what is set aside already.",
    EDIT="A change of the order waits for it, and takes place only if it succeeds.",
    DROPPED="Nothing any more: whatever it holds is let go.",
)
described(
    domain.DeclineCode,
    "Why a bank declined, in our own words.",
    AUTHENTICATION_FAILED="The customer did not confirm.",
    CARD_DECLINED="Without a reason.",
    CARD_LOST_OR_STOLEN="The card is reported lost or stolen.",
    EXPIRED_CARD="The card has expired.",
    INSUFFICIENT_FUNDS="Not enough money at the moment.",
    PROCESSING_ERROR="Something failed on the way.",
)


@strawberry.type(description="What may be shown of a card.")
class Card:
    brand: CardBrand = strawberry.field(description="Who stands behind it.")
    last_four: str = strawberry.field(description="Last four digits of its number.")
    expiry_month: int = strawberry.field(description="1 to 12.")
    expiry_year: int = strawberry.field(description="Four digits.")
    expired: bool = strawberry.field(description="Whether it is of no use any more.")

    @classmethod
    def of(cls, card: CardFace, at: datetime) -> Self:
        return cls(
            brand=card.brand,
            last_four=card.last_four,
            expiry_month=card.expiry_month,
            expiry_year=card.expiry_year,
            expired=expired(card.expiry_month, card.expiry_year, at),
        )


@strawberry.type(description="A card that a customer keeps for the next time.")
class PaymentMethod(Node):
    prefix: ClassVar[str] = "pmt"

    card: Card = strawberry.field(description="The card, masked.")
    is_default: bool = strawberry.field(description="Offered first.")
    token: strawberry.Private[str]

    @classmethod
    def of(cls, row: Row, at: datetime) -> Self:
        card = CardFace(**{name: row[name] for name in CardFace.__dataclass_fields__})
        return cls(key=row["id"], card=Card.of(card, at), is_default=row["is_default"], token=row["card_token"])


@strawberry.type(description="One entry in the ledger: a request to a bank, or what was recorded without one.")
class PaymentTransaction(Node):
    prefix: ClassVar[str] = "txn"

    kind: domain.TransactionKind = strawberry.field(description="What was asked.")
    status: domain.TransactionStatus = strawberry.field(description="What became of it.")
    amount: Money = strawberry.field(description="How much it is about.")
    code: domain.DeclineCode | None = strawberry.field(description="Why it was declined.")
    provider_reference: str | None = strawberry.field(
        description="The payment provider's own name for it, or what the bank's statement says."
    )
    at: datetime = strawberry.field(description="When it was written down, before anybody was asked.")
    received_at: datetime | None = strawberry.field(
        description="When the money came in, or was given back, as somebody recorded it."
    )
    reverses_id: strawberry.ID | None = strawberry.field(description="Which entry it takes back.")
    reason: str = strawberry.field(description="Why it takes that back.")

    @classmethod
    def of(cls, entry: domain.Transaction, currency: str) -> Self:
        return cls(
            key=entry.id,
            kind=entry.kind,
            status=entry.status,
            amount=Money.of(entry.amount, currency),
            code=entry.code,
            provider_reference=entry.reference,
            at=entry.at,
            received_at=entry.received_at,
            reverses_id=strawberry.ID(global_id(cls.prefix, entry.reverses)) if entry.reverses else None,
            reason=entry.reason,
        )


@strawberry.type(description="What one instrument pays of an order.")
class Payment(Node):
    prefix: ClassVar[str] = "pay"

    method: PaymentMethodKind = strawberry.field(description="How.")  # type: ignore[valid-type]  # made by a call
    amount: Money = strawberry.field(description="How much it is to pay.")
    use: domain.PaymentUse = strawberry.field(description="What for.")
    card: Card | None = strawberry.field(description="The card, masked.")
    attempt: int = strawberry.field(description="With which attempt to pay the order; the latest counts.")
    authorized: Money = strawberry.field(
        description="Set aside, or accepted to be paid later, and neither taken nor released."
    )
    authorized_until: datetime | None = strawberry.field(
        description="When the bank lets go of what it has set aside; null if it has not."
    )
    captured: Money = strawberry.field(description="Taken or come in, less what was given back.")
    refunded: Money = strawberry.field(description="Given back.")
    status: domain.TransactionStatus | None = strawberry.field(
        description="What became of the request to set the amount aside; null if there is none."
    )
    due_at: datetime | None = strawberry.field(description="Until when to pay what no bank is asked for.")
    how_to_pay: str = strawberry.field(description="How to pay it, as the customer was told; may be empty.")
    author: strawberry.Private[Author | None] = None
    action_url: str | None = strawberry.field(description="Where the customer has to confirm it, if so.")
    transactions: list[PaymentTransaction] = strawberry.field(
        description="All requests to the bank, oldest first.", directives=[requires(Permission.READ_PAYMENTS)]
    )

    @strawberry.field(
        description="Which member of staff or program chose to pay so; null if the customer did, or it was on file.",
        directives=[requires(Permission.READ_ORDERS)],
    )
    async def entered_by(self, info: Info) -> str | None:
        if self.author is None:
            return None
        return await name_of(info.context, {"kind": self.author.kind, "id": self.author.id and str(self.author.id)})

    @classmethod
    def of(cls, payment: domain.Payment, currency: str, at: datetime, *, whole: bool = False) -> Self:
        """`whole` with its transactions."""
        latest = payment.authorization
        return cls(
            key=payment.id,
            method=payment.method,
            amount=Money.of(payment.amount, currency),
            use=payment.use,
            card=Card.of(payment.card, at) if payment.card else None,
            attempt=payment.attempt,
            authorized=Money.of(payment.authorized, currency),
            authorized_until=payment.authorized_until,
            due_at=payment.due_at,
            how_to_pay=payment.how_to_pay,
            author=payment.entered_by,
            captured=Money.of(payment.captured, currency),
            refunded=Money.of(payment.refunded, currency),
            status=latest.status if latest else None,
            action_url=latest.action_url if latest else None,
            transactions=[PaymentTransaction.of(t, currency) for t in (payment.transactions if whole else ())],
        )


@strawberry.input(description="How to pay an amount, or what the other instructions leave.")
class PaymentInstructionInput:
    method: PaymentMethodKind = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.PaymentMethodKind.CARD, description="How; `paymentOptions` tells which can be used."
    )
    card_token: str | None = strawberry.field(default=None, description="For a card: a token of `POST /vault/cards`.")
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=None, description="Or a card that you keep, or the customer for whom you act."
    )
    amount: MoneyInput | None = strawberry.field(
        default=None, description="How much; one instruction may leave it out and pays the remainder."
    )


_LONGEST_TOKEN: Final = 100


def parse_instructions(intake: Intake, raw: Sequence[PaymentInstructionInput], *path: Any) -> Chosen:
    """Without ids of their own yet, so that the same input is the same command (K5)."""
    if not 1 <= len(raw) <= MOST_INSTRUCTIONS:
        intake.invalid("Between {least} and {most}, please.", *path, "instructions", least=1, most=MOST_INSTRUCTIONS)
    if sum(one.amount is None for one in raw) > 1:
        intake.invalid("Only one instruction can pay the remainder.", *path, "instructions")
    kept = [one.payment_method_id for one in raw if one.payment_method_id is not None]
    return Chosen(
        instructions=tuple(
            _instruction(intake, one, (*path, "instructions", number))
            for number, one in enumerate(raw[:MOST_INSTRUCTIONS])
        ),
        kept={name: key for name in kept if (key := key_of(name, "pmt"))},
        currencies=tuple(one.amount.currency_code if one.amount else None for one in raw[:MOST_INSTRUCTIONS]),
    )


def _instruction(intake: Intake, raw: PaymentInstructionInput, path: tuple[Any, ...]) -> PaymentInstruction:
    token = intake.text(raw.card_token, *path, "cardToken", most=_LONGEST_TOKEN)
    kept = raw.payment_method_id
    by_card = raw.method is domain.PaymentMethodKind.CARD
    if not by_card and (token or kept is not None):
        intake.invalid("Only a card has a token or an id.", *path)
    elif by_card and bool(token) is (kept is not None):
        intake.invalid("Give either a card token or the id of a card that you keep.", *path)
    if kept is not None and key_of(kept, "pmt") is None:
        intake.add(NotFound(path=tuple(str(step) for step in (*path, "paymentMethodId"))))
    amount = None
    if raw.amount is not None:
        amount = minor_of(raw.amount.amount, DIGITS[raw.amount.currency_code])
        if amount is None or amount <= 0:
            intake.invalid("A positive amount with no more digits than the currency has.", *path, "amount")
    chosen = (token or kept) if by_card else None
    return PaymentInstruction(id=UUID(int=0), method=raw.method, card_token=chosen, amount=amount)


@strawberry.type(description="The cards that are kept now, or the errors that prevented a change.")
class PaymentMethodsPayload:
    payment_methods: list[PaymentMethod] = strawberry.field(description="All that you keep, the default first.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, rows: Mapping[UUID, list[Row]], at: datetime) -> Self:
        result = result_of(outcome)
        kept = rows.get(result.id, []) if result else []
        return cls(payment_methods=[PaymentMethod.of(row, at) for row in kept], errors=errors_of(outcome))
