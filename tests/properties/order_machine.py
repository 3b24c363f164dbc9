"""An order under random commands at random times, for the pure rules and, by a subclass, for the stores as well (C.1, I2-I8)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commerce_api.domain import order as domain
from commerce_api.domain.canceling import OrderedCharge, Units, totals, without
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import OrderState
from commerce_api.domain.payment import (
    HANDING_OVER,
    ActionRequired,
    PaymentMethodKind,
    PaymentStatus,
    Pending,
    TransactionKind,
    balance,
    payment_status,
    requested,
)
from commerce_api.domain.splitting import divide
from commerce_api.domain.totals import ChargeKind
from tests.domain import orders
from tests.domain.orders import APPROVED, AT, HARD, SOFT, UNANSWERED
from tests.domain.test_canceling import content, line

ANSWERS = st.sampled_from(
    [APPROVED, SOFT, HARD, UNANSWERED, Pending(reference="r"), ActionRequired(reference="r", url="https://bank.test")]
)
MOVES_STATE = (
    *(domain.OrderConfirmed, domain.OrderPaymentRejected, domain.OrderCanceled, domain.OrderResubmitted),
    domain.OrderAwaitsPayment,
)
METHODS = st.sampled_from(PaymentMethodKind)


def contents(total):
    """Two lines and a charge of the whole order that together cost this."""
    price = total // 8
    rest = OrderedCharge(id=orders.id_(92), kind=ChargeKind.HANDLING, amount=total - 5 * price, original=0, tax=0)
    return content(line(1, 3, price), line(2, 2, price), charges=(rest,))


def _held(order):
    return sum(payment.authorized for payment in order.payments)


class OrderMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self._ids, self.at = iter(range(10_000, 10**9)), AT
        self.moves, self.told = 0, []

    def _new_ids(self, count):
        return tuple(UUID(int=next(self._ids)) for _ in range(count))

    @initialize(
        shares=st.lists(st.tuples(st.integers(1, 900), METHODS), min_size=1, max_size=2), total=st.integers(0, 1)
    )
    def place(self, shares, total):
        paid = [
            requested(orders.payment(number, share, method=method), self._new_ids(1)[0], AT)
            for number, (share, method) in enumerate(shares, 20)
        ]
        placed = orders.order(*paid, total=sum(share for share, _ in shares) + total)
        state = OrderState.CONFIRMED if domain.secured(placed) else OrderState.PENDING
        self.placed = self.order = replace(placed, state=state)
        self.content, self.agreed = contents(placed.total), placed.total
        self.versions = {1: placed.total}
        self.begin()

    def begin(self):
        """What a subclass does with the placed order."""

    def keep(self, before, after, events):
        """What a subclass does with what was decided."""

    def keep_child(self, child):
        """What a subclass does with an order that was split off; as it is kept."""
        return child

    def _do(self, command):
        """Whether it was done."""
        decided = domain.decide(self.order, command)
        if isinstance(decided, Refused):
            assert decided.reasons
            return False
        after = domain.evolved(self.order, decided)
        self._judge(decided, after)
        if decided:
            after = replace(after, revision=after.revision + 1)
            self.keep(self.order, after, decided)
        self.told += decided
        self.order = after
        return True

    def _judge(self, events, after):
        order = self.order
        for event in events:
            before, order = order.state, domain.evolve(order, event)
            if order.state is not before:
                assert isinstance(event, MOVES_STATE), "I6: no change of the state without its event"
                assert order.state in domain.TRANSITIONS[before], f"{before} became {order.state}"
        assert order == after

    @rule(data=st.data(), answer=ANSWERS)
    def the_bank_answers(self, data, answer):
        known = [t.id for payment in self.order.payments for t in payment.transactions]
        chosen = data.draw(st.sampled_from([*known, UUID(int=1)]))
        spare = self._new_ids(len(self.order.payments))
        self._do(domain.RecordAnswer(transaction_id=chosen, answer=answer, at=self.at, spare_ids=spare))

    @rule(methods=st.lists(METHODS, min_size=1, max_size=2))
    def other_instructions(self, methods):
        first = self.order.unpaid // len(methods)
        amounts = [amount for amount in (first, self.order.unpaid - first) if amount]
        made = (
            replace(
                orders.payment(0, amount, attempt=self.order.attempts + 1, method=method), id=id_, position=position
            )
            for position, (amount, method, id_) in enumerate(zip(amounts, methods, self._new_ids(2), strict=False))
        )
        self._do(domain.ReplaceInstructions(payments=tuple(made)))

    @rule()
    def resubmit(self):
        count = 2 * len(self.order.payments) + 1
        self._do(
            domain.Resubmit(at=self.at, spare_ids=self._new_ids(count), payment_ids=self._new_ids(count)),
        )

    @rule(more=st.integers(-500, 500))
    def an_edit_is_charged_for(self, more):
        """And whatever it would cost, the money for it is no part of what the order has."""
        other = replace(orders.payment(0, max(1, more)), id=self._new_ids(1)[0])
        count = len(self.order.payments) + 1
        self._do(
            domain.ChargeForEdit(
                payments=(other,),
                at=self.at,
                spare_ids=self._new_ids(count),
            )
        )

    @rule(kept=st.booleans())
    def the_edit_is_made_or_not(self, kept):
        if self.order.charged and self.order.state is not OrderState.CANCELED:
            spare = self._new_ids(len(self.order.payments))
            keeps = kept and domain.charge_complete(self.order)
            self._do(domain.KeepCharge() if keeps else domain.DropCharge(at=self.at, spare_ids=spare))

    @rule()
    def the_balance_is_paid(self):
        same = domain.as_before(self.order, max(1, self.order.balance), lambda: self._new_ids(1)[0])
        self._do(domain.PayBalance(payments=same, at=self.at, spare_ids=self._new_ids(2 * len(self.order.payments))))

    @rule()
    def what_is_not_needed_goes(self):
        if self.order.state is OrderState.CONFIRMED:
            self._do(domain.LetGoOfSurplus(at=self.at, spare_ids=self._new_ids(len(self.order.payments))))
            assert not domain.superfluous(self.order)

    @rule(quantity=st.integers(1, 3))
    def units_are_canceled(self, quantity):
        units = domain.CanceledUnits(line_id=self.content.lines[0].id, quantity=quantity)
        left = without(self.content, [Units(line_id=units.line_id, quantity=quantity)])
        if isinstance(left, Refused) or left.empty:
            return
        total = totals(left).total
        command = domain.CancelUnits(reason="OTHER", by_customer=False, at=self.at, units=(units,), total=total)
        if self._do(command):
            self.content, self.versions[self.order.version] = left, total

    @rule(quantity=st.integers(1, 3), follow=st.booleans())
    def it_is_split(self, quantity, follow):
        """Both orders cost, owe and hold together what the one did; the story goes on with either."""
        line_id = self.content.lines[0].id
        parts = divide(self.content, [Units(line_id=line_id, quantity=quantity)])
        if isinstance(parts, Refused) or domain.against_splitting(self.order, ()):
            return
        before, (into_id, into_line_id) = self.order, self._new_ids(2)
        command = domain.SplitOrder(
            into_id=into_id,
            into_number=f"E{into_id.int}",
            shipping=domain.SplitShipping.KEEP_ON_PARENT,
            reason="",
            units=(domain.SplitUnits(line_id=line_id, into_line_id=into_line_id, quantity=quantity),),
            total=totals(parts.left).total,
            split_total=totals(parts.moved).total,
            at=self.at,
        )
        done = domain.split_off(before, command, iter(lambda: self._new_ids(1)[0], None))
        after = replace(domain.evolved(before, done.events), revision=before.revision + 1)
        for what in ("total", "balance", "received"):
            assert getattr(after, what) + getattr(done.child, what) == getattr(before, what), what
        assert _held(after) + _held(done.child) == _held(before)
        self.keep(before, after, done.events)
        child = self.keep_child(done.child)
        self.told, self.order, self.content = [*self.told, *done.events], after, parts.left
        self.agreed, self.versions[after.version] = self.agreed - child.total, after.total
        if follow:
            self.placed, self.order, self.told, self.content = child, child, [], parts.moved
            self.agreed, self.versions = child.total, {1: child.total}

    @rule()
    def time_to_pay_is_over(self):
        self._do(domain.GiveUpPayment(at=self.at, spare_ids=self._new_ids(len(self.order.payments))))

    @rule(minutes=st.one_of(st.integers(1, 120), st.just(10_080)))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(amount=st.integers(1, 1200), reference=st.sampled_from(["", "a", "b"]))
    def money_comes_in(self, amount, reference):
        known = {"reference": reference, "received_at": self.at, "at": self.at, "payment_id": None}
        id_, new = self._new_ids(2)
        spare = self._new_ids(len(self.order.payments) + 1)
        self._do(domain.RecordMoney(id=id_, amount=amount, new_payment_id=new, spare_ids=spare, **known))

    @rule(data=st.data())
    def a_record_was_wrong(self, data):
        known = [t.id for payment in self.order.payments for t in payment.transactions]
        chosen = data.draw(st.sampled_from([*known, UUID(int=1)]))
        (id_,), due_at = self._new_ids(1), self.at + timedelta(days=3)
        spare = self._new_ids(len(self.order.payments) + 1)
        self._do(domain.ReverseMoney(id=id_, recorded=chosen, reason="r", at=self.at, due_at=due_at, spare_ids=spare))

    @invariant()
    def what_was_told_gives_what_there_is(self):
        """I7: replaying the events yields the order."""
        if hasattr(self, "order"):
            replayed = domain.evolved(self.placed, self.told)
            assert replace(replayed, revision=self.order.revision) == self.order

    @invariant()
    def no_more_is_taken_than_is_owed(self):
        """I3: nobody is asked for more than the order costs, what holds too much is being let go, and what has come in
        beyond that is said.
        """
        if hasattr(self, "order"):
            order, payments = self.order, self.order.payments
            held = sum(payment.authorized for payment in order.attempted if not payment.voiding)
            assert held <= self.agreed
            assert order.received + held <= order.total or order.balance < 0
            assert order.balance == balance(0 if order.state is OrderState.CANCELED else order.total, payments)
            if order.state is OrderState.CONFIRMED:
                assert domain.secured(order)
            canceled = order.state is OrderState.CANCELED
            told = payment_status(order.total, payments, order.attempts, canceled=canceled)
            assert (told is PaymentStatus.OVERPAID) == (order.received > order.owed)

    @invariant()
    def the_parts_add_up_to_the_total(self):
        """I2, of the order as it is and of each of its versions."""
        if hasattr(self, "order"):
            told = {event.version: event.total for event in self.told if hasattr(event, "total")}
            assert totals(self.content).total == self.order.total
            assert {**self.versions, **told} == self.versions

    @invariant()
    def nothing_is_charged_twice(self):
        """Each authorization is let go once at most, and only what people recorded is taken back, each record once."""
        if hasattr(self, "order"):
            for payment in self.order.payments:
                given = sum(map(payment.succeeded, HANDING_OVER))
                assert payment.succeeded(TransactionKind.AUTHORIZE) - given <= payment.amount
                taken_back = [t.reverses for t in payment.transactions if t.kind is TransactionKind.REVERSAL]
                assert len(taken_back) == len(set(taken_back))
                assert payment.captured >= 0

    @invariant()
    def what_is_over_stays_over(self):
        """I8: nobody pays for a canceled order, and what it holds is let go; a copy leaves it as it is."""
        if hasattr(self, "order") and self.order.state is OrderState.CANCELED:
            found = domain.actions(self.order, self.at)
            left = {domain.OrderAction.CLONE, domain.OrderAction.COMMENT}
            assert {action for action, reasons in found.items() if not reasons} == left
            assert all(payment.voiding for payment in self.order.payments if payment.authorized)
