"""What staff do with customers' accounts."""

from uuid import UUID

from commerce_api.domain import customer as domain
from commerce_api.domain.customer import Customer, CustomerStatus, PasswordResetSent, SelfDealing, SetStatus
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.session import EndReason, SessionKind
from commerce_api.domain.value import value
from commerce_api.operations import account_mail
from commerce_api.operations.account_mail import AskForMail, Occasion
from commerce_api.operations.second_factor import taken_off
from commerce_api.persistence.stores import accounts
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.stores.sessions import SessionStore
from commerce_api.persistence.stores.staff import is_own
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SetCustomerStatus:
    id: CustomerId
    status: CustomerStatus
    expected_revision: int | None


async def load_customer(uow: UnitOfWork, id: UUID) -> Customer | None:
    found = await CustomerStore(uow).get(id, Permission.FIND_CUSTOMERS)
    return domain.seen_by(uow.by.actor, found) if found else None


async def set_status(uow: UnitOfWork, command: SetCustomerStatus) -> Customer | Refused:
    """Disabling ends all sessions."""
    found = await _treated(uow, command.id, Permission.DISABLE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    set_to = SetStatus(status=command.status, expected_revision=command.expected_revision)
    changed, events = domain.set_status(found, set_to)
    if isinstance(events, Refused):
        return events
    if command.status is CustomerStatus.DISABLED:
        await SessionStore(uow).end_all(SessionKind.CUSTOMER, found.id, EndReason.DISABLED)
    return domain.seen_by(uow.by.actor, await CustomerStore(uow).save(changed, events))


@value
class ResetCustomerSecondFactor:
    id: CustomerId
    expected_revision: int | None


async def reset_second_factor(uow: UnitOfWork, command: ResetCustomerSecondFactor) -> Customer | Refused:
    """For somebody whose device and recovery codes are lost. The customer is told by mail."""
    found = await _treated(uow, command.id, Permission.DISABLE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    if account := await accounts.locked(uow.connection, SessionKind.CUSTOMER, found.id):
        await taken_off(uow, account)
    return domain.seen_by(uow.by.actor, await CustomerStore(uow).touch(found))


@value
class SendPasswordReset:
    id: CustomerId
    language: str


async def send_password_reset(uow: UnitOfWork, command: SendPasswordReset) -> Customer | Refused:
    """The link goes to the customer, never to whoever asked for it."""
    found = await _treated(uow, command.id, Permission.MANAGE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    mail = AskForMail(email=found.email, occasion=Occasion.ASKED_TO_RESET, language=command.language)
    await account_mail.put(uow, mail)
    await CustomerStore(uow).record(found.id, [PasswordResetSent()])
    return domain.seen_by(uow.by.actor, found)


async def _treated(uow: UnitOfWork, id: CustomerId, permission: Permission) -> Customer | Refused:
    """Somebody else: nobody uses the rights of staff on the account that is their own (C.7)."""
    found = await CustomerStore(uow).get(id, permission)
    if found is None:
        return refuse(NotFound(path=("id",)))
    return refuse(SelfDealing(path=("id",))) if await is_own(uow, found.email) else found
