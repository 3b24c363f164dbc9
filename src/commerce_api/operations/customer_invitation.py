"""A customer whom staff wrote down gets a link to choose a password with."""

from datetime import timedelta
from typing import Final

from commerce_api.domain.assistance import CustomerDisabled
from commerce_api.domain.customer import Customer, CustomerStatus
from commerce_api.domain.customer_details import AlreadySignsIn, InvitationSent
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations.customers import treated
from commerce_api.operations.mailed_secrets import Opening
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork

INVITATION_LASTS: Final = timedelta(days=7)


@value
class SendInvitation:
    id: CustomerId
    language: str


async def send(uow: UnitOfWork, command: SendInvitation) -> Customer | Refused:
    found = await treated(uow, command.id, Permission.INVITE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    if found.status is CustomerStatus.DISABLED:
        return refuse(CustomerDisabled(path=("id",)))
    if found.email_verified_at:
        return refuse(AlreadySignsIn(path=("id",)))
    name, language = found.first_name or found.last_name, found.language or command.language
    await invite(uow, found.id, found.email, name, language)
    return await CustomerStore(uow).seen(found)


async def invite(uow: UnitOfWork, id: CustomerId, email: str, name: str, language: str) -> None:
    """The link proves the address too, as that for a forgotten password does."""
    until = uow.by.at + INVITATION_LASTS
    mail = {
        "kind": "INVITATION",
        "recipient": email,
        "language": language,
        "data": {"name": name},
        "opens": Opening(purpose=Purpose.RESET_PASSWORD, subject_id=id, until=until),
    }
    uow.outbox.put("mail", mail)
    await CustomerStore(uow).record(id, [InvitationSent()])
