"""Who did something, as the log keeps it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.persistence.readers.staff import api_keys_of, staff_of
from commerce_api.schema.context import Context
from commerce_api.schema.node import global_id

_NAMED: Mapping[str, Any] = {ActorKind.STAFF: staff_of, ActorKind.APP: api_keys_of}


async def name_of(context: Context, actor: Mapping[str, Any]) -> str | None:
    """Of a member of staff or an API key; customers are told by whose the thing is."""
    question = _NAMED.get(actor["kind"])
    found = await context.load(question, UUID(actor["id"])) if question and actor["id"] else None
    return found.name if found else None


async def name_of_staff(context: Context, key: UUID | None) -> str | None:
    found = await context.load(staff_of, key) if key else None
    return found.name if found else None


def staff_id(key: UUID | None) -> strawberry.ID | None:
    return strawberry.ID(global_id("stf", key)) if key else None


def subject_of(actor: Mapping[str, Any]) -> strawberry.ID | None:
    """The customer for whom it was done."""
    return strawberry.ID(global_id("cus", UUID(actor["onBehalfOf"]))) if actor.get("onBehalfOf") else None
