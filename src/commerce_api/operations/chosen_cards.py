"""What somebody chose to pay with, looked up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from commerce_api.domain.actor import Author
from commerce_api.domain.card import CardFace, CardTokenInvalid
from commerce_api.domain.cart import PaymentInstruction
from commerce_api.domain.checkout import shares
from commerce_api.domain.decision import NotFound, Refusal, Refused
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.payment import PaymentMethodKind
from commerce_api.domain.payment_offers import PaymentMethodUnavailable, PaymentOffer, against_card, obstacle, offer_of
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.paying import Purse, in_other_currency, payer_of
from commerce_api.persistence.readers.card_faces import faces_of
from commerce_api.persistence.stores import kept_cards
from commerce_api.persistence.unit_of_work import UnitOfWork

KEPT: Final = "pmt_"
"""How the global id of a kept card begins; an instruction names it in place of the token until it has been looked up."""


@value
class PaymentAmountsMismatch(Refusal):
    """The amounts do not add up to what is due; leave one out for the remainder."""


@value
class Chosen:
    """`kept` are the ids of kept cards by how the instructions name them; `currencies` are those of the amounts, in the same order."""

    instructions: tuple[PaymentInstruction, ...]
    kept: Mapping[str, UUID]
    currencies: tuple[str | None, ...]


@value
class PayBy:
    """How to pay, with cards that have still to be looked up; `save` keeps them for the customer's next order."""

    chosen: Chosen
    save: bool = False


@value
class ToPay:
    """Whose cart or order is to be paid, in which ways it can be, and how much is due and which are the `cards`, as far as that is
    known already.
    """

    customer_id: CustomerId | None
    currency: str
    language: str
    offers: tuple[PaymentOffer, ...]
    cards: Mapping[str, CardFace]
    due: int | None = None


@value
class Paid:
    """Instructions with ids and the tokens of kept cards filled in, and what they are carried out with."""

    instructions: tuple[PaymentInstruction, ...]
    purse: Purse


async def looked_up(uow: UnitOfWork, chosen: Chosen, to_pay: ToPay) -> Paid | Refused:
    """Staff may name the cards that the customer keeps, if the customer lets them; others those of their own."""
    customer_id = to_pay.customer_id
    if chosen.kept and (refused := await acting.against_cards(uow, customer_id, ("instructions",))):
        return refused
    owner = customer_id if uow.by.actor.is_staff else uow.by.actor.customer_id
    kept = await kept_cards.tokens(uow.ahead, owner, list(chosen.kept.values())) if chosen.kept else {}
    named = {name: kept.get(id_) for name, id_ in chosen.kept.items()}
    by = Author(kind=uow.by.actor.kind, id=uow.by.actor.id)
    instructions = tuple(
        replace(one, id=uow.new_id(), card_token=named.get(token_of(one), one.card_token), entered_by=by)
        for one in chosen.instructions
    )
    tokens = {token_of(one) for one in instructions if one.card_token}
    purse = Purse(
        payer=await payer_of(uow.ahead, customer_id, to_pay.currency, to_pay.offers),
        offers=to_pay.offers,
        cards=await faces_of(uow.ahead, tokens, to_pay.cards),
        language=to_pay.language,
    )
    problems = [
        *_problems(uow, chosen.instructions, instructions, purse),
        *_against(instructions, to_pay, purse),
        *_in_other_currencies(chosen, to_pay.currency),
    ]
    return Refused(reasons=tuple(problems)) if problems else Paid(instructions=instructions, purse=purse)


def _against(instructions: Sequence[PaymentInstruction], to_pay: ToPay, purse: Purse) -> Iterator[Refusal]:
    """Ways to pay that this payer cannot use, or not for so much; and amounts that do not add up to what is due."""
    amounts: Sequence[int | None] | None = None if to_pay.due is None else shares(instructions, to_pay.due)
    if to_pay.due is not None and amounts is None:
        yield PaymentAmountsMismatch(path=("instructions",))
    for number, (one, amount) in enumerate(zip(instructions, amounts or [None] * len(instructions), strict=True)):
        if against := obstacle(offer_of(to_pay.offers, one.method), purse.payer, amount):
            yield PaymentMethodUnavailable(path=("instructions", str(number)), obstacle=against)


def _in_other_currencies(chosen: Chosen, currency: str) -> Iterator[Refusal]:
    for number, given in enumerate(chosen.currencies):
        if reason := in_other_currency(given, currency, "instructions", str(number)):
            yield reason


def token_of(instruction: PaymentInstruction) -> str:
    return instruction.card_token or ""


def _problems(
    uow: UnitOfWork,
    raw: Sequence[PaymentInstruction],
    found: Sequence[PaymentInstruction],
    purse: Purse,
) -> list[Refusal]:
    problems: list[Refusal] = []
    for number, (given, one) in enumerate(zip(raw, found, strict=True)):
        if one.method != PaymentMethodKind.CARD:
            continue
        path, card = ("instructions", str(number)), purse.cards.get(token_of(one))
        if card is None and token_of(given).startswith(KEPT):
            problems.append(NotFound(path=(*path, "paymentMethodId")))
        elif card is None:
            problems.append(CardTokenInvalid(path=(*path, "cardToken")))
        elif against := against_card(offer_of(purse.offers, one.method), card, uow.by.at):
            problems.append(replace(against, path=path))
    return problems
