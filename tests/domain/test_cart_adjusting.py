from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Forbidden
from commerce_api.domain.adjustment import AdjustmentKind, OriginalLine, Originals, OverrideReason
from commerce_api.domain.cart import MoneyFacts, adjusting
from commerce_api.domain.decision import CautionsOverruled, NotFound, TooMany
from commerce_api.domain.ids import TaxClassId
from commerce_api.domain.limits import Limit
from commerce_api.domain.totals import ChargeKind
from tests.domain.carts import FAR, GRACE, NEAR, NEW, ONE, TWO, a_cart, after, facts, group, line, reasons

POST = a_cart().ship_groups[0].id
BY = cart.Author(kind=ActorKind.STAFF, id=GRACE)
ANY = OverrideReason(
    code="GOODWILL", names={"en": "Goodwill", "de": "Kulanz"}, kinds=frozenset(AdjustmentKind), note_required=False
)
THREE_KETTLES = OriginalLine(unit_price=1_000, quantity=3, worth=3_000)
ASKED = Originals(currency="EUR", lines={ONE: THREE_KETTLES}, charges={POST: 490})
TEN = (Limit(percent=Decimal(10)),)
FULL = a_cart(line(ONE, quantity=3), line(TWO))
WHY = {"reason": "GOODWILL", "note": "she called twice"}


def known(new_id=0, *, originals=ASKED, reason=ANY, **changes):
    return facts(author=BY, new_ids=NEW[new_id:], money=MoneyFacts(originals=originals, reason=reason, **changes))


def price(change, line_id=ONE, **changes):
    return cart.OverrideLinePrice(line_id=line_id, change=change, **{**WHY, **changes})


def charge(change, charge_id=POST, **changes):
    return cart.OverrideCharge(charge_id=charge_id, change=change, **{**WHY, **changes})


def deduct(off, **changes):
    return cart.Deduct(off=off, **{**WHY, **changes})


def extra(**changes):
    return cart.AddCharge(**{"kind": ChargeKind.GIFT_WRAP, "amount": 350, "currency": "EUR", **WHY, **changes})


def to(amount):
    return cart.NewAmount(amount=amount)


def less(amount):
    return cart.AmountOff(amount=amount)


def percent(number):
    return cart.PercentOff(percent=Decimal(number))


@pytest.mark.parametrize(
    ("command", "kind", "target", "original", "amount"),
    [
        (price(to(900)), AdjustmentKind.LINE_PRICE, ONE, 1_000, 900),
        (price(less(50)), AdjustmentKind.LINE_PRICE, ONE, 1_000, 950),
        (price(percent("12.5")), AdjustmentKind.LINE_PRICE, ONE, 1_000, 875),
        (price(to(1_200)), AdjustmentKind.LINE_PRICE, ONE, 1_000, 1_200),
        (charge(to(0)), AdjustmentKind.CHARGE, POST, 490, 0),
        (charge(less(90)), AdjustmentKind.CHARGE, POST, 490, 400),
        (charge(percent(50), currency="EUR"), AdjustmentKind.CHARGE, POST, 490, 245),
        (deduct(less(3_000)), AdjustmentKind.DEDUCTION, None, 3_000, 3_000),
        (deduct(percent(5)), AdjustmentKind.DEDUCTION, None, 3_000, 150),
        (extra(), AdjustmentKind.EXTRA_CHARGE, None, 0, 350),
    ],
)
def test_what_is_changed_keeps_what_was_asked_and_why_and_who(command, kind, target, original, amount):
    [made] = after(FULL, command, known(limits=(Limit(),))).adjustments

    assert (made.kind, made.target_id, made.original, made.amount) == (kind, target, original, amount)
    assert (made.reason, made.note, made.by, made.limits) == ("GOODWILL", "she called twice", BY, (Limit(),))
    assert (made.id, made.beyond_limit) == (NEW[0], False)
    assert cart.kind_of(FULL, command) is kind


def test_customers_read_the_reason_or_the_kind_of_charge_in_their_language():
    german = replace(FULL, language="de")

    def name(command):
        return after(german, command, known()).adjustments[0].name

    assert name(price(to(1))) == "Kulanz"
    assert name(extra()) == "Geschenkverpackung"
    assert name(extra(name="Samt und Seide")) == "Samt und Seide"


@pytest.mark.parametrize(
    ("command", "changes", "expected"),
    [
        (price(to(1)), {"permitted": False}, [Forbidden()]),
        (price(to(1)), {"reason": None}, [cart.OverrideReasonNotFound(path=("reason",))]),
        (
            deduct(less(1)),
            {"reason": replace(ANY, kinds=frozenset({AdjustmentKind.CHARGE}))},
            [cart.OverrideReasonNotFound(path=("reason",))],
        ),
        (
            price(to(1), note=""),
            {"reason": replace(ANY, note_required=True)},
            [cart.NoteRequired(path=("note",))],
        ),
        (price(to(1), currency="USD"), {}, [cart.CurrencyMismatch(currency="EUR")]),
        (price(to(1), line_id=UUID(int=9)), {}, [cart.LineNotFound(path=("lineId",))]),
        (price(to(1), line_id=TWO), {}, [cart.NotSellableInChannel(path=("lineId",))]),
        (price(less(1_001)), {}, [cart.AmountBelowZero(path=("change",))]),
        (charge(to(1), charge_id=FAR), {}, [cart.ChargeNotFound(path=("chargeId",))]),
        (
            extra(tax_class_id=TaxClassId(UUID(int=7)), currency="USD"),
            {"tax_class_known": False},
            [cart.CurrencyMismatch(currency="EUR"), NotFound(path=("taxClassId",))],
        ),
        (deduct(less(3_001)), {}, [cart.AdjustmentExceedsSubtotal(path=("off",))]),
        (cart.RemoveAdjustment(adjustment_id=ONE), {}, [NotFound(path=("adjustmentId",))]),
        (cart.RemoveCharge(charge_id=ONE, **WHY), {}, [cart.ChargeNotFound(path=("chargeId",))]),
        (cart.RemoveCharge(charge_id=POST, **WHY), {}, [cart.ChargeMandatory(path=("chargeId",))]),
    ],
)
def test_what_cannot_be_changed_is_refused(command, changes, expected):
    assert reasons(FULL, command, known(**changes)) == expected


def test_deductions_together_are_never_more_than_the_subtotal():
    once = after(FULL, deduct(less(2_000)), known())

    assert reasons(once, deduct(less(1_001)), known(1)) == [cart.AdjustmentExceedsSubtotal(path=("off",))]
    assert len(after(once, deduct(less(1_000)), known(1)).adjustments) == 2


def test_an_order_has_so_many_changes_at_most():
    many = replace(FULL, adjustments=after(FULL, extra(), known()).adjustments * 200)

    assert reasons(many, extra(), known()) == [TooMany(most=200)]


def test_what_is_below_a_limit_is_done_when_it_was_acknowledged():
    too_low = price(to(899))

    assert reasons(FULL, too_low, known(limits=TEN)) == [cart.BelowOverrideLimit()]
    acknowledged = known(limits=TEN, acknowledged=frozenset({"BELOW_OVERRIDE_LIMIT"}))
    decided = cart.decide(FULL, too_low, acknowledged)
    assert decided[1:] == [CautionsOverruled(codes=("BELOW_OVERRIDE_LIMIT",))]
    assert [made.beyond_limit for made in cart.evolved(FULL, decided).adjustments] == [True]


def test_several_small_steps_do_not_get_round_a_limit():
    within = known(limits=TEN)
    first = after(FULL, price(percent(10)), within)
    deducted = after(FULL, deduct(less(300)), within)

    assert reasons(first, price(to(810)), known(1, limits=TEN)) == [cart.BelowOverrideLimit()]
    assert reasons(deducted, deduct(less(1)), known(1, limits=TEN)) == [cart.BelowOverrideLimit()]


def test_another_change_of_the_same_takes_its_place():
    first = after(FULL, price(to(900)), known())
    again = after(first, price(to(950)), known(1))
    both = after(again, charge(to(0)), known(2))

    assert [(made.id, made.original, made.amount) for made in again.adjustments] == [(NEW[1], 1_000, 950)]
    assert [made.target_id for made in both.adjustments] == [ONE, POST]
    assert cart.decide(first, price(to(900)), known(1)) == []


def test_what_was_changed_is_taken_back():
    changed = after(FULL, price(to(900)), known())
    back = cart.RemoveAdjustment(adjustment_id=NEW[0])

    assert cart.kind_of(changed, back) is AdjustmentKind.LINE_PRICE
    assert cart.kind_of(FULL, back) is None
    assert after(changed, back, known(reason=None)) == FULL


@pytest.mark.parametrize(
    "removal", [cart.RemoveCharge(charge_id=NEW[0], **WHY), cart.RemoveAdjustment(adjustment_id=NEW[0])]
)
def test_a_charge_that_was_added_is_removed_with_what_was_changed_of_it_unless_it_has_to_be(removal):
    asked = replace(ASKED, charges={**ASKED.charges, NEW[0]: 350})
    wrapped = after(after(FULL, extra(), known()), charge(to(100), charge_id=NEW[0]), known(1, originals=asked))
    duty = after(FULL, extra(kind=ChargeKind.DUTY, mandatory=True), known())

    assert len(wrapped.adjustments) == 2
    assert after(wrapped, removal, known(originals=asked)) == FULL
    assert [type(reason) for reason in reasons(duty, removal, known(originals=asked))] == [cart.ChargeMandatory]


def test_what_is_no_charge_is_not_removed_as_one():
    changed = after(FULL, deduct(less(5)), known())

    assert reasons(changed, cart.RemoveCharge(charge_id=NEW[0], **WHY), known()) == [
        cart.ChargeNotFound(path=("chargeId",))
    ]


def test_a_change_goes_with_what_it_was_of_and_stays_when_quantities_change():
    near, far = group(NEAR, {ONE: 3}), group(FAR, {TWO: 1})
    state = replace(FULL, ship_groups=(near, far))
    asked = replace(ASKED, charges={NEAR: 490, FAR: 490})
    changed = after(after(state, price(to(900)), known()), charge(to(0), charge_id=FAR), known(1, originals=asked))

    more = after(changed, cart.UpdateLines(lines=(cart.UpdateLine(line_id=ONE, change=cart.SetTo(quantity=5)),)))
    less_ = after(changed, cart.RemoveLines(line_ids=(ONE,)))
    elsewhere = after(changed, cart.SetShipGroups(groups=(cart.ShipGroupPlan(address=None, quantities={}),)))

    assert more.adjustments == changed.adjustments
    assert [made.target_id for made in less_.adjustments] == [FAR]
    assert [made.target_id for made in elsewhere.adjustments] == [ONE]


def test_amounts_are_dropped_with_their_currency_and_that_is_told():
    percentage = after(FULL, deduct(percent(5)), known())
    both = after(percentage, extra(), known(1))
    dollars = cart.SetCurrency(currency="USD")
    changed = cart.CurrencyChanged(before="EUR", after="USD")

    assert after(both, dollars).adjustments == percentage.adjustments
    assert cart.notices(both, dollars) == (changed, cart.AdjustmentsDropped())
    assert cart.notices(percentage, dollars) == (changed,)
    assert adjusting.dropped(percentage) == []
