"""What customers say of themselves: names, addresses, consents. Staff with the permission may do it for them."""

from dataclasses import replace
from functools import reduce
from uuid import UUID

from commerce_api.domain import address_book, customer
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddAddress, AddressBook, AddressEntry
from commerce_api.domain.customer import (
    ConsentGiven,
    ConsentKind,
    ConsentWithdrawn,
    Customer,
    NotMarketing,
    UpdateProfile,
)
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import AddressId
from commerce_api.domain.terms import check_terms
from commerce_api.domain.value import value
from commerce_api.operations import customer_fields
from commerce_api.persistence.stores.address_books import AddressBookStore
from commerce_api.persistence.stores.customer_fields import CustomerFieldStore
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def load_customer(uow: UnitOfWork, id: UUID) -> Customer | None:
    return await CustomerStore(uow).get(id)


async def update_own(uow: UnitOfWork, command: UpdateProfile) -> Customer | Refused:
    store = CustomerStore(uow)
    found = await store.get(uow.by.actor.customer_id)
    if found is None:
        return refuse(NotFound())
    changed, events = customer.update_profile(found, command)
    if isinstance(events, Refused):
        return events
    if reasons := await customer_fields.against(uow.connection, uow.by, command.fields):
        return Refused(reasons=reasons)
    if command.fields:
        await CustomerFieldStore(uow).say(found.id, command.fields)
    return await store.save(changed, events)


async def load_own_address(uow: UnitOfWork, id: UUID) -> AddressEntry | None:
    """What an earlier request made; None if it was deleted since."""
    book = await AddressBookStore(uow).get(uow.by.actor.customer_id)
    return book.find(AddressId(id)) if book else None


@value
class NewAddress:
    address: Address
    default_shipping: bool
    default_billing: bool


async def add_own_address(uow: UnitOfWork, command: NewAddress) -> AddressEntry | Refused:
    add = AddAddress(
        id=AddressId(uow.new_id()),
        address=command.address,
        default_shipping=command.default_shipping,
        default_billing=command.default_billing,
    )
    return await change_own_addresses(uow, add)


async def change_own_addresses(uow: UnitOfWork, command: address_book.Command) -> AddressEntry | Refused:
    """The entry as it is now, or as it was before it was removed."""
    store = AddressBookStore(uow)
    book = await store.get(uow.by.actor.customer_id)
    if book is None:
        return refuse(NotFound())
    events = address_book.decide(book, command)
    if isinstance(events, Refused):
        return events
    changed: AddressBook = reduce(lambda b, e: address_book.evolve(b, e, command), events, book)
    await store.save(changed, events)
    return changed.find(command.id) or book.find(command.id) or refuse(NotFound())


@value
class SetConsent:
    kind: ConsentKind
    granted: bool
    source: str


async def set_own_consent(uow: UnitOfWork, command: SetConsent) -> Customer | Refused:
    if command.kind is ConsentKind.TERMS:
        return refuse(NotMarketing(path=("kind",)))
    store = CustomerStore(uow)
    found = await store.get(uow.by.actor.customer_id)
    if found is None:
        return refuse(NotFound())
    event = (ConsentGiven if command.granted else ConsentWithdrawn)(kind=command.kind)
    await store.add_consent(found.id, command.kind, granted=command.granted, version="", source=command.source)
    return await store.save(found, [event])


@value
class AcceptTerms:
    version: str
    in_force: str
    source: str


async def accept_own_terms(uow: UnitOfWork, command: AcceptTerms) -> Customer | Refused:
    if stale := check_terms(command.version, command.in_force, path=("version",)):
        return refuse(stale)
    store = CustomerStore(uow)
    found = await store.get(uow.by.actor.customer_id)
    if found is None:
        return refuse(NotFound())
    kind, version = ConsentKind.TERMS, command.version
    await store.add_consent(found.id, kind, granted=True, version=version, source=command.source)
    return await store.save(replace(found, terms_version=version), [ConsentGiven(kind=kind, version=version)])
