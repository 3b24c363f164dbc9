"""Channels: a shop front with its own currencies, languages, taxes and rules."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from commerce_api.domain.blocks.rules import NO_CHECKS, OrderChecks
from commerce_api.domain.custom_field import CustomField
from commerce_api.domain.ids import ChannelId, StockLocationId
from commerce_api.domain.money import Rounding
from commerce_api.domain.notify import OrderMail
from commerce_api.domain.payment import PaymentRetries
from commerce_api.domain.payment_offers import CARDS_ONLY, PaymentOffer
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value


class RoundingLevel(StrEnum):
    """Where tax is rounded: once per line, or per unit and then multiplied."""

    LINE = "LINE"
    UNIT = "UNIT"


class CrossBorder(StrEnum):
    """What stays the same when a price with tax is sold to a place with another rate (D10)."""

    KEEP_GROSS = "KEEP_GROSS"
    KEEP_NET = "KEEP_NET"


class QuotePrices(StrEnum):
    """What is asked for a quote when the catalog has become cheaper meanwhile (Q3)."""

    GUARANTEED = "GUARANTEED"
    BEST_OF = "BEST_OF"


class CapturePolicy(StrEnum):
    """When authorized money is taken (C.6 P6)."""

    ON_PLACEMENT = "ON_PLACEMENT"
    ON_ALLOCATION = "ON_ALLOCATION"
    ON_SHIPMENT = "ON_SHIPMENT"
    MANUAL = "MANUAL"


@value
class Channel:
    """Lists start with the default: `currencies[0]` is what a shopper sees who has not chosen, `countries[0]` is home.

    Where `order_reads_logged`, the history of an order tells who of the staff has read it.
    Registered customers get the `required_mails` whatever they, or staff, prefer. `fields` are all custom fields of orders and
    lines, offered here or not.
    """

    id: ChannelId
    code: str
    name: str
    currencies: tuple[str, ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    time_zone: str
    prices_include_tax: bool
    rounding: Rounding
    rounding_level: RoundingLevel
    cross_border: CrossBorder = CrossBorder.KEEP_GROSS
    quote_prices: QuotePrices = QuotePrices.GUARANTEED
    quote_hold_percent: int = 0
    shipping_policy: ShippingPolicy = ShippingPolicy.SHIP_TOGETHER
    order_prefix: str
    terms_version: str
    capture_policy: CapturePolicy
    location_ids: tuple[StockLocationId, ...]
    cart_days: int
    checkout_minutes: int
    payment_retry_days: int
    cancel_minutes: int = 0
    edit_minutes: int = 0
    retries: PaymentRetries = PaymentRetries()
    checks: OrderChecks = NO_CHECKS
    payment_offers: tuple[PaymentOffer, ...] = CARDS_ONLY
    required_mails: frozenset[OrderMail] = frozenset()
    po_number_required: bool = False
    order_reads_logged: bool = False
    fields: tuple[CustomField, ...] = ()
    active: bool = True
    revision: int = 1


BEFORE_SETUP: Final = Channel(
    id=ChannelId(UUID(int=0)),
    code="",
    name="",
    currencies=("EUR",),
    languages=("en",),
    countries=(),
    time_zone="UTC",
    prices_include_tax=False,
    rounding=Rounding.HALF_UP,
    rounding_level=RoundingLevel.LINE,
    order_prefix="",
    terms_version="",
    capture_policy=CapturePolicy.MANUAL,
    location_ids=(),
    cart_days=0,
    checkout_minutes=0,
    payment_retry_days=0,
)
"""What staff work in until the first channel is made."""
