"""What is said of carts and orders as a whole, as their rows have it."""

from collections.abc import Mapping
from typing import Any, Final

from commerce_api.domain.particulars import Particulars, Priority

PARTICULARS: Final = ("po_number", "gift", "priority", "tags", "fields")
"""The columns of it."""


def particulars_of(row: Mapping[str, Any]) -> Particulars:
    return Particulars(
        po_number=row["po_number"],
        gift=row["gift"],
        priority=Priority(row["priority"]),
        tags=tuple(row["tags"]),
        fields=row["fields"],
    )


def particulars_row(particulars: Particulars) -> dict[str, Any]:
    row = {name: getattr(particulars, name) for name in PARTICULARS}
    return {**row, "tags": list(particulars.tags), "fields": dict(particulars.fields)}
