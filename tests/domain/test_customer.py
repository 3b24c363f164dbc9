from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.customer import (
    Customer,
    CustomerStatus,
    ProfileChanged,
    SetStatus,
    StatusChanged,
    UpdateProfile,
    seen_by,
    set_status,
    update_profile,
)
from commerce_api.domain.decision import StaleRevision, refuse
from commerce_api.domain.permissions import Permission

ADA = Customer(
    id=UUID(int=1),
    email="ada@example.com",
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
    ("status", "events"),
    [(CustomerStatus.DISABLED, [StatusChanged(status=CustomerStatus.DISABLED)]), (CustomerStatus.ENABLED, [])],
)
def test_a_customer_is_shut_out_once(status, events):
    assert set_status(ADA, SetStatus(status=status)) == (replace(ADA, status=status), events)


def test_nothing_is_done_to_a_customer_who_was_changed_in_the_meantime():
    assert update_profile(ADA, UpdateProfile(phone="", expected_revision=2)) == (ADA, STALE)
    assert set_status(ADA, SetStatus(status=CustomerStatus.DISABLED, expected_revision=2)) == (ADA, STALE)


MASKED = replace(ADA, email="a•••@e•••", last_name="B•••", phone="•••56")
HERE, ELSEWHERE = ADA.channel_id, UUID(int=3)


def staff(**held):
    return Actor(kind=ActorKind.STAFF, id=UUID(int=9), **{"permissions": frozenset(), **held})


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (Actor(kind=ActorKind.CUSTOMER, id=ADA.id, permissions=frozenset()), ADA),
        (staff(on_behalf_of=ADA.id), ADA),
        (staff(permissions=frozenset({Permission.READ_CUSTOMERS})), ADA),
        (staff(narrowed=frozenset({(Permission.READ_CUSTOMERS, HERE)})), ADA),
        (staff(narrowed=frozenset({(Permission.READ_CUSTOMERS, ELSEWHERE)})), MASKED),
        (staff(permissions=frozenset({Permission.FIND_CUSTOMERS})), MASKED),
        (Actor(kind=ActorKind.CUSTOMER, id=UUID(int=8), permissions=frozenset()), MASKED),
    ],
)
def test_who_may_not_read_a_customer_recognizes_one_and_can_write_to_nobody(actor, seen):
    assert seen_by(actor, ADA) == seen


def test_what_is_not_known_of_a_customer_is_not_masked():
    nameless = replace(ADA, last_name="", phone="")

    assert seen_by(staff(), nameless) == replace(nameless, email="a•••@e•••")
