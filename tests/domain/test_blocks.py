from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.blocks import (
    MOST_BLOCKS,
    NO_CHECKS,
    AssignBlock,
    BlockAdded,
    BlockAssigned,
    BlockCauseGrew,
    Blocked,
    BlockNotActive,
    BlockResolved,
    BlockScope,
    Cause,
    CommentRequired,
    FourEyes,
    LinesNotBlocked,
    OrderChecks,
    OrderFacts,
    ReasonKind,
    ReasonNotOffered,
    Resolution,
    Resolved,
    Stop,
    against,
    approved,
    automatic_causes,
    closed,
    copied,
    decide,
    evolve,
    evolved,
    in_language,
    judge,
    stopped,
)
from commerce_api.domain.decision import InvalidValue, TooMany, refuse
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.order import OrderIsOver, OrderState, blockable
from tests.domain.blocks import (
    BOSS,
    CLERK,
    CSR,
    LIMIT,
    MANUAL,
    NOBODY,
    OTHER_BOSS,
    QUOTE,
    REASONS,
    SUPERVISOR,
    add,
    block,
    cause,
    judged,
    raised,
    reason,
    resolve,
    resolved,
)
from tests.domain.orders import AT, id_, order

HOUR = timedelta(hours=1)


def test_a_person_adds_a_block_that_stops_what_its_reason_says():
    soon = reason(sla_hours=8, stops=frozenset({Stop.EDIT}))

    [added] = decide(blockable(order()), (), add(reason=soon, comment="Looks odd"))

    placed = block(comment="Looks odd", stops=frozenset({Stop.EDIT}), due_at=AT + timedelta(hours=8))
    assert added == BlockAdded(block=placed)
    assert evolve((), added) == (placed,)


def test_a_block_may_be_for_some_lines_and_somebody():
    by_line = reason(scope=BlockScope.LINES, comment_required=True)
    how = {"line_ids": (id_(5),), "comment": "c", "assignee_id": BOSS, "due_at": AT + HOUR}

    [added] = decide(blockable(order()), (), add(reason=by_line, **how))

    assert added.block == block(**how)


def test_the_same_reason_may_block_several_times():
    assert [type(each) for each in decide(blockable(order()), (block(40),), add())] == [BlockAdded]


@pytest.mark.parametrize("state", [OrderState.CANCELED, OrderState.COMPLETED])
def test_an_order_that_is_over_is_not_blocked(state):
    assert decide(blockable(order(state=state)), (), add()) == refuse(OrderIsOver())


def test_everything_that_is_wrong_with_a_block_is_told_at_once():
    elsewhere = reason(
        "X", ReasonKind.AUTOMATIC, channel_ids=frozenset({ChannelId(id_(99))}), comment_required=True, four_eyes=True
    )

    refused = decide(blockable(order()), (block(),) * MOST_BLOCKS, add(reason=elsewhere, line_ids=(id_(5),), due_at=AT))

    assert refused == refuse(
        TooMany(most=MOST_BLOCKS),
        ReasonNotOffered(path=("reasonCode",)),
        LinesNotBlocked(path=("lineIds",)),
        CommentRequired(path=("comment",)),
        InvalidValue(path=("dueAt",), problem="A moment that is still to come, please."),
    )


@pytest.mark.parametrize(
    ("kind", "channels", "offered"),
    [
        (ReasonKind.BOTH, None, True),
        (ReasonKind.MANUAL, {id_(2)}, True),
        (ReasonKind.MANUAL, {id_(3)}, False),
        (ReasonKind.MANUAL, set(), False),
        (ReasonKind.AUTOMATIC, None, False),
    ],
)
def test_people_block_for_reasons_that_are_in_force_in_the_channel(kind, channels, offered):
    here = reason(kind=kind, channel_ids=None if channels is None else frozenset(channels))

    assert isinstance(decide(blockable(order()), (), add(reason=here)), list) is offered


NAMED = reason(resolver_roles=frozenset({"CLERKS"}))
NAMED_ONLY = replace(NAMED, only_resolver_roles=True)
BOTH = replace(SUPERVISOR, roles=frozenset({"CLERKS"}))


@pytest.mark.parametrize(
    ("resolver", "why", "may"),
    [
        (SUPERVISOR, MANUAL, True),
        (SUPERVISOR, NAMED, True),
        (SUPERVISOR, NAMED_ONLY, False),
        (BOTH, NAMED_ONLY, True),
        (CLERK, MANUAL, False),
        (CLERK, NAMED, True),
        (CLERK, NAMED_ONLY, True),
        (NOBODY, MANUAL, False),
        (NOBODY, NAMED, False),
    ],
)
def test_who_may_resolve_is_said_by_permissions_and_the_reason(resolver, why, may):
    decided = decide(blockable(order()), (block(),), resolve(reason=why, resolver=resolver))

    assert decided == refuse(Forbidden()) if not may else [type(each) for each in decided] == [BlockResolved]


def test_resolving_says_how_and_why():
    blocks = (block(40), block())

    events = decide(blockable(order()), blocks, resolve(resolution=Resolution.OVERRULED))
    after = evolved(blocks, events)

    assert after[0] == blocks[0]
    assert after[1].resolved == Resolved(resolution=Resolution.OVERRULED, by=BOSS, at=AT, comment="fine")
    assert decide(blockable(order()), after, resolve()) == refuse(BlockNotActive())
    assert decide(blockable(order()), after, resolve(resolver=NOBODY)) == refuse(Forbidden())


@pytest.mark.parametrize(
    "mine", [raised(placed_by=BOSS), raised(caused_by=(CSR, BOSS)), raised(caused_by=(BOSS,), placed_by=None)]
)
def test_whoever_is_behind_a_block_does_not_resolve_it(mine):
    other = replace(SUPERVISOR, id=OTHER_BOSS)

    assert decide(blockable(order()), (mine,), resolve(reason=LIMIT)) == refuse(FourEyes())
    assert isinstance(decide(blockable(order()), (mine,), resolve(reason=LIMIT, resolver=other)), list)
    assert isinstance(decide(blockable(order()), (mine,), resolve(reason=replace(LIMIT, four_eyes=False))), list)


def test_a_block_is_somebodys_until_a_moment():
    due = AT + HOUR
    assign = AssignBlock(id=id_(41), assignee_id=BOSS, due_at=due, at=AT)

    events = decide(blockable(order()), (block(),), assign)
    after = evolved((block(),), events)

    assert events == [BlockAssigned(block_id=id_(41), assignee_id=BOSS, due_at=due)]
    assert after == (block(assignee_id=BOSS, due_at=due),)
    assert decide(blockable(order()), after, assign) == []
    assert isinstance(decide(blockable(order()), after, replace(assign, assignee_id=CSR, at=due)), list)
    late = InvalidValue(path=("dueAt",), problem="A moment that is still to come, please.")
    assert decide(blockable(order()), (resolved(block()),), replace(assign, due_at=AT)) == refuse(
        BlockNotActive(), late
    )


def test_an_active_block_is_overdue_when_its_moment_has_come():
    due = block(due_at=AT)

    assert (due.overdue(AT), due.overdue(AT - HOUR)) == (True, False)
    assert not resolved(due).overdue(AT)
    assert not block().overdue(AT)


def test_active_blocks_stand_in_the_way_of_what_they_stop():
    blocks = (block(40, stops=frozenset({Stop.EDIT})), block(41), resolved(block(42)), block(43))

    assert stopped(blocks, Stop.RELEASE) == (blocks[1], blocks[3])
    assert against(blocks, Stop.PICK) == ()
    [refusal] = against(blocks, Stop.CAPTURE)
    assert refusal == Blocked(blocks=(blocks[1], blocks[3]), reasons="OTHER")
    assert refusal.message == "Blocks hold this order up: OTHER. Have them resolved first."


def test_a_cause_raises_a_block_once():
    [added] = judge(blockable(order()), (), judged(cause(by=BOSS), cause(by=BOSS)), REASONS, [id_(41), id_(42)])

    assert added == BlockAdded(block=raised(caused_by=(BOSS,)))
    assert judge(blockable(order()), (added.block,), judged(cause(by=BOSS)), REASONS, [id_(42)]) == []


def test_causes_without_a_reason_in_force_raise_nothing():
    nowhere = {"PRICE_OVERRIDE_LIMIT": replace(LIMIT, channel_ids=frozenset())}

    assert judge(blockable(order()), (), judged(cause()), {}, [id_(41)]) == []
    assert judge(blockable(order()), (), judged(cause()), nowhere, [id_(41)]) == []


def test_a_cause_elsewhere_raises_another_block():
    added = judge(
        blockable(order()), (raised(),), judged(cause(), cause("line 2", by=None)), REASONS, [id_(42), id_(43)]
    )

    assert added == [BlockAdded(block=raised(43, ref="line 2"))]


def test_who_lets_a_cause_grow_is_behind_it():
    before = (raised(caused_by=(CSR,)),)

    grown = judge(blockable(order()), before, judged(cause(amount=9), by=BOSS), REASONS, [id_(42)])
    joined = judge(blockable(order()), before, judged(cause(amount=2, by=OTHER_BOSS), by=BOSS), REASONS, [id_(42)])
    unchanged = judge(blockable(order()), before, judged(cause(amount=2), by=BOSS), REASONS, [id_(42)])

    assert grown == [BlockCauseGrew(block_id=id_(41), amount=9, caused_by=(CSR, BOSS))]
    assert joined == [BlockCauseGrew(block_id=id_(41), amount=5, caused_by=(CSR, OTHER_BOSS))]
    assert unchanged == []
    assert evolved(before, grown) == (raised(amount=9, caused_by=(CSR, BOSS)),)


@pytest.mark.parametrize(
    ("resolution", "amount", "again"),
    [
        (Resolution.CLEARED, 5, False),
        (Resolution.OVERRULED, 4, False),
        (Resolution.CLEARED, 6, True),
        (Resolution.AUTO, 5, True),
    ],
)
def test_what_a_person_has_let_go_on_is_not_raised_again_unless_it_grew(resolution, amount, again):
    before = (resolved(raised(), resolution),)

    events = judge(blockable(order()), before, judged(cause(amount=amount)), REASONS, [id_(42)])

    assert bool(events) is again


def test_a_block_whose_cause_is_gone_is_resolved_where_its_reason_loosens():
    blocks = (raised(), raised(42, ref="line 2"), block(43), resolved(raised(44, ref="line 4")))

    [gone] = judge(blockable(order()), blocks, judged(cause("line 2")), REASONS, [id_(45)])

    auto = Resolved(resolution=Resolution.AUTO, by=None, at=AT, comment="")
    assert gone == BlockResolved(block_id=id_(41), reason="PRICE_OVERRIDE_LIMIT", resolved=auto)


def test_a_block_stays_if_its_rule_was_not_asked_or_its_reason_does_not_loosen():
    stays = {"PRICE_OVERRIDE_LIMIT": replace(LIMIT, auto_resolve=False)}

    assert judge(blockable(order()), (raised(),), judged(rules=()), REASONS, []) == []
    assert judge(blockable(order()), (raised(),), judged(), stays, []) == []
    assert judge(blockable(order()), (raised(),), judged(), {}, []) == []


def test_who_answers_for_what_is_blocked_is_behind_the_block():
    [added] = decide(replace(blockable(order()), behind=(BOSS,)), (), add())

    assert added == BlockAdded(block=block(caused_by=(BOSS,)))


def test_blocks_end_with_their_order():
    after = evolved(
        (block(40), resolved(block(41))), closed((block(40), resolved(block(41))), Resolution.ORDER_CANCELED, AT)
    )

    assert [each.resolved.resolution for each in after] == [Resolution.ORDER_CANCELED, Resolution.CLEARED]


def test_active_blocks_are_copied_and_who_was_behind_them_still_is():
    there = (raised(caused_by=(CSR,), placed_by=BOSS), resolved(block(40)))

    [copy] = copied(there, QUOTE, OTHER_BOSS, AT, [id_(50)], {})

    assert copy == BlockAdded(block=raised(50, owner=QUOTE, caused_by=(CSR, BOSS), placed_by=OTHER_BOSS, placed_at=AT))


def test_blocks_go_along_with_what_they_are_about_by_its_new_name():
    of_lines = block(41, line_ids=(id_(61), id_(62)))
    of_another, cause = block(42, line_ids=(id_(63),)), raised(43, ref=str(id_(64)))

    copies = copied(
        (of_lines, of_another, cause), QUOTE, BOSS, AT, [id_(50), id_(51)], {id_(61): id_(71), id_(64): id_(74)}
    )

    assert [(each.block.id, each.block.line_ids, each.block.ref) for each in copies] == [
        (id_(50), (id_(71),), None),
        (id_(51), (), str(id_(74))),
    ]


def test_an_event_of_one_block_leaves_the_others():
    blocks = (block(40), block(41))

    assert evolve(blocks, BlockAssigned(block_id=id_(41), assignee_id=BOSS, due_at=None))[0] == blocks[0]


CHECKS = OrderChecks(value_limits={"EUR": 1000}, requires_review=True, declined_attempts=2, duplicate_minutes=10)


def test_rules_find_causes_in_what_is_known_of_an_order():
    facts = OrderFacts(total=1001, currency="EUR", declined_attempts=2, alike=("E1", "E2"), staff_id=CSR)

    assert automatic_causes(CHECKS, facts) == (
        Cause(reason="ORDER_VALUE_LIMIT", ref="total", amount=1001, caused_by=CSR),
        Cause(reason="REVIEW", ref="order", caused_by=CSR),
        Cause(reason="PAYMENT_ATTEMPTS", ref="payment", amount=2, caused_by=CSR),
        Cause(reason="DUPLICATE_SUSPECTED", ref="E1", caused_by=CSR),
        Cause(reason="DUPLICATE_SUSPECTED", ref="E2", caused_by=CSR),
    )


@pytest.mark.parametrize(
    ("checks", "facts"),
    [
        (NO_CHECKS, OrderFacts(total=10**9, currency="EUR", declined_attempts=9)),
        (CHECKS, OrderFacts(total=1000, currency="EUR", declined_attempts=1)),
        (CHECKS, OrderFacts(total=10**9, currency="USD")),
    ],
)
def test_rules_find_nothing_where_nobody_looks_or_nothing_is(checks, facts):
    assert automatic_causes(replace(checks, requires_review=False), facts) == ()


@pytest.mark.parametrize(("language", "text"), [("de", "Hallo"), ("de-AT", "Hallo"), ("fr", "Hello"), ("en", "Hello")])
def test_texts_are_in_the_language_that_comes_nearest(language, text):
    assert in_language({"en": "Hello", "de": "Hallo"}, language) == text


def test_texts_are_in_any_language_rather_than_none():
    assert in_language({"pl": "Cześć"}, "de") == "Cześć"
    assert in_language({}, "de") == ""


def test_what_was_approved_before_holds_nothing_up_and_is_raised_again_only_if_it_grows():
    causes = (Cause(reason=LIMIT.code, ref="line 1", amount=5), Cause(reason=LIMIT.code, ref="line 2", amount=5))
    events = judge(blockable(order()), (), judged(*causes), REASONS, [id_(51), id_(52)])

    blocks = evolved((), [*events, *approved(events, {"line 1"}, BOSS, AT)])
    again = judge(blockable(order()), blocks, judged(*causes), REASONS, [id_(53), id_(54)])
    more = judge(blockable(order()), blocks, judged(replace(causes[0], amount=6)), REASONS, [id_(55)])

    assert [block.active for block in blocks] == [False, True]
    assert blocks[0].resolved == Resolved(resolution=Resolution.APPROVED, by=BOSS, at=AT, comment="")
    assert again == []
    assert [event.block.id for event in more if isinstance(event, BlockAdded)] == [id_(55)]
