"""Staff sign in: with a password, then with a code of their second factor. A short-lived challenge ties the two together."""

from dataclasses import field

from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.session import InvalidCredentials, SessionKind, SignInFailed
from commerce_api.domain.throttle import SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.proven_again import account_name
from commerce_api.operations.second_factor import Challenge, challenge
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import Login, staff_login
from commerce_api.persistence.stores.staff import StaffStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SignInStaff:
    """`second_factor_required` is the server's policy: without it, only those who enrolled are asked for a code."""

    email: str
    password: str = field(repr=False)
    second_factor_required: bool


async def sign_in(entrance: Entrance, command: SignInStaff) -> IssuedSession | Challenge | Refused:
    account = account_name(SessionKind.STAFF, command.email)
    if refused := await entrance.admit(SIGN_IN, account):
        return refused
    login = await staff_login(entrance.database, command.email)
    right = await entrance.passwords.verify(login.password_hash if login else None, command.password)
    if login is None or not right:
        return await _failed(entrance, login)

    async def open_for(uow: UnitOfWork, login: Login) -> IssuedSession | Challenge | Refused:
        row = await StaffStore(uow).row(login.id)
        if row is None or row["status"] != "ENABLED" or row["password_hash"] != login.password_hash:
            return refuse(InvalidCredentials())
        await entrance.acquit(uow.connection, SIGN_IN, account)
        enrolled = row["second_factor"]
        if enrolled or command.second_factor_required:
            return await challenge(uow, login, enrolled=enrolled)
        return await open_session(uow, SessionKind.STAFF, login.id)

    outcome: IssuedSession | Challenge | Refused = await entrance.write(open_for, login)
    return await _failed(entrance, login) if isinstance(outcome, Refused) else outcome


async def _failed(entrance: Entrance, login: Login | None) -> Refused:
    await entrance.note_failure(SignInFailed(subject=SessionKind.STAFF, subject_id=login.id if login else None))
    return refuse(InvalidCredentials())
