from datetime import date
from uuid import UUID

import pytest

from commerce_api.domain.shipping_plan import (
    PlannedShipment,
    PlannedShipmentStatus,
    Portion,
    Units,
    latest,
    may_leave,
    plan,
)
from commerce_api.domain.shipping_policy import AvailabilityChoice, ShippingPolicy

TODAY, FRIDAY, LATER = date(2026, 3, 2), date(2026, 3, 6), date(2026, 4, 1)
KETTLE, MUG, POT = (UUID(int=number) for number in (1, 2, 3))
HOME, OFFICE = UUID(int=8), UUID(int=9)
TOGETHER, AS_AVAILABLE = ShippingPolicy
READY, SCHEDULED, WAITING, UNAVAILABLE = PlannedShipmentStatus


def portion(line_id, quantity=1, here=None, policy=AS_AVAILABLE, to=HOME, **changes):
    found = quantity if here is None else here
    return Portion(line_id=line_id, ship_group_id=to, quantity=quantity, here=found, policy=policy, **changes)


def told(planned):
    """Each shipment as its status, its units and what it waits for."""

    def units(found):
        return {each.line_id: each.quantity for each in found}

    return [(each.status, units(each.units), units(each.waits_for)) for each in planned]


def planned(*portions):
    return told(plan(portions, TODAY))


def test_what_is_here_leaves_and_the_rest_follows():
    assert planned(portion(KETTLE, 3, here=2), portion(MUG), portion(POT, here=0)) == [
        (READY, {KETTLE: 2, MUG: 1}, {}),
        (WAITING, {KETTLE: 1}, {KETTLE: 1}),
        (WAITING, {POT: 1}, {POT: 1}),
    ]


def test_what_ships_together_waits_for_the_last():
    kettles, mug = portion(KETTLE, 3, here=2, policy=TOGETHER), portion(MUG, policy=TOGETHER)

    assert planned(kettles, mug) == [(WAITING, {KETTLE: 3, MUG: 1}, {KETTLE: 1})]
    assert planned(portion(KETTLE, 3, policy=TOGETHER), mug) == [(READY, {KETTLE: 3, MUG: 1}, {})]


def test_a_line_that_is_canceled_holds_nothing():
    mug = portion(MUG, policy=TOGETHER)

    assert planned(portion(KETTLE, 0, policy=TOGETHER), mug) == [(READY, {MUG: 1}, {})]


def test_tied_lines_wait_for_each_other_and_others_do_not():
    tied = (portion(KETTLE, here=0, tie_group=1), portion(MUG, tie_group=1))

    assert planned(*tied, portion(POT)) == [(READY, {POT: 1}, {}), (WAITING, {KETTLE: 1, MUG: 1}, {KETTLE: 1})]
    assert planned(portion(KETTLE, here=0, tie_group=1), portion(MUG, tie_group=2))[0] == (READY, {MUG: 1}, {})


def test_a_line_may_leave_before_the_rest_or_wait_with_it():
    early = (portion(KETTLE, here=0, policy=TOGETHER), portion(MUG), portion(POT, policy=TOGETHER))

    tied = portion(POT, policy=TOGETHER, tie_group=1)
    bound = (portion(KETTLE, here=0, policy=TOGETHER), portion(MUG, tie_group=1), tied)

    assert planned(*early) == [(READY, {MUG: 1}, {}), (WAITING, {KETTLE: 1, POT: 1}, {KETTLE: 1})]
    assert planned(*bound) == [(WAITING, {KETTLE: 1, MUG: 1, POT: 1}, {KETTLE: 1})]


def test_nothing_leaves_before_its_day_and_what_belongs_together_on_the_last():
    alone = plan([portion(KETTLE, not_before=FRIDAY), portion(MUG), portion(POT, not_before=TODAY)], TODAY)
    together = plan(
        [portion(KETTLE, policy=TOGETHER, not_before=FRIDAY), portion(MUG, policy=TOGETHER, not_before=LATER)], TODAY
    )

    assert told(alone) == [(READY, {MUG: 1, POT: 1}, {}), (SCHEDULED, {KETTLE: 1}, {})]
    assert [each.ship_date for each in alone] == [None, FRIDAY]
    assert [(each.status, each.ship_date) for each in together] == [(SCHEDULED, LATER)]


def test_what_waits_for_stock_knows_the_day_before_which_it_does_not_leave():
    (waiting,) = plan([portion(KETTLE, here=0, not_before=FRIDAY)], TODAY)

    assert (waiting.status, waiting.ship_date) == (WAITING, FRIDAY)


def test_goods_for_two_addresses_wait_for_each_other_too():
    found = plan([portion(KETTLE, here=0, policy=TOGETHER), portion(MUG, policy=TOGETHER, to=OFFICE)], TODAY)

    assert [(each.ship_group_id, each.status) for each in found] == [(HOME, WAITING), (OFFICE, WAITING)]
    assert told(found)[1] == (WAITING, {MUG: 1}, {KETTLE: 1})


def test_what_becomes_another_order_is_waited_for_by_nobody():
    found = plan([portion(KETTLE, 3, here=1, policy=TOGETHER, split=True), portion(MUG, policy=TOGETHER)], TODAY)

    assert told(found) == [(READY, {KETTLE: 1, MUG: 1}, {}), (WAITING, {KETTLE: 2}, {KETTLE: 2})]
    assert [each.separate_order for each in found] == [False, True]


def test_only_what_is_ready_may_leave():
    portions = [portion(KETTLE), portion(MUG, here=0), portion(POT, not_before=FRIDAY)]

    assert may_leave(portions, TODAY) == [
        PlannedShipment(
            ship_group_id=HOME,
            status=READY,
            ship_date=None,
            units=(Units(line_id=KETTLE, quantity=1),),
            waits_for=(),
            separate_order=False,
        )
    ]


@pytest.mark.parametrize(
    ("days", "expected"), [((None, None), None), ((FRIDAY, None), FRIDAY), ((FRIDAY, LATER), LATER)]
)
def test_the_latest_of_several_days_counts(days, expected):
    assert latest(*days) == expected


def test_what_is_here_never_waits_for_another_order():
    assert [choice.policy for choice in AvailabilityChoice] == [TOGETHER, AS_AVAILABLE, AS_AVAILABLE]
