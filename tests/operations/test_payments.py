import re
from dataclasses import replace
from datetime import timedelta
from itertools import count, permutations

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import ANYBODY, SYSTEM, Attribution
from commerce_api.domain.cart import PaymentInstruction
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.order import Order, OrderState
from commerce_api.domain.payment import ActionRequired, Approved, DeclineCode, Declined, Pending
from commerce_api.operations import instructions, mail, payments
from commerce_api.operations.chosen_cards import Chosen
from commerce_api.operations.execute import execute
from commerce_api.operations.instructions import OrderToPay, PaymentLinkInvalid, PayOrder, TryAgain
from commerce_api.operations.payments import ProviderMessage, advance, take_in
from commerce_api.operations.services import Services
from commerce_api.settings import Settings
from tests.api.mails import latest_text, shown_token
from tests.breaking import Fault, broken_before
from tests.buying import Shop, rows

APPROVED, SOFT, HARD = "4242424242424242", "4000000000009995", "4000000000000002"
ACTION, TIMES_OUT, LOST, LATER = "4000002760003184", "4000000000000119", "4000000000000127", "4000000000000259"


@pytest.fixture
async def shop(database):
    return await Shop.open(database)


@pytest.fixture
def desk(services):
    return services.desk


async def placed(shop, clock, *cards, **how):
    kettle = await shop.product(price=1000, stock=5)
    return await shop.place(clock, await shop.cart((kettle, 1), cards=cards, **how))


async def ledger(database):
    return await rows(database, "SELECT kind, status, code FROM payment_transactions ORDER BY id")


async def state(database):
    ((found,),) = await rows(database, "SELECT state FROM orders")
    return found


async def held(database):
    """What the provider has set aside, by its own books."""
    return await rows(
        database, "SELECT amount FROM sandbox_operations WHERE kind = 'AUTHORIZE' AND status = 'APPROVED'"
    )


async def mails(database):
    found = await rows(database, "SELECT payload->>'kind' FROM outbox WHERE topic = 'mail' ORDER BY id")
    return [kind for (kind,) in found]


async def test_an_approved_card_confirms_the_order(shop, database, clock, desk):
    order = await placed(shop, clock, APPROVED)

    after = await advance(desk, order.id, "r")

    assert after.state is OrderState.CONFIRMED
    assert await ledger(database) == [("AUTHORIZE", "SUCCEEDED", None)]
    assert await held(database) == [(1490,)]
    assert await rows(database, "SELECT type FROM events WHERE entity = 'ORDER' ORDER BY sequence") == [
        ("OrderPlaced",),
        ("PaymentAuthorized",),
        ("OrderConfirmed",),
    ]


async def test_asking_again_changes_nothing(shop, database, clock, desk, work):
    order = await placed(shop, clock, APPROVED)
    await advance(desk, order.id, "r")
    before = await rows(database, "SELECT revision FROM orders")

    await advance(desk, order.id, "again")
    clock.advance(timedelta(minutes=1))
    await work()

    assert await rows(database, "SELECT revision FROM orders") == before
    assert await held(database) == [(1490,)]
    assert await rows(database, "SELECT kind FROM mails") == [("ORDER_CONFIRMATION",)]


async def test_a_worker_asks_if_the_request_did_not(shop, database, clock, work):
    await placed(shop, clock, APPROVED)

    clock.advance(timedelta(minutes=1))
    await work()

    assert await state(database) == "CONFIRMED"


async def test_a_declined_card_leads_to_a_mail_with_a_link(shop, database, clock, desk):
    order = await placed(shop, clock, HARD)

    after = await advance(desk, order.id, "r")

    assert after.state is OrderState.PAYMENT_REJECTED
    assert await ledger(database) == [("AUTHORIZE", "FAILED", "CARD_DECLINED")]
    assert await mails(database) == ["ORDER_CONFIRMATION", "PAYMENT_REJECTED"]
    ((data,),) = await rows(database, "SELECT payload->'data' FROM outbox WHERE payload->>'kind' = 'PAYMENT_REJECTED'")
    assert data["cards"] == [{"brand": "VISA", "last_four": "0002"}]
    assert "DECLINED" not in str(data)
    assert await rows(database, "SELECT allocated FROM stock_levels") == [(1,)]


def guest(clock):
    return Attribution(actor=ANYBODY, at=clock(), request_id=str(new_id()), ip="127.0.0.1")


async def link_of(database, clock):
    ((key, payload),) = await rows(
        database, "SELECT dedupe_key, payload FROM outbox WHERE payload->>'kind' = 'PAYMENT_REJECTED'"
    )
    services = Services(settings=Settings(), database=database, now=clock)
    await mail.deliver(services, {**payload, "dedupe_key": key})
    return await shown_token(services, key)


async def chosen(shop, number, amount=None):
    token = await shop.card(number)
    one = PaymentInstruction(id=new_id(), method="CARD", card_token=token, amount=amount)
    return Chosen(instructions=(one,), kept={}, currencies=frozenset())


async def test_the_link_pays_the_order_once(shop, database, clock, desk):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")
    wanted = OrderToPay(link=await link_of(database, clock))

    pay = PayOrder(order=wanted, chosen=await chosen(shop, APPROVED))
    prepared = await execute(database, guest(clock), instructions.pay_order, pay)
    again = await execute(database, guest(clock), instructions.try_again, TryAgain(order=wanted))
    paid = await advance(desk, order.id, "r")

    assert [payment.attempt for payment in prepared.payments] == [1, 2]
    assert (again.state, again.attempts) == (OrderState.PENDING, 2)
    assert paid.state is OrderState.CONFIRMED
    assert await held(database) == [(1490,)]
    assert await execute(database, guest(clock), instructions.to_pay, wanted) == refuse(
        PaymentLinkInvalid(path=("paymentToken",))
    )


async def test_a_link_is_good_for_a_while_and_for_its_order_only(shop, database, clock, desk):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")
    link = await link_of(database, clock)

    assert await execute(database, guest(clock), instructions.to_pay, OrderToPay(order_id=order.id)) == refuse(
        NotFound(path=("orderId",))
    )
    assert isinstance(await execute(database, guest(clock), instructions.to_pay, OrderToPay(link=link + "x")), Refused)
    clock.advance(timedelta(days=3))
    assert isinstance(await execute(database, guest(clock), instructions.to_pay, OrderToPay(link=link)), Refused)


async def test_one_declined_card_of_two_gives_the_other_back(shop, database, clock, desk, work):
    order = await placed(shop, clock, APPROVED, SOFT, amounts=(500, None))

    after = await advance(desk, order.id, "r")
    await work()

    assert after.state is OrderState.PAYMENT_REJECTED
    assert await ledger(database) == [
        ("AUTHORIZE", "SUCCEEDED", None),
        ("AUTHORIZE", "FAILED", "INSUFFICIENT_FUNDS"),
        ("VOID", "SUCCEEDED", None),
    ]
    assert await held(database) == []


async def test_a_card_that_needs_the_customer_waits_for_him(shop, database, clock, desk):
    order = await placed(shop, clock, ACTION)

    asked = await advance(desk, order.id, "r")
    ((url,),) = await rows(database, "SELECT action_url FROM payment_transactions")
    await desk.provider.confirm(url.rpartition("/")[2], approved=True)
    after = await advance(desk, order.id, "r")

    assert asked.state is OrderState.PENDING
    assert after.state is OrderState.CONFIRMED


async def test_who_never_confirms_has_declined_after_a_while(shop, database, clock, desk, work):
    order = await placed(shop, clock, ACTION)
    await advance(desk, order.id, "r")

    for _ in range(14):
        clock.advance(timedelta(minutes=10))
        await work()

    assert await state(database) == "PAYMENT_REJECTED"
    assert await ledger(database) == [("AUTHORIZE", "FAILED", "AUTHENTICATION_FAILED")]


@pytest.mark.parametrize("card", [TIMES_OUT, LOST, LATER])
async def test_what_is_unknown_is_found_out_and_never_doubled(shop, database, clock, desk, work, card):
    order = await placed(shop, clock, card)
    unsure = await advance(desk, order.id, "r")

    for _ in range(4):
        clock.advance(timedelta(seconds=30))
        await work()

    assert unsure.state is OrderState.PENDING
    assert await state(database) == "CONFIRMED"
    assert await held(database) == [(1490,)]
    assert await ledger(database) == [("AUTHORIZE", "SUCCEEDED", None)]


async def test_wherever_asking_the_bank_breaks_money_is_held_once_and_for_an_order(shop, database, clock, desk):
    """A fault before each statement, the bank's own ones too, until there is none left to break (D4)."""
    order = await placed(shop, clock, APPROVED)

    for broken in count(1):
        try:
            with broken_before(broken):
                after = await advance(desk, order.id, "r")
                break
        except Fault:
            assert await state(database) == "PENDING"
            assert len(await held(database)) <= 1

    assert broken > 7
    assert after.state is OrderState.CONFIRMED
    assert await held(database) == [(1490,)]
    assert await ledger(database) == [("AUTHORIZE", "SUCCEEDED", None)]
    assert await mails(database) == ["ORDER_CONFIRMATION"]


async def test_others_order_the_same_goods_while_the_bank_is_asked(shop, database, clock, desk):
    """Over the one connection that there is: nothing is held open meanwhile, however long it takes (D37)."""
    kettle = await shop.product(price=1000, stock=2)
    order, other = [await shop.place(clock, await shop.cart((kettle, 1))), await shop.cart((kettle, 1))]

    class Slow(SandboxProvider):
        async def authorize(self, request):
            nonlocal other
            other = await shop.place(clock, other)
            return await super().authorize(request)

    slow = Slow(database, now=clock, address="http://shop.test")
    after = await advance(replace(desk, provider=slow), order.id, "r")

    assert isinstance(other, Order)
    assert after.state is OrderState.CONFIRMED


async def test_goods_are_kept_while_the_customer_is_at_the_bank(shop, database, clock, desk):
    """However long that takes: the checkout's own time does not count any more (D15)."""
    kettle = await shop.product(price=1000, stock=1)
    order = await shop.place(clock, await shop.cart((kettle, 1), cards=(ACTION,)))
    await advance(desk, order.id, "r")
    clock.advance(timedelta(minutes=50))

    other = await shop.place(clock, await shop.cart((kettle, 1)))
    ((url,),) = await rows(database, "SELECT action_url FROM payment_transactions")
    await desk.provider.confirm(url.rpartition("/")[2], approved=True)
    after = await advance(desk, order.id, "r")

    assert [reason.code() for reason in other.reasons] == ["INSUFFICIENT_STOCK"]
    assert after.state is OrderState.CONFIRMED
    assert await rows(database, "SELECT on_hand, allocated FROM stock_levels") == [(1, 1)]


MESSAGES = {
    "later": Pending(reference="r"),
    "page": ActionRequired(reference="r", url="http://bank.test"),
    "yes": Approved(reference="r"),
}


@pytest.mark.parametrize(
    "arriving", [way for length in (1, 2, 3) for way in permutations(MESSAGES, length)], ids="-".join
)
async def test_messages_in_any_order_twice_or_lost_come_to_the_same(shop, database, clock, desk, work, arriving):
    order = await placed(shop, clock, LATER)
    await advance(desk, order.id, "r")
    ((entry_id,),) = await rows(database, "SELECT id FROM payment_transactions")
    by = Attribution(actor=SYSTEM, at=clock(), request_id="webhook")

    for event_id in (*arriving, *arriving):
        message = ProviderMessage(
            provider="sandbox", event_id=event_id, transaction_id=entry_id, answer=MESSAGES[event_id]
        )
        assert isinstance(await execute(database, by, take_in, message), Order)
    for _ in range(4):
        clock.advance(timedelta(seconds=30))
        await work()

    assert await state(database) == "CONFIRMED"
    assert await ledger(database) == [("AUTHORIZE", "SUCCEEDED", None)]
    assert await rows(database, "SELECT type, count(*) FROM events WHERE type = 'OrderConfirmed' GROUP BY 1") == [
        ("OrderConfirmed", 1)
    ]


async def sent(database):
    return [kind for (kind,) in await rows(database, "SELECT kind FROM mails ORDER BY created_at, id")]


async def test_who_does_nothing_about_a_decline_is_reminded_a_few_times(shop, database, clock, desk, work):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")
    told = []

    for _ in range(9):
        clock.advance(timedelta(hours=12))
        await work()
        told.append((await sent(database)).count("PAYMENT_REMINDER"))

    assert told == [0, 1, 1, 2, 2, 2, 2, 2, 2]
    assert await state(database) == "PAYMENT_REJECTED"


async def test_who_has_paid_is_not_reminded(shop, database, clock, desk, work):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")
    wanted = OrderToPay(link=await link_of(database, clock))
    await execute(
        database, guest(clock), instructions.pay_order, PayOrder(order=wanted, chosen=await chosen(shop, APPROVED))
    )
    await execute(database, guest(clock), instructions.try_again, TryAgain(order=wanted))
    await advance(desk, order.id, "r")

    clock.advance(timedelta(days=3))
    await work()

    assert await state(database) == "CONFIRMED"
    assert sorted(await sent(database)) == ["ORDER_CONFIRMATION", "PAYMENT_REJECTED"]


async def test_a_second_decline_begins_the_reminders_anew(shop, database, clock, desk, work):
    order = await placed(shop, clock, SOFT)
    await advance(desk, order.id, "r")
    clock.advance(timedelta(hours=20))
    await execute(
        database, guest(clock), instructions.try_again, TryAgain(order=OrderToPay(link=await link_of(database, clock)))
    )
    await advance(desk, order.id, "r")

    clock.advance(timedelta(hours=5))
    await work()
    early = await sent(database)
    clock.advance(timedelta(hours=20))
    await work()

    assert "PAYMENT_REMINDER" not in early
    assert (await sent(database)).count("PAYMENT_REMINDER") == 1


async def test_a_channel_need_not_remind_and_nobody_is_reminded_of_what_is_canceled_by_then(
    database, clock, desk, work
):
    shop = await Shop.open(database, payment_reminder_hours=[48], payment_retry_days=2)
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")

    clock.advance(timedelta(days=3))
    await work()

    assert await sent(database) == ["ORDER_CONFIRMATION", "PAYMENT_REJECTED", "ORDER_CANCELED"]


async def test_the_link_of_a_reminder_and_the_first_one_are_good_until_one_is_used(
    shop, database, clock, desk, work, services
):
    order = await placed(shop, clock, SOFT)
    await advance(desk, order.id, "r")
    first = await link_of(database, clock)
    clock.advance(timedelta(hours=24))
    await work()
    (second,) = set(re.findall(r"mail_[\w-]+", await latest_text(services, "PAYMENT_REMINDER")))

    for link in (first, second):
        assert isinstance(await execute(database, guest(clock), instructions.to_pay, OrderToPay(link=link)), Order)
    await execute(database, guest(clock), instructions.try_again, TryAgain(order=OrderToPay(link=first)))

    for link in (first, second):
        again = await execute(database, guest(clock), instructions.try_again, TryAgain(order=OrderToPay(link=link)))
        assert again == refuse(PaymentLinkInvalid(path=("paymentToken",)))


async def test_an_order_that_nobody_pays_is_canceled_and_its_goods_are_free_again(shop, database, clock, desk, work):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")

    clock.advance(timedelta(days=7))
    await work()

    assert await rows(database, "SELECT state, cancel_reason FROM orders") == [("CANCELED", "PAYMENT_TIMEOUT")]
    assert await rows(database, "SELECT on_hand, allocated FROM stock_levels") == [(5, 0)]
    assert await rows(database, "SELECT allocated, canceled FROM order_lines") == [(0, 1)]
    assert await sent(database) == ["ORDER_CONFIRMATION", "PAYMENT_REJECTED", "ORDER_CANCELED"]


async def test_a_message_that_comes_too_late_gives_the_money_back(shop, database, clock, desk, work):
    order = await placed(shop, clock, ACTION)
    await advance(desk, order.id, "r")
    ((entry_id, url),) = await rows(database, "SELECT id, action_url FROM payment_transactions")
    async with database.connection() as connection:
        await connection.raw.execute("UPDATE orders SET state = 'CANCELED'")
    await desk.provider.confirm(url.rpartition("/")[2], approved=True)

    message = ProviderMessage(
        provider="sandbox", event_id="e-1", transaction_id=TransactionId(entry_id), answer=Approved(reference="r")
    )
    by = Attribution(actor=SYSTEM, at=clock(), request_id="webhook")
    for _ in range(2):
        after = await execute(database, by, take_in, message)
    await work()

    assert after.state is OrderState.CANCELED
    assert await held(database) == []
    assert await ledger(database) == [("AUTHORIZE", "SUCCEEDED", None), ("VOID", "SUCCEEDED", None)]


async def test_the_provider_answers_a_key_once(database, clock, shop):
    sandbox = SandboxProvider(database, now=clock, address="http://shop.test")
    request = payments.AuthorizationRequest(key="k", card_token=await shop.card(HARD), amount=5, currency="EUR")

    first, again = await sandbox.authorize(request), await sandbox.authorize(request)

    assert first == again == Declined(reference=first.reference, code=DeclineCode.CARD_DECLINED)
    assert await sandbox.find("k") == first
    assert await sandbox.find("other") is None
    assert await rows(database, "SELECT count(*) FROM sandbox_operations") == [(1,)]


async def test_no_secret_of_a_link_is_kept(shop, database, clock, desk):
    order = await placed(shop, clock, HARD)
    await advance(desk, order.id, "r")
    link = await link_of(database, clock)

    assert await rows(database, "SELECT hash, subject_id FROM one_time_tokens") == [(token_hash(link), order.id)]
