"""Limits as they are kept: one document of all that a role, or a person, has."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from commerce_api.domain.ids import CategoryId
from commerce_api.domain.limits import LIMITED, Floor, Limit, LimitException, Limits
from commerce_api.domain.permissions import Permission


def limits_of(document: Mapping[str, Any]) -> Limits:
    """Those of permissions that this version knows."""
    return {Permission(name): limit_of(kept) for name, kept in document.items() if name in LIMITED}


def limit_of(kept: Mapping[str, Any]) -> Limit:
    return Limit(
        percent=None if kept["percent"] is None else Decimal(kept["percent"]),
        amounts=tuple(sorted(kept["amounts"].items())),
        floor=Floor(kept["floor"]),
        exceptions=tuple(map(_exception_of, kept["exceptions"])),
    )


def _exception_of(kept: Mapping[str, Any]) -> LimitException:
    category_id = kept["category_id"]
    return LimitException(
        reason=kept["reason"],
        category_id=CategoryId(UUID(category_id)) if category_id else None,
        limit=limit_of(kept["limit"]),
    )


def document_of(limits: Limits) -> dict[str, Any]:
    return {permission: document_of_limit(limit) for permission, limit in sorted(limits.items())}


def document_of_limit(limit: Limit) -> dict[str, Any]:
    return {
        "percent": None if limit.percent is None else str(limit.percent),
        "amounts": limit.by_amount,
        "floor": limit.floor,
        "exceptions": [
            {"reason": each.reason, "category_id": each.category_id, "limit": document_of_limit(each.limit)}
            for each in limit.exceptions
        ],
    }
