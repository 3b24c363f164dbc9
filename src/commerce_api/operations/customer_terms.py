"""Agreeing with customers on paying later."""

from commerce_api.domain.customer import Customer
from commerce_api.domain.decision import Refused, check_revision
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.payment_offers import CustomerTerms, CustomerTermsSet
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations.customers import treated
from commerce_api.persistence.stores.customer_terms import CustomerTermsStore
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SetCustomerTerms:
    """`terms` None: the customer cannot pay later any more. What was accepted before stays so."""

    id: CustomerId
    terms: CustomerTerms | None
    expected_revision: int | None


async def set_terms(uow: UnitOfWork, command: SetCustomerTerms) -> Customer | Refused:
    found = await treated(uow, command.id, Permission.SET_CUSTOMER_TERMS)
    if isinstance(found, Refused):
        return found
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    store, terms = CustomerStore(uow), CustomerTermsStore(uow.connection)
    if await terms.lock(found.id) == command.terms:
        return await store.seen(found)
    await terms.put(found.id, command.terms, uow.by.at)
    await store.record(found.id, [CustomerTermsSet(terms=command.terms)])
    return await store.seen(await store.touch(found))
