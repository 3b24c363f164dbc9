"""Help from staff: what customers allow, and sessions in which staff see the shop as the customer does."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import assistance, assisted_sessions, profiles
from commerce_api.operations.assisted_sessions import AssistedSessions
from commerce_api.persistence.readers.assisted_sessions import assisted_sessions_of, own_open_sessions
from commerce_api.schema.account import CustomerPayload
from commerce_api.schema.assistance import (
    AssistedSession,
    EndAssistedSessionInput,
    EndAssistedSessionPayload,
    SetAssistanceInput,
    StartAssistedSessionInput,
    StartAssistedSessionPayload,
)
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.node import answers_for
from commerce_api.schema.permissions import requires

_acts: Any = [requires(Permission.ACT_FOR_CUSTOMERS)]


@answers_for("asn")
async def _session(context: Context, key: UUID) -> AssistedSession | None:
    found = await context.load(assisted_sessions_of, key)
    return AssistedSession.of(found) if found else None


@strawberry.type
class AssistanceQueries:
    @strawberry.field(
        description="Your own assisted sessions that go on, the last begun first, at most 50.", directives=_acts
    )
    async def assisted_sessions(self, info: Info) -> list[AssistedSession]:
        return [AssistedSession.of(session) for session in await own_open_sessions(info.context.scope)]


@strawberry.type
class AssistanceMutations:
    @strawberry.mutation(
        description="Decide whether staff may order in your name.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def set_assistance(self, info: Info, input: SetAssistanceInput) -> CustomerPayload:
        key = once(input.idempotency_key, profiles.load_customer)
        return CustomerPayload.of(await info.context.write(assistance.set_own, input.parse(), once=key))

    @strawberry.mutation(
        description="See the shop as a customer does. The token names you both; what is the customer's alone, such as the "
        "password, cannot be done with it. It is good for half an hour, and no longer than your own session.",
        directives=_acts,
    )
    async def start_assisted_session(self, info: Info, input: StartAssistedSessionInput) -> StartAssistedSessionPayload:
        begun = AssistedSessions(secret=info.context.app.settings.secret.get_secret_value())
        key = once(input.idempotency_key, begun.load)
        return StartAssistedSessionPayload.of(await info.context.write(begun.start, input.parse(), once=key))

    @strawberry.mutation(description="End an assisted session of yours at once.", directives=_acts)
    async def end_assisted_session(self, info: Info, input: EndAssistedSessionInput) -> EndAssistedSessionPayload:
        key = once(input.idempotency_key, assisted_sessions.load_ended)
        return EndAssistedSessionPayload.of(await info.context.write(assisted_sessions.end, input.parse(), once=key))
