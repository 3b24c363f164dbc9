"""What may leave now, and what waits for what: the rule by which goods are released (T6, S2-07).

Lines that ship together wait for each other, and so do those that are tied, each until the last of them is here and the latest of
their days has come. All others leave as they are here. What is canceled is no portion any more, and holds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import replace, value


class PlannedShipmentStatus(DescribedEnum):
    """Whether goods can leave."""

    READY = "READY", "All of it is here; as far as stock goes, it can leave at once."
    SCHEDULED = "SCHEDULED", "All of it is here, and leaves on the day that was asked for."
    WAITING = "WAITING", "It waits for units that are still to come in; nobody knows yet when."
    UNAVAILABLE = (
        "UNAVAILABLE",
        "It would wait for units that are not sold before they are here, so that it cannot be ordered.",
    )


@value
class Portion:
    """Units of a line that go with a ship group and have neither left nor been canceled; `here` of them lie on the shelf for it,
    and the others can be had if they are `owed`.

    Those that are not here are no part of the same order if it is `split`.
    """

    line_id: UUID
    ship_group_id: UUID
    quantity: int
    here: int
    policy: ShippingPolicy
    tie_group: int | None = None
    not_before: date | None = None
    split: bool = False
    owed: bool = True


@value
class Units:
    line_id: UUID
    quantity: int


@value
class PlannedShipment:
    """What leaves together. `waits_for` may be units that go elsewhere; `separate_order` is what an order of its own would have."""

    ship_group_id: UUID
    status: PlannedShipmentStatus
    ship_date: date | None
    units: tuple[Units, ...]
    waits_for: tuple[Units, ...]
    separate_order: bool


def latest(*days: date | None) -> date | None:
    """Of the days that were asked for, if any was."""
    return max((day for day in days if day), default=None)


def plan(portions: Iterable[Portion], today: date) -> list[PlannedShipment]:
    """All units, each once: first what can leave, then what has its day, then what waits."""
    parts = [part for portion in portions for part in _apart(portion)]
    together = {part.tie_group for part in parts if part.policy is ShippingPolicy.SHIP_TOGETHER} - {None}
    bundles: dict[Any, list[Portion]] = {}
    for part in parts:
        bundles.setdefault(_bundle(part, together), []).append(part)
    planned = (each for bundle in bundles.values() for each in _shipments(bundle, today))
    return list(_joined(planned))


def may_leave(portions: Iterable[Portion], today: date) -> list[PlannedShipment]:
    """What can be released today, as far as stock and wishes go."""
    return [each for each in plan(portions, today) if each.status is PlannedShipmentStatus.READY]


def _apart(portion: Portion) -> Iterator[Portion]:
    """Units that are here need not wait for others of their line, unless they have to leave together."""
    missing = portion.quantity - portion.here
    here = replace(portion, quantity=portion.here, split=False)
    rest = replace(portion, quantity=missing, here=0)
    yield from (part for part in (here, rest) if part.quantity)


def _bundle(part: Portion, together: set[int | None]) -> Any:
    """What is equal for parts that leave together."""
    if part.split:
        return "separate"
    if part.policy is ShippingPolicy.SHIP_TOGETHER or part.tie_group in together:
        return "together"
    if part.tie_group is not None:
        return part.tie_group
    return (part.ship_group_id, part.not_before, part.line_id if not part.here else None)


def _shipments(bundle: Sequence[Portion], today: date) -> Iterator[PlannedShipment]:
    """One to each destination."""
    dates = [part.not_before for part in bundle if part.not_before and part.not_before > today]
    missing = [part for part in bundle if not part.here]
    for ship_group_id in dict.fromkeys(part.ship_group_id for part in bundle):
        yield PlannedShipment(
            ship_group_id=ship_group_id,
            status=_status(missing, dates),
            ship_date=max(dates, default=None),
            units=_units([part for part in bundle if part.ship_group_id == ship_group_id]),
            waits_for=_units(missing),
            separate_order=bundle[0].split,
        )


def _status(missing: Sequence[Portion], dates: Sequence[date]) -> PlannedShipmentStatus:
    if missing:
        owed = all(part.owed for part in missing)
        return PlannedShipmentStatus.WAITING if owed else PlannedShipmentStatus.UNAVAILABLE
    return PlannedShipmentStatus.SCHEDULED if dates else PlannedShipmentStatus.READY


def _units(parts: Iterable[Portion | Units]) -> tuple[Units, ...]:
    """By line."""
    counted: dict[UUID, int] = {}
    for part in parts:
        counted[part.line_id] = counted.get(part.line_id, 0) + part.quantity
    return tuple(Units(line_id=line_id, quantity=quantity) for line_id, quantity in counted.items())


_ORDER: Final = list(PlannedShipmentStatus)


def _joined(planned: Iterable[PlannedShipment]) -> Iterator[PlannedShipment]:
    """What can leave for one place on one day goes together, whether it has to or not."""
    found: dict[Any, PlannedShipment] = {}
    for number, each in enumerate(planned):
        alone = number if each.waits_for else None
        key = (_ORDER.index(each.status), each.ship_date or date.min, alone, each.ship_group_id)
        with_it = found.get(key)
        found[key] = replace(each, units=_units((*with_it.units, *each.units))) if with_it else each
    yield from (found[key] for key in sorted(found, key=lambda key: key[:2]))
