from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.card import CardBrand, CardExpired, CardFace
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.order import (
    STATE_CODES,
    TRANSITIONS,
    Around,
    CanceledUnits,
    CancelUnits,
    CancelWhole,
    EditTimeOver,
    GiveUpPayment,
    OrderAction,
    OrderCanceled,
    OrderConfirmed,
    OrderLinesCanceled,
    OrderPaymentRejected,
    OrderResubmitted,
    OrderState,
    PayBalance,
    PaymentActionRequired,
    PaymentAttemptsExhausted,
    PaymentAuthorized,
    PaymentDeclined,
    PaymentInstructionsChanged,
    PaymentMethodDeclined,
    PaymentNotOpen,
    PaymentTooSoon,
    PaymentUnknown,
    PaymentUnresolved,
    PaymentVoided,
    PaymentVoidPending,
    RecordAnswer,
    ReplaceInstructions,
    Resubmit,
    actions,
    awaits_new_payment,
    decide,
    evolved,
)
from commerce_api.domain.order.cancel_reasons import PAYMENT_TIMEOUT
from commerce_api.domain.order.cancelable import CancelTimeOver, OrderNotCancelable, PaymentBeingDecided
from commerce_api.domain.payment import (
    ActionRequired,
    DeclineCode,
    PaymentRetries,
    PaymentStatus,
    Pending,
    TransactionKind,
    TransactionStatus,
    balance,
    payment_status,
)
from tests.domain.orders import (
    APPROVED,
    AT,
    DUE,
    HARD,
    SOFT,
    UNANSWERED,
    WAITING,
    answer,
    entry,
    id_,
    order,
    payment,
    resubmit,
    told,
)


def test_the_way_from_state_to_state_is_the_one_in_the_table():
    assert {state: set(to) for state, to in TRANSITIONS.items() if not to} == {
        OrderState.COMPLETED: set(),
        OrderState.CANCELED: set(),
    }
    assert set(TRANSITIONS) == set(OrderState)


def test_each_state_has_a_letter_of_its_own():
    assert set(STATE_CODES) == set(OrderState)
    assert len(set(STATE_CODES.values())) == len(OrderState)
    assert STATE_CODES[OrderState.CANCELED] == "X"


def test_an_approval_confirms_the_order():
    settled = entry(11, 1000, TransactionStatus.SUCCEEDED, reference="r")

    assert decide(WAITING, answer(11, APPROVED)) == [
        PaymentAuthorized(payment_id=id_(10), transaction=settled),
        OrderConfirmed(),
    ]


def test_a_decline_rejects_the_payment():
    assert decide(WAITING, answer(11, SOFT)) == [
        PaymentDeclined(
            payment_id=id_(10),
            transaction=entry(11, 1000, TransactionStatus.FAILED, reference="r", code=DeclineCode.INSUFFICIENT_FUNDS),
        ),
        OrderPaymentRejected(),
    ]


@pytest.mark.parametrize(
    ("what", "event", "status"),
    [
        (ActionRequired(reference="r", url="u"), PaymentActionRequired, PaymentStatus.ACTION_REQUIRED),
        (UNANSWERED, PaymentUnknown, PaymentStatus.UNKNOWN),
    ],
)
def test_as_long_as_nothing_is_certain_the_order_waits(what, event, status):
    after, happened = told(WAITING, answer(11, what))

    assert happened == [event.__name__]
    assert after.state is OrderState.PENDING
    assert payment_status(after.total, after.payments, after.attempts) is status


def test_what_is_settled_stays_settled():
    confirmed, _ = told(WAITING, answer(11, APPROVED))

    for late in (APPROVED, HARD, UNANSWERED):
        assert decide(confirmed, answer(11, late)) == []
    assert decide(confirmed, answer(99, APPROVED)) == []
    assert (confirmed.balance, confirmed.open_entries) == (0, ())


def test_what_is_not_settled_is_open():
    waiting, _ = told(WAITING, answer(11, UNANSWERED))

    assert (waiting.balance, waiting.open_entries) == (
        1000,
        ((waiting.payments[0], entry(11, 1000, TransactionStatus.UNKNOWN)),),
    )


def test_the_same_uncertainty_twice_is_told_once():
    unknown, _ = told(WAITING, answer(11, UNANSWERED))

    assert decide(unknown, answer(11, UNANSWERED)) == []


def test_one_declined_instrument_lets_go_of_the_others():
    two = order(payment(10, 600, entry(11, 600)), payment(20, 400, entry(21, 400)))
    half, first = told(two, answer(11, APPROVED))

    after, then = told(half, answer(21, SOFT))

    assert first == ["PaymentAuthorized"]
    assert payment_status(1000, half.payments, 1) is PaymentStatus.PENDING
    assert then == ["PaymentDeclined", "OrderPaymentRejected", "PaymentVoidRequested"]
    assert after.payments[0].transactions[-1] == entry(900, 600, kind=TransactionKind.VOID)


def test_what_is_approved_after_all_is_let_go_if_nobody_waits_for_it():
    two = order(payment(10, 600, entry(11, 600)), payment(20, 400, entry(21, 400)))
    rejected, _ = told(two, answer(21, SOFT))

    assert told(rejected, answer(11, APPROVED))[1] == ["PaymentAuthorized", "PaymentVoidRequested"]


def test_a_late_approval_cannot_raise_a_canceled_order():
    unsure, _ = told(WAITING, answer(11, ActionRequired(reference="r", url="u")))
    canceled, given_up = told(unsure, GiveUpPayment(at=DUE, spare_ids=(id_(900),)))

    after, happened = told(canceled, answer(11, APPROVED))

    assert given_up == ["OrderCanceled"]
    assert happened == ["PaymentAuthorized", "PaymentVoidRequested"]
    assert after.state is OrderState.CANCELED
    assert after.cancel_reason is PAYMENT_TIMEOUT


def test_a_void_is_asked_for_until_it_is_through():
    held = payment(10, 1000, entry(11, 1000, TransactionStatus.SUCCEEDED), entry(12, 1000, kind=TransactionKind.VOID))
    canceled = order(held, state=OrderState.CANCELED)

    unsure, first = told(canceled, answer(12, HARD))
    after, second = told(unsure, answer(12, APPROVED))

    assert first == [PaymentVoidPending.__name__]
    assert second == [PaymentVoided.__name__]
    assert balance(1000, after.payments) == 1000
    assert payment_status(1000, after.payments, 1) is PaymentStatus.VOIDED


def test_a_soft_decline_can_be_tried_again_with_the_same_card():
    rejected, _ = told(WAITING, answer(11, SOFT))

    (event,) = decide(rejected, resubmit())

    assert event == OrderResubmitted(
        attempt=2,
        payments=(replace(payment(700, 1000, entry(800, 1000), attempt=2), position=10),),
        payment_due_at=DUE,
    )
    again = evolved(rejected, [event])
    assert (again.state, again.attempts) == (OrderState.PENDING, 2)
    assert told(again, answer(800, APPROVED))[1] == ["PaymentAuthorized", "OrderConfirmed"]


def test_a_hard_decline_needs_another_card():
    rejected, _ = told(WAITING, answer(11, HARD))

    assert decide(rejected, resubmit()) == refuse(PaymentMethodDeclined())
    prepared, _ = told(rejected, ReplaceInstructions(payments=(payment(30, 1000, attempt=2),)))
    again, happened = told(prepared, resubmit())
    assert happened == ["OrderResubmitted"]
    assert [p.id for p in again.attempted] == [id_(30)]


def test_new_instructions_replace_those_not_submitted_yet():
    rejected, _ = told(WAITING, answer(11, HARD))
    first, _ = told(rejected, ReplaceInstructions(payments=(payment(30, 1000, attempt=2),)))
    second, _ = told(first, ReplaceInstructions(payments=(payment(40, 1000, attempt=2),)))

    assert [p.id for p in second.payments] == [id_(10), id_(40)]
    assert [p.id for p in second.prepared] == [id_(40)]


def test_while_it_is_unknown_nothing_new_is_tried():
    unsure, _ = told(WAITING, answer(11, UNANSWERED))

    assert decide(unsure, ReplaceInstructions(payments=())) == refuse(PaymentUnresolved())
    assert decide(unsure, resubmit()) == refuse(PaymentUnresolved(), PaymentNotOpen())
    assert decide(unsure, GiveUpPayment(at=DUE, spare_ids=())) == refuse(PaymentUnresolved())


def test_an_abandoned_confirmation_can_be_replaced_by_another_card():
    asked, _ = told(WAITING, answer(11, ActionRequired(reference="r", url="u")))
    prepared, _ = told(asked, ReplaceInstructions(payments=(payment(30, 1000, attempt=2),)))
    again, _ = told(prepared, resubmit())
    confirmed, first = told(again, answer(800, APPROVED))

    assert first == ["PaymentAuthorized", "OrderConfirmed"]
    assert told(confirmed, answer(11, APPROVED))[1] == ["PaymentAuthorized", "PaymentVoidRequested"]


def test_an_order_can_be_tried_a_few_times_only():
    rejected = order(payment(10, 1000), state=OrderState.PAYMENT_REJECTED, attempts=3, retries=PaymentRetries(limit=3))

    assert decide(rejected, resubmit()) == refuse(PaymentAttemptsExhausted(most=3))


@pytest.mark.parametrize(("attempts", "seconds"), [(2, 60), (3, 120), (4, 240)])
def test_the_pause_before_another_attempt_grows(attempts, seconds):
    declined = payment(10, 1000, entry(11, 1000, TransactionStatus.FAILED), attempt=attempts)
    rejected = order(declined, state=OrderState.PAYMENT_REJECTED, attempts=attempts)
    later = AT + timedelta(seconds=seconds)
    early = later - timedelta(seconds=1)

    assert rejected.retry_from == later
    assert decide(rejected, replace(resubmit(), at=early)) == refuse(PaymentTooSoon(retry_from=later))
    assert actions(rejected, early)[OrderAction.UPDATE_PAYMENT] == ()
    assert actions(rejected, later)[OrderAction.RESUBMIT] == ()


def test_a_card_that_has_expired_meanwhile_is_not_tried_again():
    card = CardFace(brand=CardBrand.VISA, last_four="4242", expiry_month=AT.month, expiry_year=AT.year)
    first = payment(10, 1000, entry(11, 1000, TransactionStatus.FAILED))
    rejected = order(replace(first, card=card), state=OrderState.PAYMENT_REJECTED)

    assert actions(rejected, AT)[OrderAction.RESUBMIT] == ()
    assert actions(rejected, AT + timedelta(days=60))[OrderAction.RESUBMIT] == (CardExpired(),)


def test_the_second_attempt_may_follow_at_once():
    rejected, _ = told(WAITING, answer(11, SOFT))

    assert rejected.retry_from is None
    assert actions(rejected, AT)[OrderAction.RESUBMIT] == ()


def test_only_who_has_done_nothing_about_a_decline_is_reminded():
    rejected, _ = told(WAITING, answer(11, SOFT))
    again, _ = told(rejected, resubmit())
    declined_again, _ = told(again, answer(800, SOFT))
    canceled, _ = told(rejected, GiveUpPayment(at=DUE, spare_ids=()))
    exhausted = replace(rejected, retries=PaymentRetries(limit=1))

    assert awaits_new_payment(rejected, 1)
    assert awaits_new_payment(declined_again, 2)
    assert not any(awaits_new_payment(state, 1) for state in (WAITING, again, declined_again, canceled, exhausted))


def test_a_confirmed_order_waits_for_no_payment():
    confirmed, _ = told(WAITING, answer(11, APPROVED))

    assert actions(confirmed, AT) == {
        OrderAction.UPDATE_PAYMENT: (PaymentNotOpen(),),
        OrderAction.RESUBMIT: (PaymentNotOpen(),),
        OrderAction.PAY_BALANCE: (PaymentNotOpen(),),
        OrderAction.EDIT: (EditTimeOver(),),
        OrderAction.SET_SHIPPING_POLICY: (),
        OrderAction.SET_ATTRIBUTES: (),
        OrderAction.CANCEL: (CancelTimeOver(),),
        OrderAction.CLONE: (),
        OrderAction.COMMENT: (),
    }
    assert decide(confirmed, GiveUpPayment(at=DUE, spare_ids=())) == []


answers = st.sampled_from(
    [APPROVED, SOFT, HARD, UNANSWERED, ActionRequired(reference="r", url="u"), Pending(reference="r")]
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 12), answers),
        st.tuples(st.just("new card")),
        st.tuples(st.just("resubmit")),
        st.tuples(st.just("give up")),
        st.tuples(st.just("cancel")),
        st.tuples(st.just("cancel units"), st.integers(1, 100)),
    ),
    max_size=25,
)


def command_of(step, state, new):
    match step:
        case ("answer", number, what):
            entries = [t.id for p in state.payments for t in p.transactions]
            return RecordAnswer(transaction_id=entries[number % len(entries)], answer=what, at=AT, spare_ids=new(9))
        case ("new card",):
            fresh = replace(payment(0, state.total, attempt=state.attempts + 1), id=new(1)[0])
            return ReplaceInstructions(payments=(fresh,))
        case ("resubmit",):
            return Resubmit(at=AT + timedelta(days=state.attempts), spare_ids=new(9), payment_ids=new(9))
        case ("pay balance",):
            rest = replace(payment(0, max(1, state.balance)), id=new(1)[0])
            return PayBalance(payments=(rest,), at=AT + timedelta(days=9), spare_ids=new(9))
        case ("cancel",):
            return CancelWhole(reason="OTHER", by_customer=False, at=AT, spare_ids=new(9))
        case ("cancel units", less):
            units, total = (CanceledUnits(line_id=id_(1), quantity=1),), max(1, state.total - less)
            return CancelUnits(reason="OTHER", by_customer=False, at=AT, units=units, total=total)
        case _:
            return GiveUpPayment(at=DUE, spare_ids=new(9))


def check_step(before, events, after):
    """A change of state is exactly one event and one arrow of the table."""
    moves = [
        e for e in events if isinstance(e, OrderConfirmed | OrderPaymentRejected | OrderCanceled | OrderResubmitted)
    ]
    assert len(moves) <= 1
    assert after.state is before.state or (moves and after.state in TRANSITIONS[before.state])
    changed = [e for e in events if isinstance(e, OrderCanceled | OrderLinesCanceled)]
    changed += [e for e in events if isinstance(e, PaymentInstructionsChanged) and e.version]
    assert after.version == before.version + len(changed)


def check_actions(state, new):
    """What is said to be possible is what happens, and what is not is refused for the reasons that were told (K14)."""
    doing = {
        OrderAction.UPDATE_PAYMENT: ("new card",),
        OrderAction.RESUBMIT: ("resubmit",),
        OrderAction.CANCEL: ("cancel",),
        OrderAction.PAY_BALANCE: ("pay balance",),
    }
    staff = Around(as_staff=frozenset({OrderAction.CANCEL}))
    found = actions(state, AT + timedelta(days=state.attempts), staff)
    for action, command in doing.items():
        decided = decide(state, command_of(command, state, new))
        assert (decided.reasons if isinstance(decided, Refused) else ()) == found[action]


def check_money(state):
    for p in state.payments:
        assert p.succeeded(TransactionKind.VOID) <= p.succeeded(TransactionKind.AUTHORIZE) <= p.amount
    kept = sum(p.authorized for p in state.payments if not p.voiding)
    if state.state is OrderState.CONFIRMED:
        assert kept == state.total or (kept > state.total and state.version > 1)
    if state.state in {OrderState.CANCELED, OrderState.PAYMENT_REJECTED}:
        assert kept == 0


def canceled(state, **how):
    how = {"reason": "OTHER", "by_customer": False, "at": AT, "spare_ids": (id_(900),), **how}
    return decide(state, CancelWhole(**how))


def test_canceling_lets_go_of_money_at_once_or_when_the_bank_answers():
    confirmed, _ = told(WAITING, answer(11, APPROVED))

    early, late = evolved(WAITING, canceled(WAITING)), evolved(confirmed, canceled(confirmed))

    assert (late.state, late.version, late.cancel_reason) == (OrderState.CANCELED, 2, "OTHER")
    assert [type(event).__name__ for event in canceled(confirmed)] == ["OrderCanceled", "PaymentVoidRequested"]
    assert (late.total, late.owed, late.balance) == (1000, 0, -1000)
    assert told(early, answer(11, APPROVED))[1] == ["PaymentAuthorized", "PaymentVoidRequested"]
    assert told(early, answer(11, SOFT))[1] == ["PaymentDeclined"]


def test_customers_cancel_for_as_long_as_they_may():
    free = replace(WAITING, cancelable_until=AT + timedelta(minutes=30))
    later = AT + timedelta(minutes=30)

    assert isinstance(canceled(free, by_customer=True)[0], OrderCanceled)
    assert canceled(free, by_customer=True, at=later) == refuse(CancelTimeOver())
    assert canceled(WAITING, by_customer=True) == refuse(CancelTimeOver())
    assert isinstance(canceled(free, at=later)[0], OrderCanceled)


@pytest.mark.parametrize(
    "state", [OrderState.IN_FULFILLMENT, OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CANCELED]
)
def test_what_is_on_its_way_or_over_is_not_canceled(state):
    over = order(state=state)
    units = (CanceledUnits(line_id=id_(1), quantity=1),)

    assert canceled(over) == refuse(OrderNotCancelable(state=state))
    assert decide(over, CancelUnits(reason="OTHER", by_customer=False, at=AT, units=units, total=1)) == refuse(
        OrderNotCancelable(state=state)
    )


def test_units_are_canceled_when_the_bank_has_decided_and_instructions_for_the_old_total_go():
    units = CancelUnits(
        reason="OTHER", by_customer=False, at=AT, units=(CanceledUnits(line_id=id_(1), quantity=1),), total=700
    )
    rejected, _ = told(WAITING, answer(11, SOFT))
    prepared, _ = told(rejected, ReplaceInstructions(payments=(payment(20, 1000, attempt=2),)))

    after, happened = told(prepared, units)

    assert told(rejected, units)[1] == ["OrderLinesCanceled"]
    assert decide(WAITING, units) == refuse(PaymentBeingDecided())
    assert happened == ["OrderLinesCanceled", "PaymentInstructionsChanged"]
    assert (after.total, after.version, after.prepared, after.state) == (700, 3, (), OrderState.PAYMENT_REJECTED)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=3), steps)
def test_whatever_happens_money_is_held_once_at_most_and_never_for_nothing(amounts, steps):
    ids = iter(range(100, 10_000))

    def new(count):
        return tuple(id_(next(ids)) for _ in range(count))

    state = order(
        *(payment(n + 1, amount, entry(next(ids), amount)) for n, amount in enumerate(amounts)), total=sum(amounts)
    )
    for step in steps:
        check_actions(state, new)
        events = decide(state, command_of(step, state, new))
        if not isinstance(events, Refused):
            before, state = state, evolved(state, events)
            check_step(before, events, state)
            check_money(state)


def test_what_is_tried_again_covers_what_the_order_costs_since_it_was_edited():
    declined = payment(1, 600, entry(11, 600, TransactionStatus.FAILED)), payment(2, 400)
    edited = order(*declined, state=OrderState.PAYMENT_REJECTED, total=1_500)
    cheaper = replace(edited, total=1)

    def tried(state):
        again = Resubmit(at=AT + timedelta(days=1), spare_ids=(id_(21), id_(22)), payment_ids=(id_(31), id_(32)))
        (resubmitted,) = decide(state, again)
        return [(each.amount, each.transactions[0].amount) for each in resubmitted.payments]

    assert tried(edited) == [(900, 900), (600, 600)]
    assert tried(cheaper) == [(1, 1)]
