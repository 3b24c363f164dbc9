"""Codes of an authenticator app, of customers and of staff: taking one, answering a challenge with it, turning it off.

A challenge ties the two halves of a sign-in together. A recovery code does what a code of the app does, once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from commerce_api.adapters import second_factor as totp
from commerce_api.adapters.tokens import TokenKind, keyed_hash, new_token, token_hash
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.second_factor import (
    RECOVERY_CODES,
    AlreadyEnrolled,
    InvalidCode,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecondFactorNeeded,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
    recovery_code,
)
from commerce_api.domain.session import EndReason, InvalidToken, SessionKind
from commerce_api.domain.throttle import SECOND_FACTOR, SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations import account_mail
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.proven_again import ProveAgain, account_name, prove_again
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import Login, challenged
from commerce_api.persistence.sql import Row
from commerce_api.persistence.stores import accounts, one_time_tokens, second_factors
from commerce_api.persistence.stores.accounts import Account
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.sessions import SessionStore
from commerce_api.persistence.unit_of_work import UnitOfWork

CHALLENGE_LASTS: Final = timedelta(minutes=5)
_ISSUER: Final = "Commerce API"


@value
class Challenge:
    """What is left to do before the session opens; `enrolled` tells whether a code can be given yet."""

    token: str = field(repr=False)
    expires_at: datetime
    enrolled: bool


@value
class StartSecondFactor:
    """With the challenge of a sign-in, or else with the password once more."""

    kind: SessionKind
    challenge: str | None = field(default=None, repr=False)
    current_password: str = field(default="", repr=False)


@value
class GiveCode:
    """`challenge` is None for somebody who is signed in already."""

    kind: SessionKind
    challenge: str | None = field(default=None, repr=False)
    code: str = field(repr=False)


@value
class Enrollment:
    """For the authenticator app, shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@value
class Confirmed:
    """`session` is None for somebody who was signed in already. The codes are shown this once."""

    session: IssuedSession | None
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


T = TypeVar("T")
_Write: TypeAlias = Callable[[UnitOfWork, UUID], Awaitable[Any]]


async def challenge(uow: UnitOfWork, login: Login, *, enrolled: bool) -> Challenge:
    token, expires_at = new_token(TokenKind.CHALLENGE), uow.by.at + CHALLENGE_LASTS
    purpose = Purpose.SECOND_FACTOR
    await one_time_tokens.issue(uow.connection, purpose, login.id, token_hash(token), expires_at=expires_at)
    return Challenge(token=token, expires_at=expires_at, enrolled=enrolled)


async def start(entrance: Entrance, command: StartSecondFactor) -> Enrollment | Refused:
    who = await _starting(entrance, command)
    if isinstance(who, Refused):
        return who
    secret = totp.new_secret()

    async def write(uow: UnitOfWork, subject_id: UUID) -> Enrollment | Refused:
        account = await accounts.open_one(uow.connection, command.kind, subject_id)
        if account is None:
            return _invalid_challenge()
        if await second_factors.is_on(uow.connection, subject_id):
            return refuse(AlreadyEnrolled())
        await second_factors.prepare(uow.connection, subject_id, totp.Safe(entrance.secret).seal(secret, subject_id))
        if command.challenge is None:
            await entrance.acquit(uow.connection, SIGN_IN, account_name(command.kind, account.email))
        return Enrollment(secret=secret, uri=totp.uri(secret, account.email, _ISSUER))

    return await entrance.write(write, who)


async def confirm(entrance: Entrance, command: GiveCode) -> Confirmed | Refused:
    """The first code proves that the app has the secret. Who came with a challenge is in."""

    async def write(uow: UnitOfWork, subject_id: UUID) -> Confirmed | Refused:
        account = await accounts.open_one(uow.connection, command.kind, subject_id)
        row = await second_factors.get(uow.connection, subject_id)
        if account is None or row is None or row["pending"] is None:
            return refuse(AlreadyEnrolled() if row and row["secret"] else SecondFactorNeeded())
        step = _step(entrance, row, "pending", command.code)
        if step is None:
            return refuse(InvalidCode(path=("code",)))
        codes = totp.new_recovery_codes(RECOVERY_CODES)
        hashes = _hashes(entrance, subject_id, codes)
        await second_factors.turn_on(uow.connection, subject_id, step, hashes, uow.by.at)
        await _tell(uow, account, SecondFactorTurnedOn(), "SECOND_FACTOR_ON")
        return await _let_in(entrance, uow, command, subject_id, codes)

    return await _guarded(entrance, command, write)


async def answer(entrance: Entrance, command: GiveCode) -> Confirmed | Refused:
    async def write(uow: UnitOfWork, subject_id: UUID) -> Confirmed | Refused:
        account = await accounts.open_one(uow.connection, command.kind, subject_id)
        row = await second_factors.get(uow.connection, subject_id)
        if account is None or row is None or row["secret"] is None:
            return refuse(SecondFactorNeeded())
        if not await _counts(entrance, uow, account, row, command.code):
            return refuse(InvalidCode(path=("code",)))
        return await _let_in(entrance, uow, command, subject_id)

    return await _guarded(entrance, command, write)


async def renew_recovery_codes(entrance: Entrance, command: ProveAgain) -> tuple[str, ...] | Refused:
    """The former ones are good no more."""
    codes = totp.new_recovery_codes(RECOVERY_CODES)

    async def write(uow: UnitOfWork, account: Account) -> tuple[str, ...] | Refused:
        if not await second_factors.renew(uow.connection, account.id, _hashes(entrance, account.id, codes)):
            return refuse(SecondFactorNeeded())
        await accounts.record(uow, account, RecoveryCodesRenewed())
        return codes

    return await _proven(entrance, command, write)


async def turn_off(entrance: Entrance, command: ProveAgain) -> int | Refused:
    """How many other sessions ended."""

    async def write(uow: UnitOfWork, account: Account) -> int | Refused:
        return (
            await taken_off(uow, account)
            if await second_factors.is_on(uow.connection, account.id)
            else refuse(SecondFactorNeeded())
        )

    return await _proven(entrance, command, write)


async def taken_off(uow: UnitOfWork, account: Account) -> int:
    """By its owner or by staff; all sessions end but the one that asks."""
    if await second_factors.turn_off(uow.connection, account.id):
        await _tell(uow, account, SecondFactorTurnedOff(), "SECOND_FACTOR_OFF")
    kept, reason = uow.by.actor.session_id, EndReason.SECOND_FACTOR_RESET
    return await SessionStore(uow).end_all(account.kind, account.id, reason, but=kept)


async def _starting(entrance: Entrance, command: StartSecondFactor) -> UUID | Refused:
    if command.challenge is not None:
        return await _challenged(entrance, command.kind, command.challenge) or _invalid_challenge()
    login = await prove_again(entrance, ProveAgain(kind=command.kind, current_password=command.current_password))
    return login if isinstance(login, Refused) else login.id


async def _guarded(entrance: Entrance, command: GiveCode, write: _Write) -> Confirmed | Refused:
    """Count the attempt before the code is looked at."""
    actor = entrance.by.actor
    signed_in = actor.id if actor.kind.value == command.kind.value else None
    who = await _challenged(entrance, command.kind, command.challenge) if command.challenge else signed_in
    if who is None:
        return _invalid_challenge()
    if refused := await entrance.admit(SECOND_FACTOR, str(who)):
        return refused
    outcome: Confirmed | Refused = await entrance.write(write, who)
    return outcome


async def _proven(
    entrance: Entrance, command: ProveAgain, write: Callable[[UnitOfWork, Account], Awaitable[T | Refused]]
) -> T | Refused:
    """With the password once more."""
    login = await prove_again(entrance, command)
    if isinstance(login, Refused):
        return login

    async def locked(uow: UnitOfWork, login: Login) -> T | Refused:
        account = await accounts.open_one(uow.connection, command.kind, login.id)
        if account is None:
            return refuse(SecondFactorNeeded())
        await entrance.acquit(uow.connection, SIGN_IN, account_name(command.kind, login.email))
        return await write(uow, account)

    return await entrance.write(locked, login)


async def _challenged(entrance: Entrance, kind: SessionKind, token: str) -> UUID | None:
    return await challenged(entrance.database, kind, token_hash(token), entrance.by.at)


async def _let_in(
    entrance: Entrance, uow: UnitOfWork, command: GiveCode, subject_id: UUID, codes: tuple[str, ...] = ()
) -> Confirmed | Refused:
    await entrance.acquit(uow.connection, SECOND_FACTOR, str(subject_id))
    if command.challenge is None:
        return Confirmed(session=None, recovery_codes=codes)
    used = token_hash(command.challenge)
    if await one_time_tokens.use(uow.connection, Purpose.SECOND_FACTOR, used, uow.by.at) is None:
        return _invalid_challenge()
    return Confirmed(session=await open_session(uow, command.kind, subject_id), recovery_codes=codes)


async def _counts(entrance: Entrance, uow: UnitOfWork, account: Account, row: Row, code: str) -> bool:
    """Whether a code of the app or a recovery code is right and new; it is used up."""
    step = _step(entrance, row, "secret", code)
    if step is not None:
        return await second_factors.use_step(uow.connection, account.id, step)
    [hash_] = _hashes(entrance, account.id, (code,))
    left = await second_factors.use_recovery(uow.connection, account.id, hash_)
    if left is not None:
        await accounts.record(uow, account, RecoveryCodeUsed(left=left))
    return left is not None


def _step(entrance: Entrance, row: Row, column: str, code: str) -> int | None:
    secret = totp.Safe(entrance.secret).open(row[column], row["subject_id"])
    return totp.step_of(secret, code.strip(), entrance.by.at) if secret else None


def _hashes(entrance: Entrance, subject_id: UUID, codes: tuple[str, ...]) -> list[bytes]:
    return [keyed_hash(entrance.secret, f"recovery\0{subject_id}\0{recovery_code(code)}") for code in codes]


async def _tell(uow: UnitOfWork, account: Account, event: Any, mail: str) -> None:
    await accounts.record(uow, account, event)
    await account_mail.tell(uow, mail, account)


def _invalid_challenge() -> Refused:
    return refuse(InvalidToken(path=("challenge",)))
