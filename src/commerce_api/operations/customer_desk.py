"""Staff write customers down, and change what is written (S1-15)."""

from collections.abc import Iterable
from dataclasses import field, replace
from functools import reduce
from typing import Any
from uuid import UUID

from commerce_api.adapters.passwords import PasswordHash
from commerce_api.domain import address_book
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddAddress, AddressBook, ChangeAddress, RemoveAddress, SetDefaultAddress
from commerce_api.domain.custom_field import Said
from commerce_api.domain.customer import Customer, CustomerStatus, SelfDealing, names_of
from commerce_api.domain.customer_details import (
    MOST_TRIES,
    AccountNamedOtherwise,
    ChallengeLocked,
    Contact,
    ContactKind,
    CustomerCreated,
    CustomerUpdated,
    DuplicateSuspected,
    EmailConfirmed,
    EmailTaken,
    LogonTaken,
    UnknownAccount,
)
from commerce_api.domain.customer_keys import both_names
from commerce_api.domain.decision import NotFound, Refusal, Refused, check_revision, overruled, refuse, unheeded
from commerce_api.domain.folding import mail_keys, spelled
from commerce_api.domain.ids import AddressId, ChannelId, CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.text_match import phone_sought
from commerce_api.domain.value import value
from commerce_api.operations import customer_fields, customer_invitation
from commerce_api.operations.customers import open_for_now, treated
from commerce_api.operations.entrance import Entrance
from commerce_api.persistence.stores import customer_keys
from commerce_api.persistence.stores.address_books import AddressBookStore
from commerce_api.persistence.stores.customer_details import CustomerDetailStore
from commerce_api.persistence.stores.customer_fields import CustomerFieldStore
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.stores.staff import is_own
from commerce_api.persistence.unit_of_work import UnitOfWork

_WRITTEN_DOWN = "Written down just now."
_SIMPLE = ("email", "logon", "first_name", "last_name", "phone", "language", "currency", "order_mail")
_BESIDE = ("addresses", "contacts", "account", "challenge")


@value
class AccountGiven:
    """`number` empty: none. `name` is needed for an account that is not there yet."""

    number: str
    name: str


@value
class Challenge:
    """`answer` is normalized, and hashed before anything is written."""

    question: str = field(repr=False)
    answer: str | PasswordHash = field(repr=False)


@value
class AddressGiven:
    """`id` None: a new one."""

    id: AddressId | None
    address: Address
    default_shipping: bool
    default_billing: bool


@value
class Details:
    """None leaves it as it is; an empty text takes it away."""

    email: str | None = None
    logon: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    language: str | None = None
    currency: str | None = None
    order_mail: bool | None = None
    addresses: tuple[AddressGiven, ...] | None = None
    contacts: tuple[Contact, ...] | None = None
    account: AccountGiven | None = None
    challenge: Challenge | None = None
    fields: tuple[Said, ...] = ()


@value
class NewCustomer:
    """`invite`: by a mail with a link, in this language. Without it and a password nobody can sign in yet."""

    details: Details
    password: str | PasswordHash | None = field(repr=False)
    invite: bool
    channel_id: ChannelId
    language: str
    acknowledge: frozenset[str]


@value
class ChangeCustomer:
    id: CustomerId
    details: Details
    expected_revision: int | None


async def hashed_new(entrance: Entrance, command: NewCustomer | Refused) -> NewCustomer | Refused:
    """With password and answer as they are kept. To be done before the transaction: it takes long."""
    if isinstance(command, Refused):
        return command
    ready = replace(command, details=await _with_answer(entrance, command.details))
    if not isinstance(command.password, str):
        return ready
    made = await entrance.hashed(command.password, "password")
    return made if isinstance(made, Refused) else replace(ready, password=PasswordHash(made))


async def hashed_change(entrance: Entrance, command: ChangeCustomer | Refused) -> ChangeCustomer | Refused:
    if isinstance(command, Refused):
        return command
    return replace(command, details=await _with_answer(entrance, command.details))


async def _with_answer(entrance: Entrance, details: Details) -> Details:
    challenge = details.challenge
    if challenge is None or not isinstance(challenge.answer, str):
        return details
    answer = PasswordHash(await entrance.passwords.hash(challenge.answer))
    return replace(details, challenge=replace(challenge, answer=answer))


async def create(uow: UnitOfWork, command: NewCustomer) -> Customer | Refused:
    if forbidden := _forbidden(uow, command):
        return forbidden
    store, details = CustomerDetailStore(uow), command.details
    reasons = [
        *await _taken(store, details, None),
        *await _against_own(uow, details),
        *await _against_account(store, details),
        *await customer_fields.against(uow.connection, uow.by, details.fields),
    ]
    if reasons:
        return Refused(reasons=tuple(reasons))
    alike = await store.likely_the_same(**_rare(details))
    cautions = [DuplicateSuspected(customer_ids=alike, count=len(alike))] if alike else []
    if unheeded_ := unheeded(cautions, command.acknowledge):
        return unheeded_
    customer_id = CustomerId(uow.new_id())
    if not await store.add(_row(uow, customer_id, command)):
        return Refused(reasons=tuple(await _taken(store, details, None)))
    if refused := await _write_beside(uow, customer_id, details):
        return refused
    await customer_keys.refresh(uow.connection, [customer_id])
    customers = CustomerStore(uow)
    created = CustomerCreated(with_password=command.password is not None, fields=names_of(details.fields))
    await customers.record(customer_id, [created, *overruled(cautions)])
    await open_for_now(uow, customer_id, _WRITTEN_DOWN)
    if command.invite:
        await customer_invitation.invite(uow, customer_id, str(details.email), _name(details), _language(command))
    made = await customers.get(customer_id)
    return await customers.seen(made) if made else refuse(NotFound())


async def update(uow: UnitOfWork, command: ChangeCustomer) -> Customer | Refused:
    found = await treated(uow, command.id, Permission.MANAGE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    store, details = CustomerDetailStore(uow), command.details
    reasons = [
        *await _taken(store, details, found),
        *_against_email(details, found),
        *await _against_own(uow, details),
        *await _against_account(store, details),
        *await _against_challenge(uow, store, details, found),
        *await customer_fields.against(uow.connection, uow.by, details.fields),
    ]
    if reasons:
        return Refused(reasons=tuple(reasons))
    if refused := await _write_beside(uow, found.id, details):
        return refused
    given = {name: getattr(details, name) for name in _SIMPLE if getattr(details, name) is not None}
    changed = replace(found, **{**given, **({"logon": details.logon or None} if "logon" in given else {})})
    if not await store.sign_in_with(found.id, changed.email, changed.logon):
        return Refused(reasons=tuple(await _taken(store, details, found)))
    written = [name for name in _SIMPLE if getattr(found, name) != getattr(changed, name)]
    written += [name for name in _BESIDE if getattr(details, name) is not None]
    written += names_of(details.fields)
    customers = CustomerStore(uow)
    return await customers.seen(
        await customers.save(changed, [CustomerUpdated(fields=tuple(written))] if written else [])
    )


def _forbidden(uow: UnitOfWork, command: NewCustomer) -> Refused | None:
    needed = {Permission.MANAGE_CUSTOMERS, *([Permission.INVITE_CUSTOMERS] if command.invite else [])}
    may = all(uow.by.actor.may_in(permission, command.channel_id) for permission in needed)
    return None if may else refuse(Forbidden())


async def _taken(store: CustomerDetailStore, details: Details, customer: Customer | None) -> list[Refusal]:
    taken = await store.taken(
        details.email or "", details.logon or None, by_others_than=customer.id if customer else None
    )
    refusals: list[Refusal] = [LogonTaken(path=("logon",), customer_id=taken.logon)] if taken.logon else []
    return refusals + ([EmailTaken(path=("email",), customer_id=taken.email)] if taken.email else [])


async def _against_own(uow: UnitOfWork, details: Details) -> list[Refusal]:
    """Nobody makes an account their own with the rights of staff, either."""
    own = bool(details.email) and await is_own(uow, details.email or "")
    return [SelfDealing(path=("email",))] if own else []


def _against_email(details: Details, customer: Customer) -> list[Refusal]:
    other = details.email not in {None, customer.email}
    return [EmailConfirmed(path=("email",))] if other and customer.email_verified_at else []


async def _against_account(store: CustomerDetailStore, details: Details) -> list[Refusal]:
    if details.account is None or not details.account.number:
        return []
    known = await store.account(details.account.number)
    if known is None:
        return [] if details.account.name else [UnknownAccount(path=("account", "number"))]
    same = not details.account.name or details.account.name == known["name"]
    return [] if same else [AccountNamedOtherwise(path=("account", "name"), name=known["name"])]


async def _against_challenge(
    uow: UnitOfWork, store: CustomerDetailStore, details: Details, customer: Customer
) -> list[Refusal]:
    """Somebody who guesses is not helped by another question, unless a supervisor asks it."""
    known = await store.challenge(customer.id) if details.challenge else None
    locked = known is not None and known["tries"] >= MOST_TRIES
    supervises = uow.by.actor.may_in(Permission.DISABLE_CUSTOMERS, customer.channel_id)
    return [ChallengeLocked(path=("challenge",))] if locked and not supervises else []


def _rare(details: Details) -> dict[str, Any]:
    """What hardly two customers share."""
    contacts, addresses = details.contacts or (), details.addresses or ()
    mails = [details.email or "", *(one.value for one in contacts if one.kind is ContactKind.EMAIL)]
    phones = [details.phone or "", *(one.value for one in contacts if one.kind is not ContactKind.EMAIL)]
    return {
        "mails": sorted({key for mail in mails for key in mail_keys(mail)}),
        "phones": sorted({phone_sought(phone) for phone in phones} - {""}),
        "names": both_names(details.first_name or "", details.last_name or ""),
        "codes": sorted({spelled(one.address.postal_code) for one in addresses} - {""}),
    }


def _row(uow: UnitOfWork, id: CustomerId, command: NewCustomer) -> dict[str, Any]:
    details, password = command.details, command.password
    return {
        "id": id,
        "email": details.email,
        "logon": details.logon or None,
        "password_hash": password.text if isinstance(password, PasswordHash) else None,
        "password_is_temporary": password is not None,
        "made_by_staff": True,
        "first_name": details.first_name or "",
        "last_name": details.last_name or "",
        "phone": details.phone or "",
        "language": details.language,
        "currency": details.currency,
        "order_mail": details.order_mail is not False,
        "status": CustomerStatus.ENABLED,
        "channel_id": command.channel_id,
        "created_at": uow.by.at,
        "updated_at": uow.by.at,
    }


def _name(details: Details) -> str:
    return details.first_name or details.last_name or ""


def _language(command: NewCustomer) -> str:
    return command.details.language or command.language


async def _write_beside(uow: UnitOfWork, id: CustomerId, details: Details) -> Refused | None:
    """What has tables of its own."""
    store = CustomerDetailStore(uow)
    if details.contacts is not None:
        await store.replace_contacts(id, details.contacts)
    if details.account is not None:
        await _assign(store, id, details.account)
    if details.challenge is not None and isinstance(details.challenge.answer, PasswordHash):
        await store.ask(id, details.challenge.question, details.challenge.answer.text)
    if details.fields:
        await CustomerFieldStore(uow).say(id, details.fields)
    return None if details.addresses is None else await _write_addresses(uow, id, details.addresses)


async def _assign(store: CustomerDetailStore, id: CustomerId, account: AccountGiven) -> None:
    if not account.number:
        return await store.belongs_to(id, None)
    if await store.account(account.number) is None:
        await store.new_account(account.number, account.name)
    row = await store.account(account.number)
    return await store.belongs_to(id, row["id"] if row else None)


async def _write_addresses(uow: UnitOfWork, id: CustomerId, given: tuple[AddressGiven, ...]) -> Refused | None:
    """The whole book as it is to be, by the rules of address books."""
    store = AddressBookStore(uow)
    book = await store.get(id)
    if book is None:
        return refuse(NotFound(path=("id",)))
    kept = {one.id for one in given}
    every: list[address_book.Event] = []
    commands: list[tuple[tuple[str, ...], address_book.Command]] = [
        ((), RemoveAddress(id=entry.id)) for entry in book.entries if entry.id not in kept
    ]
    commands += [(("addresses", str(place)), one) for place, row in enumerate(given) for one in _commands(uow, row)]
    for path, command in commands:
        events = address_book.decide(book, command)
        if isinstance(events, Refused):
            return Refused(reasons=tuple(replace(r, path=(*path, *r.path)) for r in events.reasons))
        book = _evolved(book, events, command)
        every += events
    await store.save(book, every)
    return None


def _commands(uow: UnitOfWork, given: AddressGiven) -> Iterable[address_book.Command]:
    defaults = {"default_shipping": given.default_shipping, "default_billing": given.default_billing}
    if given.id is None:
        return [AddAddress(id=AddressId(uow.new_id()), address=given.address, **defaults)]
    set_default = SetDefaultAddress(id=given.id, shipping=given.default_shipping, billing=given.default_billing)
    return [
        ChangeAddress(id=given.id, address=given.address),
        *([set_default] if any(defaults.values()) else []),
    ]


def _evolved(book: AddressBook, events: Iterable[address_book.Event], command: address_book.Command) -> AddressBook:
    return reduce(lambda known, event: address_book.evolve(known, event, command), events, book)


async def load(uow: UnitOfWork, id: UUID) -> Customer | None:
    store = CustomerStore(uow)
    found = await store.get(id)
    return await store.seen(found) if found else None
