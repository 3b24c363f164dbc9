"""Margins, for those who may know what things cost the shop (C.7)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, Self

import strawberry

from commerce_api.domain import margin as domain
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money

COSTS: Any = [requires(Permission.READ_COSTS)]
OF_LINE: Final = "What is left of it when its cost is taken off; null where that is not known."
OF_ALL: Final = "What is left of the lines when their costs are taken off; null where none is known."


@strawberry.type(
    description="What goods are sold for and what they cost the shop, both without tax, shipping and other charges.",
    directives=COSTS,
)
class Margin:
    revenue: Money = strawberry.field(description="What is asked, after all discounts.")
    cost: Money = strawberry.field(description="What the goods cost the shop.")
    amount: Money = strawberry.field(description="What is left; negative where it is sold at a loss.")
    percent: Decimal | None = strawberry.field(
        description='What is left, of what is asked: `"12.5"` is 12.5 %; null if nothing is asked.'
    )
    complete: bool = strawberry.field(
        description="Whether all costs are known. The amounts are of the lines whose cost is."
    )

    @classmethod
    def of(cls, lines: Iterable[domain.Sold], currency: str) -> Self | None:
        found = domain.margin(lines)
        if found is None:
            return None
        return cls(
            revenue=Money.of(found.revenue, currency),
            cost=Money.of(found.cost, currency),
            amount=Money.of(found.amount, currency),
            percent=None if found.percent is None else found.percent.normalize() + 0,
            complete=found.complete,
        )
