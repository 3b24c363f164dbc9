"""What staff do with customers' accounts."""

from dataclasses import field
from uuid import UUID

from commerce_api.domain import customer as domain
from commerce_api.domain.assistance import CustomerDisabled
from commerce_api.domain.customer import (
    OPEN_FOR,
    Customer,
    CustomerOpened,
    CustomersSearched,
    CustomerStatus,
    PasswordResetSent,
    SelfDealing,
    SetStatus,
)
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
    reason: str
    expected_revision: int | None


async def load_customer(uow: UnitOfWork, id: UUID) -> Customer | None:
    store = CustomerStore(uow)
    found = await store.get(id, Permission.FIND_CUSTOMERS)
    return await store.seen(found) if found else None


async def set_status(uow: UnitOfWork, command: SetCustomerStatus) -> Customer | Refused:
    """Disabling ends all sessions."""
    found = await treated(uow, command.id, Permission.DISABLE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    set_to = SetStatus(status=command.status, reason=command.reason, expected_revision=command.expected_revision)
    changed, events = domain.set_status(found, set_to)
    if isinstance(events, Refused):
        return events
    if command.status is CustomerStatus.DISABLED:
        await SessionStore(uow).end_all(SessionKind.CUSTOMER, found.id, EndReason.DISABLED)
    store = CustomerStore(uow)
    return await store.seen(await store.save(changed, events))


@value
class ResetCustomerSecondFactor:
    id: CustomerId
    expected_revision: int | None


async def reset_second_factor(uow: UnitOfWork, command: ResetCustomerSecondFactor) -> Customer | Refused:
    """For somebody whose device and recovery codes are lost. The customer is told by mail."""
    found = await treated(uow, command.id, Permission.DISABLE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    if account := await accounts.locked(uow.connection, SessionKind.CUSTOMER, found.id):
        await taken_off(uow, account)
    store = CustomerStore(uow)
    return await store.seen(await store.touch(found))


@value
class SendPasswordReset:
    id: CustomerId
    language: str


async def send_password_reset(uow: UnitOfWork, command: SendPasswordReset) -> Customer | Refused:
    """The link goes to the customer, never to whoever asked for it."""
    found = await treated(uow, command.id, Permission.MANAGE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    if found.status is CustomerStatus.DISABLED:
        return refuse(CustomerDisabled(path=("id",)))
    mail = AskForMail(email=found.email, occasion=Occasion.ASKED_TO_RESET, language=command.language)
    await account_mail.put(uow, mail)
    store = CustomerStore(uow)
    await store.record(found.id, [PasswordResetSent()])
    return await store.seen(found)


async def treated(uow: UnitOfWork, id: CustomerId, permission: Permission) -> Customer | Refused:
    """Somebody else: nobody uses the rights of staff on the account that is their own (C.7)."""
    found = await CustomerStore(uow).get(id, permission)
    if found is None:
        return refuse(NotFound(path=("id",)))
    return refuse(SelfDealing(path=("id",))) if await is_own(uow, found.email) else found


@value
class OpenCustomer:
    id: CustomerId
    reason: str = field(repr=False)


async def open_customer(uow: UnitOfWork, command: OpenCustomer) -> Customer | Refused:
    """From now on, and for a while, the one who asks sees the customer unmasked."""
    found = await treated(uow, command.id, Permission.READ_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    await open_for_now(uow, found.id, command.reason)
    return await CustomerStore(uow).seen(found)


async def open_for_now(uow: UnitOfWork, id: CustomerId, reason: str) -> None:
    opening_id, until = uow.new_id(), uow.by.at + OPEN_FOR
    await CustomerStore(uow).open(id, opening_id, reason, until)
    await CustomerStore(uow).record(id, [CustomerOpened(opening_id=opening_id, until=until)])


async def note_search(uow: UnitOfWork, search: CustomersSearched) -> None:
    """Which keys were used and how many that showed, never what was looked for."""
    await uow.events.record("CUSTOMER_SEARCH", uow.new_id(), [search])
