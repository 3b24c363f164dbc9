"""What staff set up before anything is sold: zones, taxes, shipping, channels, stock locations.

There is little to decide about them; each is saved whole. `id` None makes a new one.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, TypeAlias

from commerce_api.domain.adjustment import AdjustmentKind
from commerce_api.domain.blocks import BlockScope, OrderChecks, ReasonKind, Stop
from commerce_api.domain.channel import CapturePolicy, CrossBorder, QuotePrices, RoundingLevel
from commerce_api.domain.custom_field import FieldAccess, FieldOwner
from commerce_api.domain.decision import Caution, Refusal
from commerce_api.domain.ids import (
    BlockReasonId,
    CancelReasonId,
    ChannelId,
    CustomFieldId,
    OverrideReasonId,
    ShippingMethodId,
    StockLocationId,
    TaxClassId,
    TaxRateId,
    ZoneId,
)
from commerce_api.domain.money import Rounding
from commerce_api.domain.notify import OrderMail
from commerce_api.domain.payment_offers import PaymentOffer
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.typed_value import AttributeKind
from commerce_api.domain.value import value


@value
class AreaSetting:
    country: str
    region: str = ""
    postal_prefix: str = ""


@value
class SaveZone:
    id: ZoneId | None
    expected_revision: int | None = None
    code: str
    name: str
    areas: tuple[AreaSetting, ...]


@value
class SaveTaxClass:
    id: TaxClassId | None
    expected_revision: int | None = None
    code: str
    name: str


@value
class SaveTaxRate:
    id: TaxRateId | None
    expected_revision: int | None = None
    zone_id: ZoneId
    tax_class_id: TaxClassId
    name: str
    rate: Decimal
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@value
class RateSetting:
    """What a method costs in one zone and currency."""

    zone_id: ZoneId
    currency: str
    amount: int
    free_from: int | None = None
    min_weight: int = 0
    max_weight: int | None = None
    min_subtotal: int = 0
    max_subtotal: int | None = None


@value
class SaveShippingMethod:
    id: ShippingMethodId | None
    expected_revision: int | None = None
    channel_id: ChannelId
    tax_class_id: TaxClassId
    code: str
    name: str
    description: str = ""
    min_days: int | None = None
    max_days: int | None = None
    position: int = 0
    active: bool = True
    rates: tuple[RateSetting, ...]


@value
class SaveOverrideReason:
    """`names` by language; `kinds` are those of the changes that it fits."""

    id: OverrideReasonId | None
    expected_revision: int | None = None
    code: str
    names: Mapping[str, str]
    kinds: tuple[AdjustmentKind, ...]
    note_required: bool = False


@value
class SaveCancelReason:
    """`names` by language. Whom it is for may choose it; for nobody, it is only the name of what was canceled for it."""

    id: CancelReasonId | None
    expected_revision: int | None = None
    code: str
    names: Mapping[str, str]
    for_staff: bool = True
    for_shoppers: bool = False
    position: int = 0


@value
class SaveCustomField:
    """`channel_ids` None: in all channels. Only fields of customers have `purposes` and `retention_days`."""

    id: CustomFieldId | None
    expected_revision: int | None = None
    owner: FieldOwner
    code: str
    names: Mapping[str, str]
    purposes: Mapping[str, str]
    kind: AttributeKind
    choices: tuple[str, ...] = ()
    several: bool = False
    whole: bool = False
    longest: int | None = None
    shoppers: FieldAccess = FieldAccess.NONE
    channel_ids: tuple[ChannelId, ...] | None = None
    required_in: tuple[ChannelId, ...] = ()
    commercial: bool = False
    retention_days: int | None = None
    position: int = 0
    active: bool = True
    acknowledge: frozenset[str] = frozenset()


@value
class SaveStockLocation:
    id: StockLocationId | None
    expected_revision: int | None = None
    code: str
    name: str


@value
class SaveChannel:
    id: ChannelId | None
    expected_revision: int | None = None
    code: str
    name: str
    currencies: tuple[str, ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    time_zone: str
    prices_include_tax: bool
    rounding: Rounding
    rounding_level: RoundingLevel
    cross_border: CrossBorder
    quote_prices: QuotePrices
    quote_hold_percent: int
    shipping_policy: ShippingPolicy
    order_prefix: str
    terms_version: str
    capture_policy: CapturePolicy
    cart_days: int
    checkout_minutes: int
    payment_retry_days: int
    cancel_minutes: int
    edit_minutes: int
    payment_attempt_limit: int
    payment_pause_seconds: int
    payment_reminder_hours: tuple[int, ...]
    order_checks: OrderChecks
    payment_offers: tuple[PaymentOffer, ...]
    required_mails: tuple[OrderMail, ...]
    po_number_required: bool
    order_reads_logged: bool
    active: bool
    location_ids: tuple[StockLocationId, ...]
    acknowledge: frozenset[str] = frozenset()


@value
class SaveBlockReason:
    """`channel_ids` None: in force everywhere."""

    id: BlockReasonId | None
    expected_revision: int | None = None
    code: str
    kind: ReasonKind
    category: str
    stops: tuple[Stop, ...]
    scope: BlockScope
    auto_resolve: bool
    resolver_roles: tuple[str, ...]
    only_resolver_roles: bool
    four_eyes: bool
    comment_required: bool
    names: Mapping[str, str]
    shopper_texts: Mapping[str, str]
    sla_hours: int | None
    channel_ids: tuple[ChannelId, ...] | None


SaveSetting: TypeAlias = (
    SaveBlockReason
    | SaveCustomField
    | SaveZone
    | SaveTaxClass
    | SaveTaxRate
    | SaveShippingMethod
    | SaveStockLocation
    | SaveOverrideReason
    | SaveCancelReason
    | SaveChannel
)


@value
class SettingSaved:
    setting: SaveSetting


@value
class SettingDeleted:
    pass


@value
class ChannelHasOpenCarts(Caution):
    """{carts} carts are being filled in this channel; nobody can order them while it is closed."""

    staff_only: ClassVar[bool] = True
    carts: int


@value
class ZoneHasRates(Caution):
    """{rates} rates of taxes and shipping hold in this zone and are deleted with it."""

    staff_only: ClassVar[bool] = True
    rates: int


@value
class RetentionShortened(Caution):
    """What customers said longer ago than that is deleted ({values} values), and nobody can bring it back."""

    staff_only: ClassVar[bool] = True
    values: int


@value
class FieldHasValues(Caution):
    """What customers said in this field, {values} values, is deleted with it for good. Make it inactive instead to keep them."""

    staff_only: ClassVar[bool] = True
    values: int


MOST_LISTED: Final = 100
"""What is listed as a whole may come so often."""

LISTED_AS_A_WHOLE: Final = (
    SaveBlockReason,
    SaveCancelReason,
    SaveChannel,
    SaveCustomField,
    SaveOverrideReason,
    SaveTaxClass,
)


@value
class SettingInUse(Refusal):
    """Still used by {used_by}; change that first."""

    staff_only: ClassVar[bool] = True
    used_by: str
