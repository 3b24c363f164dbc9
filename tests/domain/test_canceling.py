"""D7: what is left of an order, and what it costs, when units of it are canceled."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.canceling import (
    ContentTotals,
    LineAmounts,
    OrderedCharge,
    OrderedContent,
    OrderedLine,
    TooManyToCancel,
    Units,
    totals,
    without,
)
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import TaxLine
from commerce_api.domain.totals import ChargeKind, Discount
from tests.domain.orders import id_

HOME, OFFICE = id_(50), id_(51)


def line(number, quantity, price, discount=0, tax=0, *, inclusive=True, **more):
    shown = quantity * price - discount
    base = shown - tax if inclusive else shown
    taxes = (TaxLine(name="VAT", rate=Decimal("0.19"), base=base, amount=tax),) if tax else ()
    discounts = (Discount(name="Spring", amount=discount),) if discount else ()
    amounts = LineAmounts(
        subtotal=quantity * price, discount=discount, tax=tax, total=base + tax, taxes=taxes, discounts=discounts
    )
    counted = {"canceled": 0, "allocated": quantity, "backordered": 0, **more}
    return OrderedLine(id=id_(number), quantity=quantity, now=amounts, whole=amounts, **counted)


def charge(number, amount, group=HOME, kind=ChargeKind.SHIPPING, tax=0):
    return OrderedCharge(id=id_(number), kind=kind, amount=amount, tax=tax, ship_group_id=group)


def content(*lines, charges=(), shares=None, inclusive=True):
    return OrderedContent(
        lines=lines,
        shares=shares or {HOME: {each.id: each.quantity for each in lines}},
        charges=charges,
        prices_include_tax=inclusive,
        rounding=Rounding.HALF_UP,
    )


def units(*of):
    return [
        Units(line_id=id_(number), quantity=quantity, path=("lines", str(n))) for n, (number, quantity) in enumerate(of)
    ]


def test_units_take_their_share_of_the_discount_with_them():
    before = content(line(1, 3, 100, discount=30))

    after = without(before, units((1, 2)))

    assert totals(before).total - totals(after).total == 180
    assert (after.lines[0].canceled, after.lines[0].open, after.lines[0].allocated) == (2, 1, 1)


def test_what_stays_becomes_neither_cheaper_nor_dearer():
    before = content(line(1, 1, 150, discount=30), line(2, 1, 60, discount=12))

    after = without(before, units((1, None)))

    assert totals(before).total - totals(after).total == 120
    assert after.lines[1] == before.lines[1]
    assert totals(after).total == 48


def test_tax_goes_with_the_units_whether_it_is_contained_or_added():
    contained = without(content(line(1, 3, 1190, tax=570)), units((1, 1)))
    added = without(content(line(1, 3, 1000, tax=570, inclusive=False), inclusive=False), units((1, 1)))

    for after in (contained, added):
        now = after.lines[0].now
        assert (now.total, now.tax, now.taxes[0].base, now.taxes[0].amount) == (2380, 380, 2000, 380)


def test_several_taxes_of_a_line_shrink_one_by_one():
    ordered = line(1, 2, 1000, tax=100)
    taxes = tuple(TaxLine(name=name, rate=Decimal("0.05"), base=950, amount=50) for name in ("state", "city"))
    ordered = replace(ordered, now=replace(ordered.now, taxes=taxes), whole=replace(ordered.whole, taxes=taxes))

    after = without(content(ordered), units((1, 1)))

    assert [(tax.base, tax.amount) for tax in after.lines[0].now.taxes] == [(475, 25), (475, 25)]


def test_units_that_are_still_to_come_in_go_first():
    before = content(line(1, 5, 100, allocated=3, backordered=2))

    after = without(before, units((1, 3)))

    assert (after.lines[0].backordered, after.lines[0].allocated) == (0, 2)


def test_the_last_destination_loses_units_first_and_with_its_last_one_its_charge():
    ordered = line(1, 3, 100)
    before = content(
        ordered,
        charges=(charge(90, 490), charge(91, 700, OFFICE), charge(92, 200, None, ChargeKind.HANDLING)),
        shares={HOME: {id_(1): 2}, OFFICE: {id_(1): 1}},
    )

    after = without(before, units((1, 1)))

    assert after.shares == {HOME: {id_(1): 2}, OFFICE: {}}
    assert [each.id for each in after.charges] == [id_(90), id_(92)]
    assert totals(after) == ContentTotals(
        subtotal=200, discount_total=0, shipping_total=490, charge_total=200, tax_total=0, total=890
    )
    assert not after.empty
    assert without(after, units((1, None))).empty


def test_tax_on_charges_is_added_where_it_is_not_contained():
    one = content(line(1, 1, 100, inclusive=False), charges=(charge(90, 490, tax=93),), inclusive=False)

    assert (totals(one).tax_total, totals(one).total) == (93, 683)


def test_all_that_is_wrong_is_told_at_once():
    ordered = line(1, 3, 100, canceled=2)

    refused = without(content(ordered), [*units((1, 2), (9, 1)), Units(line_id=None, path=("lines", "2"))])

    assert refused == Refused(
        reasons=(
            TooManyToCancel(path=("lines", "0", "quantity"), open=1),
            NotFound(path=("lines", "1", "lineId")),
            NotFound(path=("lines", "2", "lineId")),
        )
    )


def test_of_a_line_that_is_gone_nothing_is_left_to_cancel():
    refused = without(content(line(1, 3, 100, canceled=3)), units((1, None)))

    assert refused.reasons == (TooManyToCancel(path=("lines", "0", "quantity"), open=0),)


def test_of_a_line_that_was_edited_only_the_rest_is_shared():
    """Three of five were canceled, and what the other two cost was agreed on anew after that."""
    two_left = replace(line(1, 2, 100, discount=20), quantity=5, canceled=3, fewer=3)

    after = without(content(two_left), units((1, 1)))

    assert (after.lines[0].open, after.lines[0].now.subtotal, after.lines[0].now.discount) == (1, 100, 10)


@settings(deadline=None)
@given(
    st.integers(1, 12),
    st.integers(1, 999),
    st.integers(0, 999),
    st.lists(st.integers(1, 4), max_size=8),
    st.sampled_from(Rounding),
    st.booleans(),
)
def test_in_whatever_steps_units_go_the_same_remains(quantity, price, discount, steps, rounding, inclusive):
    discount = min(discount, quantity * price)
    tax = (quantity * price - discount) * 19 // 119
    before = replace(
        content(line(1, quantity, price, discount, tax, inclusive=inclusive), inclusive=inclusive), rounding=rounding
    )
    stepwise, gone = before, 0
    for step in steps:
        if gone + step <= quantity:
            stepwise, gone = without(stepwise, units((1, step))), gone + step

    if gone:
        assert stepwise == without(before, units((1, gone)))
    now = stepwise.lines[0].now
    assert now.subtotal == price * (quantity - gone)
    assert 0 <= now.discount <= now.subtotal
    assert now.total == now.subtotal - now.discount + (0 if inclusive else now.tax)
    if gone == quantity:
        assert (now.subtotal, now.discount, now.tax, now.total) == (0, 0, 0, 0)


@pytest.mark.parametrize("quantity", [1, 2])
def test_nothing_else_of_a_line_changes(quantity):
    before = content(line(1, 2, 100), line(2, 2, 100))

    after = without(before, units((2, quantity)))

    assert after.lines[0] == before.lines[0]
    assert after.lines[1].whole == before.lines[1].whole
