"""Counting stock."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from commerce_api.domain.decision import NotFound, Refusal, Refused
from commerce_api.domain.ids import StockLocationId, VariantId
from commerce_api.domain.stock import AdjustStock, Slice, StockCorrected, StockLevel, StockSource, adjusted
from commerce_api.domain.value import value
from commerce_api.persistence.stores.stock import Count, StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

WRITTEN_OFF: Final = "Written off when an order was canceled"


@value
class AdjustStockLevels:
    adjustments: tuple[AdjustStock, ...]


@value
class StockAdjusted:
    """`levels` are those that were corrected."""

    id: UUID
    levels: tuple[StockLevel, ...]


async def adjust(uow: UnitOfWork, command: AdjustStockLevels) -> StockAdjusted | Refused:
    """Correct several levels at once, or none. Each correction is in the ledger of movements."""
    stock = StockStore(uow.connection, uow.by)
    if missing := await _missing(stock, command.adjustments):
        return Refused(reasons=tuple(missing))
    levels = {
        (level.variant_id, level.location_id): level
        for level in await stock.lock(adjustment.variant_id for adjustment in command.adjustments)
    }
    problems: list[Refusal] = []
    counted: list[Count] = []
    for adjustment in command.adjustments:
        key = (adjustment.variant_id, adjustment.location_id)
        before = levels.get(key) or StockLevel(variant_id=key[0], location_id=key[1], on_hand=0, revision=0)
        after = adjusted(before, adjustment)
        if isinstance(after, Refusal):
            problems.append(after)
            continue
        levels[key] = after
        counted.append(Count(movement_id=uow.new_id(), command=adjustment, before=before, after=after))
    if problems:
        return Refused(reasons=tuple(problems))
    id_ = uow.new_id()
    await stock.save_counts(id_, counted)
    keys = dict.fromkeys((adjustment.variant_id, adjustment.location_id) for adjustment in command.adjustments)
    await uow.events.record("STOCK_ADJUSTMENT", id_, [StockCorrected(levels=tuple(keys))])
    return StockAdjusted(id=id_, levels=tuple(levels[key] for key in keys))


async def write_off(uow: UnitOfWork, units: Iterable[Slice], reference: str) -> None:
    """These lie on the shelves, belong to nobody any more and are no good: what is there gets fewer by them."""
    lost = Counter[tuple[VariantId, StockLocationId]]()
    for part in units:
        if part.source is StockSource.ON_HAND:
            lost[part.variant_id, part.location_id] += part.quantity
    corrections = [
        AdjustStock(variant_id=variant, location_id=location, delta=-count, reason=WRITTEN_OFF, reference=reference)
        for (variant, location), count in lost.items()
    ]
    if corrections:
        await adjust(uow, AdjustStockLevels(adjustments=tuple(corrections)))


async def load_adjusted(uow: UnitOfWork, id: UUID) -> StockAdjusted:
    """What an earlier request corrected, as it is now."""
    return StockAdjusted(id=id, levels=tuple(await StockStore(uow.connection, uow.by).adjusted(id)))


async def _missing(stock: StockStore, adjustments: Sequence[AdjustStock]) -> list[Refusal]:
    known = await stock.known((a.variant_id for a in adjustments), (a.location_id for a in adjustments))
    missing: list[Refusal] = []
    for adjustment in adjustments:
        if adjustment.variant_id not in known:
            missing.append(NotFound(path=(*adjustment.path, "variantId")))
        if adjustment.location_id not in known:
            missing.append(NotFound(path=(*adjustment.path, "locationId")))
    return missing
