from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.cart import Active, Author, Checkout, Merged, Ordered, Saved
from commerce_api.domain.ids import OrderId
from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.totals import MoneyOverflow
from tests.domain.carts import (
    ADA,
    BERLIN,
    GRACE,
    KETTLE,
    LATER,
    MUG,
    NOON,
    ONE,
    TWO,
    AnyQuantity,
    a_cart,
    after,
    facts,
    line,
    reasons,
)

CHECKOUT = Checkout(until=LATER)
ORDER = OrderId(UUID(int=71))
CARD = cart.PaymentInstruction(id=UUID(int=72), method="CARD", card_token="tok_1")
COMMANDS = [
    cart.AddLines(lines=()),
    cart.UpdateLines(lines=()),
    cart.RemoveLines(line_ids=()),
    cart.ClearCart(),
    cart.SetNote(note="x"),
    cart.StartCheckout(until=LATER),
    cart.SaveCart(name="x"),
    cart.DeleteCart(),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (a_cart(line(), state=Ordered()), cart.CartOrdered()),
        (a_cart(line(), state=Merged()), cart.CartMerged()),
        (a_cart(line(), expires_at=NOON), cart.CartExpired()),
        (
            a_cart(line(), lock=cart.CartLock(by=GRACE, since=NOON, until=LATER)),
            cart.CartLocked(since=NOON, until=LATER, by=GRACE),
        ),
    ],
)
def test_a_cart_that_is_over_or_locked_cannot_be_changed(state, expected, command):
    assert reasons(state, command) == [expected]


def test_a_cart_lives_until_the_last_moment():
    dying = a_cart(line(), expires_at=NOON + timedelta(microseconds=1))

    assert after(dying, cart.SetNote(note="x")).note == "x"


@pytest.mark.parametrize(
    "state", [a_cart(expires_at=NOON, state=Saved(name="x")), a_cart(expires_at=NOON, state=Ordered())]
)
def test_only_what_is_open_expires(state):
    assert not state.expired(NOON)


def test_a_lock_ends_by_itself_and_does_not_bind_whoever_has_it():
    locked = a_cart(lock=cart.CartLock(by=GRACE, since=NOON, until=NOON))
    mine = a_cart(lock=cart.CartLock(by=GRACE, since=NOON, until=LATER))

    assert after(locked, cart.SetNote(note="x")).note == "x"
    assert after(mine, cart.SetNote(note="x"), facts(author=Author(kind=ActorKind.STAFF, id=GRACE))).note == "x"


def test_staff_lock_a_cart_and_give_it_back():
    staff = facts(author=Author(kind=ActorKind.STAFF, id=GRACE))

    locked = after(a_cart(), cart.LockCart(until=LATER), staff)

    assert locked.lock == cart.CartLock(by=GRACE, since=NOON, until=LATER)
    assert after(locked, cart.UnlockCart(), staff) == a_cart()
    assert cart.decide(a_cart(), cart.UnlockCart(), staff) == []
    assert cart.decide(a_cart(), cart.LockCart(until=LATER), facts()) == []


def test_a_lock_is_prolonged_by_its_holder_and_taken_over_by_others():
    grace, ada = (facts(author=Author(kind=ActorKind.STAFF, id=each), at=NOON) for each in (GRACE, ADA))
    later = NOON + timedelta(minutes=5)
    locked = a_cart(lock=cart.CartLock(by=GRACE, since=NOON - timedelta(hours=1), until=NOON + timedelta(minutes=1)))
    over = a_cart(lock=cart.CartLock(by=GRACE, since=NOON - timedelta(hours=1), until=NOON))

    def taken(state, command, by):
        [event] = cart.decide(state, command, by)
        return event.by, event.since, event.taken_from

    assert taken(locked, cart.LockCart(until=later), grace) == (GRACE, NOON - timedelta(hours=1), None)
    assert taken(locked, cart.TakeOverCart(until=later), ada) == (ADA, NOON, GRACE)
    assert taken(over, cart.LockCart(until=later), ada) == (ADA, NOON, None)
    assert reasons(locked, cart.LockCart(until=later), ada) == reasons(locked, cart.UnlockCart(), ada)


def test_a_phone_number_that_is_not_spoken_of_stays_with_where_it_came_from():
    known = {"phone": "+4930123456", "phone_source": cart.ValueSource.ACCOUNT}
    before = a_cart(email="ada@example.com", **known)

    changed = after(before, cart.SetBuyer(email="grace@example.com"))

    assert changed == replace(before, email="grace@example.com")
    assert after(before, cart.SetBuyer(email="ada@example.com", phone="")).phone == ""
    assert cart.decide(before, cart.SetBuyer(email="ada@example.com"), facts()) == []


@pytest.mark.parametrize(
    ("command", "changes"),
    [
        (
            cart.SetBuyer(email="ada@example.com", phone="+4930123456"),
            {"email": "ada@example.com", "phone": "+4930123456"},
        ),
        (cart.SetBillingAddress(address=BERLIN), {"billing_address": BERLIN}),
        (cart.SetNote(note="Please ring"), {"note": "Please ring"}),
        (cart.SetAttributes(attributes={"gift": "yes"}), {"attributes": {"gift": "yes"}}),
        (cart.SetPaymentInstructions(instructions=(CARD,)), {"payment_instructions": (CARD,)}),
        (cart.AcceptTerms(version="2026-01"), {"terms_version": "2026-01"}),
        (cart.BindCart(customer_id=ADA), {"customer_id": ADA}),
        (cart.SaveCart(name="For Ada"), {"state": Saved(name="For Ada")}),
        (cart.StartCheckout(until=LATER), {"state": CHECKOUT}),
        (cart.CloseCart(order_id=ORDER), {"state": Ordered()}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_set_is_kept_and_setting_it_again_is_no_event(command, changes):
    changed = after(a_cart(line()), command)

    assert changed == replace(a_cart(line()), **changes)
    if not isinstance(changed.state, Ordered):
        assert cart.decide(changed, command, facts()) == []


def test_a_saved_cart_is_activated_before_it_is_changed():
    saved = a_cart(line(), state=Saved(name="For Ada"))

    assert reasons(saved, cart.AddLines(lines=())) == [cart.CartSaved()]
    assert after(saved, cart.SaveCart(name="For Grace")).state == Saved(name="For Grace")
    assert after(saved, cart.ActivateCart()) == a_cart(line())
    assert cart.decide(a_cart(), cart.ActivateCart(), facts()) == []
    assert cart.decide(saved, cart.DeleteCart(), facts()) == [cart.CartDeleted()]


def test_an_empty_cart_is_not_checked_out():
    assert reasons(a_cart(), cart.StartCheckout(until=LATER)) == [cart.CartEmpty()]
    assert reasons(a_cart(), cart.CloseCart(order_id=ORDER)) == [cart.CartEmpty()]


def test_a_checkout_that_ran_out_is_started_again():
    lapsed = a_cart(line(), state=Checkout(until=NOON, renewed=True))

    assert after(lapsed, cart.StartCheckout(until=LATER)).state == CHECKOUT


def test_a_checkout_is_prolonged_once():
    renewed = after(a_cart(line(), state=CHECKOUT), cart.RenewCheckout(until=LATER + timedelta(minutes=15)))

    assert renewed.state == Checkout(until=LATER + timedelta(minutes=15), renewed=True)
    assert reasons(renewed, cart.RenewCheckout(until=LATER)) == [cart.CheckoutRenewedAlready()]
    assert reasons(a_cart(line()), cart.RenewCheckout(until=LATER)) == [cart.CartNotInCheckout()]


def test_a_checkout_can_be_left():
    assert after(a_cart(line(), state=CHECKOUT), cart.LeaveCheckout()).state == Active()
    assert cart.decide(a_cart(line()), cart.LeaveCheckout(), facts()) == []


@pytest.mark.parametrize(
    "command",
    [
        cart.ClearCart(),
        cart.SaveCart(name="x"),
        cart.SetCurrency(currency="USD"),
        cart.UpdateLines(lines=(cart.UpdateLine(line_id=ONE, change=cart.SetTo(quantity=2)),)),
        cart.AddLines(lines=(cart.AddLine(variant=MUG, quantity=2, attributes={}),)),
    ],
    ids=lambda command: type(command).__name__,
)
def test_changing_the_lines_leaves_the_checkout_first(command):
    decided = cart.decide(a_cart(line(), state=CHECKOUT), command, facts())

    assert decided[0] == cart.CheckoutLeft()
    assert not isinstance(cart.evolved(a_cart(line(), state=CHECKOUT), decided).state, Checkout)


@pytest.mark.parametrize(
    "command", [cart.SetNote(note="x"), cart.SetBillingAddress(address=BERLIN), cart.RemoveLines(line_ids=(TWO,))]
)
def test_everything_else_can_be_changed_during_checkout(command):
    assert after(a_cart(line(), state=CHECKOUT), command).state == CHECKOUT


def test_another_currency_has_its_own_prices():
    state = a_cart(line(ONE, KETTLE, 2, seen=1_000), line(TWO, MUG, 2, seen=200))
    command = cart.SetCurrency(currency="USD")

    changed = after(state, command, facts(prices=AnyQuantity({KETTLE: 1_100})))

    assert changed.currency == "USD"
    assert [kept.seen_unit_price for kept in changed.lines] == [1_100, None]
    assert cart.notices(state, command) == (cart.CurrencyChanged(before="EUR", after="USD"),)


@pytest.mark.parametrize(
    ("instructions", "kept"), [((CARD,), (CARD,)), ((replace(CARD, amount=500), CARD), ()), ((), ())]
)
def test_amounts_to_pay_do_not_change_their_currency(instructions, kept):
    state = a_cart(line(ONE, KETTLE, 2), payment_instructions=instructions)

    changed = after(state, cart.SetCurrency(currency="USD"), facts(prices=AnyQuantity({KETTLE: 1_100})))

    assert changed.payment_instructions == kept


def test_the_currency_that_it_has_already_is_no_event():
    command = cart.SetCurrency(currency="EUR")

    assert cart.decide(a_cart(), command, facts()) == []
    assert cart.notices(a_cart(), command) == ()


def test_a_currency_must_be_one_of_the_channel_and_hold_the_amount():
    dear = facts(prices=AnyQuantity({KETTLE: MAX_MINOR}))

    assert reasons(a_cart(), cart.SetCurrency(currency="JPY")) == [cart.CurrencyNotOffered(path=("currency",))]
    assert reasons(a_cart(line()), cart.SetCurrency(currency="USD"), dear) == [MoneyOverflow()]


def test_a_change_of_price_is_unseen_until_it_is_acknowledged():
    state, known = a_cart(line(ONE, seen=900), line(TWO, MUG, 2, seen=200)), facts()

    assert cart.decide(state, cart.AcknowledgeChanges(), known) == [cart.ChangesAcknowledged(prices={ONE: 1_000})]
    assert cart.decide(after(state, cart.AcknowledgeChanges()), cart.AcknowledgeChanges(), known) == []
    assert cart.decide(state, cart.AcknowledgeChanges(), facts(prices=None)) == []


def test_being_made_and_deleted_leaves_the_state_as_it_is():
    assert cart.evolved(a_cart(), [cart.CartCreated(currency="EUR"), cart.CartDeleted()]) == a_cart()


def test_nothing_to_tell_about_other_commands():
    assert cart.notices(a_cart(), cart.ClearCart()) == ()
    assert a_cart(line(ONE, quantity=2), line(TWO, quantity=3)).total_quantity == 5


@pytest.mark.parametrize(
    ("state", "blocked"),
    [
        (a_cart(line()), {}),
        (a_cart(), {"START_CHECKOUT": "CART_EMPTY"}),
        (
            a_cart(line(), state=Saved(name="x")),
            dict.fromkeys(("CHANGE_LINES", "CHANGE_DETAILS", "START_CHECKOUT"), "CART_SAVED"),
        ),
        (a_cart(line(), state=Ordered()), dict.fromkeys(cart.CartActionKind, "CART_ORDERED")),
    ],
)
def test_what_can_be_done_with_a_cart_is_told_with_what_stands_against_the_rest(state, blocked):
    told = cart.actions(state, Author(kind=ActorKind.GUEST), NOON)

    assert list(told) == list(cart.CartActionKind)
    assert {kind: reasons[0].code() for kind, reasons in told.items() if reasons} == blocked
