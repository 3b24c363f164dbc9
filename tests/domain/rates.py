"""Tax rates and policies for tests."""

from decimal import Decimal
from uuid import UUID

from commerce_api.domain.channel import CrossBorder, RoundingLevel
from commerce_api.domain.ids import TaxClassId, ZoneId
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import TaxPolicy, TaxRate

HOME = ZoneId(UUID(int=1))
STANDARD = TaxClassId(UUID(int=2))


def rate(percent, name="VAT", *, zone=HOME, tax_class=STANDARD):
    return TaxRate(zone_id=zone, tax_class_id=tax_class, name=name, rate=Decimal(percent) / 100)


def policy(
    *,
    inclusive=True,
    rounding=Rounding.HALF_UP,
    level=RoundingLevel.LINE,
    cross_border=CrossBorder.KEEP_GROSS,
):
    return TaxPolicy(prices_include_tax=inclusive, rounding=rounding, level=level, cross_border=cross_border)
