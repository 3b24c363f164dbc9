"""Whatever is here, wanted and tied: what leaves, and what waits (S2-07)."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.shipping_plan import Portion, may_leave, plan
from commerce_api.domain.shipping_policy import ShippingPolicy

TODAY = date(2026, 3, 2)
days = st.none() | st.integers(-2, 3).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def portions(draw):
    """Of up to six lines, each divided over up to two ship groups; what is true of a line is true of all of it."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        policy, tie = draw(st.sampled_from(ShippingPolicy)), draw(st.none() | st.integers(1, 2))
        split, owed = draw(st.booleans()), draw(st.booleans())
        for group in range(draw(st.integers(1, 2))):
            quantity = draw(st.integers(1, 4))
            made.append(
                Portion(
                    line_id=UUID(int=number),
                    ship_group_id=UUID(int=100 + group),
                    quantity=quantity,
                    here=draw(st.integers(0, quantity)),
                    policy=policy,
                    tie_group=tie,
                    not_before=draw(days),
                    split=split,
                    owed=owed,
                )
            )
    return made


def counted(shipments):
    units = Counter()
    for each in shipments:
        for unit in each.units:
            units[unit.line_id, each.ship_group_id] += unit.quantity
    return units


@given(portions())
def test_each_unit_is_planned_once(asked):
    wanted = Counter()
    for each in asked:
        wanted[each.line_id, each.ship_group_id] += each.quantity

    assert counted(plan(asked, TODAY)) == wanted


@given(portions(), st.data())
def test_canceling_lines_never_holds_what_could_leave(asked, data):
    canceled = data.draw(st.sets(st.sampled_from(sorted({each.line_id for each in asked}))))
    left = [replace(each, quantity=0, here=0) if each.line_id in canceled else each for each in asked]
    before, after = (counted(may_leave(each, TODAY)) for each in (asked, left))

    assert all(after[key] >= many for key, many in before.items() if key[0] not in canceled)
    assert not any(key[0] in canceled for key in after)


@given(portions())
def test_what_belongs_together_leaves_together_or_not_at_all(asked):
    kept = [replace(each, split=False) for each in asked]
    together = [each for each in kept if each.policy is ShippingPolicy.SHIP_TOGETHER]
    of_ties = [[each for each in kept if each.tie_group == number] for number in (1, 2)]
    leaving = counted(may_leave(kept, TODAY))

    for bundle in (together, *of_ties):
        wanted = Counter()
        for each in bundle:
            wanted[each.line_id, each.ship_group_id] += each.quantity
        assert {leaving[key] == many for key, many in wanted.items()} in ({True}, {False}, set())


@given(portions())
def test_when_all_is_here_and_no_day_is_to_come_all_leaves(asked):
    here = [replace(each, here=each.quantity, not_before=None) for each in asked]

    assert counted(may_leave(here, TODAY)) == counted(plan(here, TODAY))
