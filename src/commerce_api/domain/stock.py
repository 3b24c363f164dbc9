"""What can be promised from the shelf, and who gets it (C.5, the on-hand part).

Whoever decides here holds the rows of the levels locked, so two buyers never see the same last unit. The database has the
same rules as constraints and would refuse a mistake of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import Refusal, Refused
from commerce_api.domain.ids import StockLocationId, VariantId
from commerce_api.domain.value import replace, value

MOST_UNITS: Final = 1_000_000_000
"""Of a variant at one location."""


class StockSource(StrEnum):
    ON_HAND = "ON_HAND"
    BACKORDER = "BACKORDER"
    UNTRACKED = "UNTRACKED"


class StockStatus(StrEnum):
    """How far an order's units have been found (C.1)."""

    NOT_ALLOCATED = "NOT_ALLOCATED"
    ALLOCATED = "ALLOCATED"
    PARTLY_BACKORDERED = "PARTLY_BACKORDERED"
    BACKORDERED = "BACKORDERED"


@value
class StockLevel:
    """A variant at a location. `reserved` is what is kept for the carts of others right now."""

    variant_id: VariantId
    location_id: StockLocationId
    on_hand: int
    unavailable: int = 0
    safety_stock: int = 0
    allocated: int = 0
    backordered: int = 0
    reserved: int = 0
    revision: int = 1

    @property
    def free(self) -> int:
        kept = self.unavailable + self.safety_stock + self.allocated + self.reserved
        return max(0, self.on_hand - kept)


@value
class StockRule:
    """How a variant may be sold. `backorder_limit` counts all units that are sold but not here; None is no limit."""

    policy: StockPolicy
    backorder_limit: int | None = None


@value
class Demand:
    """`quantity` units for a line. `path` leads to the line in the caller's input."""

    line_id: UUID
    variant_id: VariantId
    quantity: int
    path: tuple[str, ...] = ()


@value
class Slice:
    """Part of a line that one source gives."""

    line_id: UUID
    variant_id: VariantId
    location_id: StockLocationId
    quantity: int
    source: StockSource


@value
class InsufficientStock(Refusal):
    """Only {available} of the {requested} that you want can be had now."""

    variant_id: VariantId
    requested: int
    available: int


@value
class BackorderLimitReached(Refusal):
    """Only {available} of the {requested} that you want can be ordered until new stock comes; please take fewer."""

    variant_id: VariantId
    requested: int
    available: int


Shortage: TypeAlias = InsufficientStock | BackorderLimitReached


@value
class Shelves:
    """The levels at the locations that serve a channel, in the order they are asked, and what all locations owe."""

    levels: tuple[StockLevel, ...]
    backordered: int = 0

    @property
    def free(self) -> int:
        return sum(level.free for level in self.levels)


def available(rule: StockRule, shelves: Shelves) -> int | None:
    """How many units can be ordered now; None is any number."""
    if rule.policy is StockPolicy.DENY:
        return shelves.free
    if rule.policy is StockPolicy.UNTRACKED or rule.backorder_limit is None:
        return None
    return shelves.free + max(0, rule.backorder_limit - shelves.backordered)


def allocate(
    demands: Sequence[Demand],
    rules: Mapping[VariantId, StockRule],
    shelves: Mapping[VariantId, Shelves],
    locations: Sequence[StockLocationId],
) -> list[Slice] | Refused:
    """Deal stock to all demands in order, or say of each variant that falls short how many there are.

    A line is served from one location if any can give it all, else greedily in the channel's order of locations.
    """
    shortages = list(_shortages(demands, rules, shelves))
    if shortages:
        return Refused(reasons=tuple(shortages))
    left = dict(shelves)
    dealt: list[Slice] = []
    for demand in demands:
        slices = _serve(demand, rules[demand.variant_id], left.get(demand.variant_id, Shelves(levels=())), locations)
        dealt += slices
        left = {**left, **_after(left, demand.variant_id, slices)}
    return dealt


def _shortages(
    demands: Sequence[Demand], rules: Mapping[VariantId, StockRule], shelves: Mapping[VariantId, Shelves]
) -> Iterable[Shortage]:
    """One for each variant that all its demands together ask too much of; it points at the line where that happens."""
    asked: dict[VariantId, int] = {}
    told: set[VariantId] = set()
    for demand in demands:
        variant_id = demand.variant_id
        asked[variant_id] = asked.get(variant_id, 0) + demand.quantity
        most = available(rules[variant_id], shelves.get(variant_id, Shelves(levels=())))
        if most is None or asked[variant_id] <= most or variant_id in told:
            continue
        told.add(variant_id)
        total = sum(d.quantity for d in demands if d.variant_id == variant_id)
        short = InsufficientStock if rules[variant_id].policy is StockPolicy.DENY else BackorderLimitReached
        yield short(path=demand.path, variant_id=variant_id, requested=total, available=most)


def _serve(demand: Demand, rule: StockRule, shelves: Shelves, locations: Sequence[StockLocationId]) -> list[Slice]:
    def cut(location_id: StockLocationId, quantity: int, source: StockSource) -> Slice:
        return Slice(
            line_id=demand.line_id,
            variant_id=demand.variant_id,
            location_id=location_id,
            quantity=quantity,
            source=source,
        )

    if rule.policy is StockPolicy.UNTRACKED:
        return [cut(locations[0], demand.quantity, StockSource.UNTRACKED)]
    whole = [level for level in shelves.levels if level.free >= demand.quantity][:1]
    slices, rest = [], demand.quantity
    for level in whole or shelves.levels:
        if taken := min(rest, level.free):
            slices.append(cut(level.location_id, taken, StockSource.ON_HAND))
            rest -= taken
    if rest:
        slices.append(cut(locations[0], rest, StockSource.BACKORDER))
    return slices


def _after(
    left: Mapping[VariantId, Shelves], variant_id: VariantId, slices: Sequence[Slice]
) -> Mapping[VariantId, Shelves]:
    """What the next demand for the variant finds."""
    if variant_id not in left:
        return {}
    taken = {s.location_id: s.quantity for s in slices if s.source is StockSource.ON_HAND}
    shelves = left[variant_id]
    levels = tuple(replace(lv, allocated=lv.allocated + taken.get(lv.location_id, 0)) for lv in shelves.levels)
    return {variant_id: Shelves(levels=levels, backordered=shelves.backordered + owed(slices))}


def owed(dealt: Iterable[Slice]) -> int:
    """Units that are still to come in."""
    return sum(part.quantity for part in dealt if part.source is StockSource.BACKORDER)


def given_back(held: Mapping[UUID, Slice], quantity: int) -> list[tuple[UUID, Slice]]:
    """What a line that needs `quantity` fewer units lets go of, by the ids of its slices: what is still to come in first."""
    freed, rest = list[tuple[UUID, Slice]](), quantity
    for id_, part in sorted(held.items(), key=lambda each: each[1].source is not StockSource.BACKORDER):
        if taken := min(rest, part.quantity):
            freed.append((id_, replace(part, quantity=taken)))
            rest -= taken
    return freed


def stock_status(allocated: int, backordered: int, open_units: int) -> StockStatus:
    """Read off the buckets of all lines: how many of the units that are not canceled were found, and how many are owed."""
    if open_units == 0 or not allocated + backordered:
        return StockStatus.NOT_ALLOCATED
    if backordered:
        return StockStatus.PARTLY_BACKORDERED if allocated else StockStatus.BACKORDERED
    return StockStatus.ALLOCATED


# Counting by people.


@value
class AdjustStock:
    """Say how many there are (`on_hand`, if there were `expected` before), or how many more or fewer (`delta`)."""

    variant_id: VariantId
    location_id: StockLocationId
    delta: int | None = None
    on_hand: int | None = None
    expected: int | None = None
    unavailable: int | None = None
    safety_stock: int | None = None
    reason: str
    reference: str = ""
    path: tuple[str, ...] = ()


@value
class StockCorrected:
    """How much of what moved where is in the ledger of movements."""

    levels: tuple[tuple[VariantId, StockLocationId], ...]


@value
class StockChanged(Refusal):
    """The count is {current} now, not {expected}; look again before you correct it."""

    staff_only = True

    expected: int
    current: int


@value
class StockBelowZero(Refusal):
    """There are only {current}; more cannot be taken away."""

    staff_only = True

    current: int


@value
class TooMuchStock(Refusal):
    """There are {current} already; no shelf holds more than {most}."""

    staff_only = True

    current: int
    most: int


@value
class AllocatedStock(Refusal):
    """{allocated} units belong to orders; no fewer than that can be on hand and sellable."""

    staff_only = True

    allocated: int


def adjusted(level: StockLevel, command: AdjustStock) -> StockLevel | Refusal:
    """The level as counted, or the reason why that cannot be."""
    if command.expected is not None and command.expected != level.on_hand:
        return StockChanged(path=command.path, expected=command.expected, current=level.on_hand)
    counted = level.on_hand + (command.delta or 0) if command.on_hand is None else command.on_hand
    if counted < 0:
        return StockBelowZero(path=command.path, current=level.on_hand)
    if counted > MOST_UNITS:
        return TooMuchStock(path=command.path, current=level.on_hand, most=MOST_UNITS)
    after = replace(
        level,
        on_hand=counted,
        unavailable=level.unavailable if command.unavailable is None else command.unavailable,
        safety_stock=level.safety_stock if command.safety_stock is None else command.safety_stock,
        revision=level.revision + 1,
    )
    if after.allocated > max(0, after.on_hand - after.unavailable):
        return AllocatedStock(path=command.path, allocated=after.allocated)
    return after
