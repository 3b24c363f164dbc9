"""The rules that hold orders up by themselves: from what is known of an order to causes, and nothing else (B6)."""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from commerce_api.domain.blocks.state import Cause
from commerce_api.domain.value import value

ORDER_VALUE_LIMIT: Final = "ORDER_VALUE_LIMIT"
REVIEW: Final = "REVIEW"
PAYMENT_ATTEMPTS: Final = "PAYMENT_ATTEMPTS"
CREDIT_LIMIT: Final = "CREDIT_LIMIT"
DUPLICATE_SUSPECTED: Final = "DUPLICATE_SUSPECTED"
RULES: Final = frozenset({ORDER_VALUE_LIMIT, REVIEW, PAYMENT_ATTEMPTS, DUPLICATE_SUSPECTED})


@value
class OrderChecks:
    """What a channel wants looked at before an order goes on. `value_limits` are in minor units, by currency; None: do not look."""

    value_limits: Mapping[str, int]
    requires_review: bool = False
    declined_attempts: int | None = None
    duplicate_minutes: int | None = None


NO_CHECKS: Final = OrderChecks(value_limits={})


@value
class OrderFacts:
    """`alike` are the numbers of orders that the same buyer placed a moment ago with the same lines; `staff_id` placed it."""

    total: int
    currency: str
    declined_attempts: int = 0
    alike: tuple[str, ...] = ()
    staff_id: UUID | None = None


def automatic_causes(checks: OrderChecks, facts: OrderFacts) -> tuple[Cause, ...]:
    return tuple(_causes(checks, facts))


def _causes(checks: OrderChecks, facts: OrderFacts) -> Iterator[Cause]:
    by, limit = facts.staff_id, checks.value_limits.get(facts.currency)
    if limit is not None and facts.total > limit:
        yield Cause(reason=ORDER_VALUE_LIMIT, ref="total", amount=facts.total, caused_by=by)
    if checks.requires_review:
        yield Cause(reason=REVIEW, ref="order", caused_by=by)
    if checks.declined_attempts is not None and facts.declined_attempts >= checks.declined_attempts:
        yield Cause(reason=PAYMENT_ATTEMPTS, ref="payment", amount=facts.declined_attempts, caused_by=by)
    yield from (Cause(reason=DUPLICATE_SUSPECTED, ref=number, caused_by=by) for number in facts.alike)
