"""Stock that is held for quotes: all of what one offers, as far as its channel lets quotes hold goods (Q5)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import Refusal, Refused
from commerce_api.domain.ids import StockLocationId, VariantId
from commerce_api.domain.stock import Demand, Shelves, Slice, StockRule, allocate
from commerce_api.domain.value import replace, value


@value
class QuoteHoldsExhausted(Refusal):
    """Only {available} of the {requested} can be held for this quote: the channel lets all quotes together hold so much and no more."""

    staff_only: ClassVar[bool] = True
    variant_id: VariantId
    requested: int
    available: int


@value
class HoldRules:
    """`percent` of what is sellable of a variant may be held for quotes together; `held` is what is, for others."""

    percent: int
    held: Mapping[VariantId, int]

    def left(self, variant_id: VariantId, shelves: Shelves) -> int:
        sellable = sum(max(0, level.on_hand - level.unavailable - level.safety_stock) for level in shelves.levels)
        return max(0, sellable * self.percent // 100 - self.held.get(variant_id, 0))


def to_hold(
    demands: Sequence[Demand],
    shelves: Mapping[VariantId, Shelves],
    rules: HoldRules,
    locations: Sequence[StockLocationId],
) -> list[Slice] | Refused:
    """All of it from the shelf, or everything that stands against that."""
    on_hand = StockRule(policy=StockPolicy.DENY)
    dealt = allocate(demands, {demand.variant_id: on_hand for demand in demands}, shelves, locations)
    reasons = (*(dealt.reasons if isinstance(dealt, Refused) else ()), *_beyond(demands, shelves, rules))
    return Refused(reasons=reasons) if reasons or isinstance(dealt, Refused) else dealt


def _beyond(
    demands: Iterable[Demand], shelves: Mapping[VariantId, Shelves], rules: HoldRules
) -> Iterator[QuoteHoldsExhausted]:
    """One for each variant."""
    asked: Counter[VariantId] = Counter()
    paths: dict[VariantId, tuple[str, ...]] = {}
    for demand in demands:
        asked[demand.variant_id] += demand.quantity
        paths[demand.variant_id] = demand.path
    for variant_id, many in asked.items():
        most = rules.left(variant_id, shelves.get(variant_id, Shelves(levels=())))
        if many > most:
            yield QuoteHoldsExhausted(path=paths[variant_id], variant_id=variant_id, requested=many, available=most)


def still_held(held: Iterable[Slice], wanted: Mapping[VariantId, int]) -> list[Slice]:
    """Of what was held, what is still wanted."""
    left = Counter(wanted)
    kept = list[Slice]()
    for part in held:
        if many := min(part.quantity, left[part.variant_id]):
            left[part.variant_id] -= many
            kept.append(replace(part, quantity=many))
    return kept
