"""A member of staff takes a new password."""

from dataclasses import field

from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.intake import Intake
from commerce_api.domain.password import WrongPassword, check_password
from commerce_api.domain.session import EndReason, SessionKind
from commerce_api.domain.staff import StaffPasswordChanged
from commerce_api.domain.throttle import SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.proven_again import ProveAgain, account_name, prove_again
from commerce_api.persistence.readers.credentials import staff_login_of
from commerce_api.persistence.stores.sessions import SessionStore
from commerce_api.persistence.stores.staff import StaffStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class ChangeStaffPassword:
    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


async def change(entrance: Entrance, command: ChangeStaffPassword) -> int | Refused:
    """How many other sessions ended."""
    login = await staff_login_of(entrance.database, entrance.by.actor.id)
    if login is None:
        return refuse(WrongPassword(path=("currentPassword",)))
    intake = Intake()
    check_password(intake, command.new_password, login.email, "newPassword")
    if intake.problems:
        return intake.refused()
    proven = await prove_again(entrance, ProveAgain(kind=SessionKind.STAFF, current_password=command.current_password))
    if isinstance(proven, Refused):
        return proven
    password_hash = await entrance.hashed(command.new_password, "newPassword")
    if isinstance(password_hash, Refused):
        return password_hash

    async def write(uow: UnitOfWork, _: ChangeStaffPassword) -> int | Refused:
        store = StaffStore(uow)
        row = await store.row(login.id)
        if row is None or row["password_hash"] != login.password_hash:
            return refuse(WrongPassword(path=("currentPassword",)))
        await entrance.acquit(uow.connection, SIGN_IN, account_name(SessionKind.STAFF, login.email))
        await store.set_password(login.id, password_hash)
        await store.record(login.id, StaffPasswordChanged())
        kept, reason = uow.by.actor.session_id, EndReason.PASSWORD_CHANGED
        return await SessionStore(uow).end_all(SessionKind.STAFF, login.id, reason, but=kept)

    return await entrance.write(write, command)
