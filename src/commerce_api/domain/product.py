"""Products and their variants: what is sold."""

from enum import StrEnum


class RelationKind(StrEnum):
    CROSS_SELL = "CROSS_SELL"
    UP_SELL = "UP_SELL"
    ACCESSORY = "ACCESSORY"
    SUBSTITUTE = "SUBSTITUTE"
