"""Quotes, for those whom they are for; `quote_desk` has what staff do with them."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.operations import (
    placing,
    quote_answers,
    quote_conversion,
    quote_opening,
    quote_totals,
    quote_views,
    quotes,
)
from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.execute import execute
from commerce_api.operations.payments import advance_now
from commerce_api.operations.quote_carts import QuoteCarts
from commerce_api.persistence.readers import quotes as questions
from commerce_api.persistence.readers.quote_visibility import DESK
from commerce_api.persistence.sql import Row
from commerce_api.resolvers.placed import placed
from commerce_api.schema.cart import CreateCartPayload
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import errors_of, result_of, warnings_of
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote import Quote
from commerce_api.schema.quote_answer_inputs import (
    AcceptQuoteInput,
    CommentOnQuoteInput,
    ConvertQuoteInput,
    CounterQuoteInput,
    CreateCartFromQuoteInput,
    DeclineQuoteInput,
    choosing,
    quote_ref,
)
from commerce_api.schema.quote_choices import QuoteTotalsPayload
from commerce_api.schema.quote_inputs import QuoteOfCartInput
from commerce_api.schema.quote_lists import QuoteFilterInput, quote_connection
from commerce_api.schema.quote_payloads import ConvertQuotePayload, QuotePayload

Link = Annotated[str, strawberry.argument(description="Token of the link that was mailed.")]
ChosenLines = Annotated[list[strawberry.ID], strawberry.argument(description="What is chosen, at most 200 lines.")]
QuoteId = Annotated[strawberry.ID | None, strawberry.argument(description="The quote.")]
QuoteLink = Annotated[str | None, strawberry.argument(description="Or the token of the link in the mail.")]
Chosen = Annotated[QuoteFilterInput | None, strawberry.argument(description="Which quotes; all if left out.")]

_buys: Any = [requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)]
_reads: Any = [requires(Permission.BUY, *DESK)]


@answers_for("quo")
async def _node(context: Context, key: UUID) -> Quote | None:
    return await _by_key(context, key)


async def _by_key(context: Context, key: UUID) -> Quote | None:
    row = await context.load(questions.quotes_by_id, key)
    return Quote.of(row) if row else None


async def _row(context: Context, key: UUID) -> Row | None:
    return await context.load(questions.any_quotes, key)


async def shown_quote(context: Context, key: UUID) -> Quote | None:
    """For whoever has proven that it is theirs to see."""
    row = await _row(context, key)
    return Quote.of(row) if row else None


async def done(info: Info, operation: Any, command: Any, key: str | None) -> QuotePayload:
    """The quote as it is now, for whoever has proven that they may change it."""
    outcome = await info.context.write(operation, command, once=once(key, quotes.load))
    quote = result_of(outcome)
    shown = await shown_quote(info.context, quote.id) if quote else None
    return QuotePayload(quote=shown, errors=errors_of(outcome), warnings=warnings_of(outcome))


def _carts(context: Context) -> QuoteCarts:
    return QuoteCarts(opening=CartOpening(secret=context.app.settings.secret.get_secret_value()))


@strawberry.type
class QuoteQueries:
    @strawberry.field(
        description="A quote by its id: one's own, or for staff any. Null if there is none that you may see.",
        directives=_reads,
    )
    async def quote(self, info: Info, id: strawberry.ID) -> Quote | None:
        key, context = key_of(id, "quo"), info.context
        row = await context.load(questions.quotes_by_id, key) if key else None
        await quote_views.noticed(context.database, context.by, row)
        return Quote.of(row) if row else None

    @strawberry.field(
        description="The quote that a mailed link opens; null if the link has expired, or there is a newer one.",
        directives=[requires(Permission.BUY)],
    )
    async def quote_by_token(self, info: Info, quote_token: Link) -> Quote | None:
        context, wanted = info.context, quote_ref(None, quote_token)
        found = await execute(context.database, context.by, quote_answers.read, wanted)
        row = None if isinstance(found, Refused) else await _row(context, found.id)
        await quote_views.noticed(context.database, context.by, row)
        return Quote.of(row) if row else None

    @strawberry.field(
        description="What a quote comes to if this is chosen: the version that is with its buyer, or for those who write it "
        "the draft at the prices of the day.",
        directives=_reads,
    )
    async def quote_totals(
        self,
        info: Info,
        chosen_line_ids: ChosenLines,
        quote_id: QuoteId = None,
        quote_token: QuoteLink = None,
    ) -> QuoteTotalsPayload:
        context, wanted = info.context, choosing(quote_id, quote_token, chosen_line_ids)
        outcome = await execute(context.database, context.by, quote_totals.what_if, wanted)
        return QuoteTotalsPayload.of(outcome)

    @strawberry.field(description="All quotes, the newest first.", directives=[requires(*DESK)])
    async def quotes(
        self,
        info: Info,
        filter: Chosen = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Quote]:
        chosen = (filter or QuoteFilterInput()).parse()
        return await quote_connection(info.context, chosen, (first, after, last, before))


@strawberry.type
class QuoteMutations:
    @strawberry.mutation(
        description="Ask for a quote of what is in your cart. The cart stays as it is.", directives=_buys
    )
    async def request_quote(self, info: Info, input: QuoteOfCartInput) -> QuotePayload:
        return await done(info, quote_opening.request, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Agree to a version of a quote; it can be ordered then, until it expires.", directives=_buys
    )
    async def accept_quote(self, info: Info, input: AcceptQuoteInput) -> QuotePayload:
        return await done(info, quote_answers.accept, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Say that a quote is not wanted.", directives=_buys)
    async def decline_quote(self, info: Info, input: DeclineQuoteInput) -> QuotePayload:
        return await done(info, quote_answers.decline, input.parse(), input.idempotency_key)

    @strawberry.mutation(description="Ask for something else than a quote offers.", directives=_buys)
    async def counter_quote(self, info: Info, input: CounterQuoteInput) -> QuotePayload:
        return await done(info, quote_answers.counter, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Say something about a quote. It disturbs nobody who is working on it.",
        directives=[requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS, *DESK)],
    )
    async def comment_on_quote(self, info: Info, input: CommentOnQuoteInput) -> QuotePayload:
        return await done(info, quote_answers.say, input.parse(), input.idempotency_key)

    @strawberry.mutation(
        description="Order what an accepted quote promises, at its prices. However often it is sent, there is one order for "
        "a quote.",
        directives=_buys,
    )
    async def convert_quote(self, info: Info, input: ConvertQuoteInput) -> ConvertQuotePayload:
        context, desk = info.context, info.context.app.services.desk
        command, key = input.parse(inline=desk.inline), once(input.idempotency_key, placing.load)
        outcome = await context.write(quote_conversion.convert, command, once=key)
        paid = await advance_now(desk, result_of(outcome), context.by.request_id)
        return ConvertQuotePayload(
            order=await placed(context, paid or outcome), errors=errors_of(outcome), warnings=warnings_of(outcome)
        )

    @strawberry.mutation(
        description="Put what a quote offered that has expired into a cart, at the prices of today.", directives=_buys
    )
    async def create_cart_from_quote(self, info: Info, input: CreateCartFromQuoteInput) -> CreateCartPayload:
        carts = _carts(info.context)
        key = once(input.idempotency_key, carts.load)
        outcome = await info.context.write(carts.create, input.parse(), once=key)
        return CreateCartPayload.of(outcome, info.context.scope.at)
