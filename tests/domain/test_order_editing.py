"""Who may go on with an edit, and what a change does to the money."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import blocks
from commerce_api.domain.ids import BlockId, CartId, OrderEditId, StockLocationId
from commerce_api.domain.order import (
    EditClosed,
    EditExpired,
    EditLocked,
    EditSettling,
    EditStale,
    EditState,
    OrderEdit,
    OrderNotEditable,
    OrderState,
    Settlement,
    SettlementKind,
    against_beginning,
    against_editing,
    against_taking_up,
    against_work,
    blockable,
    settlement,
)
from commerce_api.domain.payment import TransactionKind, TransactionStatus
from commerce_api.domain.stock import Slice, StockSource, given_back
from tests.domain.carts import KETTLE, NOON, ONE
from tests.domain.orders import entry, payment
from tests.domain.orders import order as an_order

GRACE, ADA = UUID(int=61), UUID(int=62)
LATER = NOON + timedelta(minutes=30)


def an_edit(**changes):
    values = {
        "id": OrderEditId(UUID(int=1)),
        "order_id": an_order().id,
        "draft_id": CartId(UUID(int=2)),
        "begun_by": GRACE,
        "owner": GRACE,
        "state": EditState.OPEN,
        "base_version": 1,
        "since": NOON,
        "expires_at": LATER,
    }
    return OrderEdit(**{**values, **changes})


def a_block(*stops, resolved=None):
    return blocks.Block(
        id=BlockId(UUID(int=3)),
        owner=blockable(an_order()).owner,
        reason="OTHER",
        kind=blocks.BlockKind.MANUAL,
        stops=frozenset(stops),
        comment="",
        placed_at=NOON,
        placed_by=None,
        resolved=resolved,
    )


@pytest.mark.parametrize("state", list(OrderState))
def test_an_order_is_edited_after_it_was_paid_or_declined_and_before_it_is_on_its_way(state):
    editable = {OrderState.CONFIRMED, OrderState.PAYMENT_REJECTED}

    assert against_editing(an_order(state=state), []) == (() if state in editable else (OrderNotEditable(state=state),))


def test_a_block_stops_editing_only_if_it_says_so():
    order = an_order(state=OrderState.CONFIRMED)

    assert against_editing(order, [a_block(blocks.Stop.RELEASE)]) == ()
    assert [reason.code() for reason in against_editing(order, [a_block(blocks.Stop.EDIT)])] == ["BLOCKED"]


@pytest.mark.parametrize(
    ("edit", "by", "at", "version", "reason"),
    [
        ({}, GRACE, NOON, 1, None),
        ({}, ADA, NOON, 1, EditLocked(owner="Grace", since=NOON)),
        ({"begun_by": ADA}, ADA, NOON, 1, EditLocked(owner="Grace", since=NOON, taken_over=True)),
        ({"begun_by": ADA}, None, NOON, 1, EditLocked(owner="Grace", since=NOON)),
        ({}, GRACE, NOON, 2, EditStale(version=2)),
        ({}, GRACE, LATER, 1, EditExpired()),
        ({"state": EditState.EXPIRED}, GRACE, NOON, 1, EditExpired()),
        ({"state": EditState.SETTLING}, GRACE, LATER, 1, EditSettling()),
        ({"state": EditState.SETTLING}, ADA, NOON, 1, EditLocked(owner="Grace", since=NOON)),
        ({"state": EditState.COMMITTED}, GRACE, NOON, 2, EditClosed(state=EditState.COMMITTED)),
        ({"state": EditState.DISCARDED}, ADA, LATER, 1, EditClosed(state=EditState.DISCARDED)),
    ],
)
def test_an_edit_goes_on_with_its_owner_in_time_and_on_the_version_it_began_with(edit, by, at, version, reason):
    assert against_work(an_edit(**edit), an_order(version=version), by, "Grace", at) == reason


def test_who_had_begun_an_edit_hears_that_somebody_goes_on_with_it():
    taken = an_edit(begun_by=ADA)

    locked = against_beginning(taken, ADA, "Grace", NOON)

    assert locked == EditLocked(owner="Grace", since=NOON, taken_over=True)
    assert [taken.taken_from(who) for who in (ADA, GRACE, None)] == [True, False, False]
    assert not an_edit().taken_from(GRACE)


@pytest.mark.parametrize(
    ("edit", "by", "at", "taken"),
    [
        ({}, GRACE, NOON, False),
        ({}, ADA, NOON, True),
        ({"state": EditState.SETTLING}, ADA, LATER, True),
        ({}, ADA, LATER, False),
        ({"state": EditState.DISCARDED}, ADA, NOON, False),
    ],
)
def test_nobody_begins_what_somebody_else_is_at(edit, by, at, taken):
    reason = against_beginning(an_edit(**edit), by, "Grace", at)

    assert reason == (EditLocked(owner="Grace", since=NOON) if taken else None)


@pytest.mark.parametrize(
    ("edit", "at", "version", "reason"),
    [
        ({}, NOON, 1, None),
        ({}, LATER + timedelta(days=6), 1, None),
        ({"state": EditState.EXPIRED}, LATER, 1, None),
        ({"state": EditState.SETTLING}, LATER, 1, EditSettling()),
        ({}, LATER + timedelta(days=7), 1, EditClosed(state=EditState.EXPIRED)),
        ({"state": EditState.COMMITTED}, NOON, 1, EditClosed(state=EditState.COMMITTED)),
        ({}, NOON, 2, EditStale(version=2)),
    ],
)
def test_what_is_open_or_has_expired_can_be_taken_up_for_a_week(edit, at, version, reason):
    assert against_taking_up(an_edit(**edit), an_order(version=version), at) == reason


def taken(amount, captured):
    """An order with this much set aside, and some of it taken."""
    secured = entry(11, amount, TransactionStatus.SUCCEEDED)
    capture = entry(12, captured, TransactionStatus.SUCCEEDED, TransactionKind.CAPTURE)
    return an_order(payment(1, amount, secured, capture), total=amount)


@pytest.mark.parametrize(
    ("captured", "total", "expected"),
    [
        (0, 1_000, (SettlementKind.NOTHING, 0)),
        (0, 1_200, (SettlementKind.CHARGE, 200)),
        (0, 700, (SettlementKind.RELEASE, 300)),
        (1_000, 700, (SettlementKind.REFUND, 300)),
        (1_000, 1_000, (SettlementKind.NOTHING, 0)),
        (600, 500, (SettlementKind.REFUND, 100)),
    ],
)
def test_only_what_was_taken_is_given_back(captured, total, expected):
    kind, amount = expected

    assert settlement(taken(1_000, captured), total) == Settlement(kind=kind, amount=amount)


def part(quantity, source):
    location = StockLocationId(UUID(int=4))
    return Slice(line_id=ONE, variant_id=KETTLE, location_id=location, quantity=quantity, source=source)


def test_what_is_still_to_come_in_is_let_go_of_first():
    here, owed = part(3, StockSource.ON_HAND), part(2, StockSource.BACKORDER)
    held = {GRACE: here, ADA: owed}

    assert given_back(held, 1) == [(ADA, replace(owed, quantity=1))]
    assert given_back(held, 4) == [(ADA, owed), (GRACE, replace(here, quantity=2))]
    assert given_back(held, 0) == []
