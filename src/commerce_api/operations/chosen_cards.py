"""Cards that somebody chose to pay with, looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from commerce_api.domain.card import CardExpired, CardFace, expired
from commerce_api.domain.cart import PaymentInstruction
from commerce_api.domain.decision import InvalidValue, NotFound, Refusal, Refused
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.persistence.stores import kept_cards, vault
from commerce_api.persistence.unit_of_work import UnitOfWork

KEPT: Final = "pmt_"
"""How the global id of a kept card begins; an instruction names it in place of the token until it has been looked up."""


@value
class CardTokenInvalid(Refusal):
    """The card vault does not know this token."""


@value
class Chosen:
    """`kept` are the ids of kept cards by how the instructions name them; `currencies` those of all amounts."""

    instructions: tuple[PaymentInstruction, ...]
    kept: Mapping[str, UUID]
    currencies: frozenset[str]


@value
class Paid:
    """Instructions with ids and the tokens of kept cards filled in, and the cards of all tokens."""

    instructions: tuple[PaymentInstruction, ...]
    cards: Mapping[str, CardFace]


async def looked_up(uow: UnitOfWork, chosen: Chosen, currency: str, customer_id: CustomerId | None) -> Paid | Refused:
    """`customer_id` is whose cart or order it is: staff may name the cards that this customer keeps, if the customer lets
    them; others those of their own.
    """
    if chosen.kept and (refused := await acting.against_cards(uow, customer_id, ("instructions",))):
        return refused
    owner = customer_id if uow.by.actor.is_staff else uow.by.actor.customer_id
    kept = await kept_cards.tokens(uow.connection, owner, list(chosen.kept.values())) if chosen.kept else {}
    named = {name: kept.get(id_) for name, id_ in chosen.kept.items()}
    instructions = tuple(
        replace(one, id=uow.new_id(), card_token=named.get(token_of(one), token_of(one))) for one in chosen.instructions
    )
    cards = await vault.faces(uow.connection, [token_of(one) for one in instructions])
    problems = [*_problems(uow, chosen.instructions, instructions, cards)]
    if chosen.currencies - {currency}:
        problems.append(InvalidValue(path=("instructions",), problem=f"All amounts are in {currency}."))
    return Refused(reasons=tuple(problems)) if problems else Paid(instructions=instructions, cards=cards)


def token_of(instruction: PaymentInstruction) -> str:
    return instruction.card_token or ""


def _problems(
    uow: UnitOfWork,
    raw: Sequence[PaymentInstruction],
    found: Sequence[PaymentInstruction],
    cards: Mapping[str, CardFace],
) -> list[Refusal]:
    problems: list[Refusal] = []
    for number, (given, one) in enumerate(zip(raw, found, strict=True)):
        path, card = ("instructions", str(number)), cards.get(token_of(one))
        if card is None and token_of(given).startswith(KEPT):
            problems.append(NotFound(path=(*path, "paymentMethodId")))
        elif card is None:
            problems.append(CardTokenInvalid(path=(*path, "cardToken")))
        elif expired(card.expiry_month, card.expiry_year, uow.by.at):
            problems.append(CardExpired(path=path))
    return problems
