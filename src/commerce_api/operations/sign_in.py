"""Customers sign in (S0-12): the same answer and the same work whether or not there is such an account."""

from dataclasses import field

from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.session import InvalidCredentials, SessionKind, SignInFailed
from commerce_api.domain.throttle import SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations import customer_passwords
from commerce_api.operations.customer_passwords import PasswordToChoose
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.second_factor import Challenge, challenge
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import Login, customer_login
from commerce_api.persistence.stores import customers, second_factors
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SignIn:
    """`name` is a mail address in its normal form, or a logon; empty if it can be neither."""

    name: str
    password: str = field(repr=False)


async def sign_in(entrance: Entrance, command: SignIn) -> IssuedSession | Challenge | PasswordToChoose | Refused:
    if refused := await entrance.admit(SIGN_IN, command.name):
        return refused
    login = await customer_login(entrance.database, command.name)
    right = await entrance.passwords.verify(login.password_hash if login else None, command.password)
    if login is None or not right:
        return await _failed(entrance, login)
    if entrance.passwords.outdated(login.password_hash):
        login = await _rehashed(entrance, login, command.password)

    async def open_for(uow: UnitOfWork, login: Login) -> IssuedSession | Challenge | PasswordToChoose | Refused:
        if not await customers.lock_login(uow.connection, login):
            return refuse(InvalidCredentials())
        await entrance.acquit(uow.connection, SIGN_IN, command.name)
        if login.temporary:
            return await customer_passwords.to_be_chosen(uow, login)
        if await second_factors.is_on(uow.connection, login.id):
            return await challenge(uow, login, enrolled=True)
        return await open_session(uow, SessionKind.CUSTOMER, login.id)

    outcome: IssuedSession | Challenge | PasswordToChoose | Refused = await entrance.write(open_for, login)
    return await _failed(entrance, login) if isinstance(outcome, Refused) else outcome


async def _failed(entrance: Entrance, login: Login | None) -> Refused:
    await entrance.note_failure(SignInFailed(subject=SessionKind.CUSTOMER, subject_id=login.id if login else None))
    return refuse(InvalidCredentials())


async def _rehashed(entrance: Entrance, login: Login, password: str) -> Login:
    """Kept with today's parameters from now on."""
    stronger = await entrance.passwords.hash(password)
    async with entrance.database.connection() as connection:
        return await customers.strengthen(connection, login, stronger)
