"""Several record at once that money was given back: together never more than came in (D8)."""

import asyncio

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.operations.execute import execute
from commerce_api.operations.recorded_payments import RecordPayment, RefundPayment, record, refund
from tests.buying import Shop, rows

CLERK = Actor(kind=ActorKind.STAFF, id=new_id(), permissions=frozenset(Permission))
OFFERS = [{"kind": "BANK_TRANSFER", "days": 14, "names": {"en": "Bank transfer"}}]


async def test_of_what_came_in_once_no_cent_is_given_back_twice(committing, clock):
    shop = await Shop.open(committing, payment_offers=OFFERS)
    kettle = await shop.product(price=1000, stock=5)
    order = await shop.place(clock, await shop.cart((kettle, 1), ways=("BANK_TRANSFER",)), inline=False)
    of_it = {"order_id": order.id, "payment_id": None, "currency": "EUR", "expected_revision": None}
    sure = frozenset({"DUE_AGAIN", "RECORDED_BEFORE"})

    async def do(operation, command):
        by = Attribution(actor=CLERK, at=clock(), request_id=str(new_id()))
        outcome = await execute(committing, by, operation, command)
        return outcome.reasons[0].code() if isinstance(outcome, Refused) else "done"

    def given_back(number):
        how = {"amount": 600, "reference": f"statement {number}", "refunded_at": clock(), "acknowledge": sure}
        return do(refund, RefundPayment(**of_it, **how))

    paid = RecordPayment(**of_it, amount=1490, reference="statement", received_at=clock(), acknowledge=frozenset())
    assert await do(record, paid) == "done"
    done = await asyncio.gather(*map(given_back, range(5)))

    assert sorted(done) == ["REFUND_TOO_HIGH"] * 3 + ["done"] * 2
    refunds = "SELECT sum(amount), count(*) FROM payment_transactions WHERE kind = 'REFUND'"
    assert await rows(committing, refunds) == [(1200, 2)]
