"""What becomes of payment instructions: payments, as their payer was told to make them."""

from collections.abc import Mapping, Sequence

from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.card import CardFace
from commerce_api.domain.cart import PaymentInstruction
from commerce_api.domain.decision import InvalidValue, Refusal
from commerce_api.domain.ids import CustomerId, PaymentId
from commerce_api.domain.order import Order
from commerce_api.domain.payment import Payment, PaymentMethodKind
from commerce_api.domain.payment_offers import Payer, PaymentOffer, due_at, offer_of
from commerce_api.domain.value import value
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.customer_terms import terms_of
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Purse:
    """What instructions are carried out with: who pays, the ways there are, and the cards by their tokens."""

    payer: Payer
    offers: tuple[PaymentOffer, ...]
    cards: Mapping[str, CardFace]
    language: str


def in_other_currency(given: str | None, currency: str, *path: str) -> Refusal | None:
    """What is wrong with an amount to be paid in this currency."""
    if given in {None, currency}:
        return None
    words = (("currency", currency),)
    return InvalidValue(path=(*path, "amount", "currencyCode"), problem="All amounts are in {currency}.", words=words)


async def payer_of(
    connection: Connection, customer_id: CustomerId | None, currency: str, offers: Sequence[PaymentOffer]
) -> Payer:
    (payer,) = await payers_of(connection, [(customer_id, currency)], offers)
    return payer


async def payers_of(
    connection: Connection, buyers: Sequence[tuple[CustomerId | None, str]], offers: Sequence[PaymentOffer]
) -> list[Payer]:
    """Of buyers, each with the currency of what is bought. Terms are looked up only where something can be paid on terms."""
    registered = {customer_id for customer_id, _ in buyers if customer_id}
    on_terms = registered and offer_of(offers, PaymentMethodKind.INVOICE) is not None
    terms = await terms_of(connection, registered) if on_terms else {}
    return [
        Payer(
            currency=currency, registered=customer_id is not None, terms=terms.get(customer_id) if customer_id else None
        )
        for customer_id, currency in buyers
    ]


async def ways_to_pay(connection: Connection, order: Order) -> tuple[tuple[PaymentOffer, ...], Payer]:
    """What an order can be paid with in its channel, and who pays it."""
    offers = (await channel_by_id(connection, order.channel_id)).payment_offers
    return offers, await payer_of(connection, order.customer_id, order.currency, offers)


def payments_of(
    uow: UnitOfWork, used: Sequence[tuple[PaymentInstruction, int]], purse: Purse, attempt: int
) -> tuple[Payment, ...]:
    """One for each instruction; nothing is asked of anybody yet."""
    return tuple(
        _payment(uow, instruction, purse, amount=amount, attempt=attempt, position=position)
        for position, (instruction, amount) in enumerate(used)
    )


def _payment(
    uow: UnitOfWork, instruction: PaymentInstruction, purse: Purse, *, amount: int, attempt: int, position: int
) -> Payment:
    offer = offer_of(purse.offers, instruction.method)
    return Payment(
        id=PaymentId(uow.new_id()),
        attempt=attempt,
        position=position,
        method=PaymentMethodKind(instruction.method),
        amount=amount,
        card_token=instruction.card_token,
        card=purse.cards.get(instruction.card_token or ""),
        due_at=due_at(offer, purse.payer, uow.by.at) if offer else None,
        how_to_pay=in_language(offer.texts, purse.language) if offer else "",
        entered_by=instruction.entered_by,
    )
