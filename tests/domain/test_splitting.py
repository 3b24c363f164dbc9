"""S1-09, D6: the content of an order in two, and its money."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from uuid import UUID

from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind, ExtraCharge
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.splitting import NothingToMove, NothingWouldStay, TooManyToMove, divide, shared_adjustments
from commerce_api.domain.tax import Rate, TaxLine
from commerce_api.domain.totals import ChargeKind, Discount
from tests.domain.orders import AT, id_
from tests.domain.test_canceling import HOME, NET, OFFICE, VAT, charge, content, line, to, units

LUXURY = Rate(name="Luxury", rate=Decimal("0.05"))


def divided(before, *of):
    parts = divide(before, units(*of) if of else None)
    assert not isinstance(parts, Refused), parts
    return parts


def ids():
    return (UUID(int=number) for number in count(5_000))


def amounts(of):
    return [(each.now.subtotal, each.now.discount, each.now.tax, each.now.total) for each in of.lines]


def test_units_take_their_share_of_discounts_and_taxes_along():
    parts = divided(content(line(1, 3, 100, 31), line(2, 1, 50)), (1, 1))

    assert amounts(parts.left) == [(200, 21, 29, 179), (50, 0, 8, 50)]
    assert amounts(parts.moved) == [(100, 10, 14, 90)]
    assert [(tax.base, tax.amount) for tax in parts.moved.lines[0].now.taxes] == [(76, 14)]
    assert [each.amount for each in parts.moved.lines[0].now.discounts] == [10]


def test_a_line_goes_whole_as_it_is():
    before = content(line(1, 3, 100, 31), line(2, 1, 50))

    parts = divided(before, (1, None))

    assert [each.id for each in parts.left.lines] == [id_(2)]
    assert parts.moved.lines == (replace(before.lines[0]),)


def test_what_was_canceled_stays_and_what_is_to_come_in_goes_first():
    ordered = line(1, 6, 100, canceled=1, allocated=3, backordered=2)
    before = content(ordered, line(2, 1, 50), shares={HOME: {id_(1): to(5, VAT), id_(2): to(1, VAT)}})

    some, all_ = divided(before, (1, 3)), divided(before, (1, None))

    counts = ("quantity", "canceled", "allocated", "backordered", "fewer")
    assert [getattr(some.left.lines[0], each) for each in counts] == [3, 1, 2, 0, 1]
    assert [getattr(some.moved.lines[0], each) for each in counts] == [3, 0, 1, 2, 0]
    assert [getattr(all_.left.lines[0], each) for each in counts] == [1, 1, 0, 0, 1]
    assert amounts(all_.left)[0] == (0, 0, 0, 0)


def test_without_units_all_that_is_still_to_come_in_goes():
    before = content(line(1, 5, 100, allocated=3, backordered=2), line(2, 1, 50))

    parts = divided(before)

    assert [(each.id, each.quantity, each.backordered) for each in parts.moved.lines] == [(id_(1), 2, 2)]
    assert [(each.quantity, each.allocated) for each in parts.left.lines] == [(3, 3), (1, 1)]


def test_a_tax_goes_with_the_units_that_bear_it():
    near, far = to(2, VAT), to(1, LUXURY)
    before = content(
        line(1, 3, 100, portions=(near, far), policy=NET),
        line(2, 1, 50, policy=NET),
        shares={HOME: {id_(1): near, id_(2): to(1, VAT)}, OFFICE: {id_(1): far}},
        policy=NET,
    )

    parts = divided(before, (1, 1))

    taxes = before.lines[0].now.taxes
    assert [parts.left.lines[0].now.taxes, parts.moved.lines[0].now.taxes] == [taxes[:1], taxes[1:]]
    assert amounts(parts.moved) == [(100, 0, 5, 105)]


def test_a_tax_that_nothing_is_known_to_bear_goes_by_units():
    before = content(line(1, 3, 100, policy=NET), shares={HOME: {id_(1): to(3)}}, policy=NET)

    parts = divided(before, (1, 1))

    assert (amounts(parts.left), amounts(parts.moved)) == ([(200, 0, 38, 238)], [(100, 0, 19, 119)])


def test_a_delivery_that_goes_whole_takes_its_charge_and_a_divided_one_leaves_it():
    before = content(
        line(1, 3, 100),
        line(2, 1, 100),
        charges=(charge(90, 490), charge(91, 700, OFFICE)),
        shares={HOME: {id_(1): to(2), id_(2): to(1)}, OFFICE: {id_(1): to(1)}},
    )

    whole, both = divided(before, (1, 1)), divided(before, (1, 2))

    assert [(each.id, each.amount) for each in whole.left.charges] == [(id_(90), 490)]
    assert [(each.id, each.amount) for each in whole.moved.charges] == [(id_(91), 700)]
    assert [(each.id, each.amount) for each in both.left.charges] == [(id_(90), 490)]
    assert [(each.id, each.amount) for each in both.moved.charges] == [(id_(90), 0), (id_(91), 700)]
    assert (list(whole.left.shares), list(whole.moved.shares)) == ([HOME], [OFFICE])


def test_charges_of_the_whole_are_shared_by_what_the_lines_cost():
    handling = replace(
        charge(92, 100, None, ChargeKind.HANDLING, tax=17),
        original=100,
        taxes=(TaxLine(name="VAT", rate=VAT.rate, base=83, amount=17),),
    )
    priced = content(line(1, 1, 100), line(2, 1, 200), charges=(handling,))
    free = content(line(1, 1, 0), line(2, 1, 0), charges=(handling,))

    parts, gifts = divided(priced, (1, 1)), divided(free, (1, 1))

    assert [(each.amount, each.original, each.tax) for each in parts.left.charges] == [(67, 67, 11)]
    assert [(each.amount, each.original, each.tax) for each in parts.moved.charges] == [(33, 33, 6)]
    assert (gifts.left.charges, gifts.moved.charges) == ((handling,), ())
    none_left = divided(content(line(1, 1, 100), line(2, 1, 0), charges=(handling,)), (1, 1))
    assert (none_left.left.charges, none_left.moved.charges) == ((), (handling,))


def test_all_that_is_wrong_is_told_at_once_and_something_must_stay_and_go():
    before = content(line(1, 3, 100, canceled=2), line(2, 1, 100, canceled=1))

    assert divide(before, units((1, 2), (9, 1))) == Refused(
        reasons=(TooManyToMove(path=("lines", "0", "quantity"), open=1), NotFound(path=("lines", "1", "lineId")))
    )
    assert divide(before, units((2, None))).reasons == (TooManyToMove(path=("lines", "0", "quantity"), open=0),)
    assert divide(before, units((1, 1))) == Refused(reasons=(NothingWouldStay(),))
    assert divide(before, None) == Refused(reasons=(NothingToMove(),))


# What staff changed.


def adjustment(number, kind, target=None, **changes):
    values = {"original": 100, "amount": 80, "name": "Goodwill", "reason": "GOODWILL", "at": AT}
    by = Author(kind=ActorKind.STAFF, id=id_(71))
    return Adjustment(id=id_(number), kind=kind, target_id=target, by=by, **{**values, **changes})


def names(*numbers):
    return {id_(number): id_(number + 1000) for number in numbers}


def test_changed_prices_go_with_their_lines_and_changed_charges_with_their_charges():
    price, other = (adjustment(81 + n, AdjustmentKind.LINE_PRICE, id_(1 + n)) for n in (0, 1))
    shipping = adjustment(83, AdjustmentKind.CHARGE, id_(90), original=990, amount=490)
    before = content(line(1, 2, 80), line(2, 1, 80), charges=(replace(charge(90, 490), original=990),))
    whole = content(
        line(1, 2, 80),
        line(2, 1, 80),
        charges=(replace(charge(90, 490, OFFICE), original=990),),
        shares={HOME: {id_(1): to(2)}, OFFICE: {id_(2): to(1)}},
    )
    all_ = [price, other, shipping]

    left, moved = shared_adjustments(all_, divided(before, (1, 1)), names(1, 81, 82, 83, 90))
    assert left == all_
    assert moved == [replace(price, id=id_(1081), target_id=id_(1001))]

    left, moved = shared_adjustments(all_, divided(whole, (2, 1)), names(2, 81, 82, 83, 90))
    assert left == [price]
    assert moved == [
        replace(other, id=id_(1082), target_id=id_(1002)),
        replace(shipping, id=id_(1083), target_id=id_(1090)),
    ]


def test_added_charges_and_deductions_say_what_is_asked_of_each_part():
    extra = ExtraCharge(kind=ChargeKind.HANDLING, tax_class_id=None, refundable=True, mandatory=False)
    added = adjustment(92, AdjustmentKind.EXTRA_CHARGE, original=0, amount=100, extra=extra)
    handling = replace(charge(92, 100, None, ChargeKind.HANDLING), original=100)
    off, percent = (
        adjustment(84 + n, AdjustmentKind.DEDUCTION, amount=30, percent=[None, Decimal(10)][n]) for n in (0, 1)
    )
    bare = line(1, 3, 100, 60)
    discounts = tuple(Discount(name="Goodwill", amount=30, adjustment_id=each.id) for each in (off, percent))
    ordered = replace(bare, now=replace(bare.now, discounts=discounts))
    parts = divided(content(ordered, charges=(handling,)), (1, 1))

    left, moved = shared_adjustments([added, off, percent], parts, names(1, 84, 85, 92))

    assert [(each.amount, each.percent) for each in left] == [(67, None), (20, None), (20, None)]
    assert [(each.amount, each.percent) for each in moved] == [(33, None), (10, None), (10, None)]
    assert [each.id for each in moved] == [id_(1092), id_(1084), id_(1085)]


def test_a_part_without_anything_taken_off_has_no_deduction():
    off = adjustment(84, AdjustmentKind.DEDUCTION, amount=30)
    bare = line(1, 3, 100, 30)
    discounts = (Discount(name="Goodwill", amount=30, adjustment_id=off.id),)
    ordered = replace(bare, now=replace(bare.now, discounts=discounts))

    assert shared_adjustments([off], divided(content(ordered, line(2, 1, 9)), (2, 1)), names(84)) == ([off], [])


def test_a_delivery_goes_with_its_goods_and_not_with_what_is_not_sent():
    before = content(line(1, 2, 1_000), line(2, 1, 500, sent=False), charges=(charge(90, 490),))

    parts = divided(before, (1, 2))
    both = divided(before, (2, 1))

    assert [[each.amount for each in part.charges] for part in (parts.left, parts.moved)] == [[], [490]]
    assert [[each.amount for each in part.charges] for part in (both.left, both.moved)] == [[490], []]
