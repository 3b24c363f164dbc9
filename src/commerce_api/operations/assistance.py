"""What customers let staff do for them."""

from commerce_api.domain.assistance import Assistance, AssistanceSet
from commerce_api.domain.customer import Customer
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.value import value
from commerce_api.persistence.stores.assistance import set_assistance
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SetAssistance:
    assistance: Assistance
    expected_revision: int | None = None


async def set_own(uow: UnitOfWork, command: SetAssistance) -> Customer | Refused:
    store, wanted = CustomerStore(uow), command.assistance
    customer = await store.get(uow.by.actor.customer_id)
    if customer is None:
        return refuse(NotFound())
    if stale := check_revision(customer.revision, command.expected_revision):
        return stale
    await set_assistance(uow.connection, customer.id, wanted)
    return await store.save(customer, [AssistanceSet(allowed=wanted.allowed, with_cards=wanted.with_cards)])
