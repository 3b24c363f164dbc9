"""Finding customers at the desk: what is asked, and the page that answers."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.customer import CustomersSearched
from commerce_api.domain.customer_find import Asked, CustomerFind, NoSearchKey, find
from commerce_api.domain.customer_keys import CustomerKey
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.operations import customers
from commerce_api.persistence.readers import customers as read
from commerce_api.persistence.readers.customer_find import Found, found_count, found_page
from commerce_api.schema.context import Context
from commerce_api.schema.customer import Customer
from commerce_api.schema.errors import RequestError
from commerce_api.schema.pagination import Connection, page_of, text_of
from commerce_api.schema.text_match import TextMatchInput
from commerce_api.schema.wording import said


@strawberry.input(description="Which customers: at least one key, and all that are given have to fit.")
class CustomerFindInput:
    logon: TextMatchInput | None = strawberry.field(
        default=None, description="What the customer signs in with: a logon, or else the mail address."
    )
    first_name: TextMatchInput | None = strawberry.field(
        default=None, description="Given name. Together with `lastName` the two may have changed places."
    )
    last_name: TextMatchInput | None = strawberry.field(
        default=None, description='Family name; "ü", "ue" and "u" are alike.'
    )
    phone: TextMatchInput | None = strawberry.field(
        default=None,
        description="Telephone number with or without the country's prefix; CONTAINS finds its last digits.",
    )
    email: TextMatchInput | None = strawberry.field(
        default=None, description="Any mail address, with or without its +tag."
    )
    postal_code: TextMatchInput | None = strawberry.field(default=None, description="Of any address.")
    city: TextMatchInput | None = strawberry.field(default=None, description="Of any address.")
    company: TextMatchInput | None = strawberry.field(default=None, description="In any address.")
    account: TextMatchInput | None = strawberry.field(
        default=None, description="Name or number of the account that the customer buys for."
    )
    order_number: TextMatchInput | None = strawberry.field(
        default=None, description="Of an order of the customer: EXACT or STARTS_WITH."
    )

    def parse(self, language: str) -> CustomerFind:
        given = {key: getattr(self, key.lower()) for key in CustomerKey}
        asked = [Asked(key=key, text=one.text, mode=one.match) for key, one in given.items() if one is not None]
        wanted = find(asked, Intake())
        if isinstance(wanted, Refused):
            raise unanswerable(wanted, language)
        return wanted


def unanswerable(refused: Refused, language: str) -> RequestError:
    """All that is wrong with it, each with the key it is about."""
    problems = [{"message": said(reason, language), "path": list(reason.path)} for reason in refused.reasons]
    no_key = isinstance(refused.reasons[0], NoSearchKey)
    message = " ".join(said(reason, language) for reason in refused.reasons)
    return RequestError(
        NoSearchKey.code() if no_key else "BAD_USER_INPUT", message, extensions={} if no_key else {"problems": problems}
    )


async def customer_connection(
    context: Context, find: CustomerFindInput | None, arguments: tuple[Any, ...]
) -> Connection[Customer]:
    return await (_everybody(context, arguments) if find is None else _found(context, find, arguments))


async def _everybody(context: Context, arguments: tuple[Any, ...]) -> Connection[Customer]:
    page, scope = page_of(*arguments, of="customers", width=1), context.scope
    keys = page.keys(UUID)
    rows = await read.customer_page(scope, limit=page.limit, backward=page.backward, position=keys[0] if keys else None)
    return Connection.of(page, rows, Customer.of, lambda row: (row.id,), lambda: read.customer_count(scope))


async def _found(context: Context, find: CustomerFindInput, arguments: tuple[Any, ...]) -> Connection[Customer]:
    page, scope = page_of(*arguments, of="customers found", width=2), context.scope
    wanted: CustomerFind = find.parse(scope.language)
    position: Any = page.keys(text_of, UUID)
    rows = await found_page(scope, wanted, limit=page.limit, backward=page.backward, position=position)
    shown = min(len(rows), page.size)
    await context.write(customers.note_search, CustomersSearched(keys=wanted.keys, found=shown))

    def customer(found: Found) -> Customer:
        return Customer.of(found.customer)

    return Connection.of(page, rows, customer, lambda found: found.place, lambda: found_count(scope, wanted))
