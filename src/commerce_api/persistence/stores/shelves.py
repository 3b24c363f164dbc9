"""What lies where, put together for those who decide what to take from where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from commerce_api.domain.ids import StockLocationId, VariantId
from commerce_api.domain.stock import Shelves, StockLevel


def shelves_of(levels: Iterable[StockLevel], locations: Sequence[StockLocationId]) -> Mapping[VariantId, Shelves]:
    """The levels by variant, as the channel with these locations sees them."""
    by_variant: dict[VariantId, list[StockLevel]] = defaultdict(list)
    for level in levels:
        by_variant[level.variant_id].append(level)
    order = {location: number for number, location in enumerate(locations)}
    return {
        variant: Shelves(
            levels=tuple(sorted((lv for lv in found if lv.location_id in order), key=lambda lv: order[lv.location_id])),
            backordered=sum(level.backordered for level in found),
        )
        for variant, found in by_variant.items()
    }
