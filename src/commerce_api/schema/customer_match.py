"""Who may be on the telephone, as clients ask and see it."""

from typing import Self
from uuid import UUID

import strawberry

from commerce_api.domain import customer_match as domain
from commerce_api.domain.customer import CustomersSearched
from commerce_api.domain.customer_keys import CustomerKey
from commerce_api.domain.customer_match import Candidate, Said, said
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.operations import customers
from commerce_api.persistence.readers.customer_match import candidates
from commerce_api.persistence.readers.customers import customers_of
from commerce_api.schema.context import Context
from commerce_api.schema.customer import Customer
from commerce_api.schema.customer_find import unanswerable

CustomerKeyEnum = strawberry.enum(CustomerKey, name="CustomerKey", description="What a customer can be known by.")
CustomerFit = strawberry.enum(
    domain.Fit, name="CustomerFit", description="How well what was said fits, the best first."
)


@strawberry.input(description="What a caller says, as far as it goes: at least one, and misspelled as it may be.")
class CustomerMatchInput:
    logon: str | None = strawberry.field(default=None, description="What they sign in with.")
    first_name: str | None = strawberry.field(default=None, description="Given name.")
    last_name: str | None = strawberry.field(default=None, description="Family name.")
    phone: str | None = strawberry.field(default=None, description="Telephone number, or its last digits.")
    email: str | None = strawberry.field(default=None, description="Mail address, or how it begins.")
    postal_code: str | None = strawberry.field(default=None, description="Of any address, or how it begins.")
    city: str | None = strawberry.field(default=None, description="Of any address, or how it begins.")
    company: str | None = strawberry.field(default=None, description="In any address, or how it begins.")
    account: str | None = strawberry.field(default=None, description="Name or number of the account, or how it begins.")
    order_number: str | None = strawberry.field(default=None, description="Of an order.")

    def parse(self, language: str) -> Said:
        given = {key: getattr(self, key.lower()) for key in CustomerKey}
        heard = said({key: text for key, text in given.items() if text is not None}, Intake())
        if isinstance(heard, Refused):
            raise unanswerable(heard, language)
        return heard


@strawberry.type(description="A key that fits.")
class MatchedKey:
    key: CustomerKeyEnum = strawberry.field(description="Which.")  # type: ignore[valid-type]  # made by a call
    fit: CustomerFit = strawberry.field(description="How well.")  # type: ignore[valid-type]  # made by a call


@strawberry.type(description="Somebody who may be the caller.")
class CustomerCandidate:
    customer: Customer = strawberry.field(description="Masked until it is opened.")
    score: int = strawberry.field(
        description="What fits, of 100: each key has its weight, an order number, mail address or telephone the most, a town "
        "the least; one letter off counts 70 %, names in each other's place 90 %, last digits 80 %, a beginning 50 %."
    )
    matched_keys: list[MatchedKey] = strawberry.field(description="What fits, and how well.")

    @classmethod
    def of(cls, candidate: Candidate, customer: Customer) -> Self:
        matched = [MatchedKey(key=one.key, fit=one.fit) for one in candidate.matched]
        return cls(customer=customer, score=candidate.score, matched_keys=matched)


async def matches(context: Context, input: CustomerMatchInput) -> list[CustomerCandidate]:
    heard = input.parse(context.scope.language)
    found = await candidates(context.scope, heard)
    ids: list[UUID] = [candidate.customer_id for candidate in found]
    shown = await context.load_many(customers_of, ids)
    search = CustomersSearched(keys=tuple(heard.texts), found=len(found))
    await context.write(customers.note_search, search)
    return [CustomerCandidate.of(one, Customer.of(who)) for one, who in zip(found, shown, strict=True) if who]
