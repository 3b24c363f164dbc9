"""A customer's new password: with the old one, or with the link of a mail."""

from dataclasses import field
from datetime import datetime, timedelta

from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.domain.customer import PasswordChanged
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.intake import Intake
from commerce_api.domain.password import SamePassword, WrongPassword, check_password
from commerce_api.domain.session import EndReason, InvalidToken, SessionKind
from commerce_api.domain.throttle import SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.proven_again import ProveAgain, prove_again
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import Login, login_by_token, login_of
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.customers import CustomerStore, lock_login
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.sessions import SessionStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_TIME_TO_CHOOSE = timedelta(minutes=15)


@value
class ResetPassword:
    token: str = field(repr=False)
    new_password: str = field(repr=False)


@value
class ChangePassword:
    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


@value
class PasswordToChoose:
    """The password that staff gave was right and is good for nothing but choosing another, with this token."""

    token: str = field(repr=False)
    expires_at: datetime


@value
class ChoosePassword:
    token: str = field(repr=False)
    new_password: str = field(repr=False)


async def to_be_chosen(uow: UnitOfWork, login: Login) -> PasswordToChoose:
    token, expires_at = new_token(TokenKind.CHALLENGE), uow.by.at + _TIME_TO_CHOOSE
    purpose = Purpose.CHOOSE_PASSWORD
    await one_time_tokens.issue(uow.connection, purpose, login.id, token_hash(token), expires_at=expires_at)
    return PasswordToChoose(token=token, expires_at=expires_at)


async def choose(entrance: Entrance, command: ChoosePassword) -> IssuedSession | Refused:
    """A password of one's own in place of the one that staff gave, and the session that this one did not open."""
    used = token_hash(command.token)
    login = await login_by_token(entrance.database, Purpose.CHOOSE_PASSWORD, used, entrance.by.at)
    if login is None:
        return refuse(InvalidToken(path=("token",)))
    if weak := _weak(command.new_password, login.email):
        return weak
    if await entrance.passwords.verify(login.password_hash, command.new_password):
        return refuse(SamePassword(path=("newPassword",)))
    password_hash = await entrance.hashed(command.new_password, "newPassword")
    if isinstance(password_hash, Refused):
        return password_hash

    async def write(uow: UnitOfWork, _: ChoosePassword) -> IssuedSession | Refused:
        if await one_time_tokens.use(uow.connection, Purpose.CHOOSE_PASSWORD, used, uow.by.at) is None:
            return refuse(InvalidToken(path=("token",)))
        ended = await _set(uow, login, password_hash, by_mail=False)
        return ended if isinstance(ended, Refused) else await open_session(uow, SessionKind.CUSTOMER, login.id)

    return await entrance.write(write, command)


async def reset(entrance: Entrance, command: ResetPassword) -> int | Refused:
    """How many sessions ended: all. The link proves the address too."""
    used = token_hash(command.token)
    login = await login_by_token(entrance.database, Purpose.RESET_PASSWORD, used, entrance.by.at)
    if login is None:
        return refuse(InvalidToken(path=("token",)))
    if weak := _weak(command.new_password, login.email):
        return weak
    password_hash = await entrance.hashed(command.new_password, "newPassword")
    if isinstance(password_hash, Refused):
        return password_hash

    async def write(uow: UnitOfWork, _: ResetPassword) -> int | Refused:
        if await one_time_tokens.use(uow.connection, Purpose.RESET_PASSWORD, used, uow.by.at) is None:
            return refuse(InvalidToken(path=("token",)))
        await entrance.acquit(uow.connection, SIGN_IN, login.email)
        return await _set(uow, login, password_hash, by_mail=True)

    return await entrance.write(write, command)


async def change(entrance: Entrance, command: ChangePassword) -> int | Refused:
    """How many other sessions ended."""
    login = await login_of(entrance.database, entrance.by.actor.id)
    if login is None:
        return refuse(WrongPassword(path=("currentPassword",)))
    if weak := _weak(command.new_password, login.email):
        return weak
    proven = await prove_again(
        entrance, ProveAgain(kind=SessionKind.CUSTOMER, current_password=command.current_password)
    )
    if isinstance(proven, Refused):
        return proven
    password_hash = await entrance.hashed(command.new_password, "newPassword")
    if isinstance(password_hash, Refused):
        return password_hash

    async def write(uow: UnitOfWork, _: ChangePassword) -> int | Refused:
        if not await lock_login(uow.connection, login):
            return refuse(WrongPassword(path=("currentPassword",)))
        await entrance.acquit(uow.connection, SIGN_IN, login.email)
        return await _set(uow, login, password_hash, by_mail=False)

    return await entrance.write(write, command)


async def _set(uow: UnitOfWork, login: Login, password_hash: str, *, by_mail: bool) -> int | Refused:
    store = CustomerStore(uow)
    if not await store.set_password(login.id, password_hash, proves_address=by_mail):
        return refuse(InvalidToken(path=("token",)))
    await store.record(login.id, [PasswordChanged(by_mail=by_mail)])
    await one_time_tokens.forget(uow.connection, Purpose.RESET_PASSWORD, login.id)
    kept = None if by_mail else uow.by.actor.session_id
    return await SessionStore(uow).end_all(SessionKind.CUSTOMER, login.id, EndReason.PASSWORD_CHANGED, but=kept)


def _weak(password: str, email: str) -> Refused | None:
    intake = Intake()
    check_password(intake, password, email, "newPassword")
    return intake.refused() if intake.problems else None
