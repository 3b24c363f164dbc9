"""What staff do with quotes: begin, write, send and approve them."""

from typing import Any

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import quote_approvals, quote_opening, quote_sending, quotes
from commerce_api.resolvers.quotes import done
from commerce_api.schema.context import Info
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote_inputs import (
    ApplyToQuoteInput,
    ApproveQuoteInput,
    CreateQuoteInput,
    OfferQuoteChoicesInput,
    OfferQuoteInput,
    QuoteCommentedInput,
    QuoteOfCartInput,
)
from commerce_api.schema.quote_payloads import QuotePayload

_authors: Any = [requires(Permission.AUTHOR_QUOTES)]
_approves: Any = [requires(Permission.APPROVE_QUOTES)]


@strawberry.type
class QuoteDeskMutations:
    @strawberry.mutation(description="Begin a quote, for a customer or for a guest.", directives=_authors)
    async def create_quote(self, info: Info, input: CreateQuoteInput) -> QuotePayload:
        scope = info.context.scope
        command = input.parse(currency=scope.currency, language=scope.language)
        return await done(info, quote_opening.create, command, input.idempotency_key)

    @strawberry.mutation(
        description="Begin a quote with what is in a cart, in one step. The cart stays as it is.", directives=_authors
    )
    async def create_quote_from_cart(self, info: Info, input: QuoteOfCartInput) -> QuotePayload:
        return await done(info, quote_opening.of_cart, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Begin a quote with what another one offers, at the prices of today.", directives=_authors
    )
    async def create_quote_from_quote(self, info: Info, input: QuoteCommentedInput) -> QuotePayload:
        return await done(info, quote_opening.of_quote, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Take a request or a counter-offer in hand.", directives=_authors)
    async def review_quote(self, info: Info, input: QuoteCommentedInput) -> QuotePayload:
        return await done(info, quotes.review, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Change what a quote offers: all of the actions, or none and everything that is wrong.",
        directives=_authors,
    )
    async def apply_to_quote(self, info: Info, input: ApplyToQuoteInput) -> QuotePayload:
        return await done(info, quotes.apply, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Let the buyer choose: one of several lines, or any of some that may be left out.",
        directives=_authors,
    )
    async def offer_quote_choices(self, info: Info, input: OfferQuoteChoicesInput) -> QuotePayload:
        return await done(info, quotes.offer_choices, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Freeze what a quote offers as its next version and send it to the buyer. What goes beyond your limits "
        "waits for somebody's approval instead; send it again when it is approved.",
        directives=_authors,
    )
    async def send_quote(self, info: Info, input: OfferQuoteInput) -> QuotePayload:
        return await done(info, quote_sending.send, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Send a quote once more, as a new version at the prices of today: one that has expired, was declined or "
        "withdrawn, or is still with the buyer. If some of it was ordered it offers what is left; for all of it once more there is "
        "`createQuoteFromQuote`.",
        directives=_authors,
    )
    async def reissue_quote(self, info: Info, input: OfferQuoteInput) -> QuotePayload:
        return await done(info, quote_sending.reissue, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Take a quote back that was not accepted yet.", directives=_authors)
    async def withdraw_quote(self, info: Info, input: QuoteCommentedInput) -> QuotePayload:
        return await done(info, quotes.withdraw, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Approve exactly this content beyond its author's limits. Any change of it takes the approval away.",
        directives=_approves,
    )
    async def approve_quote(self, info: Info, input: ApproveQuoteInput) -> QuotePayload:
        return await done(info, quote_approvals.approve, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Send a quote back to its author.", directives=_approves)
    async def reject_quote_approval(self, info: Info, input: QuoteCommentedInput) -> QuotePayload:
        return await done(info, quote_approvals.reject_approval, input.parse(), input.idempotency_key)
