from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.grants import Grant, held_by, known, limited_to
from commerce_api.domain.ids import ApiKeyId, StaffId
from commerce_api.domain.limits import Bound, Limit
from commerce_api.domain.permissions import (
    CUSTOMER,
    EVERY_STAFF,
    GRANTABLE,
    PER_CHANNEL,
    SHOP,
    STAFF_ENTRANCE,
    Permission,
)
from commerce_api.domain.staff import (
    ApiKey,
    ExceedsOwnLimits,
    ExceedsOwnPermissions,
    NotGrantable,
    may_grant,
    may_issue,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
P = Permission


def test_permissions_are_listed_in_alphabetical_order():
    assert list(Permission) == sorted(Permission)


def test_what_is_for_shoppers_or_for_everybody_is_not_granted():
    assert frozenset(Permission) == GRANTABLE | SHOP | EVERY_STAFF
    assert not GRANTABLE & (SHOP | EVERY_STAFF)
    assert not STAFF_ENTRANCE & CUSTOMER
    assert PER_CHANNEL < GRANTABLE


def test_roles_add_up():
    held = held_by(
        [
            Grant(permissions=frozenset({P.READ_STOCK}), limits={}),
            Grant(permissions=frozenset({P.READ_ORDERS}), limits={}),
        ],
        {},
    )

    assert held.everywhere == EVERY_STAFF | {P.READ_STOCK, P.READ_ORDERS}
    assert held.narrowed == frozenset()


def test_a_narrowed_grant_leaves_out_what_knows_no_channels_and_what_is_held_everywhere():
    here = frozenset({1})
    held = held_by(
        [
            Grant(
                permissions=frozenset({P.READ_CUSTOMERS, P.FIND_CUSTOMERS, P.MANAGE_STAFF}), limits={}, channels=here
            ),
            Grant(permissions=frozenset({P.FIND_CUSTOMERS}), limits={}),
        ],
        {},
    )

    assert held.everywhere == EVERY_STAFF | {P.FIND_CUSTOMERS}
    assert held.narrowed == {(P.READ_CUSTOMERS, 1)}


def test_a_key_is_narrowed_with_its_issuer():
    issuer = held_by(
        [Grant(permissions=frozenset({P.READ_CUSTOMERS, P.FIND_CUSTOMERS}), limits={}, channels=frozenset({1}))], {}
    )

    held = limited_to(frozenset({P.READ_CUSTOMERS, P.READ_STOCK}), issuer)

    assert held.everywhere == EVERY_STAFF
    assert held.narrowed == {(P.READ_CUSTOMERS, 1)}


def test_a_key_for_some_channels_holds_in_these_only_what_its_issuer_holds_there():
    issuer = held_by(
        [
            Grant(permissions=frozenset({P.READ_ORDERS, P.READ_STOCK}), limits={}),
            Grant(permissions=frozenset({P.READ_CUSTOMERS}), limits={}, channels=frozenset({1, 2})),
        ],
        {},
    )

    held = limited_to(frozenset({P.READ_ORDERS, P.READ_STOCK, P.READ_CUSTOMERS}), issuer, frozenset({2, 3}))

    assert held.everywhere == EVERY_STAFF
    assert held.narrowed == {(P.READ_ORDERS, 2), (P.READ_ORDERS, 3), (P.READ_CUSTOMERS, 2)}


@pytest.mark.parametrize(
    ("revoked_at", "expires_at", "over"),
    [(None, None, False), (NOON, None, True), (None, NOON, True), (None, NOON + timedelta(seconds=1), False)],
)
def test_a_key_is_over_when_it_was_revoked_or_has_expired(revoked_at, expires_at, over):
    key = ApiKey(
        id=ApiKeyId(UUID(int=1)),
        name="erp",
        prefix="key_x",
        permissions=frozenset(),
        created_by=StaffId(UUID(int=2)),
        created_at=NOON - timedelta(days=1),
        expires_at=expires_at,
        revoked_at=revoked_at,
    )

    assert key.is_over(NOON) is over


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


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({P.READ_STOCK}, None),
        ({P.READ_ORDERS}, ExceedsOwnPermissions(path=("permissions",), missing="READ_ORDERS")),
        ({P.READ_STOCK, P.OVERRIDE_PRICES}, NotGrantable(path=("permissions",), permissions="OVERRIDE_PRICES")),
        ({P.AUTHOR_QUOTES}, ExceedsOwnLimits(path=("permissions",), permissions="AUTHOR_QUOTES")),
    ],
)
def test_programs_get_nothing_that_takes_a_person_or_that_their_issuer_has_a_limit_on(wanted, answer):
    held = frozenset({P.READ_STOCK, P.OVERRIDE_PRICES, P.AUTHOR_QUOTES})
    bound = Bound(permission=P.AUTHOR_QUOTES, channel_id=None, limit=Limit(percent=Decimal(10)))
    issuer = Actor(kind=ActorKind.STAFF, id=UUID(int=1), permissions=held, bounds=frozenset({bound}))

    assert may_issue(frozenset(wanted), issuer) == answer
