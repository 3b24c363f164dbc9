"""Help from staff, as clients see it."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain import assistance as domain
from commerce_api.domain.decision import InvalidValue, NotFound, Refused, refuse
from commerce_api.domain.ids import AssistedSessionId, CartId, CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.assistance import SetAssistance
from commerce_api.operations.assisted_sessions import EndAssistedSession, StartAssistedSession
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.assisted_sessions import count_sessions, sessions_in
from commerce_api.persistence.readers.staff import staff_names
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.pagination import Connection, instant_of, listed, page_of
from commerce_api.schema.permissions import requires

AssistanceSource = strawberry.enum(
    domain.AssistanceSource, name="AssistanceSource", description="Through what a customer asks for help."
)
AssistanceEnd = strawberry.enum(
    domain.AssistanceEnd, name="AssistanceEnd", description="Why an assisted session is over."
)


@strawberry.type(description="What a customer lets staff do in the customer's name.")
class Assistance:
    allowed: bool = strawberry.field(description="Whether they may fill carts and place orders.")
    with_cards: bool = strawberry.field(description="Whether they may pay with kept cards, which they see masked.")

    @classmethod
    def of(cls, assistance: domain.Assistance) -> Self:
        return cls(allowed=assistance.allowed, with_cards=assistance.with_cards)


@strawberry.input(description="What staff may do in your name from now on.")
class SetAssistanceInput:
    allowed: bool = strawberry.field(description="Fill carts and place orders.")
    with_cards: bool = strawberry.field(default=False, description="And pay with the cards that you keep.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> SetAssistance:
        wanted = domain.Assistance(allowed=self.allowed, with_cards=self.allowed and self.with_cards)
        return SetAssistance(assistance=wanted, expected_revision=self.expected_revision)


@strawberry.type(description="Somebody of the staff in the shop, in the name of a customer or for a guest.")
class AssistedSession(Node):
    prefix: ClassVar[str] = "asn"

    customer_id: strawberry.ID | None = strawberry.field(description="In whose name; null for a guest.")
    cart_id: strawberry.ID | None = strawberry.field(description="The cart that it was begun for, if for one.")
    source: AssistanceSource = strawberry.field(description="Through what the customer had asked for help.")  # type: ignore[valid-type]  # made by a call
    reason: str = strawberry.field(
        description="Why it was begun, in the words of the staff.", directives=[requires(Permission.ACT_FOR_CUSTOMERS)]
    )
    started_at: datetime = strawberry.field(description="When it began.")
    expires_at: datetime = strawberry.field(description="When it ends at the latest.")
    ended_at: datetime | None = strawberry.field(description="When it was over; null as long as nobody ended it.")
    end_reason: AssistanceEnd | None = strawberry.field(description="Why it is over.")  # type: ignore[valid-type]
    staff_key: strawberry.Private[UUID]

    @strawberry.field(description="The member of staff by name.", directives=[requires(Permission.ACT_FOR_CUSTOMERS)])
    async def staff_name(self, info: Info) -> str:
        return await info.context.load(staff_names, self.staff_key) or ""

    @classmethod
    def of(cls, session: domain.AssistedSession) -> Self:
        return cls(
            key=session.id,
            customer_id=strawberry.ID(global_id("cus", session.customer_id)) if session.customer_id else None,
            cart_id=strawberry.ID(global_id("crt", session.cart_id)) if session.cart_id else None,
            source=session.source,
            reason=session.reason,
            started_at=session.started_at,
            expires_at=session.expires_at,
            ended_at=session.ended_at,
            end_reason=session.end_reason,
            staff_key=session.staff_id,
        )


async def sessions_of(
    context: Context, customer_id: UUID, arguments: tuple[Any, Any, Any, Any]
) -> Connection[AssistedSession]:
    """What staff did in the name of a customer."""
    return await listed(
        context,
        (sessions_in, count_sessions),
        page_of(*arguments, of="assisted sessions", width=2),
        Listed(chosen=None, parent_id=customer_id),
        (instant_of, UUID),
        AssistedSession.of,
        lambda session: (session.started_at, session.id),
    )


@strawberry.input(
    description="For whom, and why. For a customer, for whoever owns a cart, or with neither for a guest."
)
class StartAssistedSessionInput:
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="The customer.")
    cart_id: strawberry.ID | None = strawberry.field(
        default=None, description="The cart, a guest's too; it is the current one in the session."
    )
    source: AssistanceSource = strawberry.field(description="Through what you were asked for help.")  # type: ignore[valid-type]
    reason: str = strawberry.field(description="Why, at most 500 characters.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; repeating the request gives the same session and token again."
    )

    def parse(self) -> StartAssistedSession | Refused:
        intake = Intake()
        customer, cart = (
            _known(intake, self.customer_id, "cus", "customerId"),
            _known(intake, self.cart_id, "crt", "cartId"),
        )
        if self.customer_id and self.cart_id:
            intake.add(InvalidValue(problem="Name the customer or the cart; a cart tells whose it is."))
        command = StartAssistedSession(
            customer_id=CustomerId(customer) if customer else None,
            cart_id=CartId(cart) if cart else None,
            source=self.source,
            reason=intake.text(self.reason, "reason", most=500, required=True),
        )
        return intake.refused() if intake.problems else command


def _known(intake: Intake, text: str | None, prefix: str, name: str) -> UUID | None:
    key = key_of(text, prefix) if text else None
    if text and key is None:
        intake.add(NotFound(path=(name,)))
    return key


@strawberry.type(description="The session, or the errors that prevented it.")
class StartAssistedSessionPayload:
    session: AssistedSession | None = strawberry.field(description="Null if there is none.")
    token: str | None = strawberry.field(
        description="Send it to the shop address as `Authorization: Bearer …`; shown this once."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        started = result_of(outcome)
        return cls(
            session=AssistedSession.of(started.session) if started else None,
            token=started and started.token,
            errors=errors_of(outcome),
        )


@strawberry.input(description="One of your own assisted sessions.")
class EndAssistedSessionInput:
    id: strawberry.ID = strawberry.field(description="The session.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> EndAssistedSession | Refused:
        key = key_of(self.id, AssistedSession.prefix)
        return EndAssistedSession(id=AssistedSessionId(key)) if key else refuse(NotFound(path=("id",)))


@strawberry.type(description="The session as it ended, or the errors that prevented it.")
class EndAssistedSessionPayload:
    session: AssistedSession | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        ended = result_of(outcome)
        return cls(session=AssistedSession.of(ended) if ended else None, errors=errors_of(outcome))
