"""D7: what is left of an order, and what it costs, when units of it are canceled."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.canceling import (
    ContentTotals,
    LineAmounts,
    OrderedCharge,
    OrderedContent,
    OrderedLine,
    TooManyToCancel,
    Units,
    still_deducted,
    totals,
    without,
)
from commerce_api.domain.channel import RoundingLevel
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import Rate, TaxPolicy
from commerce_api.domain.totals import ChargeKind, Discount, LineToTotal, Portion, line_total
from tests.domain import adjusted
from tests.domain.orders import id_

HOME, OFFICE = id_(50), id_(51)


VAT, CITY = Rate(name="VAT", rate=Decimal("0.19")), Rate(name="city", rate=Decimal("0.05"))
POLICY = TaxPolicy(prices_include_tax=True, rounding=Rounding.HALF_UP, level=RoundingLevel.LINE)
NET = replace(POLICY, prices_include_tax=False)


def to(quantity, *rates):
    return Portion(quantity=quantity, rates=rates)


def line(number, quantity, price, *discounts, portions=None, policy=POLICY, **more):
    given_off = tuple(Discount(name=f"Off {n}", amount=amount) for n, amount in enumerate(discounts))
    ordered = LineToTotal(
        id=id_(number), unit_price=price, portions=portions or (to(quantity, VAT),), discounts=given_off
    )
    found = line_total(ordered, policy)
    names = ("subtotal", "discount", "tax", "total", "taxes", "discounts")
    amounts = LineAmounts(**{name: getattr(found, name) for name in names})
    counted = {"canceled": 0, "allocated": quantity, "backordered": 0, **more}
    return OrderedLine(
        id=id_(number), unit_price=price, **{"quantity": quantity, "now": amounts, "whole": amounts, **counted}
    )


def charge(number, amount, group=HOME, kind=ChargeKind.SHIPPING, tax=0):
    return OrderedCharge(id=id_(number), kind=kind, amount=amount, tax=tax, ship_group_id=group)


def content(*lines, charges=(), shares=None, policy=POLICY):
    return OrderedContent(
        lines=lines,
        shares=shares or {HOME: {each.id: to(each.open, VAT) for each in lines}},
        charges=charges,
        policy=policy,
    )


def units(*of):
    return [
        Units(line_id=id_(number), quantity=quantity, path=("lines", str(n))) for n, (number, quantity) in enumerate(of)
    ]


@pytest.mark.parametrize(
    ("lines", "canceled", "given_back"),
    [
        ([line(1, 3, 100, 30)], [(1, 2)], 180),
        ([line(1, 1, 150, 30), line(2, 1, 60, 12)], [(1, 1)], 120),
        ([line(1, 6, 50, 30)], [(1, 5)], 225),
    ],
    ids=["3 x 100 with -10 %", "150 + 60 with -20 %", "6 x 50 with -10 % from 300 on"],
)
def test_units_take_their_share_of_the_discount_with_them_whatever_it_was_given_for(lines, canceled, given_back):
    before = content(*lines)

    after = without(before, units(*canceled))

    assert totals(before).total - totals(after).total == given_back


def test_what_stays_becomes_neither_cheaper_nor_dearer():
    before = content(line(1, 1, 150, 30), line(2, 1, 60, 12))

    after = without(before, units((1, None)))

    assert after.lines[1] == before.lines[1]
    assert totals(after).total == 48
    assert (after.lines[0].canceled, after.lines[0].open, after.lines[0].allocated) == (1, 0, 0)


def test_tax_goes_with_the_units_whether_it_is_contained_or_added():
    contained = without(content(line(1, 3, 1190)), units((1, 1)))
    added = without(content(line(1, 3, 1000, policy=NET), policy=NET), units((1, 1)))

    for after in (contained, added):
        now = after.lines[0].now
        assert (now.total, now.tax, now.taxes[0].base, now.taxes[0].amount) == (2380, 380, 2000, 380)


def test_the_tax_that_stays_is_that_of_where_the_units_go_that_stay():
    home, office = to(1, VAT), to(2, VAT, CITY)
    ordered = line(1, 3, 1000, portions=(home, office), policy=NET)
    before = content(ordered, shares={HOME: {id_(1): home}, OFFICE: {id_(1): office}}, policy=NET)

    one_less, two_less = (without(before, units((1, gone))).lines[0].now for gone in (1, 2))

    assert [(tax.name, tax.base, tax.amount) for tax in ordered.now.taxes] == [("VAT", 3000, 570), ("city", 2000, 100)]
    assert [(tax.name, tax.base, tax.amount) for tax in one_less.taxes] == [("VAT", 2000, 380), ("city", 1000, 50)]
    assert [(tax.name, tax.base, tax.amount) for tax in two_less.taxes] == [("VAT", 1000, 190)]


def test_units_that_are_still_to_come_in_go_first():
    before = content(line(1, 5, 100, allocated=3, backordered=2))

    after = without(before, units((1, 3)))

    assert (after.lines[0].backordered, after.lines[0].allocated) == (0, 2)


def test_the_last_destination_loses_units_first_and_with_its_last_one_its_charge():
    ordered = line(1, 3, 100)
    before = content(
        ordered,
        charges=(charge(90, 490), charge(91, 700, OFFICE), charge(92, 200, None, ChargeKind.HANDLING)),
        shares={HOME: {id_(1): to(2)}, OFFICE: {id_(1): to(1)}},
    )

    after = without(before, units((1, 1)))

    assert after.shares == {HOME: {id_(1): to(2)}, OFFICE: {}}
    assert [each.id for each in after.charges] == [id_(90), id_(92)]
    assert totals(after) == ContentTotals(
        subtotal=200, discount_total=0, shipping_total=490, charge_total=200, tax_total=0, total=890
    )
    assert not after.empty
    assert without(after, units((1, None))).empty


def test_tax_on_charges_is_added_where_it_is_not_contained():
    one = content(line(1, 1, 100, policy=NET), charges=(charge(90, 490, tax=93),), policy=NET)

    assert (totals(one).tax_total, totals(one).total) == (112, 702)


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
    two_left = replace(line(1, 2, 100, 20), quantity=5, canceled=3, fewer=3)

    after = without(content(two_left), units((1, 1)))

    assert (after.lines[0].open, after.lines[0].now.subtotal, after.lines[0].now.discount) == (1, 100, 10)


@st.composite
def orders(draw):
    """A line that goes to some destinations with taxes of their own, and how many units of it are canceled in steps."""
    rates = st.lists(st.sampled_from([VAT, CITY]), unique=True, max_size=2)
    portions = tuple(to(draw(st.integers(1, 5)), *draw(rates)) for _ in range(draw(st.integers(1, 3))))
    policy = TaxPolicy(
        prices_include_tax=draw(st.booleans()),
        rounding=draw(st.sampled_from(Rounding)),
        level=draw(st.sampled_from(RoundingLevel)),
    )
    quantity, price = sum(portion.quantity for portion in portions), draw(st.integers(0, 999))
    first = draw(st.integers(0, quantity * price))
    second = draw(st.integers(0, quantity * price - first))
    ordered = line(1, quantity, price, first, second, portions=portions, policy=policy)
    shares = {id_(50 + number): {id_(1): portion} for number, portion in enumerate(portions)}
    steps = draw(st.lists(st.integers(1, 4), max_size=8))
    return content(ordered, shares=shares, policy=policy), steps


@given(orders())
def test_in_whatever_steps_units_go_the_same_remains_as_if_only_that_had_been_ordered(made):
    before, steps = made
    ordered, stepwise, gone = before.lines[0], before, 0
    for step in steps:
        if gone + step <= ordered.quantity:
            stepwise, gone = without(stepwise, units((1, step))), gone + step

    if gone:
        assert stepwise == without(before, units((1, gone)))
    now = stepwise.lines[0].now
    left = tuple(held[id_(1)] for held in stepwise.shares.values() if held)
    alone = LineToTotal(id=id_(1), unit_price=ordered.unit_price, portions=left, discounts=now.discounts)
    found = line_total(alone, before.policy)
    assert sum(portion.quantity for portion in left) == ordered.quantity - gone
    assert (now.subtotal, now.discount, now.tax, now.total) == (found.subtotal, found.discount, found.tax, found.total)
    assert now.taxes == found.taxes
    assert sum(tax.amount for tax in now.taxes) == now.tax
    assert all(discount.amount >= 0 for discount in now.discounts)
    assert now.discount <= now.subtotal
    if gone == ordered.quantity:
        assert (now.subtotal, now.discount, now.tax, now.total) == (0, 0, 0, 0)


@pytest.mark.parametrize("quantity", [1, 2])
def test_nothing_else_of_a_line_changes(quantity):
    before = content(line(1, 2, 100), line(2, 2, 100))

    after = without(before, units((2, quantity)))

    assert after.lines[0] == before.lines[0]
    assert after.lines[1].whole == before.lines[1].whole


def test_a_delivery_of_which_only_what_is_not_sent_is_left_costs_nothing():
    before = content(line(1, 2, 1_000), line(2, 1, 500, sent=False), charges=(charge(90, 490), charge(91, 300, None)))

    assert [each.id for each in without(before, units((1, 1))).charges] == [id_(90), id_(91)]
    assert [each.id for each in without(before, units((1, 2))).charges] == [id_(91)]


def test_of_what_staff_took_off_the_share_of_units_goes_with_them():
    off, tenth, price = (
        adjusted.deduction(300, id=7),
        adjusted.deduction(200, percent=Decimal(10), id=8),
        adjusted.price(id_(1), 900, id=9),
    )
    gone = adjusted.deduction(100, id=6)
    shares = tuple(Discount(name="Goodwill", amount=each.amount, adjustment_id=each.id) for each in (off, tenth))
    ordered = line(1, 2, 1_000)
    ordered = replace(ordered, whole=replace(ordered.whole, discount=500, discounts=shares))

    left = without(content(ordered), units((1, 1)))

    assert [(each.id, each.amount) for each in still_deducted([off, tenth, price, gone], left)] == [
        (off.id, 150),
        (tenth.id, 200),
        (price.id, 900),
    ]
