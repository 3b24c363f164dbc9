"""Enums of the domain as clients see them, each value with its description."""

from enum import Enum
from typing import Any

import strawberry


def described(enum: type[Enum], description: str, **values: str) -> None:
    """Make an enum of the domain usable in the schema; `values` says what each of its members means."""
    strawberry.enum(enum, name=enum.__name__, description=description)
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]  # strawberry has just put it there
    for value in definition.values:
        value.description = values[value.name]
