"""What is said of carts and kept for the customer's next one as well: addresses and cards (S1-08)."""

from collections.abc import Sequence
from functools import reduce
from typing import TypeAlias

from commerce_api.domain import address_book
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddAddress, AddressBook, AddressNotSaved, SavingNeedsAccount
from commerce_api.domain.cart import Cart, SetBillingAddress, SetShipGroups, SetShippingAddress
from commerce_api.domain.decision import Notice, Refused
from commerce_api.domain.ids import AddressId, CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.operations import kept_cards
from commerce_api.operations.chosen_cards import PayBy
from commerce_api.persistence.stores.address_books import AddressBookStore
from commerce_api.persistence.stores.customers import lock_customer
from commerce_api.persistence.unit_of_work import UnitOfWork

_Addressing: TypeAlias = SetShippingAddress | SetBillingAddress | SetShipGroups


def against(cart: Cart, commands: Sequence[object]) -> Refused | None:
    """Nothing is kept of guests."""
    asked = any(isinstance(c, _Addressing | PayBy) and c.save for c in commands)
    return Refused(reasons=(SavingNeedsAccount(path=("saveToProfile",)),)) if asked and not cart.customer_id else None


async def keep(uow: UnitOfWork, cart: Cart, commands: Sequence[object]) -> tuple[Notice, ...]:
    """Each address and each card once; one that is there already is left alone. `cart` is as the commands have left it."""
    if cart.customer_id is None:
        return ()
    if any(isinstance(command, PayBy) and command.save for command in commands):
        tokens = [one.card_token for one in cart.payment_instructions if one.card_token]
        await lock_customer(uow.connection, cart.customer_id)
        await kept_cards.keep_all(uow, cart.customer_id, tokens)
    wanted = [address for command in commands for address in _to_keep(uow, command)]
    return await _keep_addresses(uow, cart.customer_id, wanted) if wanted else ()


async def _keep_addresses(uow: UnitOfWork, customer_id: CustomerId, wanted: Sequence[Address]) -> tuple[Notice, ...]:
    store = AddressBookStore(uow)
    book = await store.get(customer_id, Permission.ACT_FOR_CUSTOMERS)
    if book is None:
        return ()
    notices: list[Notice] = []
    for address in dict.fromkeys(wanted):
        if address not in {entry.address for entry in book.entries}:
            added = await _added(uow, store, book, address)
            book = added or book
            notices += [] if added else [AddressNotSaved()]
    return tuple(notices)


def _to_keep(uow: UnitOfWork, command: object) -> list[Address]:
    if not isinstance(command, _Addressing):
        return []
    wanted = uow.by.actor.is_staff if command.save is None else command.save
    plans = command.groups if isinstance(command, SetShipGroups) else (command,)
    return [each.address for each in plans if each.address and wanted]


async def _added(uow: UnitOfWork, store: AddressBookStore, book: AddressBook, address: Address) -> AddressBook | None:
    """The book with one more; None if it is full."""
    command = AddAddress(id=AddressId(uow.new_id()), address=address)
    events = address_book.decide(book, command)
    if isinstance(events, Refused):
        return None
    changed: AddressBook = reduce(lambda b, e: address_book.evolve(b, e, command), events, book)
    await store.save(changed, events)
    return changed
