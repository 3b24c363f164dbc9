"""How much customers owe on terms, and whether that is more than was agreed on (P16)."""

from collections.abc import Sequence

from commerce_api.domain import blocks as b
from commerce_api.domain.order import Order
from commerce_api.domain.payment import Payment, PaymentMethodKind
from commerce_api.persistence.stores.customer_terms import CustomerTermsStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def causes(uow: UnitOfWork, order: Order, unkept: Sequence[Payment] = ()) -> tuple[b.Cause, ...]:
    """Of an order for which an invoice was accepted just now, and is among what is open but for what is `unkept` as yet. Others
    of the same customer wait until this is decided, so that two orders do not share one limit.
    """
    if not _invoiced(order.payments) or order.customer_id is None:
        return ()
    store = CustomerTermsStore(uow.connection)
    terms = await store.lock(order.customer_id)
    limit = terms.limits.get(order.currency) if terms else None
    if limit is None:
        return ()
    open_ = (await store.open_amounts(order.customer_id)).get(order.currency, 0) + _invoiced(unkept)
    beyond = open_ - limit
    staff_id = uow.by.actor.id if uow.by.actor.is_staff else None
    return (b.Cause(reason=b.CREDIT_LIMIT, ref="invoice", amount=beyond, caused_by=staff_id),) if beyond > 0 else ()


def _invoiced(payments: Sequence[Payment]) -> int:
    return sum(payment.held for payment in payments if payment.method is PaymentMethodKind.INVOICE)
