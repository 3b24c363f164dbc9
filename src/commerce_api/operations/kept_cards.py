"""Cards that customers keep for the next time (S0-18)."""

from collections.abc import Iterable
from dataclasses import field
from uuid import UUID

from commerce_api.domain.card import CardTokenInvalid
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.value import value
from commerce_api.persistence.readers.card_faces import faces
from commerce_api.persistence.stores import kept_cards
from commerce_api.persistence.stores.customers import lock_customer
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class PaymentMethodKept:
    card_token: str = field(repr=False)


@value
class PaymentMethodForgotten:
    payment_method_id: UUID


@value
class DefaultPaymentMethodChosen:
    payment_method_id: UUID


@value
class Wallet:
    """All that a customer keeps; `id` is the customer's."""

    id: CustomerId


async def keep(uow: UnitOfWork, command: PaymentMethodKept) -> Wallet | Refused:
    token = command.card_token
    if token not in await faces(uow.connection, [token]):
        return refuse(CardTokenInvalid(path=("cardToken",)))
    wallet = await _wallet(uow)
    await keep_all(uow, wallet.id, [token])
    return wallet


async def keep_all(uow: UnitOfWork, customer_id: CustomerId, tokens: Iterable[str]) -> None:
    """Cards that the vault knows, under the customer's lock. One that is kept already is left alone."""
    for token in tokens:
        values = {"id": uow.new_id(), "customer_id": customer_id, "card_token": token, "created_at": uow.by.at}
        if await kept_cards.keep(uow.connection, values):
            await uow.events.record("CUSTOMER", customer_id, [PaymentMethodKept(card_token=token)])


async def forget(uow: UnitOfWork, command: PaymentMethodForgotten) -> Wallet | Refused:
    wallet = await _wallet(uow)
    if not await kept_cards.forget(uow.connection, wallet.id, command.payment_method_id):
        return refuse(NotFound(path=("paymentMethodId",)))
    return await _changed(uow, wallet, command)


async def choose(uow: UnitOfWork, command: DefaultPaymentMethodChosen) -> Wallet | Refused:
    wallet, id_ = await _wallet(uow), command.payment_method_id
    if id_ not in await kept_cards.tokens(uow.connection, wallet.id, [id_]):
        return refuse(NotFound(path=("paymentMethodId",)))
    await kept_cards.choose(uow.connection, wallet.id, id_)
    return await _changed(uow, wallet, command)


async def load(_: UnitOfWork, id: UUID) -> Wallet:
    return Wallet(id=CustomerId(id))


async def _wallet(uow: UnitOfWork) -> Wallet:
    """Locked with the customer."""
    customer_id = uow.by.actor.customer_id
    if customer_id is None:
        raise LookupError("only customers keep cards; the permission to do so says so")
    await lock_customer(uow.connection, customer_id)
    return Wallet(id=customer_id)


async def _changed(uow: UnitOfWork, wallet: Wallet, happened: object) -> Wallet:
    await uow.events.record("CUSTOMER", wallet.id, [happened])
    return wallet
