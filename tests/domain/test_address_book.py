from dataclasses import replace
from functools import reduce
from uuid import UUID

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.address_book import (
    LARGEST,
    AddAddress,
    AddressAdded,
    AddressBook,
    AddressBookFull,
    AddressChanged,
    AddressEntry,
    AddressRemoved,
    ChangeAddress,
    DefaultAddressSet,
    RemoveAddress,
    SetDefaultAddress,
    decide,
    evolve,
)
from commerce_api.domain.decision import NotFound, Refused, StaleRevision, refuse

HOME, WORK, AWAY = (UUID(int=number) for number in (1, 2, 3))
BERLIN = Address(country="DE", city="Berlin")
VIENNA = Address(country="AT", city="Wien")


def entry(id=HOME, address=BERLIN, **more):
    return AddressEntry(id=id, address=address, **more)


def book(*entries):
    return AddressBook(customer_id=UUID(int=9), entries=entries)


def after(before, command):
    """The book after the command, which must not be refused."""
    decided = decide(before, command)
    assert not isinstance(decided, Refused)
    return reduce(lambda state, event: evolve(state, event, command), decided, before)


MINE = book(entry(HOME, default_shipping=True, default_billing=True), entry(WORK))


def test_the_first_address_is_the_default_for_everything():
    added = after(book(), AddAddress(id=HOME, address=BERLIN))

    assert added == book(entry(HOME, default_shipping=True, default_billing=True, revision=2))


def test_a_further_address_changes_no_default():
    assert after(MINE, AddAddress(id=AWAY, address=VIENNA)) == book(*MINE.entries, entry(AWAY, VIENNA))


@pytest.mark.parametrize(("shipping", "billing"), [(True, False), (False, True), (True, True)])
def test_there_is_one_default_of_each_kind(shipping, billing):
    home, work = MINE.entries
    expected = book(
        replace(home, default_shipping=not shipping, default_billing=not billing, revision=2),
        replace(work, default_shipping=shipping, default_billing=billing, revision=2),
    )

    assert after(MINE, SetDefaultAddress(id=WORK, shipping=shipping, billing=billing)) == expected


def test_a_new_address_can_be_a_default_at_once():
    command = AddAddress(id=AWAY, address=VIENNA, default_billing=True)

    assert decide(MINE, command) == [
        AddressAdded(address_id=AWAY),
        DefaultAddressSet(address_id=AWAY, shipping=False, billing=True),
    ]
    assert [e.id for e in after(MINE, command).entries if e.default_billing] == [AWAY]


def test_a_book_holds_100_addresses():
    almost = book(*(entry(UUID(int=number)) for number in range(100, 100 + LARGEST - 1)))
    full = after(almost, AddAddress(id=HOME, address=BERLIN))

    assert len(full.entries) == 100
    assert decide(full, AddAddress(id=WORK, address=BERLIN)) == refuse(AddressBookFull())


def test_a_changed_address_tells_which_fields_and_nothing_personal():
    command = ChangeAddress(id=WORK, address=VIENNA, expected_revision=1)

    assert decide(MINE, command) == [AddressChanged(address_id=WORK, fields=("city", "country"))]
    assert after(MINE, command) == book(MINE.entries[0], entry(WORK, VIENNA, revision=2))


def test_the_same_address_again_is_no_change():
    assert decide(MINE, ChangeAddress(id=WORK, address=BERLIN)) == []


def test_an_address_that_was_changed_in_the_meantime_is_not_overwritten():
    stale = StaleRevision(path=("expectedRevision",), current_revision=1)

    assert decide(MINE, ChangeAddress(id=WORK, address=VIENNA, expected_revision=2)) == refuse(stale)


def test_a_removed_address_is_gone_and_hands_its_defaults_to_none():
    assert decide(MINE, RemoveAddress(id=HOME)) == [AddressRemoved(address_id=HOME)]
    assert after(MINE, RemoveAddress(id=HOME)) == book(entry(WORK))


@pytest.mark.parametrize(
    "command",
    [
        ChangeAddress(id=AWAY, address=VIENNA),
        RemoveAddress(id=AWAY),
        SetDefaultAddress(id=AWAY, shipping=True, billing=True),
    ],
)
def test_an_address_of_another_book_is_not_found(command):
    assert decide(MINE, command) == refuse(NotFound(path=("id",)))


def test_an_event_is_not_taken_with_a_command_that_it_cannot_come_of():
    with pytest.raises(ValueError, match="AddressAdded"):
        evolve(MINE, AddressAdded(address_id=AWAY), RemoveAddress(id=AWAY))
