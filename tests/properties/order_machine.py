"""An order under random commands at random times, for the pure rules and, by a subclass, for the stores as well (C.1, I2-I8)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commerce_api.domain import order as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import OrderState
from commerce_api.domain.payment import ActionRequired, Pending, balance, requested
from tests.domain import orders
from tests.domain.orders import APPROVED, AT, HARD, SOFT, UNANSWERED

ANSWERS = st.sampled_from(
    [APPROVED, SOFT, HARD, UNANSWERED, Pending(reference="r"), ActionRequired(reference="r", url="https://bank.test")]
)
MOVES_STATE = (domain.OrderConfirmed, domain.OrderPaymentRejected, domain.OrderCanceled, domain.OrderResubmitted)


class OrderMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self._ids, self.at = iter(range(10_000, 10**9)), AT
        self.moves, self.told = 0, []

    def _new_ids(self, count):
        return tuple(UUID(int=next(self._ids)) for _ in range(count))

    @initialize(shares=st.lists(st.integers(1, 900), min_size=1, max_size=2), total=st.integers(0, 1))
    def place(self, shares, total):
        paid = [
            requested(orders.payment(number, share), self._new_ids(1)[0], AT) for number, share in enumerate(shares, 20)
        ]
        self.placed = self.order = orders.order(*paid, total=sum(shares) + total)
        self.begin()

    def begin(self):
        """What a subclass does with the placed order."""

    def keep(self, before, after, events):
        """What a subclass does with what was decided."""

    def _do(self, command):
        decided = domain.decide(self.order, command)
        if isinstance(decided, Refused):
            assert decided.reasons
            return
        after = domain.evolved(self.order, decided)
        self._judge(decided, after)
        if decided:
            after = replace(after, revision=after.revision + 1)
            self.keep(self.order, after, decided)
        self.told += decided
        self.order = after

    def _judge(self, events, after):
        before = self.order.state
        moved = [event for event in events if isinstance(event, MOVES_STATE)]
        assert len(moved) <= 1, "I6: one decision moves the state once"
        if after.state is not before:
            assert moved, "I6: no change of the state without its event"
            assert after.state in domain.TRANSITIONS[before], f"{before} became {after.state}"

    @rule(data=st.data(), answer=ANSWERS)
    def the_bank_answers(self, data, answer):
        known = [t.id for payment in self.order.payments for t in payment.transactions]
        chosen = data.draw(st.sampled_from([*known, UUID(int=1)]))
        spare = self._new_ids(len(self.order.payments))
        self._do(domain.RecordAnswer(transaction_id=chosen, answer=answer, at=self.at, spare_ids=spare))

    @rule(parts=st.integers(1, 2))
    def other_instructions(self, parts):
        first = self.order.total // parts
        amounts = [amount for amount in (first, self.order.total - first) if amount]
        made = (
            replace(orders.payment(0, amount, attempt=self.order.attempts + 1), id=id_, position=position)
            for position, (amount, id_) in enumerate(zip(amounts, self._new_ids(2), strict=False))
        )
        self._do(domain.ReplaceInstructions(payments=tuple(made)))

    @rule()
    def resubmit(self):
        count = max(len(self.order.payments), 1)
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

    @rule()
    def time_to_pay_is_over(self):
        self._do(domain.GiveUpPayment(at=self.at, spare_ids=self._new_ids(len(self.order.payments))))

    @rule(minutes=st.integers(1, 120))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @invariant()
    def what_was_told_gives_what_there_is(self):
        """I7: replaying the events yields the order."""
        if hasattr(self, "order"):
            replayed = domain.evolved(self.placed, self.told)
            assert replace(replayed, revision=self.order.revision) == self.order

    @invariant()
    def no_more_is_taken_than_is_owed(self):
        """I3; and what holds too much is being let go."""
        if hasattr(self, "order"):
            assert sum(payment.captured for payment in self.order.payments) <= self.order.total
            held = sum(payment.authorized for payment in self.order.attempted if not payment.voiding)
            assert held <= self.order.total
            owed = 0 if self.order.state is OrderState.CANCELED else self.order.total
            assert self.order.balance == balance(owed, self.order.payments)

    @invariant()
    def what_is_over_stays_over(self):
        """I8: nobody pays for a canceled order, and what it holds is let go; a copy leaves it as it is."""
        if hasattr(self, "order") and self.order.state is OrderState.CANCELED:
            found = domain.actions(self.order, self.at)
            assert {action for action, reasons in found.items() if not reasons} == {domain.OrderAction.CLONE}
            assert all(payment.voiding for payment in self.order.payments if payment.authorized)
