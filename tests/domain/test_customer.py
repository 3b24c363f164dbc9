from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddressEntry
from commerce_api.domain.custom_field import Said
from commerce_api.domain.customer import (
    Customer,
    CustomerStatus,
    ProfileChanged,
    SetStatus,
    StatusChanged,
    UpdateProfile,
    masked_entry,
    seen_by,
    set_status,
    update_profile,
)
from commerce_api.domain.decision import StaleRevision, refuse
from commerce_api.domain.permissions import Permission

ADA = Customer(
    id=UUID(int=1),
    email="ada@example.com",
    logon="ada77",
    email_verified_at=None,
    first_name="Ada",
    last_name="Byron",
    phone="+4930123456",
    language="en",
    currency=None,
    status=CustomerStatus.ENABLED,
    terms_version=None,
    channel_id=UUID(int=2),
    created_at=datetime(2026, 6, 17, tzinfo=UTC),
    revision=3,
)
STALE = refuse(StaleRevision(path=("expectedRevision",), current_revision=3))


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"last_name": "Lovelace"}, ("last_name",)),
        ({"currency": "USD", "first_name": "Augusta"}, ("first_name", "currency")),
        ({"first_name": "Ada", "phone": ""}, ("phone",)),
    ],
)
def test_a_profile_takes_what_is_given_and_names_what_is_other_than_before(given, changed):
    after, events = update_profile(ADA, UpdateProfile(**given, expected_revision=3))

    assert (after, events) == (replace(ADA, **given), [ProfileChanged(fields=changed)])


@pytest.mark.parametrize("given", [{}, {"first_name": "Ada", "language": "en"}])
def test_a_profile_that_stays_as_it_is_makes_no_event(given):
    assert update_profile(ADA, UpdateProfile(**given)) == (ADA, [])


@pytest.mark.parametrize(
    ("status", "reason", "events"),
    [
        (CustomerStatus.DISABLED, "Fraud.", [StatusChanged(status=CustomerStatus.DISABLED)]),
        (CustomerStatus.ENABLED, "", []),
    ],
)
def test_a_customer_is_shut_out_once_and_for_a_reason(status, reason, events):
    after = replace(ADA, status=status, status_reason=reason)

    assert set_status(ADA, SetStatus(status=status, reason="Fraud.")) == (after, events)


def test_nothing_is_done_to_a_customer_who_was_changed_in_the_meantime():
    assert update_profile(ADA, UpdateProfile(phone="", expected_revision=2)) == (ADA, STALE)
    assert set_status(ADA, SetStatus(status=CustomerStatus.DISABLED, expected_revision=2)) == (ADA, STALE)


MASKED = replace(ADA, email="a***@example.com", logon="a***", phone="***456")
HERE, ELSEWHERE = ADA.channel_id, UUID(int=3)
READS = frozenset({Permission.READ_CUSTOMERS})


def staff(kind=ActorKind.STAFF, **held):
    return Actor(kind=kind, id=UUID(int=9), **{"permissions": frozenset(), **held})


@pytest.mark.parametrize(
    ("actor", "opened", "seen"),
    [
        (Actor(kind=ActorKind.CUSTOMER, id=ADA.id, permissions=frozenset()), False, ADA),
        (staff(on_behalf_of=ADA.id), False, ADA),
        (staff(permissions=READS), True, ADA),
        (staff(permissions=READS), False, MASKED),
        (staff(ActorKind.APP, permissions=READS), False, ADA),
        (staff(ActorKind.APP), True, MASKED),
        (staff(narrowed=frozenset({(Permission.READ_CUSTOMERS, HERE)})), True, ADA),
        (staff(narrowed=frozenset({(Permission.READ_CUSTOMERS, ELSEWHERE)})), True, MASKED),
        (staff(permissions=frozenset({Permission.FIND_CUSTOMERS})), True, MASKED),
        (Actor(kind=ActorKind.CUSTOMER, id=UUID(int=8), permissions=frozenset()), False, MASKED),
    ],
)
def test_who_has_not_opened_a_customer_recognizes_one_and_can_write_to_nobody(actor, opened, seen):
    assert seen_by(actor, ADA, opened=opened) == seen


def test_what_is_not_known_of_a_customer_is_not_masked():
    nameless = replace(ADA, logon=None, phone="")

    assert seen_by(staff(), nameless, opened=False) == replace(nameless, email="a***@example.com")


def test_of_a_masked_address_the_town_is_left():
    address = Address(last_name="Byron", line1="Weg 1", city="Jena", postal_code="07743", country="DE", phone="+491")
    entry = AddressEntry(id=UUID(int=4), address=address, default_billing=True)

    assert masked_entry(entry) == replace(entry, address=Address(city="Jena", country="DE"))


def test_what_is_said_in_fields_is_told_by_its_codes_even_if_it_was_said_before():
    said = (Said(code="motto", value="onward"), Said(code="household", value=None))

    assert update_profile(ADA, UpdateProfile(fields=said)) == (
        ADA,
        [ProfileChanged(fields=("fields.motto", "fields.household"))],
    )
