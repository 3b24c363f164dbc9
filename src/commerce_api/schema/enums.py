"""Enums of the domain as clients see them, each value with its description."""

from enum import Enum
from typing import Any

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires


def described(enum: type[Enum], description: str, **values: str) -> None:
    """Make an enum of the domain usable in the schema; `values` says what each of its members means."""
    strawberry.enum(enum, name=enum.__name__, description=description)
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]  # strawberry has just put it there
    for value in definition.values:
        value.description = values[value.name]


def not_for_all(enum: type[Enum], permission: Permission, *names: str) -> None:
    """Values that are there only for who has a permission."""
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]  # strawberry has put it there before
    for value in definition.values:
        if value.name in names:
            value.directives = (requires(permission),)
