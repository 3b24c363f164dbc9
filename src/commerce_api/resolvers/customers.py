"""Customers, as staff find and treat them."""

from typing import Annotated
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import customers
from commerce_api.persistence.readers import customers as read
from commerce_api.schema.account import CustomerPayload
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.customer import Customer
from commerce_api.schema.customer_inputs import (
    CustomerFilter,
    ResetCustomerSecondFactorInput,
    SendPasswordResetInput,
    SetCustomerStatusInput,
)
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import Connection, page_of
from commerce_api.schema.permissions import requires


async def _customer(context: Context, key: UUID) -> Customer | None:
    found = await context.load(read.customers_of, key)
    return Customer.of(found) if found else None


answers_for("cus")(_customer)


@strawberry.type
class CustomerQueries:
    @strawberry.field(
        description="The customer with this id, or null. Without READ_CUSTOMERS personal data is masked.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def customer(self, info: Info, id: strawberry.ID) -> Customer | None:
        key = key_of(id, "cus")
        return await _customer(info.context, key) if key else None

    @strawberry.field(
        description="Customers, newest first. Without READ_CUSTOMERS personal data is masked.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def customers(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Annotated[CustomerFilter | None, strawberry.argument(description="Which ones.")] = None,
    ) -> Connection[Customer]:
        page, scope = page_of(first, after, last, before, of="customers", width=1), info.context.scope
        search, keys = (filter or CustomerFilter()).parse(), page.keys(UUID)
        rows = await read.customer_page(
            scope, search, limit=page.limit, backward=page.backward, position=keys[0] if keys else None
        )
        return Connection.of(page, rows, Customer.of, lambda row: (row.id,), lambda: read.customer_count(scope, search))


@strawberry.type
class CustomerMutations:
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
