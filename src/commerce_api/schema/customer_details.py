"""What the desk knows of a customer beside the account."""

from typing import Self

import strawberry

from commerce_api.domain import customer_details as domain
from commerce_api.persistence.readers.customer_details import AccountRow, ChallengeState

ContactKind = strawberry.enum(domain.ContactKind, name="ContactKind", description="A way to reach a customer.")


@strawberry.type(description="Another way to reach a customer.")
class Contact:
    kind: ContactKind = strawberry.field(description="Which way.")  # type: ignore[valid-type]  # made by a call
    value: str = strawberry.field(description="E.164 number or mail address; masked as the customer is.")
    label: str = strawberry.field(description="What people call it; may be empty.")

    @classmethod
    def of(cls, contact: domain.Contact) -> Self:
        return cls(kind=contact.kind, value=contact.value, label=contact.label)


@strawberry.type(description="The company's account that a customer buys for.")
class CustomerAccount:
    number: str = strawberry.field(description="As the shop counts them.")
    name: str = strawberry.field(description="Of the company.")

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        return cls(number=row.number, name=row.name)


@strawberry.type(description="What a caller is asked to be known by. The answer is shown to nobody.")
class CustomerChallenge:
    question: str = strawberry.field(description="Read to the caller.")
    tries_left: int = strawberry.field(description="Of three; the right answer brings all back. None left: locked.")

    @classmethod
    def of(cls, state: ChallengeState) -> Self:
        return cls(question=state.question, tries_left=state.tries_left)
