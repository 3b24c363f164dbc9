"""What staff send about customers."""

import strawberry

from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.email import normalized
from commerce_api.domain.ids import CustomerId
from commerce_api.operations.customers import ResetCustomerSecondFactor, SendPasswordReset, SetCustomerStatus
from commerce_api.persistence.readers.customers import CustomerSearch
from commerce_api.schema.customer import CustomerStatus
from commerce_api.schema.node import key_of


@strawberry.input(description="Which customers; all that is given has to fit.")
class CustomerFilter:
    email: str | None = strawberry.field(default=None, description="The whole mail address.")
    name: str | None = strawberry.field(default=None, description="Beginning of a first or last name.")

    def parse(self) -> CustomerSearch:
        """What cannot be an address is nobody's."""
        email = None if self.email is None else normalized(self.email) or ""
        return CustomerSearch(email=email, name=self.name and self.name.strip())


@strawberry.input(description="Whether a customer may sign in.")
class SetCustomerStatusInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    status: CustomerStatus = strawberry.field(description="DISABLED ends all sessions.")  # type: ignore[valid-type]  # made by a call
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> SetCustomerStatus | Refused:
        key = key_of(self.id, "cus")
        if key is None:
            return refuse(NotFound(path=("id",)))
        return SetCustomerStatus(id=CustomerId(key), status=self.status, expected_revision=self.expected_revision)


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
