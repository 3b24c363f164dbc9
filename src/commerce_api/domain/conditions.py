"""What conditions on things of any kind are joined with."""

from typing import Generic, TypeVar

from commerce_api.domain.value import value

C = TypeVar("C")


@value
class AllOf(Generic[C]):
    parts: tuple[C, ...]


@value
class AnyOf(Generic[C]):
    parts: tuple[C, ...]


@value
class NoneOf(Generic[C]):
    parts: tuple[C, ...]
