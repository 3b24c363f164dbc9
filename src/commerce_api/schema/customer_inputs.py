"""What staff send about customers."""

import strawberry

from commerce_api.domain.customer import CustomerStatus as Status
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.operations.customer_challenge import Unlock
from commerce_api.operations.customer_invitation import SendInvitation
from commerce_api.operations.customers import (
    OpenCustomer,
    ResetCustomerSecondFactor,
    SendPasswordReset,
    SetCustomerStatus,
)
from commerce_api.schema.customer import CustomerStatus
from commerce_api.schema.node import key_of


@strawberry.input(description="Whether a customer may sign in.")
class SetCustomerStatusInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    status: CustomerStatus = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="DISABLED ends all sessions; orders that were placed go on."
    )
    status_reason: str | None = strawberry.field(default=None, description="Why; needed for DISABLED.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> SetCustomerStatus | Refused:
        intake = Intake()
        needed = self.status is Status.DISABLED
        key, reason = key_of(self.id, "cus"), intake.text(self.status_reason, "statusReason", required=needed)
        if key is None:
            intake.add(NotFound(path=("id",)))
        if key is None or intake.problems:
            return intake.refused()
        return SetCustomerStatus(
            id=CustomerId(key), status=self.status, reason=reason, expected_revision=self.expected_revision
        )


@strawberry.input(description="A customer to see unmasked for an hour.")
class OpenCustomerInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    reason: str = strawberry.field(description="Why, such as `caller asks about an order`; it is kept.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> OpenCustomer | Refused:
        intake = Intake()
        key, reason = key_of(self.id, "cus"), intake.text(self.reason, "reason", required=True)
        if key is None:
            intake.add(NotFound(path=("id",)))
        if key is None or intake.problems:
            return intake.refused()
        return OpenCustomer(id=CustomerId(key), reason=reason)


@strawberry.input(description="A customer whose second factor is lost.")
class ResetCustomerSecondFactorInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> ResetCustomerSecondFactor | Refused:
        key = key_of(self.id, "cus")
        if key is None:
            return refuse(NotFound(path=("id",)))
        return ResetCustomerSecondFactor(id=CustomerId(key), expected_revision=self.expected_revision)


@strawberry.input(description="A customer whom staff wrote down, to be invited to choose a password.")
class SendCustomerInvitationInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self, language: str) -> SendInvitation | Refused:
        key = key_of(self.id, "cus")
        return refuse(NotFound(path=("id",))) if key is None else SendInvitation(id=CustomerId(key), language=language)


@strawberry.input(description="A customer whose question was answered wrongly too often.")
class UnlockCustomerChallengeInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> Unlock | Refused:
        key = key_of(self.id, "cus")
        return refuse(NotFound(path=("id",))) if key is None else Unlock(id=CustomerId(key))


@strawberry.input(description="A customer who cannot sign in any more.")
class SendPasswordResetInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self, language: str) -> SendPasswordReset | Refused:
        key = key_of(self.id, "cus")
        return (
            refuse(NotFound(path=("id",))) if key is None else SendPasswordReset(id=CustomerId(key), language=language)
        )
