"""Who did something, as documents keep it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from commerce_api.domain.actor import ActorKind, Author


def author_of(document: Mapping[str, Any]) -> Author:
    return Author(kind=ActorKind(document["kind"]), id=UUID(document["id"]) if document["id"] else None)
