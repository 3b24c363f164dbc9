"""Customers, as staff find and treat them."""

from typing import Annotated
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import customer_challenge, customer_desk, customer_invitation, customers
from commerce_api.persistence.readers import customers as read
from commerce_api.schema.account import CustomerPayload
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.customer import Customer
from commerce_api.schema.customer_desk import (
    CreateCustomerInput,
    CreateCustomerPayload,
    UpdateCustomerInput,
    VerifyCustomerChallengeInput,
)
from commerce_api.schema.customer_find import CustomerFindInput, customer_connection
from commerce_api.schema.customer_inputs import (
    OpenCustomerInput,
    ResetCustomerSecondFactorInput,
    SendCustomerInvitationInput,
    SendPasswordResetInput,
    SetCustomerStatusInput,
    UnlockCustomerChallengeInput,
)
from commerce_api.schema.customer_match import CustomerCandidate, CustomerMatchInput, matches
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import Connection
from commerce_api.schema.permissions import ALONE, requires


async def _customer(context: Context, key: UUID) -> Customer | None:
    found = await context.load(read.customers_of, key)
    return Customer.of(found) if found else None


answers_for("cus")(_customer)


@strawberry.type
class CustomerQueries:
    @strawberry.field(
        description="The customer with this id, or null. Mail address, telephone and streets are masked until "
        "`openCustomer`, and always without READ_CUSTOMERS.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def customer(self, info: Info, id: strawberry.ID) -> Customer | None:
        key = key_of(id, "cus")
        return await _customer(info.context, key) if key else None

    @strawberry.field(
        description="Customers, newest first; those that are looked for in the order of what they are found by. Masked as "
        "`customer` is. What was looked for is not kept, but by which keys, by whom and how many that showed.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def customers(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        find: Annotated[CustomerFindInput | None, strawberry.argument(description="Which ones; null: all.")] = None,
    ) -> Connection[Customer]:
        return await customer_connection(info.context, find, (first, after, last, before))

    @strawberry.field(
        description="Who may be on the telephone, the likeliest first, ten at most. Masked, and kept of it is what `customers` "
        "keeps of a search.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def customer_match(
        self, info: Info, input: Annotated[CustomerMatchInput, strawberry.argument(description="What the caller says.")]
    ) -> list[CustomerCandidate]:
        return await matches(info.context, input)


@strawberry.type
class CustomerMutations:
    @strawberry.mutation(
        description="Write a customer down, enabled, in the channel of the request.",
        directives=[requires(Permission.MANAGE_CUSTOMERS)],
    )
    async def create_customer(self, info: Info, input: CreateCustomerInput) -> CreateCustomerPayload:
        asked = input.parse(info.context.channel, info.context.scope.language)
        command = await customer_desk.hashed_new(info.context.entrance, asked)
        key = once(input.idempotency_key, customer_desk.load)
        return CreateCustomerPayload.of(await info.context.write(customer_desk.create, command, once=key))

    @strawberry.mutation(
        description="Change what is written down of a customer.", directives=[requires(Permission.MANAGE_CUSTOMERS)]
    )
    async def update_customer(self, info: Info, input: UpdateCustomerInput) -> CustomerPayload:
        command = await customer_desk.hashed_change(info.context.entrance, input.parse(info.context.channel))
        key = once(input.idempotency_key, customer_desk.load)
        return CustomerPayload.of(await info.context.write(customer_desk.update, command, once=key))

    @strawberry.mutation(
        description="Mail a customer whom staff wrote down a link to choose a password with, good for a week.",
        directives=[requires(Permission.INVITE_CUSTOMERS)],
    )
    async def send_customer_invitation(self, info: Info, input: SendCustomerInvitationInput) -> CustomerPayload:
        key, command = once(input.idempotency_key, customers.load_customer), input.parse(info.context.scope.language)
        return CustomerPayload.of(await info.context.write(customer_invitation.send, command, once=key))

    @strawberry.mutation(
        description="Know a caller by the answer to the customer's question. It counts on the telephone only; after three "
        "wrong answers the question is locked.",
        directives=[requires(Permission.MANAGE_CUSTOMERS)],
        metadata=ALONE,
    )
    async def verify_customer_challenge(self, info: Info, input: VerifyCustomerChallengeInput) -> CustomerPayload:
        return CustomerPayload.of(await customer_challenge.verify(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Give a customer's question all its tries back.",
        directives=[requires(Permission.DISABLE_CUSTOMERS)],
    )
    async def unlock_customer_challenge(self, info: Info, input: UnlockCustomerChallengeInput) -> CustomerPayload:
        key = once(input.idempotency_key, customers.load_customer)
        return CustomerPayload.of(await info.context.write(customer_challenge.unlock, input.parse(), once=key))

    @strawberry.mutation(
        description="See a customer unmasked for an hour, saying why. It is kept who did so.",
        directives=[requires(Permission.READ_CUSTOMERS)],
    )
    async def open_customer(self, info: Info, input: OpenCustomerInput) -> CustomerPayload:
        key = once(input.idempotency_key, customers.load_customer)
        return CustomerPayload.of(await info.context.write(customers.open_customer, input.parse(), once=key))

    @strawberry.mutation(
        description="Let a customer sign in, or not any more.", directives=[requires(Permission.DISABLE_CUSTOMERS)]
    )
    async def set_customer_status(self, info: Info, input: SetCustomerStatusInput) -> CustomerPayload:
        key = once(input.idempotency_key, customers.load_customer)
        return CustomerPayload.of(await info.context.write(customers.set_status, input.parse(), once=key))

    @strawberry.mutation(
        description="Mail a customer a link to set a new password.",
        directives=[requires(Permission.MANAGE_CUSTOMERS)],
    )
    async def send_password_reset(self, info: Info, input: SendPasswordResetInput) -> CustomerPayload:
        key, command = once(input.idempotency_key, customers.load_customer), input.parse(info.context.scope.language)
        return CustomerPayload.of(await info.context.write(customers.send_password_reset, command, once=key))

    @strawberry.mutation(
        description="Turn off the second factor of a customer who lost the device and the recovery codes. All sessions end, "
        "and the customer is told by mail.",
        directives=[requires(Permission.DISABLE_CUSTOMERS)],
    )
    async def reset_customer_second_factor(self, info: Info, input: ResetCustomerSecondFactorInput) -> CustomerPayload:
        key = once(input.idempotency_key, customers.load_customer)
        return CustomerPayload.of(await info.context.write(customers.reset_second_factor, input.parse(), once=key))
