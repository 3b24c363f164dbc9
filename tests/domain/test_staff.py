import pytest

from commerce_api.domain.grants import Grant, held_by, known, limited_to
from commerce_api.domain.permissions import (
    CUSTOMER,
    EVERY_STAFF,
    GRANTABLE,
    PER_CHANNEL,
    SHOP,
    STAFF_ENTRANCE,
    Permission,
)
from commerce_api.domain.staff import ExceedsOwnPermissions, NotGrantable, may_grant

P = Permission


def test_permissions_are_listed_in_alphabetical_order():
    assert list(Permission) == sorted(Permission)


def test_what_is_for_shoppers_or_for_everybody_is_not_granted():
    assert frozenset(Permission) == GRANTABLE | SHOP | EVERY_STAFF
    assert not GRANTABLE & (SHOP | EVERY_STAFF)
    assert not STAFF_ENTRANCE & CUSTOMER
    assert PER_CHANNEL < GRANTABLE


def test_roles_add_up():
    held = held_by([Grant(permissions=frozenset({P.READ_STOCK})), Grant(permissions=frozenset({P.READ_ORDERS}))])

    assert held.everywhere == EVERY_STAFF | {P.READ_STOCK, P.READ_ORDERS}
    assert held.narrowed == frozenset()


def test_a_narrowed_grant_leaves_out_what_knows_no_channels_and_what_is_held_everywhere():
    here = frozenset({1})
    held = held_by(
        [
            Grant(permissions=frozenset({P.READ_CUSTOMERS, P.FIND_CUSTOMERS, P.MANAGE_STAFF}), channels=here),
            Grant(permissions=frozenset({P.FIND_CUSTOMERS})),
        ]
    )

    assert held.everywhere == EVERY_STAFF | {P.FIND_CUSTOMERS}
    assert held.narrowed == {(P.READ_CUSTOMERS, 1)}


def test_a_key_is_narrowed_with_its_issuer():
    issuer = held_by([Grant(permissions=frozenset({P.READ_CUSTOMERS, P.FIND_CUSTOMERS}), channels=frozenset({1}))])

    held = limited_to(frozenset({P.READ_CUSTOMERS, P.READ_STOCK}), issuer)

    assert held.everywhere == EVERY_STAFF
    assert held.narrowed == {(P.READ_CUSTOMERS, 1)}


def test_names_that_nobody_may_be_granted_mean_nothing():
    assert known(["READ_STOCK", "BUY", "SIGN_IN_AS_STAFF", "NO_SUCH_THING"]) == {P.READ_STOCK}


@pytest.mark.parametrize(
    ("wanted", "held", "answer"),
    [
        ({P.READ_STOCK}, {P.READ_STOCK, P.READ_ORDERS}, None),
        (set(), set(), None),
        (
            {P.READ_STOCK, P.READ_ORDERS},
            {P.READ_STOCK},
            ExceedsOwnPermissions(path=("permissions",), missing="READ_ORDERS"),
        ),
        ({P.BUY, P.STAFF_DESK}, set(), NotGrantable(path=("permissions",), permissions="BUY, STAFF_DESK")),
    ],
)
def test_nobody_grants_what_they_lack(wanted, held, answer):
    assert may_grant(wanted, frozenset(held)) == answer
