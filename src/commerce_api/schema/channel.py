"""Channels as clients see them."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import strawberry

from commerce_api.domain import channel as domain
from commerce_api.domain.decision import NotFound
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.schema.channel_enums import (
    CapturePolicy,
    CrossBorder,
    QuotePrices,
    Rounding,
    RoundingLevel,
    ShippingPolicy,
)
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.notify import OrderMail
from commerce_api.schema.order_checks import OrderChecks
from commerce_api.schema.payment_offers import PaymentOffer
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CountryCode, CurrencyCode, LanguageCode

_STAFF: Any = [requires(Permission.STAFF_DESK)]


@strawberry.type(description="A shop front with its own currencies, languages, taxes and rules.")
class Channel(Node):
    prefix: ClassVar[str] = "chn"

    code: str = strawberry.field(description="Name for the `X-Channel` header.")
    name: str = strawberry.field(description="Name for people.")
    currencies: list[CurrencyCode] = strawberry.field(
        description="What can be paid in; the first is the default. Choose with the `X-Currency` header."
    )
    languages: list[LanguageCode] = strawberry.field(
        description="What texts are translated to; the first is the default. Choose with `Accept-Language`."
    )
    countries: list[CountryCode] = strawberry.field(description="Where this channel ships to.")
    prices_include_tax: bool = strawberry.field(
        description="Whether prices are shown and kept with tax (as in Europe) or without (as in the USA)."
    )
    terms_version: str = strawberry.field(
        description="Version of the terms in force, to send as `acceptedTermsVersion`."
    )
    time_zone: str = strawberry.field(description="IANA name, such as `Europe/Vienna`.", directives=_STAFF)
    rounding: Rounding = strawberry.field(description="How tax is rounded.", directives=_STAFF)
    rounding_level: RoundingLevel = strawberry.field(description="Where tax is rounded.", directives=_STAFF)
    cross_border: CrossBorder = strawberry.field(
        description="What stays the same abroad, where prices include tax.", directives=_STAFF
    )
    quote_prices: QuotePrices = strawberry.field(
        description="What is asked for a quote when the catalog has become cheaper meanwhile.", directives=_STAFF
    )
    shipping_policy: ShippingPolicy = strawberry.field(
        description="When goods leave of which the buyer said nothing.", directives=_STAFF
    )
    quote_hold_percent: int = strawberry.field(
        description="Per cent of what can be sold of a variant that quotes may hold; 0 is none.", directives=_STAFF
    )
    order_prefix: str = strawberry.field(description="What order numbers begin with.", directives=_STAFF)
    capture_policy: CapturePolicy = strawberry.field(description="When money is taken.", directives=_STAFF)
    cart_days: int = strawberry.field(description="Days that an idle cart is kept.", directives=_STAFF)
    checkout_minutes: int = strawberry.field(description="Minutes that stock is reserved.", directives=_STAFF)
    payment_retry_days: int = strawberry.field(
        description="Days to pay otherwise after a payment was rejected.", directives=_STAFF
    )
    cancel_minutes: int = strawberry.field(
        description="Minutes in which customers may cancel their orders themselves; 0 is never.", directives=_STAFF
    )
    edit_minutes: int = strawberry.field(
        description="Minutes in which customers may edit their orders themselves; 0 is never.", directives=_STAFF
    )
    payment_attempt_limit: int = strawberry.field(
        description="How often an order can be tried to pay.", directives=_STAFF
    )
    payment_pause_seconds: int = strawberry.field(
        description="Pause before the third attempt to pay an order, doubled before each one after that.",
        directives=_STAFF,
    )
    payment_reminder_hours: list[int] = strawberry.field(
        description="How long after a declined payment, or a change that leaves something due, the customer is reminded of it.",
        directives=_STAFF,
    )
    order_checks: OrderChecks = strawberry.field(
        description="What is looked at before an order goes on.", directives=_STAFF
    )
    payment_offers: list[PaymentOffer] = strawberry.field(
        description="The ways to pay, in the order in which they are offered.", directives=_STAFF
    )
    required_mails: list[OrderMail] = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Mails that registered customers get whatever they, or staff, prefer.", directives=_STAFF
    )
    po_number_required: bool = strawberry.field(
        description="Whether nothing is ordered without the number of the buyer's own order."
    )
    order_reads_logged: bool = strawberry.field(
        description="Whether the history of an order tells who of the staff has read it; see `saveChannel`.",
        directives=_STAFF,
    )
    active: bool = strawberry.field(description="Whether it can be used.", directives=_STAFF)
    location_ids: list[strawberry.ID] = strawberry.field(
        description="Where its stock lies; the first is used first.", directives=_STAFF
    )
    revision: int = strawberry.field(
        description="Grows with every change; send it as `expectedRevision`.", directives=_STAFF
    )

    @classmethod
    def of(cls, channel: domain.Channel) -> Self:
        return cls(
            key=channel.id,
            code=channel.code,
            name=channel.name,
            currencies=[CurrencyCode(code) for code in channel.currencies],
            languages=[LanguageCode(code) for code in channel.languages],
            countries=[CountryCode(code) for code in channel.countries],
            prices_include_tax=channel.prices_include_tax,
            terms_version=channel.terms_version,
            payment_attempt_limit=channel.retries.limit,
            payment_pause_seconds=channel.retries.pause_seconds,
            payment_reminder_hours=list(channel.retries.reminder_hours),
            order_checks=OrderChecks.of(channel.checks),
            payment_offers=[PaymentOffer.of(offer) for offer in channel.payment_offers],
            required_mails=sorted(channel.required_mails),
            location_ids=[strawberry.ID(global_id("loc", id_)) for id_ in channel.location_ids],
            **{name: getattr(channel, name) for name in _AS_THEY_ARE},
        )


_AS_THEY_ARE = (
    *(
        "time_zone",
        "rounding",
        "rounding_level",
        "cross_border",
        "quote_prices",
        "quote_hold_percent",
        "shipping_policy",
        "order_prefix",
        "capture_policy",
        "cart_days",
    ),
    *(
        "checkout_minutes",
        "payment_retry_days",
        "cancel_minutes",
        "edit_minutes",
        "po_number_required",
        "order_reads_logged",
        "active",
        "revision",
    ),
)


def channel_keys(intake: Intake, given: Sequence[strawberry.ID], path: str) -> tuple[ChannelId, ...]:
    keys = [key_of(raw, "chn") for raw in given[:100]]
    for number, key in enumerate(keys):
        if key is None:
            intake.add(NotFound(path=(path, str(number))))
    return tuple(ChannelId(key) for key in dict.fromkeys(keys) if key)
