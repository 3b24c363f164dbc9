from dataclasses import replace
from uuid import UUID

import pytest

from commerce_api.domain.actor import (
    ANYBODY,
    SYSTEM,
    Actor,
    ActorKind,
    Attribution,
    Delegation,
    Forbidden,
    Unauthenticated,
    lacking,
)
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.permissions import GUEST, Permission
from tests.conftest import NOON

ADA, BOB, HELPER = UUID(int=1), UUID(int=3), UUID(int=2)
BOTH = NORTH, SOUTH = UUID(int=11), UUID(int=12)
READ, FIND, STOCK = Permission.READ_CUSTOMERS, Permission.FIND_CUSTOMERS, Permission.READ_STOCK
CLERK = Actor(
    kind=ActorKind.STAFF,
    id=HELPER,
    permissions=frozenset({STOCK}),
    narrowed=frozenset({(READ, NORTH), (READ, SOUTH), (FIND, SOUTH)}),
)


@pytest.mark.parametrize(
    ("kind", "id", "on_behalf_of", "owner"),
    [
        (ActorKind.GUEST, None, None, None),
        (ActorKind.CUSTOMER, ADA, None, ADA),
        (ActorKind.STAFF, HELPER, None, None),
        (ActorKind.STAFF, HELPER, ADA, ADA),
    ],
)
def test_things_are_a_customers_own_or_those_of_the_customer_acted_for(kind, id, on_behalf_of, owner):
    actor = Actor(kind=kind, id=id, permissions=frozenset(), on_behalf_of=on_behalf_of)

    assert actor.customer_id == owner


@pytest.mark.parametrize(
    ("permission", "channels"),
    [(STOCK, None), (READ, {NORTH, SOUTH}), (FIND, {SOUTH}), (Permission.READ_ORDERS, set())],
)
def test_a_permission_is_held_everywhere_or_in_some_channels_or_nowhere(permission, channels):
    assert CLERK.channels_with(permission) == channels
    assert CLERK.may(permission) is (channels != set())
    assert {each for each in BOTH if CLERK.may_in(permission, each)} == (set(BOTH) if channels is None else channels)


def test_what_is_held_everywhere_is_not_narrowed_by_a_grant_for_one_channel():
    both = Actor(kind=ActorKind.STAFF, permissions=frozenset({READ}), narrowed=frozenset({(READ, NORTH)}))

    assert both.channels_with(READ) is None


def test_staff_are_at_their_desk_unless_they_are_where_the_customer_is():
    helping = Delegation(session_id=UUID(int=5), channel_id=NORTH, source=OrderingChannel.PHONE)
    assisting = replace(CLERK, on_behalf_of=ADA, delegation=helping)

    assert [actor.at_desk for actor in (CLERK, assisting, ANYBODY)] == [True, False, False]


def test_anybody_may_shop_and_the_system_may_do_everything():
    assert {each for each in Permission if ANYBODY.may(each)} == GUEST
    assert {each for each in Permission if SYSTEM.may(each)} == set(Permission)


@pytest.mark.parametrize(("actor", "reasons"), [(ANYBODY, (Unauthenticated(),)), (CLERK, (Forbidden(),)), (SYSTEM, ())])
def test_who_lacks_a_permission_is_told_to_sign_in_or_that_it_is_forbidden(actor, reasons):
    assert lacking(actor, [Permission.OWN_ACCOUNT], NORTH) == reasons


def test_what_staff_write_is_on_behalf_of_whose_things_they_handle():
    by = Attribution(actor=CLERK, at=NOON, request_id="r")
    assisting = Attribution(actor=replace(CLERK, on_behalf_of=BOB), at=NOON, request_id="r")
    ada = Attribution(actor=Actor(kind=ActorKind.CUSTOMER, id=ADA, permissions=GUEST), at=NOON, request_id="r")

    assert [each.serving(ADA).on_behalf_of for each in (by, assisting, ada)] == [ADA, ADA, None]
    assert [each.serving(ADA).serving(None).on_behalf_of for each in (by, assisting, ada)] == [None, BOB, None]
