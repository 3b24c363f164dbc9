"""An order and its money under random commands at random times (C.1, I2, I3, I6-I8). What the desk does to it, its blocks and
its edits, is in `order_desk_machine`; a subclass does all of it over the stores as well.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commerce_api.domain import order as domain
from commerce_api.domain.canceling import Units, totals, without
from commerce_api.domain.decision import Refused
from commerce_api.domain.money import share_out
from commerce_api.domain.order import OrderState
from commerce_api.domain.order.shipping import set_policy
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
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.splitting import divide
from commerce_api.persistence.stores import split_orders
from commerce_api.persistence.stores.canceled_units import content_of
from tests.domain import orders
from tests.domain.carts import KETTLE, MUG
from tests.domain.orders import APPROVED, AT, HARD, SOFT, UNANSWERED
from tests.properties import order_content

ANSWERS = st.sampled_from(
    [APPROVED, SOFT, HARD, UNANSWERED, Pending(reference="r"), ActionRequired(reference="r", url="https://bank.test")]
)
MOVES_STATE = (
    *(domain.OrderConfirmed, domain.OrderPaymentRejected, domain.OrderCanceled, domain.OrderResubmitted),
    domain.OrderAwaitsPayment,
)
METHODS = st.sampled_from(PaymentMethodKind)
PRICES = st.integers(1, 300)
HEAD = ("state", "total", "version", "revision", "shipping_policy", "payment_due_at", "cancel_reason")


def _held(order):
    return sum(payment.authorized for payment in order.payments)


def _is(machine, *states):
    return hasattr(machine, "order") and machine.order.state in states


class OrderMachine(RuleBasedStateMachine):
    """`rows` are those of the order as they are now; `prices` are those of the day, by variant. `agreed` is the most that anybody
    was ever asked for it; `left_due` tells that an edit was to be paid some time.
    """

    def __init__(self):
        super().__init__()
        self._ids, self.at = iter(range(10_000, 10**9)), AT
        self.things, self.told, self.left_due = (KETTLE, MUG), [], False

    def _new_ids(self, count):
        return tuple(UUID(int=next(self._ids)) for _ in range(count))

    @initialize(
        shares=st.lists(st.tuples(st.integers(1, 9), METHODS), min_size=1, max_size=2),
        prices=st.tuples(PRICES, PRICES, PRICES),
        short=st.integers(0, 1),
        gross=st.booleans(),
        paid_at_once=st.booleans(),
    )
    def place(self, shares, prices, short, gross, paid_at_once):
        channel = replace(order_content.CHANNEL, prices_include_tax=gross)
        agreed, *today = prices
        self.prices = dict(zip(self.things, today, strict=True))
        checkout = order_content.first_checkout(agreed, agreed // 3, self.prices, AT, channel)
        total = checkout.priced.totals.total
        amounts = share_out(total - short, [weight for weight, _ in shares])
        paid = [
            requested(orders.payment(number, amount, method=method), self._new_ids(1)[0], AT)
            for number, (amount, (_, method)) in enumerate(zip(amounts, shares, strict=True), 20)
        ]
        placed = orders.order(*paid, total=total)
        state = OrderState.CONFIRMED if domain.secured(placed) else OrderState.PENDING
        self.placed = self.order = replace(placed, state=state)
        self.rows = order_content.placed_rows(self.placed, checkout, channel)
        self.agreed, self.versions = total, {1: total}
        self.begin()
        if paid_at_once:
            self.banks_agree()

    # What a subclass does with what was decided, before it goes on with it as it is kept.

    def begin(self):
        """With the placed order."""

    def keep(self, before, after, events):
        """With what happened to an order."""

    def keep_rows(self, before, after, events):
        """With what an order consists of since that happened."""

    def keep_child(self, child, rows):
        """With an order that was split off."""

    def follow(self, events):
        """With what follows from what happened."""

    def _do(self, command):
        """Whether it was done."""
        decided = domain.decide(self.order, command)
        if isinstance(decided, Refused):
            assert decided.reasons
            return False
        self.happen(decided)
        return True

    def happen(self, events, rows=None):
        """To the order, and to what it consists of."""
        after = domain.evolved(self.order, events)
        self._judge(events, after)
        if events:
            before, self.order = self.order, replace(after, revision=after.revision + 1)
            self.keep(before, self.order, events)
        self.told = [*self.told, *events]
        self.left_due = self.left_due and not domain.secured(self.order)
        old, now = self.rows, rows or self.rows
        self.rows = {**now, "order": {**now["order"], **{name: getattr(self.order, name) for name in HEAD}}}
        if rows:
            order_content.check_parts(self.rows)
            self.keep_rows(old, self.rows, events)
        self.follow(events)

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

    @rule()
    def banks_agree(self):
        for _, entry in self.order.open_entries:
            spare = self._new_ids(len(self.order.payments))
            self._do(domain.RecordAnswer(transaction_id=entry.id, answer=APPROVED, at=self.at, spare_ids=spare))

    @precondition(lambda self: _is(self, *domain.UNPAID))
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

    @precondition(lambda self: _is(self, *domain.UNPAID))
    @rule()
    def resubmit(self):
        count = 2 * len(self.order.payments) + 1
        self._do(
            domain.Resubmit(at=self.at, spare_ids=self._new_ids(count), payment_ids=self._new_ids(count)),
        )

    @precondition(lambda self: _is(self, OrderState.CONFIRMED))
    @rule()
    def the_balance_is_paid(self):
        same = domain.as_before(self.order, max(1, self.order.balance), lambda: self._new_ids(1)[0])
        self._do(domain.PayBalance(payments=same, at=self.at, spare_ids=self._new_ids(2 * len(self.order.payments))))

    @precondition(lambda self: _is(self, OrderState.CONFIRMED))
    @rule()
    def what_is_not_needed_goes(self):
        self._do(domain.LetGoOfSurplus(at=self.at, spare_ids=self._new_ids(len(self.order.payments))))
        assert not domain.superfluous(self.order)

    @rule(quantity=st.integers(1, 3))
    def units_are_canceled(self, quantity):
        content = content_of(self.rows)
        units = domain.CanceledUnits(line_id=content.lines[0].id, quantity=quantity)
        left = without(content, [Units(line_id=units.line_id, quantity=quantity)])
        if isinstance(left, Refused) or left.empty:
            return
        total = totals(left).total
        command = domain.CancelUnits(reason="OTHER", by_customer=False, at=self.at, units=(units,), total=total)
        decided = domain.decide(self.order, command)
        if not isinstance(decided, Refused):
            self.versions[self.order.version + 1] = total
            self.happen(decided, order_content.less(self.rows, left))

    @precondition(lambda self: _is(self, OrderState.CONFIRMED))
    @rule(quantity=st.integers(1, 3), follow=st.booleans())
    def it_is_split(self, quantity, follow):
        """Both orders cost, owe and hold together what the one did; the story goes on with either."""
        content = content_of(self.rows)
        line_id, before = content.lines[0].id, self.order
        parts = divide(content, [Units(line_id=line_id, quantity=quantity)])
        if self.against_splitting() or isinstance(parts, Refused):
            return
        new_ids, total = iter(lambda: self._new_ids(1)[0], None), totals(parts.left).total
        names, into_id = split_orders.new_names(self.rows, parts, new_ids), next(new_ids)
        command = domain.SplitOrder(
            into_id=into_id,
            into_number=f"E{into_id.int}",
            shipping=domain.SplitShipping.KEEP_ON_PARENT,
            reason="",
            units=(domain.SplitUnits(line_id=line_id, into_line_id=names[line_id], quantity=quantity),),
            total=total,
            split_total=totals(parts.moved).total,
            at=self.at,
        )
        done = domain.split_off(before, command, new_ids)
        made = split_orders.rows_of(self.rows, parts, (into_id, command.into_number), names)
        rows, child = map(split_orders.as_read, (made.left, made.moved)), done.child
        left, moved = rows
        self.keep_child(child, moved)
        was_due, self.agreed, self.versions[before.version + 1] = self.left_due, self.agreed - child.total, total
        self.happen(done.events, left)
        for what in ("total", "balance", "received"):
            assert getattr(self.order, what) + getattr(child, what) == getattr(before, what), what
        assert _held(self.order) + _held(child) == _held(before)
        blocks = self.copy_blocks(child, names)
        if follow:
            self.placed, self.order, self.told, self.rows = child, child, [], moved
            self.agreed, self.versions = child.total, {1: child.total}
            self.left_due = was_due and not domain.secured(child)
            self.go_on_with(blocks)
            order_content.check_parts(moved)

    def against_splitting(self):
        return domain.against_splitting(self.order, ())

    def copy_blocks(self, child, names):
        """What holds the other order up as well."""

    def go_on_with(self, blocks):
        """The story goes on with the other order, which these hold up."""

    @rule(policy=st.sampled_from(ShippingPolicy))
    def it_is_chosen_how_it_leaves(self, policy):
        decided = set_policy(self.order, policy)
        if not isinstance(decided, Refused):
            self.versions[self.order.version + len(decided)] = self.order.total
            self.happen(decided, self.rows)

    @rule(prices=st.tuples(PRICES, PRICES))
    def prices_change(self, prices):
        self.prices = dict(zip(self.things, prices, strict=True))

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

    @rule(amount=st.integers(1, 1200), reference=st.sampled_from(["", "a", "b"]))
    def money_is_given_back(self, amount, reference):
        """Never more than came in, and what is owed is asked for again."""
        before, (id_,), due_at = self.order, self._new_ids(1), self.at + timedelta(days=3)
        known = {"reference": reference, "refunded_at": self.at, "at": self.at, "payment_id": None, "due_at": due_at}
        spare = self._new_ids(len(before.payments) + 1)
        if self._do(domain.RecordRefund(id=id_, amount=amount, spare_ids=spare, **known)):
            assert self.order.received == before.received - amount >= 0
            assert amount > before.owed_back or self.order.state is before.state
            assert domain.due(self.order, self.order.owed) <= domain.due_again(before, amount)

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
                assert domain.secured(order) or self.left_due
            canceled = order.state is OrderState.CANCELED
            told = payment_status(order.total, payments, order.attempts, canceled=canceled)
            assert (told is PaymentStatus.OVERPAID) == (order.received > order.owed)

    @invariant()
    def the_parts_add_up_to_the_total(self):
        """I2, of the order as it is and of each of its versions."""
        if hasattr(self, "order"):
            told = {event.version: event.total for event in self.told if hasattr(event, "total")}
            assert self.rows["order"]["total"] == self.order.total == totals(content_of(self.rows)).total
            assert {**self.versions, **told} == self.versions

    @invariant()
    def nothing_is_charged_twice(self):
        """Each authorization is let go once at most, and only what people recorded is taken back, each record once."""
        if hasattr(self, "order"):
            for payment in self.order.payments:
                given = sum(map(payment.succeeded, HANDING_OVER))
                assert payment.succeeded(TransactionKind.AUTHORIZE) - given <= payment.amount
                taken_back = [t.reverses for t in payment.transactions if t.reverses]
                assert len(taken_back) == len(set(taken_back))
                assert payment.captured >= 0
                assert payment.refunded >= 0

    @invariant()
    def what_is_over_stays_over(self):
        """I8: nobody pays for a canceled order, and what it holds is let go; a copy leaves it as it is."""
        if hasattr(self, "order") and self.order.state is OrderState.CANCELED:
            found = domain.actions(self.order, self.at)
            left = {domain.OrderAction.CLONE, domain.OrderAction.COMMENT, domain.OrderAction.SET_ATTRIBUTES}
            assert {action for action, reasons in found.items() if not reasons} == left
            assert all(payment.voiding for payment in self.order.payments if payment.authorized)
