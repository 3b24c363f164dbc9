"""A customer's second factor."""

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.session import SessionKind
from commerce_api.operations import second_factor
from commerce_api.schema.context import Info
from commerce_api.schema.permissions import ALONE, requires
from commerce_api.schema.second_factor import (
    AnswerSecondFactorInput,
    ConfirmSecondFactorInput,
    ConfirmSecondFactorPayload,
    CurrentPasswordInput,
    RecoveryCodesPayload,
    SignInPayload,
    StartSecondFactorPayload,
)
from commerce_api.schema.session import SignOutPayload


@strawberry.type
class SecondFactorMutations:
    @strawberry.mutation(
        description="Answer the challenge of a sign-in with a code, and open the session.",
        directives=[requires(Permission.SIGN_IN)],
    )
    async def answer_second_factor(self, info: Info, input: AnswerSecondFactorInput) -> SignInPayload:
        command = input.parse(SessionKind.CUSTOMER)
        return SignInPayload.of(await second_factor.answer(info.context.entrance, command))

    @strawberry.mutation(
        description="Get a secret for an authenticator app. It counts when its first code was confirmed.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def start_second_factor(self, info: Info, input: CurrentPasswordInput) -> StartSecondFactorPayload:
        return StartSecondFactorPayload.of(await second_factor.start(info.context.entrance, input.starting()))

    @strawberry.mutation(
        description="Turn the second factor on with the first code of the authenticator app. From then on signing in takes "
        "a code.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def confirm_second_factor(self, info: Info, input: ConfirmSecondFactorInput) -> ConfirmSecondFactorPayload:
        return ConfirmSecondFactorPayload.of(await second_factor.confirm(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Turn the second factor off. All other sessions end.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def turn_off_second_factor(self, info: Info, input: CurrentPasswordInput) -> SignOutPayload:
        command = input.parse(SessionKind.CUSTOMER)
        return SignOutPayload.of(await second_factor.turn_off(info.context.entrance, command))

    @strawberry.mutation(
        description="Get new recovery codes in place of all former ones.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def renew_recovery_codes(self, info: Info, input: CurrentPasswordInput) -> RecoveryCodesPayload:
        command = input.parse(SessionKind.CUSTOMER)
        return RecoveryCodesPayload.of(await second_factor.renew_recovery_codes(info.context.entrance, command))
