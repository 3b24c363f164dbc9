"""Paying beside what is held: the balance of a confirmed order, and what a change of it costs more (P10, D13)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.notify import AS_PREFERRED
from commerce_api.domain.order import (
    ChargeDeclined,
    ChargeForEdit,
    DropCharge,
    EditCharge,
    EditNotMade,
    EditSettle,
    EditStale,
    GiveUpPayment,
    KeepCharge,
    LetGoOfSurplus,
    NoAddressForLink,
    NotChargedAtOnce,
    OrderCanceled,
    OrderState,
    PayBalance,
    PaymentAttemptsExhausted,
    PaymentMethodDeclined,
    PaymentMethodMissing,
    PaymentNotOpen,
    PaymentTooSoon,
    PaymentUnresolved,
    ReplaceInstructions,
    Settlement,
    SettlementKind,
    SettlementNeeded,
    against_going_on,
    against_settling,
    as_before,
    awaits_balance,
    charge_complete,
    charge_failed,
    committed,
    decide,
    declined,
    due,
    evolve,
    evolved,
    refused,
    settlement,
    superfluous,
    to_void,
    wanted,
)
from commerce_api.domain.payment import (
    ActionRequired,
    DeclineCode,
    PaymentMethodKind,
    PaymentRetries,
    PaymentStatus,
    PaymentUse,
    TransactionKind,
    TransactionStatus,
    balance,
    payment_status,
)
from tests.domain.orders import APPROVED, AT, HARD, SOFT, UNANSWERED, answer, entry, id_, order, payment, told
from tests.domain.test_order_editing import an_edit

DONE, UNKNOWN = TransactionStatus.SUCCEEDED, TransactionStatus.UNKNOWN
ACTION = ActionRequired(reference="r", url="u")


def confirmed(total=1200, held=1000, **more):
    """Paid when it cost less."""
    paid = payment(10, held, entry(11, held, TransactionStatus.SUCCEEDED))
    return order(paid, state=OrderState.CONFIRMED, total=total, **more)


def ids(first):
    return tuple(id_(first + n) for n in range(5))


def pay(*payments, at=AT, first=800):
    return PayBalance(payments=payments or (payment(30, 200),), at=at, spare_ids=ids(first))


def charge(*payments, at=AT, first=800):
    return ChargeForEdit(payments=payments or (payment(30, 200),), at=at, spare_ids=ids(first))


DROP = DropCharge(at=AT, spare_ids=ids(600))


def uses(state):
    return [(p.use.value, p.amount, p.authorization.status.value) for p in state.payments]


def test_the_balance_is_asked_for_beside_what_is_held():
    asked, events = told(confirmed(), pay())
    paid, _ = told(asked, answer(800, APPROVED))

    assert events == ["OrderBalanceSubmitted"]
    assert uses(asked) == [("ORDER", 1000, "SUCCEEDED"), ("BALANCE", 200, "REQUESTED")]
    assert [p.attempt for p in asked.payments] == [1, 2]
    assert all(wanted(asked, p) for p, _ in asked.open_entries)
    assert (paid.state, paid.balance, payment_status(1200, paid.payments, 1)) == (
        OrderState.CONFIRMED,
        0,
        PaymentStatus.AUTHORIZED,
    )


def test_several_instruments_pay_in_proportion_to_what_they_hold():
    two = order(
        payment(10, 600, entry(11, 600, TransactionStatus.SUCCEEDED)),
        payment(20, 400, entry(21, 400, TransactionStatus.SUCCEEDED)),
        state=OrderState.CONFIRMED,
        total=1100,
    )
    new = iter(ids(700))

    same = as_before(two, 100, lambda: next(new))
    asked, _ = told(two, pay(*same))

    assert [(p.id, p.amount, p.transactions) for p in same] == [(id_(700), 60, ()), (id_(701), 40, ())]
    assert [(p.amount, p.position, p.use) for p in asked.payments[2:]] == [
        (60, 21, PaymentUse.BALANCE),
        (40, 22, PaymentUse.BALANCE),
    ]
    assert as_before(order(total=100), 100, lambda: next(new)) == ()
    nothing = PayBalance(payments=(), at=AT, spare_ids=())
    assert decide(confirmed(), nothing) == refuse(PaymentMethodMissing())


def test_what_has_to_be_waited_for_cannot_be_charged_at_once():
    transfer = replace(payment(30, 200), method=PaymentMethodKind.BANK_TRANSFER)
    terms = replace(payment(31, 200), method=PaymentMethodKind.INVOICE)

    assert decide(confirmed(total=1000), charge(transfer)) == refuse(NotChargedAtOnce(path=("instructions",)))
    agreed, _ = told(confirmed(total=1000), charge(terms))
    awaited, _ = told(confirmed(), pay(transfer))
    assert (charge_complete(agreed), agreed.open_entries, agreed.balance) == (True, (), 0)
    assert (awaited.balance, payment_status(1200, awaited.payments, 1)) == (200, PaymentStatus.PARTIALLY_AUTHORIZED)


def test_a_declined_balance_leaves_the_order_as_it_was_and_the_same_card_is_not_asked_again():
    state, events = told(evolved(confirmed(), decide(confirmed(), pay())), answer(800, HARD))

    assert events == ["PaymentDeclined"]
    assert (state.state, state.balance) == (OrderState.CONFIRMED, 200)
    assert payment_status(1200, state.payments, 1) is PaymentStatus.PARTIALLY_AUTHORIZED
    assert decide(state, pay()) == refuse(PaymentMethodDeclined())
    assert decide(evolved(confirmed(), decide(confirmed(), pay())), charge()) == refuse(PaymentUnresolved())
    other = replace(payment(30, 200), card_token="card_2")
    assert not isinstance(decide(state, pay(other)), Refused)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (confirmed(total=1000), PaymentNotOpen()),
        (order(payment(10, 1000, entry(11, 1000))), PaymentNotOpen()),
        (evolved(confirmed(), decide(confirmed(), pay())), PaymentUnresolved()),
        (evolved(confirmed(), decide(confirmed(), charge())), PaymentUnresolved()),
    ],
)
def test_a_balance_is_paid_once_and_only_where_there_is_one(state, reason):
    assert decide(state, pay(first=900)) == refuse(reason)


def tried(state, count):
    for number in range(count):
        at = AT + timedelta(days=number)
        state, _ = told(state, pay(payment(100 + number, state.balance), at=at, first=1000 + 100 * number))
        state, _ = told(state, answer(1000 + 100 * number, SOFT))
    return state


def test_failures_follow_each_other_slower_until_there_are_no_more():
    state = confirmed(retries=PaymentRetries(limit=3, pause_seconds=60))
    once, twice, thrice = (tried(state, count) for count in (1, 2, 3))
    last = AT + timedelta(days=1)

    assert (once.retry_from, twice.retry_from) == (None, last + timedelta(minutes=1))
    assert decide(twice, pay(at=last)) == refuse(PaymentTooSoon(retry_from=last + timedelta(minutes=1)))
    assert decide(thrice, pay(at=AT + timedelta(days=9))) == refuse(PaymentAttemptsExhausted(most=3))
    paid, _ = told(evolved(once, decide(once, pay(at=last, first=2000))), answer(2000, APPROVED))
    assert (paid.balance, paid.retry_from) == (0, None)


def test_what_the_customer_never_confirmed_is_let_go_when_it_comes_after_all():
    waiting, _ = told(evolved(confirmed(), decide(confirmed(), pay())), answer(800, ACTION))
    again, _ = told(waiting, pay(payment(40, 200), first=900))
    paid, _ = told(again, answer(900, APPROVED))

    late, events = told(paid, answer(800, APPROVED))

    assert payment_status(1200, waiting.payments, 1) is PaymentStatus.ACTION_REQUIRED
    assert events == ["PaymentAuthorized", "PaymentVoidRequested"]
    assert late.balance == 0


def test_what_a_bank_is_being_asked_to_let_go_neither_pays_an_edit_nor_makes_other_money_needless():
    """An earlier attempt held 400, the bank does not answer, and the present one holds all there is to pay."""
    going = payment(10, 400, entry(11, 400, DONE), entry(12, 400, UNKNOWN, TransactionKind.VOID))
    present = [payment(n, 500, entry(n + 1, 500, DONE), attempt=2) for n in (20, 30)]
    both = order(going, *present, state=OrderState.CONFIRMED, total=1000, attempts=2)

    assert (both.balance, due(both, 1000), due(both, 1300)) == (-400, 0, 300)
    assert superfluous(both) == ()
    assert settlement(both, 1300) == Settlement(kind=SettlementKind.CHARGE, amount=300)
    assert decide(both, LetGoOfSurplus(at=AT, spare_ids=())) == []


@pytest.mark.parametrize(("total", "state"), [(400, OrderState.PAYMENT_REJECTED), (300, OrderState.CONFIRMED)])
def test_an_edit_confirms_what_is_secured_and_nothing_else(total, state):
    """400 are being let go since the other card was declined; 300 have come in."""
    going = payment(10, 400, entry(11, 400, DONE), entry(12, 400, UNKNOWN, TransactionKind.VOID))
    paid = payment(20, 300, entry(21, 300, DONE, TransactionKind.CAPTURE), method=PaymentMethodKind.BANK_TRANSFER)
    rejected = order(going, paid, state=OrderState.PAYMENT_REJECTED, total=1000)

    made = evolved(rejected, committed(rejected, an_edit().id, total, ("lines",)))

    assert (made.state, made.total, made.version) == (state, total, 2)


def test_a_balance_is_waited_for_while_no_bank_is_asked_for_it():
    owing = confirmed()
    paying, _ = told(owing, pay())
    declined, paid = told(paying, answer(800, SOFT))[0], told(paying, answer(800, APPROVED))[0]
    charged, _ = told(owing, charge())

    assert (owing.balance, paid.balance) == (200, 0)
    waiting = [owing, declined, paying, paid, charged, replace(owing, state=OrderState.CANCELED)]
    assert [awaits_balance(each) for each in waiting] == [True, True, False, False, False, False]


def test_what_waits_for_an_edit_is_no_part_of_the_balance_until_it_is_made():
    paid = confirmed(total=1000)
    asked, events = told(paid, charge())
    agreed, _ = told(asked, answer(800, APPROVED))
    made = replace(evolved(agreed, decide(agreed, KeepCharge())), total=1200)

    assert events == ["OrderEditCharged"]
    assert (asked.balance, agreed.balance, made.balance) == (0, 0, 0)
    assert (charge_complete(asked), charge_complete(agreed), charge_failed(agreed)) == (False, True, None)
    assert uses(made)[1] == ("BALANCE", 200, "SUCCEEDED")
    assert payment_status(1000, agreed.payments, 1) is PaymentStatus.AUTHORIZED
    assert to_void(made) == ()


def test_what_an_edit_does_not_take_is_let_go_at_once_or_when_it_comes():
    asked = evolved(confirmed(total=1000), decide(confirmed(total=1000), charge()))
    agreed, _ = told(asked, answer(800, APPROVED))

    early, late = told(asked, DROP), told(agreed, DROP)

    assert (early[1], late[1]) == (["PaymentsDropped"], ["PaymentsDropped", "PaymentVoidRequested"])
    assert told(early[0], answer(800, APPROVED))[1] == ["PaymentAuthorized", "PaymentVoidRequested"]
    assert not any(wanted(early[0], p) for p, _ in early[0].open_entries)
    assert decide(confirmed(), DROP) == []


def test_one_declined_instrument_fails_the_charge_of_an_edit():
    two = (replace(payment(30, 120), card_token="a"), replace(payment(31, 80), card_token="b"))
    asked, _ = told(confirmed(total=1000), charge(*two))
    half, _ = told(asked, answer(800, APPROVED))
    failed, _ = told(half, answer(801, HARD))

    assert charge_failed(failed).id == id_(31)
    assert (declined(half), declined(failed)) == (None, ChargeDeclined(decline=DeclineCode.CARD_DECLINED))
    assert told(failed, DROP)[1] == ["PaymentsDropped", "PaymentVoidRequested"]


def test_an_order_that_was_not_paid_is_confirmed_by_what_its_edit_took():
    rejected, _ = told(order(payment(10, 1000, entry(11, 1000))), answer(11, SOFT))
    rejected, _ = told(rejected, ReplaceInstructions(payments=(payment(20, 1000, attempt=2),)))
    asked, _ = told(rejected, charge(replace(payment(30, 1200), card_token="card_2")))

    assert decide(asked, ReplaceInstructions(payments=())) == refuse(PaymentUnresolved())
    assert decide(asked, GiveUpPayment(at=asked.payment_due_at, spare_ids=())) == refuse(PaymentUnresolved())
    agreed, events = told(asked, answer(800, APPROVED))
    assert (agreed.state, events) == (OrderState.PAYMENT_REJECTED, ["PaymentAuthorized"])
    made = evolved(agreed, decide(agreed, KeepCharge()))
    assert [p.id for p in made.payments] == [id_(10), id_(30)]
    assert balance(1200, made.payments) == 0


def test_a_canceled_order_holds_nothing_of_it():
    asked = evolved(confirmed(total=1000), decide(confirmed(total=1000), charge()))
    balanced, _ = told(evolved(confirmed(), decide(confirmed(), pay())), answer(800, APPROVED))
    gone = OrderCanceled(reason="OTHER", version=2)

    late, events = told(evolve(asked, gone), answer(800, APPROVED))

    assert events == ["PaymentAuthorized", "PaymentVoidRequested", "PaymentVoidRequested"]
    assert not any(wanted(late, p) for p in late.payments if p.use is not PaymentUse.ORDER)
    assert [p.amount for p in to_void(evolve(balanced, gone))] == [1000, 200]


def surplus(state):
    return decide(state, LetGoOfSurplus(at=AT, spare_ids=ids(600)))


def test_what_was_added_last_is_let_go_first_and_only_whole():
    paid, _ = told(evolved(confirmed(), decide(confirmed(), pay())), answer(800, APPROVED))
    cheaper, barely = replace(paid, total=950), replace(paid, total=1100)

    assert [type(event).__name__ for event in surplus(cheaper)] == ["PaymentsDropped", "PaymentVoidRequested"]
    assert evolved(cheaper, surplus(cheaper)).balance == -50
    assert surplus(barely) == []
    assert surplus(confirmed(total=1000)) == []
    assert settlement(paid, 950) == Settlement(kind=SettlementKind.RELEASE, amount=250, released=200)


@pytest.mark.parametrize(
    ("state", "total", "settle", "reasons"),
    [
        (confirmed(total=1000), 1200, None, [SettlementNeeded(path=("settle",))]),
        (confirmed(total=1200), 1200, None, []),
        (confirmed(total=1000), 900, None, []),
        (confirmed(total=1000), 1200, EditSettle.LEAVE_DUE, []),
        (order(state=OrderState.PAYMENT_REJECTED), 1200, None, []),
        (confirmed(total=1000), 1200, EditSettle.SEND_PAYMENT_LINK, []),
        (
            replace(confirmed(total=1000), email=""),
            1200,
            EditSettle.SEND_PAYMENT_LINK,
            [NoAddressForLink(path=("settle",))],
        ),
        (replace(confirmed(total=1000), email=""), 900, EditSettle.SEND_PAYMENT_LINK, []),
    ],
)
def test_what_is_left_unpaid_is_left_so_knowingly(state, total, settle, reasons):
    assert list(against_settling(state, total, settle)) == reasons


def charged(**changes):
    kept = EditCharge(amount=200, total=1200, kind=ActorKind.STAFF, id=UUID(int=61), reason="", notify=AS_PREFERRED)
    return an_edit(charge=replace(kept, **changes))


def test_an_edit_is_made_as_it_was_charged_for_or_not_at_all():
    state = confirmed(total=1000)

    assert against_going_on(state, charged(), 1200) is None
    assert against_going_on(state, charged(), 1300) == EditNotMade()
    assert against_going_on(replace(state, version=2), charged(), 1200) == EditStale(version=2)
    assert charged().charge.actor.id == UUID(int=61)


def test_whoever_asks_again_is_told_why_it_was_not_made():
    said_no = charged(failure="CHARGE_DECLINED", code=DeclineCode.CARD_DECLINED)

    assert refused(said_no.charge) == ChargeDeclined(decline=DeclineCode.CARD_DECLINED)
    assert refused(charged(failure="BLOCKED").charge) == EditNotMade()


def test_an_answer_about_a_balance_that_is_unknown_is_waited_for():
    asked = evolved(confirmed(), decide(confirmed(), pay()))
    unknown, _ = told(asked, answer(800, UNANSWERED))

    assert decide(unknown, pay(first=900)) == refuse(PaymentUnresolved())
    assert payment_status(1200, unknown.payments, 1) is PaymentStatus.UNKNOWN
