"""I5: whatever happens, nothing is released while an active block stops it, and nothing but a person lets go what a person holds."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from commerce_api.domain.blocks import (
    BlockKind,
    Resolution,
    Stop,
    against,
    closed,
    decide,
    evolved,
    judge,
)
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import blockable
from tests.domain.blocks import (
    CLERK,
    CSR,
    LIMIT,
    NOBODY,
    OTHER_BOSS,
    REASONS,
    SUPERVISOR,
    add,
    cause,
    judged,
    reason,
    resolve,
)
from tests.domain.orders import AT, id_, order

PEOPLE = st.sampled_from([SUPERVISOR, CLERK, NOBODY])
STOPS = st.frozensets(st.sampled_from(Stop))
REFS = st.lists(st.sampled_from(["line 1", "line 2", "line 3"]), unique=True)


class Blocks(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.blocks, self.number = (), 100

    def _new_id(self):
        self.number += 1
        return self.number

    def _do(self, command):
        decided = decide(blockable(order()), self.blocks, command)
        if not isinstance(decided, Refused):
            self.blocks = evolved(self.blocks, decided)

    @rule(stops=STOPS)
    def somebody_blocks(self, stops):
        self._do(add(self._new_id(), reason(stops=stops)))

    @rule(refs=REFS, amount=st.integers(1, 3), by=st.sampled_from([CSR, OTHER_BOSS]))
    def a_change_is_committed(self, refs, amount, by):
        found = judged(*(cause(ref, amount, by=by) for ref in refs), by=by)
        ids = [id_(self._new_id()) for _ in refs]
        self.blocks = evolved(self.blocks, judge(blockable(order()), self.blocks, found, REASONS, ids))

    @rule(data=st.data(), who=PEOPLE)
    def somebody_resolves(self, data, who):
        if self.blocks:
            chosen = data.draw(st.sampled_from(self.blocks))
            why = LIMIT if chosen.kind is BlockKind.AUTOMATIC else reason(chosen.reason)
            self._do(resolve(chosen.id.int, why, who))

    @rule()
    def the_order_is_canceled(self):
        self.blocks = evolved(self.blocks, closed(self.blocks, Resolution.ORDER_CANCELED, AT))

    @invariant()
    def nothing_is_released_while_a_block_stops_it(self):
        for stop in Stop:
            holding = tuple(each for each in self.blocks if each.resolved is None and stop in each.stops)
            refused = against(self.blocks, stop)
            assert [each.blocks for each in refused] == ([holding] if holding else [])

    @invariant()
    def only_who_may_has_resolved_and_none_alone(self):
        for each in self.blocks:
            if each.resolved and each.resolved.by_a_person:
                assert each.resolved.by == SUPERVISOR.id
                assert each.kind is BlockKind.MANUAL or each.resolved.by not in {each.placed_by, *each.caused_by}

    @invariant()
    def what_people_added_no_rule_resolves(self):
        manual = [each.resolved for each in self.blocks if each.kind is BlockKind.MANUAL and each.resolved]
        assert all(each.resolution is not Resolution.AUTO for each in manual)

    @invariant()
    def a_cause_holds_once(self):
        held = [(each.reason, each.ref) for each in self.blocks if each.active and each.kind is BlockKind.AUTOMATIC]
        assert len(held) == len(set(held))


test_blocks = Blocks.TestCase
