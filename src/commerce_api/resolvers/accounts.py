"""A shopper's own account: registering, signing in, addresses, consents."""

from uuid import UUID

import strawberry

from commerce_api.domain.address_rules import rules_for
from commerce_api.domain.permissions import Permission
from commerce_api.domain.session import SessionKind
from commerce_api.operations import sessions
from commerce_api.operations.sessions import RefreshSession, SignOut
from commerce_api.operations.sign_in import sign_in
from commerce_api.persistence.readers.customers import customers_of
from commerce_api.schema.account import SignInInput
from commerce_api.schema.address import AddressRules
from commerce_api.schema.context import Context, Info
from commerce_api.schema.customer import Customer
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CountryCode
from commerce_api.schema.session import RefreshSessionInput, SessionPayload, SignOutPayload


async def _me(context: Context) -> Customer | None:
    own_id: UUID | None = context.actor.customer_id
    found = await context.load(customers_of, own_id) if own_id else None
    return Customer.of(found) if found else None


@strawberry.type
class AccountQueries:
    @strawberry.field(
        description="The customer who is signed in; null for a guest.",
        directives=[requires(Permission.BROWSE_CATALOG)],
    )
    async def me(self, info: Info) -> Customer | None:
        return await _me(info.context)

    @strawberry.field(
        description="What an address in a country needs; null if there is no such country.",
        directives=[requires(Permission.BROWSE_CATALOG)],
    )
    def address_rules(self, info: Info, country: CountryCode) -> AddressRules | None:
        found = rules_for(country)
        return AddressRules.of(found, info.context.scope.language) if found else None


@strawberry.type
class AccountMutations:
    @strawberry.mutation(
        description="Open a session with mail address and password. The address must have been confirmed.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SessionPayload:
        return SessionPayload.of(await sign_in(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Exchange a refresh token for the next pair of tokens. Send no `Authorization` header with it.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def refresh_session(self, info: Info, input: RefreshSessionInput) -> SessionPayload:
        command = RefreshSession(kind=SessionKind.CUSTOMER, refresh_token=input.refresh_token)
        return SessionPayload.of(await sessions.refresh(info.context.entrance, command))

    @strawberry.mutation(description="End this session.", directives=[requires(Permission.OWN_ACCOUNT)])
    async def sign_out(self, info: Info) -> SignOutPayload:
        return SignOutPayload.of(await info.context.write(sessions.sign_out, SignOut(kind=SessionKind.CUSTOMER)))

    @strawberry.mutation(
        description="End all sessions of this account, this one too.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def sign_out_everywhere(self, info: Info) -> SignOutPayload:
        command = SignOut(kind=SessionKind.CUSTOMER, everywhere=True)
        return SignOutPayload.of(await info.context.write(sessions.sign_out, command))
