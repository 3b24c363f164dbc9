"""Variants that were asked for by their SKUs."""

from collections.abc import Sequence
from typing import Self

import strawberry

from commerce_api.domain.product import UnknownSku
from commerce_api.schema.catalog import ProductVariant
from commerce_api.schema.errors import UserError, present


@strawberry.type(description="Variants by SKU, with a warning for each SKU that is none here.")
class VariantsFound:
    nodes: list[ProductVariant | None] = strawberry.field(
        description="In the order asked; null for each that the channel does not sell."
    )
    warnings: list[UserError] = strawberry.field(
        description="One `UNKNOWN_SKU` for each null, with the way to it in `path`."
    )

    @classmethod
    def of(cls, skus: Sequence[str], found: list[ProductVariant | None]) -> Self:
        asked = enumerate(zip(skus, found, strict=True))
        unknown = [
            UnknownSku(path=("skus", str(place)), sku=sku[:100]) for place, (sku, variant) in asked if not variant
        ]
        return cls(nodes=found, warnings=[present(notice) for notice in unknown])
