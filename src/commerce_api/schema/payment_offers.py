"""The ways to pay that a channel offers: as staff set them up, and as whoever has to choose sees them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Self

import strawberry

from commerce_api.domain import payment_offers as domain
from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.card import CardBrand
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.payment import PaymentMethodKind as DomainKind
from commerce_api.domain.permissions import Permission
from commerce_api.schema.enums import described
from commerce_api.schema.errors import UserError, tells
from commerce_api.schema.language_texts import LanguageText, LanguageTextInput, by_language, texts_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, LanguageCode, Money

described(
    CardBrand,
    "Who stands behind a card.",
    **{brand.value: f"{brand.value.title()}." for brand in CardBrand},
)
PaymentMethodKind = strawberry.enum(DomainKind, name="PaymentMethodKind", description="How something is paid.")
PaymentAudience = strawberry.enum(
    domain.PaymentAudience, name="PaymentAudience", description="Who may pay in some way."
)
PaymentObstacle = strawberry.enum(
    domain.PaymentObstacle, name="PaymentObstacle", description="Why something cannot be paid in some way."
)
_STAFF: Any = [requires(Permission.STAFF_DESK)]
_LONGEST: Final = {DomainKind.INVOICE: 365, DomainKind.BANK_TRANSFER: 90}
_DAYS = "How long it may take: to pay an invoice, or until an order is canceled for which no transfer has come."
_TEXTS = "How it is paid, by language: such as to which account. Write account numbers in one, without spaces."
_OF_BRANDS: Final = frozenset({DomainKind.CARD})
_BRANDS = "Brands of cards that are taken; empty: all that the card vault takes."
_LONGEST_TEXT: Final = 1000


@strawberry.type(description="How much can be paid in some way.", directives=_STAFF)
class AmountRange:
    currency: CurrencyCode = strawberry.field(description="In which currency.")
    least: Money = strawberry.field(description="No less.")
    most: Money | None = strawberry.field(description="No more.")


@strawberry.type(description="A way to pay in a channel.", directives=_STAFF)
class PaymentOffer:
    method: PaymentMethodKind = strawberry.field(description="Which.")  # type: ignore[valid-type]  # made by a call
    audience: PaymentAudience = strawberry.field(description="Who may use it.")  # type: ignore[valid-type]  # made by a call
    days: int | None = strawberry.field(description=_DAYS)
    brands: list[CardBrand] = strawberry.field(description=_BRANDS)
    names: list[LanguageText] = strawberry.field(description="What customers call it.")
    texts: list[LanguageText] = strawberry.field(description=_TEXTS)
    amounts: list[AmountRange] = strawberry.field(description="How much, by currency; any amount in others.")

    @classmethod
    def of(cls, offer: domain.PaymentOffer) -> Self:
        return cls(
            method=offer.kind,
            audience=offer.audience,
            days=offer.days,
            brands=sorted(offer.brands),
            names=texts_of(offer.names),
            texts=texts_of(offer.texts),
            amounts=[
                AmountRange(
                    currency=CurrencyCode(currency), least=Money.of(of.least, currency), most=_money(of.most, currency)
                )
                for currency, of in sorted(offer.amounts.items())
            ],
        )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money.of(minor, CurrencyCode(currency))


@strawberry.input(description="How much can be paid in some way.")
class AmountRangeInput:
    currency: CurrencyCode = strawberry.field(description="In which currency; each once.")
    least: Decimal = strawberry.field(default=Decimal(0), description="No less.")
    most: Decimal | None = strawberry.field(default=None, description="No more.")


@strawberry.input(description="A way to pay in a channel.")
class PaymentOfferInput:
    method: PaymentMethodKind = strawberry.field(description="Which; each once.")  # type: ignore[valid-type]  # made by a call
    audience: PaymentAudience = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.PaymentAudience.EVERYBODY, description="Who may use it."
    )
    days: int | None = strawberry.field(default=None, description=f"{_DAYS} Only for these two, and needed there.")
    brands: list[CardBrand] = strawberry.field(default_factory=list, description=f"{_BRANDS} Only for cards.")
    names: list[LanguageTextInput] = strawberry.field(description="What customers call it.")
    texts: list[LanguageTextInput] = strawberry.field(default_factory=list, description=_TEXTS)
    amounts: list[AmountRangeInput] = strawberry.field(default_factory=list, description="How much, by currency.")

    def parse(self, intake: Intake, *path: Any) -> domain.PaymentOffer:
        longest = _LONGEST.get(self.method)
        if longest is None and self.days is not None:
            intake.invalid("Only for invoices and bank transfers.", *path, "days")
        if longest is not None and not 1 <= (self.days or 0) <= longest:
            intake.invalid(f"Between 1 and {longest}, please.", *path, "days")
        if self.brands and self.method not in _OF_BRANDS:
            intake.invalid("Only for cards.", *path, "brands")
        return domain.PaymentOffer(
            kind=self.method,
            audience=self.audience,
            days=self.days,
            brands=frozenset(self.brands),
            names=by_language(intake, self.names, *path, "names"),
            texts=by_language(intake, self.texts, *path, "texts", least=0, most=_LONGEST_TEXT),
            amounts=_amounts(intake, self.amounts, *path, "amounts"),
        )


def _amounts(intake: Intake, given: Sequence[AmountRangeInput], *path: Any) -> dict[str, domain.AmountRange]:
    read = {}
    for number, each in enumerate(given[: len(DIGITS)]):
        least, most = (_amount(intake, each, name, *path, number) for name in ("least", "most"))
        if most is not None and most < (least or 0):
            intake.invalid("No less than the least, please.", *path, number, "most")
        if each.currency in read:
            intake.invalid("Each currency once, please.", *path, number, "currency")
        read[str(each.currency)] = domain.AmountRange(least=least or 0, most=most)
    return read


def _amount(intake: Intake, each: AmountRangeInput, name: str, *path: Any) -> int | None:
    given: Decimal | None = getattr(each, name)
    if given is None:
        return None
    minor = minor_of(given, DIGITS[each.currency])
    if minor is None or minor < 0:
        intake.invalid("No less than zero, and no more digits than the currency has.", *path, name)
    return minor


def card_offer() -> PaymentOfferInput:
    """What a channel offers of which nothing else was said."""
    names = [LanguageTextInput(language=LanguageCode(lang), text=name) for lang, name in domain.CARD_NAMES.items()]
    return PaymentOfferInput(method=DomainKind.CARD, names=names)


def parse_offers(intake: Intake, given: Sequence[PaymentOfferInput], *path: Any) -> tuple[domain.PaymentOffer, ...]:
    if not given:
        intake.invalid("At least one, please.", *path)
    if len({each.method for each in given}) < len(given):
        intake.invalid("Each one once, please.", *path)
    return tuple(each.parse(intake, *path, number) for number, each in enumerate(given[: len(DomainKind)]))


@strawberry.type(description="A way to pay, and whether it can be used for all that is due.")
class PaymentOption:
    method: PaymentMethodKind = strawberry.field(description="Which.")  # type: ignore[valid-type]  # made by a call
    name: str = strawberry.field(description="What to call it.")
    text: str = strawberry.field(description="How it is paid; may be empty.")
    days: int | None = strawberry.field(description=_DAYS)
    brands: list[CardBrand] = strawberry.field(description=_BRANDS)
    least: Money | None = strawberry.field(description="No less can be paid with it; null: any amount.")
    most: Money | None = strawberry.field(description="No more can be paid with it; null: any amount.")
    obstacle: PaymentObstacle | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Why it cannot be used for all that is due; null: it can. With an amount of its own it may still be."
    )

    @classmethod
    def of(cls, offer: domain.PaymentOffer, payer: domain.Payer, due: int, language: str) -> Self:
        range_ = offer.amounts.get(payer.currency, domain.AmountRange())
        return cls(
            method=offer.kind,
            name=in_language(offer.names, language),
            text=in_language(offer.texts, language),
            days=domain.days_of(offer, payer),
            brands=sorted(offer.brands),
            least=_money(range_.least or None, payer.currency),
            most=_money(range_.most, payer.currency),
            obstacle=domain.obstacle(offer, payer, due),
        )


@tells(domain.PaymentMethodUnavailable)
@strawberry.type(description="This cannot be paid that way.")
class PaymentMethodUnavailableError(UserError):
    obstacle: PaymentObstacle = strawberry.field(description="Why not.")  # type: ignore[valid-type]  # made by a call
