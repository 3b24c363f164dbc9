"""Codes of an authenticator app: enrolling one, and answering a challenge with it."""

from collections.abc import Awaitable, Callable
from dataclasses import field
from uuid import UUID

from commerce_api.adapters import second_factor as totp
from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.session import InvalidToken, SessionKind
from commerce_api.domain.staff import AlreadyEnrolled, InvalidCode, SecondFactorEnrolled, SecondFactorNeeded
from commerce_api.domain.throttle import SECOND_FACTOR
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import challenged_staff
from commerce_api.persistence.sql import Row
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.staff import StaffStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_ISSUER = "Commerce API"


@value
class StartSecondFactor:
    """`challenge` is None for somebody who is signed in already."""

    challenge: str | None = field(repr=False)


@value
class GiveCode:
    challenge: str | None = field(repr=False)
    code: str = field(repr=False)


@value
class Enrollment:
    """For the authenticator app, shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@value
class Confirmed:
    """`session` is None for somebody who was signed in already."""

    session: IssuedSession | None


async def start(entrance: Entrance, command: StartSecondFactor) -> Enrollment | Refused:
    who = await _who(entrance, command.challenge)
    if who is None:
        return _invalid_challenge()
    secret = totp.new_secret()

    async def write(uow: UnitOfWork, staff_id: UUID) -> Enrollment | Refused:
        row = await StaffStore(uow).row(staff_id)
        if row is None or row["totp_secret"] is not None:
            return refuse(AlreadyEnrolled())
        await StaffStore(uow).prepare_second_factor(staff_id, totp.Safe(entrance.secret).seal(secret, staff_id))
        return Enrollment(secret=secret, uri=totp.uri(secret, row["email"], _ISSUER))

    return await entrance.write(write, who)


async def confirm(entrance: Entrance, command: GiveCode) -> Confirmed | Refused:
    """The first code proves that the app has the secret. Who came with a challenge is in."""

    async def write(uow: UnitOfWork, staff_id: UUID) -> Confirmed | Refused:
        store = StaffStore(uow)
        row = await store.row(staff_id)
        if row is None or row["totp_secret"] is not None:
            return refuse(AlreadyEnrolled())
        if row["totp_pending"] is None:
            return refuse(SecondFactorNeeded())
        step = _step(entrance, row, "totp_pending", command.code)
        if step is None:
            return refuse(InvalidCode(path=("code",)))
        await store.enroll_second_factor(staff_id, step)
        await store.record(staff_id, SecondFactorEnrolled())
        return await _let_in(entrance, uow, staff_id, command.challenge)

    return await _guarded(entrance, command, write)


async def answer(entrance: Entrance, command: GiveCode) -> Confirmed | Refused:
    async def write(uow: UnitOfWork, staff_id: UUID) -> Confirmed | Refused:
        store = StaffStore(uow)
        row = await store.row(staff_id)
        if row is None or row["totp_secret"] is None:
            return refuse(SecondFactorNeeded())
        step = _step(entrance, row, "totp_secret", command.code)
        if step is None or not await store.use_step(staff_id, step):
            return refuse(InvalidCode(path=("code",)))
        return await _let_in(entrance, uow, staff_id, command.challenge)

    return await _guarded(entrance, command, write)


async def _guarded(
    entrance: Entrance,
    command: GiveCode,
    write: Callable[[UnitOfWork, UUID], Awaitable[Confirmed | Refused]],
) -> Confirmed | Refused:
    """Count the attempt before the code is looked at."""
    who = await _who(entrance, command.challenge)
    if who is None:
        return _invalid_challenge()
    if refused := await entrance.admit(SECOND_FACTOR, str(who)):
        return refused
    return await entrance.write(write, who)


async def _who(entrance: Entrance, challenge: str | None) -> UUID | None:
    actor = entrance.by.actor
    if challenge is None:
        return actor.id if actor.kind is ActorKind.STAFF else None
    return await challenged_staff(entrance.database, token_hash(challenge), entrance.by.at)


async def _let_in(entrance: Entrance, uow: UnitOfWork, staff_id: UUID, challenge: str | None) -> Confirmed | Refused:
    await entrance.acquit(uow.connection, SECOND_FACTOR, str(staff_id))
    if challenge is None:
        return Confirmed(session=None)
    used = token_hash(challenge)
    if await one_time_tokens.use(uow.connection, Purpose.SECOND_FACTOR, used, uow.by.at) is None:
        return _invalid_challenge()
    return Confirmed(session=await open_session(uow, SessionKind.STAFF, staff_id))


def _step(entrance: Entrance, row: Row, column: str, code: str) -> int | None:
    secret = totp.Safe(entrance.secret).open(row[column], row["id"])
    return totp.step_of(secret, code.strip(), entrance.by.at) if secret else None


def _invalid_challenge() -> Refused:
    return refuse(InvalidToken(path=("challenge",)))
