"""Lists of quotes, and how to choose among them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.ids import CustomerId
from commerce_api.domain.quote import QuoteState
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.quotes import QuoteFilter, count_quotes, quotes_in
from commerce_api.schema.context import Context
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import key_of
from commerce_api.schema.pagination import Connection, instant_of, listed, page_of
from commerce_api.schema.quote import Quote


@strawberry.input(description="Which quotes; all that is given must hold, of several states any.")
class QuoteFilterInput:
    states: list[QuoteState] | None = strawberry.field(default=None, description="In one of these states.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="For this customer.")
    author_id: strawberry.ID | None = strawberry.field(default=None, description="Written by this member of staff.")
    expires_before: datetime | None = strawberry.field(
        default=None, description="With the buyer or accepted, and expires before then."
    )

    def parse(self) -> QuoteFilter:
        customer = _key(self.customer_id, "cus")
        return QuoteFilter(
            states=None if self.states is None else tuple(dict.fromkeys(self.states)),
            customer_id=CustomerId(customer) if customer else None,
            author_id=_key(self.author_id, "stf"),
            expires_before=self.expires_before,
        )


def _key(text: str | None, prefix: str) -> UUID | None:
    key = key_of(text, prefix) if text is not None else None
    if text is not None and key is None:
        raise BadInput(f"`{text[:40]}` is not an id that begins with `{prefix}_`.")
    return key


async def quote_connection(
    context: Context, chosen: QuoteFilter, arguments: tuple[Any, Any, Any, Any], *, customer_id: UUID | None = None
) -> Connection[Quote]:
    return await listed(
        context,
        (quotes_in, count_quotes),
        page_of(*arguments, of="quotes", width=2),
        Listed(chosen=chosen, parent_id=customer_id),
        (instant_of, UUID),
        Quote.of,
        lambda row: (row["created_at"], row["id"]),
    )
