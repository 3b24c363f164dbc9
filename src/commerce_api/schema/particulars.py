"""What is said of carts, quotes and orders as a whole: how clients say it."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from commerce_api.domain import particulars as domain
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires

Priority = strawberry.enum(domain.Priority, name="OrderPriority", description="What staff attend to first.")
DESK: Final[Any] = [requires(Permission.ACT_FOR_CUSTOMERS, Permission.AUTHOR_QUOTES, Permission.EDIT_ORDERS)]
"""Whoever of the staff writes what is being bought."""


def parse_po_number(intake: Intake, raw: str | None, *path: Any) -> str | None:
    return None if raw is None else intake.text(raw, *path, most=50)


def parse_tags(intake: Intake, raw: Sequence[str] | None, *path: Any) -> tuple[str, ...] | None:
    """Each once, as it was written first, whatever its capitals."""
    if raw is None:
        return None
    if len(raw) > domain.MOST_TAGS:
        intake.invalid(f"At most {domain.MOST_TAGS}, please.", *path)
    few = enumerate(raw[: domain.MOST_TAGS])
    tags = [intake.text(tag, *path, number, most=50, required=True) for number, tag in few]
    firsts: dict[str, str] = {}
    for tag in tags:
        firsts.setdefault(tag.casefold(), tag)
    return tuple(firsts.values())
