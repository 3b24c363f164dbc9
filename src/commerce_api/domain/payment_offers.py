"""The ways to pay that a channel offers, to whom and for how much, and the terms that single customers have (P16)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from commerce_api.domain.card import (
    CardBrand,
    CardBrandNotAccepted,
    CardExpired,
    CardFace,
    CardTokenInvalid,
    expired,
)
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.payment import PaymentMethodKind
from commerce_api.domain.value import value


class PaymentAudience(DescribedEnum):
    """Who may pay in some way."""

    EVERYBODY = "EVERYBODY", "Guests too."
    REGISTERED = "REGISTERED", "Registered customers."
    APPROVED = "APPROVED", "Registered customers with terms of their own, in the currencies of their credit limits."


class PaymentObstacle(DescribedEnum):
    """Why something cannot be paid in some way."""

    NOT_OFFERED = "NOT_OFFERED", "It is not offered here."
    REGISTERED_ONLY = "REGISTERED_ONLY", "It is for registered customers only."
    NOT_APPROVED = "NOT_APPROVED", "It is for customers only with whom it was agreed on."
    TOO_LITTLE = "TOO_LITTLE", "It is for larger amounts only."
    TOO_MUCH = "TOO_MUCH", "It is for smaller amounts only."
    CARD_UNKNOWN = "CARD_UNKNOWN", "There is no card, or the vault does not know it."
    CARD_EXPIRED = "CARD_EXPIRED", "The card has expired."
    BRAND_NOT_ACCEPTED = "BRAND_NOT_ACCEPTED", "Cards of this brand are not taken here."


@value
class AmountRange:
    """From `least` to `most`, both included."""

    least: int = 0
    most: int | None = None


@value
class PaymentOffer:
    """A way to pay in one channel. `names` and `texts` by language: a text tells how it is paid, such as to which account.
    `amounts` are by currency, and about what is paid in this way; `days` is how long it may take. Of cards only those of
    `brands` are taken, or of all brands that the vault takes.
    """

    kind: PaymentMethodKind
    audience: PaymentAudience = PaymentAudience.EVERYBODY
    days: int | None = None
    brands: frozenset[CardBrand] = frozenset()
    names: Mapping[str, str]
    texts: Mapping[str, str]
    amounts: Mapping[str, AmountRange]


CARD_NAMES: Final[Mapping[str, str]] = MappingProxyType({"en": "Card", "de": "Karte"})
CARDS_ONLY: Final = (PaymentOffer(kind=PaymentMethodKind.CARD, names=CARD_NAMES, texts={}, amounts={}),)


@value
class CustomerTerms:
    """What was agreed on with a customer: `days` to pay an invoice, if not the channel's, and how much may be open in each
    currency.
    """

    days: int | None = None
    limits: Mapping[str, int]


@value
class CustomerTermsSet:
    """An event: this was agreed on with a customer, or None that nothing is any more."""

    terms: CustomerTerms | None


@value
class Payer:
    """Who is to pay, in which currency."""

    currency: str
    registered: bool = False
    terms: CustomerTerms | None = None

    @property
    def approved(self) -> bool:
        return self.terms is not None and self.currency in self.terms.limits


@value
class PaymentMethodUnavailable(Refusal):
    """This cannot be paid that way; please choose another."""

    obstacle: PaymentObstacle


def obstacle(offer: PaymentOffer | None, payer: Payer, amount: int | None) -> PaymentObstacle | None:
    """Why this payer cannot pay so much in this way; None if it is possible. Without an amount only who pays is looked at."""
    if offer is None:
        return PaymentObstacle.NOT_OFFERED
    if offer.audience is not PaymentAudience.EVERYBODY and not payer.registered:
        return PaymentObstacle.REGISTERED_ONLY
    if offer.audience is PaymentAudience.APPROVED and not payer.approved:
        return PaymentObstacle.NOT_APPROVED
    return None if amount is None else _beyond(offer.amounts.get(payer.currency), amount)


def _beyond(range_: AmountRange | None, amount: int) -> PaymentObstacle | None:
    if range_ is None:
        return None
    if amount < range_.least:
        return PaymentObstacle.TOO_LITTLE
    return PaymentObstacle.TOO_MUCH if range_.most is not None and amount > range_.most else None


def against_card(offer: PaymentOffer | None, card: CardFace, at: datetime) -> Refusal | None:
    """Why this card cannot be used, told to whoever has just named it."""
    if expired(card.expiry_month, card.expiry_year, at):
        return CardExpired()
    if offer and offer.brands and card.brand not in offer.brands:
        return CardBrandNotAccepted(accepted=", ".join(sorted(offer.brands)))
    return None


def card_obstacle(offer: PaymentOffer | None, card: CardFace | None, at: datetime) -> PaymentObstacle | None:
    """The same, of a card that was chosen before."""
    match against_card(offer, card, at) if card else CardTokenInvalid():
        case CardTokenInvalid():
            return PaymentObstacle.CARD_UNKNOWN
        case CardExpired():
            return PaymentObstacle.CARD_EXPIRED
        case CardBrandNotAccepted():
            return PaymentObstacle.BRAND_NOT_ACCEPTED
        case _:
            return None


def chosen_obstacle(
    offer: PaymentOffer | None, payer: Payer, amount: int | None, card: CardFace | None, at: datetime
) -> PaymentObstacle | None:
    """Why what was chosen before, with this card if it is one, cannot be used now."""
    against = obstacle(offer, payer, amount)
    of_cards = offer is not None and offer.kind is PaymentMethodKind.CARD
    return card_obstacle(offer, card, at) if of_cards and not against else against


def offer_of(offers: Sequence[PaymentOffer], kind: str) -> PaymentOffer | None:
    return next((offer for offer in offers if offer.kind == kind), None)


def days_of(offer: PaymentOffer, payer: Payer) -> int | None:
    """How long paying may take: an invoice as was agreed on with the customer."""
    agreed = payer.terms.days if payer.terms and offer.kind is PaymentMethodKind.INVOICE else None
    return offer.days if agreed is None else agreed


def due_at(offer: PaymentOffer, payer: Payer, at: datetime) -> datetime | None:
    days = days_of(offer, payer)
    return None if days is None else at + timedelta(days=days)
