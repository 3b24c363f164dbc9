"""What comes back of changing quotes."""

from datetime import datetime

import strawberry

from commerce_api.domain import quote as domain
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote.holding import QuoteHoldsExhausted
from commerce_api.domain.quote.parting import QuoteUnitsNotOpen
from commerce_api.domain.quote.readiness import PromiseWorse
from commerce_api.operations.quote_conversion import QuoteTotalChanged
from commerce_api.schema.errors import UserError, common, present, tells
from commerce_api.schema.node import global_id
from commerce_api.schema.order import Order
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote import Quote
from commerce_api.schema.scalars import Money


@strawberry.type(description="The quote as it is now, or the errors that prevented the change.")
class QuotePayload:
    quote: Quote | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to know about what happened.")


@strawberry.type(description="The order that a quote has become, or the errors that prevented it.")
class ConvertQuotePayload:
    order: Order | None = strawberry.field(
        description="The order. It is there even if its payment was declined: see `state` and `paymentStatus`."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was ordered.")
    warnings: list[UserError] = strawberry.field(
        description="Why nothing was ordered, unless their codes are acknowledged."
    )


@tells(domain.QuoteExpired)
@strawberry.type(description="The quote cannot be used any more. Ask for it to be issued again (`reissueQuote`).")
class QuoteExpiredError(UserError):
    valid_until: datetime = strawberry.field(description="When its time was over.")


@tells(domain.QuoteVersionStale)
@strawberry.type(description="Another version counts.")
class QuoteVersionStaleError(UserError):
    current_version: int = strawberry.field(description="The one that counts.")


@strawberry.type(description="The quote became an order before.")
class QuoteAlreadyConvertedError(UserError):
    order_id: strawberry.ID = strawberry.field(description="Which.")


@present.register
def _(finding: domain.QuoteAlreadyConverted) -> UserError:
    return QuoteAlreadyConvertedError(**common(finding), order_id=strawberry.ID(global_id("ord", finding.order_id)))


@tells(domain.QuoteContentChanged)
@strawberry.type(description="What was looked at is not what there is.", directives=[requires(Permission.STAFF_DESK)])
class QuoteContentChangedError(UserError):
    content_hash: str = strawberry.field(description="Of the content as it is now.")


@strawberry.type(description="Less is on the shelf than when it was quoted.")
class QuotePromiseWorseError(UserError):
    line_id: strawberry.ID = strawberry.field(description="Line of the quote.")
    waiting: int = strawberry.field(description="Units that have to come in first now.")
    quoted: int = strawberry.field(description="Units that had to when it was quoted.")


@present.register
def _(finding: PromiseWorse) -> UserError:
    line_id = strawberry.ID(global_id("cln", finding.line_id))
    return QuotePromiseWorseError(**common(finding), line_id=line_id, waiting=finding.waiting, quoted=finding.quoted)


@tells(QuoteUnitsNotOpen)
@strawberry.type(description="As many units cannot be ordered any more.")
class QuoteUnitsNotOpenError(UserError):
    open: int = strawberry.field(description="How many can.")


@strawberry.type(description="Other quotes hold too much already.", directives=[requires(Permission.STAFF_DESK)])
class QuoteHoldsExhaustedError(UserError):
    variant_id: strawberry.ID = strawberry.field(description="Which variant.")
    available: int = strawberry.field(description="How many units can be held for this quote.")


@present.register
def _(finding: QuoteHoldsExhausted) -> UserError:
    variant_id = strawberry.ID(global_id("var", finding.variant_id))
    return QuoteHoldsExhaustedError(**common(finding), variant_id=variant_id, available=finding.available)


@strawberry.type(description="It comes to another total than the one that was shown.")
class QuoteTotalChangedError(UserError):
    total: Money = strawberry.field(description="What it comes to now.")


@present.register
def _(finding: QuoteTotalChanged) -> UserError:
    return QuoteTotalChangedError(**common(finding), total=Money.of(finding.total, finding.currency))
