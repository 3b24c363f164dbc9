"""A shopper's own account: registering, signing in, addresses, consents."""

from uuid import UUID

import strawberry

from commerce_api.domain.address_rules import rules_for
from commerce_api.domain.permissions import Permission
from commerce_api.domain.session import SessionKind
from commerce_api.operations import account_mail, customer_passwords, profiles, registration, sessions
from commerce_api.operations.account_mail import Occasion
from commerce_api.operations.sessions import RefreshSession, SignOut
from commerce_api.operations.sign_in import sign_in
from commerce_api.persistence.readers.customers import customers_of
from commerce_api.schema.account import (
    AcceptTermsInput,
    AccountMailInput,
    AccountMailPayload,
    AddressPayload,
    ChangePasswordInput,
    ChoosePasswordInput,
    CreateAddressInput,
    CustomerPayload,
    DeleteAddressInput,
    RegisterCustomerInput,
    ResetPasswordInput,
    SetConsentInput,
    SetDefaultAddressInput,
    SignInInput,
    UpdateAddressInput,
    UpdateProfileInput,
    VerifyEmailInput,
)
from commerce_api.schema.address import AddressRules
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.customer import Customer
from commerce_api.schema.permissions import ALONE, PUBLIC, requires
from commerce_api.schema.scalars import CountryCode
from commerce_api.schema.second_factor import SignInPayload
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
        metadata=PUBLIC,
    )
    def address_rules(self, info: Info, country: CountryCode) -> AddressRules | None:
        found = rules_for(country)
        return AddressRules.of(found, info.context.scope.language) if found else None


@strawberry.type
class AccountMutations:
    @strawberry.mutation(
        description="Ask for a new account. The answer is the same whether or not the address has one: what to do next "
        "is told by mail.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def register_customer(self, info: Info, input: RegisterCustomerInput) -> AccountMailPayload:
        command = input.parse(info.context.channel, info.context.scope.language)
        return AccountMailPayload.of(await registration.register(info.context.entrance, command))

    @strawberry.mutation(
        description="Confirm the address of a new account with the token that was mailed, and open a session.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def verify_email(self, info: Info, input: VerifyEmailInput) -> SessionPayload:
        return SessionPayload.of(await registration.verify_email(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Ask for another mail to confirm an address.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def resend_verification(self, info: Info, input: AccountMailInput) -> AccountMailPayload:
        command = input.parse(Occasion.ASKED_TO_VERIFY, info.context.scope.language)
        return AccountMailPayload.of(await account_mail.ask(info.context.entrance, command))

    @strawberry.mutation(
        description="Open a session with mail address or logon, and password. The address must have been confirmed. Whoever turned a "
        "second factor on gets a challenge instead.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        return SignInPayload.of(await sign_in(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Choose a password of one's own in place of the one that staff gave, and open a session.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def choose_password(self, info: Info, input: ChoosePasswordInput) -> SessionPayload:
        return SessionPayload.of(await customer_passwords.choose(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Exchange a refresh token for the next pair of tokens. Send no `Authorization` header with it. If the "
        "answer is lost on the way, sign in again: a token that comes twice ends the session.",
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

    @strawberry.mutation(
        description="Ask for a mail with a link to set a new password.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def request_password_reset(self, info: Info, input: AccountMailInput) -> AccountMailPayload:
        command = input.parse(Occasion.ASKED_TO_RESET, info.context.scope.language)
        return AccountMailPayload.of(await account_mail.ask(info.context.entrance, command))

    @strawberry.mutation(
        description="Set a new password with the token that was mailed. All sessions end.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def reset_password(self, info: Info, input: ResetPasswordInput) -> SignOutPayload:
        return SignOutPayload.of(await customer_passwords.reset(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Set a new password with the present one. All other sessions end.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def change_password(self, info: Info, input: ChangePasswordInput) -> SignOutPayload:
        return SignOutPayload.of(await customer_passwords.change(info.context.entrance, input.parse()))


@strawberry.type
class ProfileMutations:
    @strawberry.mutation(
        description="Change what the shop knows of oneself.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> CustomerPayload:
        key = once(input.idempotency_key, profiles.load_customer)
        command = input.parse(info.context.channel)
        return CustomerPayload.of(await info.context.write(profiles.update_own, command, once=key))

    @strawberry.mutation(
        description="Add an address to one's address book.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def create_address(self, info: Info, input: CreateAddressInput) -> AddressPayload:
        key = once(input.idempotency_key, profiles.load_own_address)
        outcome = await info.context.write(profiles.add_own_address, input.parse(), once=key)
        return AddressPayload.of(outcome)

    @strawberry.mutation(
        description="Change an address of one's address book.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def update_address(self, info: Info, input: UpdateAddressInput) -> AddressPayload:
        key = once(input.idempotency_key, profiles.load_own_address)
        outcome = await info.context.write(profiles.change_own_addresses, input.parse(), once=key)
        return AddressPayload.of(outcome)

    @strawberry.mutation(
        description="Remove an address from one's address book.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def delete_address(self, info: Info, input: DeleteAddressInput) -> AddressPayload:
        key = once(input.idempotency_key, profiles.load_own_address)
        outcome = await info.context.write(profiles.change_own_addresses, input.parse(), once=key)
        return AddressPayload.of(outcome)

    @strawberry.mutation(
        description="Choose the address that is offered first.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def set_default_address(self, info: Info, input: SetDefaultAddressInput) -> AddressPayload:
        key = once(input.idempotency_key, profiles.load_own_address)
        outcome = await info.context.write(profiles.change_own_addresses, input.parse(), once=key)
        return AddressPayload.of(outcome)

    @strawberry.mutation(
        description="Decide about one kind of marketing.", directives=[requires(Permission.OWN_ACCOUNT)]
    )
    async def set_consent(self, info: Info, input: SetConsentInput) -> CustomerPayload:
        key = once(input.idempotency_key, profiles.load_customer)
        return CustomerPayload.of(await info.context.write(profiles.set_own_consent, input.parse(), once=key))

    @strawberry.mutation(description="Accept the terms in force.", directives=[requires(Permission.OWN_ACCOUNT)])
    async def accept_terms(self, info: Info, input: AcceptTermsInput) -> CustomerPayload:
        command = input.parse(info.context.channel)
        key = once(input.idempotency_key, profiles.load_customer)
        return CustomerPayload.of(await info.context.write(profiles.accept_own_terms, command, once=key))
