"""Help from staff: what customers allow."""

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import assistance, profiles
from commerce_api.schema.account import CustomerPayload
from commerce_api.schema.assistance import SetAssistanceInput
from commerce_api.schema.context import Info, once
from commerce_api.schema.permissions import requires


@strawberry.type
class AssistanceMutations:
    @strawberry.mutation(
        description="Decide whether staff may order in your name.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def set_assistance(self, info: Info, input: SetAssistanceInput) -> CustomerPayload:
        key = once(input.idempotency_key, profiles.load_customer)
        return CustomerPayload.of(await info.context.write(assistance.set_own, input.parse(), once=key))
