"""What staff changed about the money of carts and orders, as it is kept."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind, Adjustments, ExtraCharge
from commerce_api.domain.ids import AdjustmentId, TaxClassId
from commerce_api.domain.totals import ChargeKind
from commerce_api.persistence.readers.limits import document_of_limit, limit_of
from commerce_api.persistence.rows import Children
from commerce_api.persistence.tables.adjustments import order_adjustments

OF_ORDERS = Children(order_adjustments, "order_id", order_by="position")


def adjustment_of(row: Mapping[str, Any]) -> Adjustment:
    return Adjustment(
        id=AdjustmentId(row["id"]),
        kind=AdjustmentKind(row["kind"]),
        target_id=row["target_id"],
        original=row["original"],
        amount=row["amount"],
        percent=None if row["percent"] is None else Decimal(row["percent"]),
        extra=_extra(row["extra"]),
        name=row["name"],
        reason=row["reason"],
        note=row["note"],
        by=Author(kind=ActorKind(row["by_kind"]), id=row["by_id"]),
        at=row["at"],
        limits=tuple(map(limit_of, row["limits"])),
        beyond_limit=row["beyond_limit"],
    )


def _extra(document: Mapping[str, Any] | None) -> ExtraCharge | None:
    if document is None:
        return None
    tax_class_id = document["tax_class_id"]
    return ExtraCharge(
        kind=ChargeKind(document["kind"]),
        tax_class_id=TaxClassId(UUID(tax_class_id)) if tax_class_id else None,
        refundable=document["refundable"],
        mandatory=document["mandatory"],
    )


def adjustment_rows(adjustments: Adjustments, **parent: UUID) -> list[Mapping[str, Any]]:
    """Rows below a cart or an order, named as its column."""
    return [
        {
            **parent,
            "id": adjustment.id,
            "position": position,
            "kind": adjustment.kind,
            "target_id": adjustment.target_id,
            "original": adjustment.original,
            "amount": adjustment.amount,
            "percent": adjustment.percent,
            "extra": adjustment.extra,
            "name": adjustment.name,
            "reason": adjustment.reason,
            "note": adjustment.note,
            "by_kind": adjustment.by.kind,
            "by_id": adjustment.by.id,
            "at": adjustment.at,
            "limits": [document_of_limit(limit) for limit in adjustment.limits],
            "beyond_limit": adjustment.beyond_limit,
        }
        for position, adjustment in enumerate(adjustments)
    ]
