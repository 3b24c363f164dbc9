"""What staff send to make or change a channel."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import strawberry

from commerce_api.domain import setting as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import ChannelId, StockLocationId
from commerce_api.domain.intake import Intake
from commerce_api.schema.channel_enums import (
    CapturePolicy,
    CrossBorder,
    QuotePrices,
    Rounding,
    RoundingLevel,
    ShippingPolicy,
)
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.notify import OrderMail
from commerce_api.schema.order_checks import OrderChecksInput
from commerce_api.schema.payment_offers import PaymentOfferInput, card_offer, parse_offers
from commerce_api.schema.scalars import CountryCode, CurrencyCode, LanguageCode
from commerce_api.schema.setting_inputs import (
    ACKNOWLEDGE,
    SettingInput,
    in_range,
    needed_key,
    parse_code,
    parse_key,
    parse_name,
)

MOST_REMINDERS: Final = 5
MOST_MINUTES: Final = 43_200
LATEST_REMINDER: Final = 24 * 90


@strawberry.input(description="A shop front with its own currencies, languages, taxes and rules.")
class SaveChannelInput(SettingInput):
    code: str = strawberry.field(description="Name for the `X-Channel` header.")
    name: str = strawberry.field(description="Name for people.")
    currencies: list[CurrencyCode] = strawberry.field(description="What can be paid in, the default first.")
    languages: list[LanguageCode] = strawberry.field(description="What texts are translated to, the default first.")
    countries: list[CountryCode] = strawberry.field(description="Where it ships to, its home first.")
    time_zone: str = strawberry.field(description="Of its days, such as `Europe/Berlin`.")
    prices_include_tax: bool = strawberry.field(description="Whether prices are kept and shown with tax.")
    rounding: Rounding = strawberry.field(default=Rounding.HALF_UP, description="How tax is rounded.")
    rounding_level: RoundingLevel = strawberry.field(default=RoundingLevel.LINE, description="Where tax is rounded.")
    cross_border: CrossBorder = strawberry.field(
        default=CrossBorder.KEEP_GROSS, description="What stays the same abroad, where prices include tax."
    )
    quote_prices: QuotePrices = strawberry.field(
        default=QuotePrices.GUARANTEED,
        description="What is asked for a quote when the catalog has become cheaper meanwhile.",
    )
    shipping_policy: ShippingPolicy = strawberry.field(
        default=ShippingPolicy.SHIP_TOGETHER, description="When goods leave of which the buyer said nothing."
    )
    quote_hold_percent: int = strawberry.field(
        default=0, description="Per cent of what can be sold of a variant that quotes may hold; 0 is none."
    )
    order_prefix: str = strawberry.field(default="", description="What its order numbers begin with.")
    terms_version: str = strawberry.field(description="Version of the terms in force.")
    capture_policy: CapturePolicy = strawberry.field(
        default=CapturePolicy.ON_SHIPMENT, description="When authorized money is taken."
    )
    cart_days: int = strawberry.field(default=30, description="Days that an untouched cart is kept.")
    checkout_minutes: int = strawberry.field(default=15, description="Minutes that stock is reserved for a checkout.")
    payment_retry_days: int = strawberry.field(default=7, description="Days that a rejected payment can be mended.")
    cancel_minutes: int = strawberry.field(
        default=0, description="Minutes in which customers may cancel their orders themselves; 0 is never."
    )
    edit_minutes: int = strawberry.field(
        default=0, description="Minutes in which customers may edit their orders themselves; 0 is never."
    )
    payment_attempt_limit: int = strawberry.field(default=5, description="How often an order can be tried to pay.")
    payment_pause_seconds: int = strawberry.field(
        default=60, description="Pause before the third attempt to pay an order, doubled before each one after that."
    )
    payment_reminder_hours: list[int] = strawberry.field(
        default_factory=lambda: [24, 48],
        description="How long after a declined payment, or a change that leaves something due, the customer is reminded of it; "
        "at most 5 times.",
    )
    order_checks: OrderChecksInput = strawberry.field(
        default_factory=OrderChecksInput, description="What is looked at before an order goes on."
    )
    payment_offers: list[PaymentOfferInput] = strawberry.field(
        default_factory=lambda: [card_offer()], description="The ways to pay, in the order in which they are offered."
    )
    required_mails: list[OrderMail] = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default_factory=list, description="Mails that registered customers get whatever they, or staff, prefer."
    )
    po_number_required: bool = strawberry.field(
        default=False, description="Whether nothing is ordered without the number of the buyer's own order."
    )
    order_reads_logged: bool = strawberry.field(
        default=False,
        description="Whether the history of an order tells who of the staff, or which of their programs, has read it: has seen more "
        "than which order it is, where it stands and what it costs, by whichever way. It is told once in 15 minutes of each.",
    )
    active: bool = strawberry.field(default=True, description="Whether it can be asked.")
    location_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Stock locations that serve it, in the order in which they are asked."
    )
    acknowledge: list[ErrorCode] = strawberry.field(default_factory=list, description=ACKNOWLEDGE)

    def parse(self) -> domain.SaveChannel | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "chn", "id")
        for name, given in (
            ("currencies", self.currencies),
            ("languages", self.languages),
            ("countries", self.countries),
        ):
            _distinct(intake, given, name)
        for field, number, most in (
            ("cartDays", self.cart_days, 3650),
            ("checkoutMinutes", self.checkout_minutes, 1440),
            ("paymentRetryDays", self.payment_retry_days, 90),
            ("paymentAttemptLimit", self.payment_attempt_limit, 20),
        ):
            in_range(intake, number, 1, most, field)
        in_range(intake, self.payment_pause_seconds, 0, 3600, "paymentPauseSeconds")
        in_range(intake, self.quote_hold_percent, 0, 100, "quoteHoldPercent")
        in_range(intake, self.cancel_minutes, 0, MOST_MINUTES, "cancelMinutes")
        in_range(intake, self.edit_minutes, 0, MOST_MINUTES, "editMinutes")
        _reminders(intake, self.payment_reminder_hours)
        ids = [needed_key(intake, raw, "loc", "locationIds", number) for number, raw in enumerate(self.location_ids)]
        command = domain.SaveChannel(
            id=ChannelId(key) if key else None,
            location_ids=tuple(StockLocationId(id_) for id_ in dict.fromkeys(ids)),
            acknowledge=acknowledged(self.acknowledge),
            order_checks=self.order_checks.parse(intake, "orderChecks"),
            payment_offers=parse_offers(intake, self.payment_offers, "paymentOffers"),
            required_mails=tuple(sorted(set(self.required_mails))),
            **self._texts(intake),
            **self._as_given(),
        )
        return intake.refused() if intake.problems else command

    def _texts(self, intake: Intake) -> dict[str, Any]:
        return {
            "code": parse_code(intake, self.code),
            "name": parse_name(intake, self.name),
            "time_zone": _time_zone(intake, self.time_zone),
            "order_prefix": intake.text(self.order_prefix, "orderPrefix", most=5),
            "terms_version": intake.text(self.terms_version, "termsVersion", most=50, required=True),
        }

    def _as_given(self) -> dict[str, Any]:
        many = ("currencies", "languages", "countries", "payment_reminder_hours")
        lists = {name: tuple(getattr(self, name)) for name in many}
        plain = (
            *("expected_revision", "prices_include_tax", "rounding", "rounding_level", "cross_border", "quote_prices"),
            *("capture_policy", "cart_days", "checkout_minutes", "payment_retry_days", "payment_attempt_limit"),
            *(
                "payment_pause_seconds",
                "cancel_minutes",
                "edit_minutes",
                "shipping_policy",
                "po_number_required",
                "active",
            ),
            *("quote_hold_percent", "order_reads_logged"),
        )
        return {**lists, **{name: getattr(self, name) for name in plain}}


def _distinct(intake: Intake, given: Sequence[Any], name: str) -> None:
    if not given:
        intake.invalid("At least one, please.", name)
    if len(set(given)) < len(given):
        intake.invalid("Each one once, please.", name)


def _reminders(intake: Intake, hours: Sequence[int]) -> None:
    if len(hours) > MOST_REMINDERS or list(hours) != sorted(set(hours)):
        intake.invalid(f"At most {MOST_REMINDERS}, each later than the one before.", "paymentReminderHours")
    for number, each in enumerate(hours):
        in_range(intake, each, 1, LATEST_REMINDER, "paymentReminderHours", number)


def _time_zone(intake: Intake, raw: str) -> str:
    name = intake.text(raw, "timeZone", most=60, required=True)
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        intake.invalid("A time zone such as `Europe/Berlin`, please.", "timeZone")
    return name
