"""New customers (S0-13, S0-14, S0-16): account, address and consents in one transaction, the same answer for every address.

An account opens when its address is confirmed: with the token of the mail *and* the password, so that nobody can register
somebody else's address and have its owner confirm it.
"""

from dataclasses import field
from functools import reduce

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import address_book
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddAddress, AddressBook
from commerce_api.domain.custom_field import Said
from commerce_api.domain.customer import ConsentGiven, ConsentKind, CustomerRegistered, EmailVerified, names_of
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import AddressId, ChannelId, CustomerId
from commerce_api.domain.session import InvalidCredentials, InvalidToken, SessionKind
from commerce_api.domain.throttle import ACCOUNT_MAIL, SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations import account_mail, customer_fields
from commerce_api.operations.account_mail import AskForMail, Occasion
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.sessions import IssuedSession, open_session
from commerce_api.persistence.readers.credentials import login_by_token
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.address_books import AddressBookStore
from commerce_api.persistence.stores.customer_fields import CustomerFieldStore
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork

_SOURCE = "registration"


@value
class RegisterCustomer:
    """All checked; `marketing` are the kinds that were switched on."""

    email: str
    password: str = field(repr=False)
    first_name: str
    last_name: str
    phone: str
    language: str
    channel_id: ChannelId
    terms_version: str
    marketing: frozenset[ConsentKind]
    address: Address | None
    fields: tuple[Said, ...] = ()


async def register(entrance: Entrance, command: RegisterCustomer | Refused) -> Refused | None:
    if isinstance(command, Refused):
        return command
    if refused := await _against_fields(entrance, command):
        return refused
    if refused := await entrance.admit(ACCOUNT_MAIL, command.email):
        return refused
    password_hash = await entrance.hashed(command.password, "password")
    if isinstance(password_hash, Refused):
        return password_hash

    async def write(uow: UnitOfWork, command: RegisterCustomer) -> None:
        await _register(uow, command, password_hash)

    return await entrance.write(write, command)


async def _against_fields(entrance: Entrance, command: RegisterCustomer) -> Refused | None:
    """Told before an attempt is counted: it has nothing to do with the address."""
    if not command.fields:
        return None
    async with entrance.database.connection() as connection:
        reasons = await customer_fields.against(connection, entrance.by, command.fields)
    return Refused(reasons=reasons) if reasons else None


async def _register(uow: UnitOfWork, command: RegisterCustomer, password_hash: str) -> None:
    store = CustomerStore(uow)
    customer_id = await store.register(
        id=uow.new_id(),
        email=command.email,
        password_hash=password_hash,
        first_name=command.first_name,
        last_name=command.last_name,
        phone=command.phone,
        language=command.language,
        channel_id=command.channel_id,
        terms_version=command.terms_version,
    )
    if customer_id is not None:
        await _complete(uow, store, customer_id, command)
    mail = AskForMail(email=command.email, occasion=Occasion.REGISTERED, language=command.language)
    await account_mail.put(uow, mail)


async def _complete(uow: UnitOfWork, store: CustomerStore, id: CustomerId, command: RegisterCustomer) -> None:
    """What else belongs to a new account. Its former tokens, if it had begun before, are good no more."""
    await one_time_tokens.forget(uow.connection, Purpose.VERIFY_EMAIL, id)
    given = [ConsentGiven(kind=ConsentKind.TERMS, version=command.terms_version)]
    given += [ConsentGiven(kind=kind) for kind in sorted(command.marketing)]
    await store.record(id, [CustomerRegistered(fields=names_of(command.fields)), *given])
    for consent in given:
        await store.add_consent(id, consent.kind, granted=True, version=consent.version, source=_SOURCE)
    if command.fields:
        await CustomerFieldStore(uow).say(id, command.fields, Author(kind=ActorKind.CUSTOMER, id=id))
    if command.address:
        await _add_address(uow, id, command.address)


async def _add_address(uow: UnitOfWork, id: CustomerId, address: Address) -> None:
    book, add = AddressBook(customer_id=id), AddAddress(id=AddressId(uow.new_id()), address=address)
    events = address_book.decide(book, add)
    assert not isinstance(events, Refused)  # noqa: S101 - an empty book takes any address
    await AddressBookStore(uow).save(reduce(lambda b, e: address_book.evolve(b, e, add), events, book), events)


@value
class VerifyEmail:
    token: str = field(repr=False)
    password: str = field(repr=False)


async def verify_email(entrance: Entrance, command: VerifyEmail) -> IssuedSession | Refused:
    """Opens the account, and a session."""
    used = token_hash(command.token)
    login = await login_by_token(entrance.database, Purpose.VERIFY_EMAIL, used, entrance.by.at)
    if login is None or not login.password_hash:
        return refuse(InvalidToken(path=("token",)))
    if refused := await entrance.admit(SIGN_IN, login.email):
        return refused
    if not await entrance.passwords.verify(login.password_hash, command.password):
        return refuse(InvalidCredentials(path=("password",)))

    async def write(uow: UnitOfWork, _: VerifyEmail) -> IssuedSession | Refused:
        store, at = CustomerStore(uow), uow.by.at
        if not await store.verify(login) or not await one_time_tokens.use(
            uow.connection, Purpose.VERIFY_EMAIL, used, at
        ):
            return refuse(InvalidToken(path=("token",)))
        await store.record(login.id, [EmailVerified()])
        await entrance.acquit(uow.connection, SIGN_IN, login.email)
        return await open_session(uow, SessionKind.CUSTOMER, login.id)

    return await entrance.write(write, command)
