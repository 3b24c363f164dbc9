"""A cart under random commands at random times: what may never happen, whatever is asked (C.1, D33)."""

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartLineId, OrderId
from tests.domain.carts import ADA, BERLIN, GUEST, KETTLE, LATER, MUG, NOON, PALLET, SOLD, a_cart, facts

variants = st.sampled_from([KETTLE, MUG, PALLET, "MUG", "NO-SUCH-SKU"])
quantities = st.integers(-2, 14) | st.sampled_from([cart.MAX_QUANTITY, 2**31 - 1, -(2**31)])
attributes = st.sampled_from([{}, {"engraving": "Ada"}])
changes = st.builds(cart.SetTo, quantity=quantities) | st.builds(cart.ChangeBy, delta=quantities)
others = st.sampled_from(
    [
        cart.ClearCart(),
        cart.SetNote(note="x"),
        cart.SetBuyer(email="ada@example.com", phone=""),
        cart.SetBillingAddress(address=BERLIN),
        cart.SetShippingAddress(address=BERLIN),
        cart.SetCurrency(currency="USD"),
        cart.SetCurrency(currency="EUR"),
        cart.AcknowledgeChanges(),
        cart.SaveCart(name="For later"),
        cart.ActivateCart(),
        cart.StartCheckout(until=LATER),
        cart.RenewCheckout(until=LATER),
        cart.LeaveCheckout(),
        cart.BindCart(customer_id=ADA),
        cart.AcceptTerms(version="1"),
    ]
)
OVER = (cart.Ordered, cart.Merged)
HELPERS = [cart.Author(kind=ActorKind.STAFF, id=UUID(int=number)) for number in (71, 72)]
DOING = {
    cart.CartActionKind.CHANGE_LINES: cart.ClearCart(),
    cart.CartActionKind.CHANGE_DETAILS: cart.SetBuyer(email="grace@example.com", phone="+4930123456"),
    cart.CartActionKind.SAVE: cart.SaveCart(name="Later"),
    cart.CartActionKind.ACTIVATE: cart.ActivateCart(),
    cart.CartActionKind.DELETE: cart.DeleteCart(),
    cart.CartActionKind.START_CHECKOUT: cart.StartCheckout(until=LATER),
}


class CartMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.ids = iter(range(1_000, 10**9))
        self.at = NOON
        self.author = GUEST

    @initialize()
    def begin(self):
        self.cart = a_cart(expires_at=NOON + timedelta(days=1))

    def _known(self):
        return facts(at=self.at, author=self.author, new_ids=tuple(UUID(int=next(self.ids)) for _ in range(8)))

    def _do(self, command):
        """`decide` never raises, and `evolve` accepts whatever it decided."""
        decided = cart.decide(self.cart, command, self._known())
        if isinstance(decided, Refused):
            assert decided.reasons
            return
        assert not isinstance(self.cart.state, OVER), "a cart that is over was changed"
        assert not self.cart.expired(self.at), "an expired cart was changed"
        lock = self.cart.lock
        assert lock is None or lock.by == self.author.id or lock.until <= self.at, "a locked cart was changed"
        self.cart = cart.evolved(self.cart, decided)

    def _line_id(self, data):
        known = [line.id for line in self.cart.lines]
        return data.draw(st.sampled_from([*known, CartLineId(UUID(int=999))]))

    @rule(data=st.data(), wanted=st.lists(st.tuples(variants, quantities, attributes), max_size=3))
    def add(self, data, wanted):
        parents = [None, *(line.id for line in self.cart.lines)]
        lines = [
            cart.AddLine(
                variant=variant,
                quantity=quantity,
                attributes=attribute,
                parent_line_id=data.draw(st.sampled_from(parents)),
            )
            for variant, quantity, attribute in wanted
        ]
        self._do(cart.AddLines(lines=tuple(lines)))

    @rule(data=st.data(), wanted=st.lists(changes, min_size=1, max_size=3))
    def update(self, data, wanted):
        updates = (cart.UpdateLine(line_id=self._line_id(data), change=change) for change in wanted)
        self._do(cart.UpdateLines(lines=tuple(updates)))

    @rule(data=st.data())
    def remove(self, data):
        self._do(cart.RemoveLines(line_ids=(self._line_id(data),)))

    @rule(data=st.data(), many=st.integers(1, 3), wrong=st.booleans())
    def divide(self, data, many, wrong):
        shares = [{} for _ in range(many)]
        for line in self.cart.lines:
            cuts = sorted(data.draw(st.lists(st.integers(0, line.quantity), min_size=many - 1, max_size=many - 1)))
            bounds = [0, *cuts, line.quantity + wrong]
            for share, low, high in zip(shares, bounds, bounds[1:], strict=False):
                if high > low:
                    share[line.id] = high - low
        plans = (cart.ShipGroupPlan(address=BERLIN, quantities=share) for share in shares)
        self._do(cart.SetShipGroups(groups=tuple(plans)))

    @rule(command=others)
    def anything_else(self, command):
        self._do(command)

    @rule(hours=st.integers(0, 3))
    def wait(self, hours):
        self.at += timedelta(hours=hours)

    @rule(author=st.sampled_from([GUEST, *HELPERS]))
    def somebody_else_comes(self, author):
        self.author = author

    @rule(command=st.sampled_from([cart.LockCart(until=LATER), cart.UnlockCart()]))
    def lock(self, command):
        self._do(command)

    @rule()
    def order(self):
        self._do(cart.CloseCart(order_id=OrderId(UUID(int=1))))

    @invariant()
    def quantities_keep_their_rules(self):
        for line in self.cart.lines:
            assert list(cart.broken_rules(SOLD[line.variant_id].rules, line.quantity)) == []

    @invariant()
    def groups_add_up(self):
        for line in self.cart.lines:
            shares = [self.cart.quantities_of(group).get(line.id, 0) for group in self.cart.ship_groups]
            assert sum(shares) == line.quantity
            assert min(shares) >= 0

    @invariant()
    def groups_hold_only_lines_of_the_cart(self):
        known = {line.id for line in self.cart.lines}
        for group in self.cart.ship_groups:
            assert set(self.cart.quantities_of(group)) <= known

    @invariant()
    def no_line_is_there_twice_and_no_add_on_without_its_line(self):
        ids = [line.id for line in self.cart.lines]
        alike = [(line.variant_id, tuple(line.attributes.items()), line.parent_id) for line in self.cart.lines]
        assert len(set(ids)) == len(ids)
        assert len(set(alike)) == len(alike)
        assert all(line.parent_id in {None, *ids} for line in self.cart.lines)

    @invariant()
    def what_is_said_to_be_possible_is_what_happens(self):
        """And what is not is refused for the reasons that were told (K14)."""
        told = cart.actions(self.cart, self.author, self.at)
        assert set(told) == set(DOING)
        for kind, command in DOING.items():
            decided = cart.decide(self.cart, command, self._known())
            assert (decided.reasons if isinstance(decided, Refused) else ()) == told[kind]

    @invariant()
    def nothing_is_in_checkout_or_ordered_without_lines(self):
        assert self.cart.lines or not isinstance(self.cart.state, cart.Checkout | cart.Ordered)


TestCart = CartMachine.TestCase
TestCart.settings = settings(max_examples=40, stateful_step_count=25)
