"""A customer's address book: at most one default for shipping and one for billing, and the first entry is both."""

from dataclasses import fields
from typing import TypeAlias

from commerce_api.domain.address import Address
from commerce_api.domain.decision import Decision, NotFound, Notice, Refusal, check_revision, refuse
from commerce_api.domain.ids import AddressId, CustomerId
from commerce_api.domain.value import replace, value

LARGEST = 100


@value
class AddressEntry:
    id: AddressId
    address: Address
    default_shipping: bool = False
    default_billing: bool = False
    revision: int = 1


@value
class AddressBook:
    customer_id: CustomerId
    entries: tuple[AddressEntry, ...] = ()

    def find(self, id: AddressId) -> AddressEntry | None:
        return next((entry for entry in self.entries if entry.id == id), None)


@value
class AddAddress:
    id: AddressId
    address: Address
    default_shipping: bool = False
    default_billing: bool = False


@value
class ChangeAddress:
    id: AddressId
    address: Address
    expected_revision: int | None = None


@value
class RemoveAddress:
    id: AddressId
    expected_revision: int | None = None


@value
class SetDefaultAddress:
    id: AddressId
    shipping: bool
    billing: bool


@value
class AddressAdded:
    address_id: AddressId


@value
class AddressChanged:
    address_id: AddressId
    fields: tuple[str, ...]


@value
class AddressRemoved:
    address_id: AddressId


@value
class DefaultAddressSet:
    address_id: AddressId
    shipping: bool
    billing: bool


@value
class AddressBookFull(Refusal):
    """The address book holds 100 addresses at most; delete one first."""


@value
class SavingNeedsAccount(Refusal):
    """Addresses and cards are kept for customers only; this is a guest's cart."""


@value
class AddressNotSaved(Notice):
    """The address is used, but not saved: the address book holds 100 addresses at most."""


Command: TypeAlias = AddAddress | ChangeAddress | RemoveAddress | SetDefaultAddress
Event: TypeAlias = AddressAdded | AddressChanged | AddressRemoved | DefaultAddressSet


def decide(book: AddressBook, command: Command) -> Decision[Event]:
    entry = book.find(command.id)
    match command:
        case AddAddress() if len(book.entries) >= LARGEST:
            return refuse(AddressBookFull())
        case AddAddress(id=id, default_shipping=shipping, default_billing=billing):
            first = not book.entries
            default = DefaultAddressSet(address_id=id, shipping=shipping or first, billing=billing or first)
            return [AddressAdded(address_id=id), *([default] if default.shipping or default.billing else [])]
        case _ if entry is None:
            return refuse(NotFound(path=("id",)))
        case ChangeAddress(address=address, expected_revision=expected):
            changed = _differences(entry.address, address)
            return check_revision(entry.revision, expected) or (
                [AddressChanged(address_id=entry.id, fields=changed)] if changed else []
            )
        case RemoveAddress(expected_revision=expected):
            return check_revision(entry.revision, expected) or [AddressRemoved(address_id=entry.id)]
        case SetDefaultAddress(shipping=shipping, billing=billing):
            return [DefaultAddressSet(address_id=entry.id, shipping=shipping, billing=billing)]


def evolve(book: AddressBook, event: Event, command: Command) -> AddressBook:
    """The book after the event. The address itself is in the command only: events hold nothing personal."""
    match event, command:
        case AddressAdded(address_id=id), AddAddress(address=address):
            return replace(book, entries=(*book.entries, AddressEntry(id=id, address=address)))
        case AddressChanged(address_id=id), ChangeAddress(address=address):
            return replace(book, entries=tuple(_readdressed(e, address) if e.id == id else e for e in book.entries))
        case AddressRemoved(address_id=id), _:
            return replace(book, entries=tuple(e for e in book.entries if e.id != id))
        case DefaultAddressSet() as default, _:
            return replace(book, entries=tuple(_with_default(entry, default) for entry in book.entries))
        case _:
            raise ValueError(f"{event} does not come of {command}")


def _differences(old: Address, new: Address) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Address) if getattr(old, f.name) != getattr(new, f.name))


def _readdressed(entry: AddressEntry, address: Address) -> AddressEntry:
    return replace(entry, address=address, revision=entry.revision + 1)


def _with_default(entry: AddressEntry, default: DefaultAddressSet) -> AddressEntry:
    """What the entry is a default for, after another or itself became one; it counts as a change if it differs."""
    mine = entry.id == default.address_id
    shipping = mine if default.shipping else entry.default_shipping
    billing = mine if default.billing else entry.default_billing
    if (shipping, billing) == (entry.default_shipping, entry.default_billing):
        return entry
    return replace(entry, default_shipping=shipping, default_billing=billing, revision=entry.revision + 1)
