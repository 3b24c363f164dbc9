"""What was agreed on before: the prices that an order was placed at, or that a quote guarantees.

What is being bought is priced as of now unless an `Agreement` says otherwise. Lines and ship groups of a draft keep the ids
of what they come from, and by these what was agreed on finds them.
"""

from typing import Final

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import AdjustmentId, CartLineId, ShipGroupId, ShippingMethodId, TaxClassId
from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.tax import Rate, TaxPolicy
from commerce_api.domain.totals import AgreedDeductions, AgreedTax, Discount
from commerce_api.domain.value import replace, value
from commerce_api.domain.zone import Place


class AgreementSource(DescribedEnum):
    """Where agreed prices come from."""

    KEPT = "KEPT", "From the order that is being edited. Tax rates are kept as well while goods go to the same place."
    QUOTED = "QUOTED", "From a quote. Taxes are those of the law in force."


class PricePolicy(DescribedEnum):
    """Which lines keep the price that was agreed on. New lines always have the price of the day."""

    KEEP = "KEEP", "All that were there before, whatever their quantity is now."
    REPRICE_CHANGED = "REPRICE_CHANGED", "Those with the same quantity as before."
    REPRICE_ALL = "REPRICE_ALL", "None; all are looked up anew."


@value
class RatesAt:
    """What taxes a line bore at a place; none is an answer too."""

    place: Place
    rates: tuple[Rate, ...]


@value
class AgreedLine:
    """`unit_price` is what was asked, wherever the goods went. `discounts`, `deductions` of staff and `agreed_tax` are on all of
    `quantity`.
    """

    line_id: CartLineId
    quantity: int
    unit_price: int
    requires_shipping: bool
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[RatesAt, ...]
    agreed_tax: AgreedTax | None = None
    deductions: AgreedDeductions | None = None

    def rates_at(self, place: Place) -> tuple[Rate, ...] | None:
        """None if nothing went there."""
        return next((taxed.rates for taxed in self.taxes if taxed.place == place), None)

    def discounts_on(self, quantity: int) -> tuple[Discount, ...]:
        """A share of a discount belongs to each unit and goes with it (D7). Units that were added have none."""
        if quantity >= self.quantity:
            return self.discounts
        shares = (replace(one, amount=divided(one.amount * quantity, self.quantity, _SHARED)) for one in self.discounts)
        return tuple(share for share in shares if share.amount)


_SHARED: Final = Rounding.HALF_UP
"""By the running sum, so that what is left and what is gone always add up to the whole."""


@value
class AgreedShipping:
    """What was asked for sending a ship group. Without a method id, the method does not exist any more."""

    ship_group_id: ShipGroupId
    method_id: ShippingMethodId | None
    code: str
    name: str
    amount: int
    tax_class_id: TaxClassId | None = None
    taxes: RatesAt


@value
class AgreedCharge:
    """What tax there was on a charge that staff added, when the first of the goods went to `place`."""

    id: AdjustmentId
    place: Place
    tax: AgreedTax


@value
class Agreement:
    """`policy` is how taxes and rounding were reckoned; it stays, or the same order would add up to something else (K7).
    `charges_at` is where the first of all goods of a quote go, of which this is a part.
    """

    source: AgreementSource
    policy: TaxPolicy
    price_policy: PricePolicy = PricePolicy.KEEP
    recalculate_shipping: bool = False
    lines: tuple[AgreedLine, ...]
    shipping: tuple[AgreedShipping, ...]
    charges: tuple[AgreedCharge, ...] = ()
    charges_at: Place | None = None

    def line(self, id: CartLineId, quantity: int) -> AgreedLine | None:
        """What was agreed on for a line, if it is to be kept."""
        found = next((line for line in self.lines if line.line_id == id), None)
        if found is None or self.price_policy is PricePolicy.REPRICE_ALL:
            return None
        return None if self.price_policy is PricePolicy.REPRICE_CHANGED and found.quantity != quantity else found

    def unsold(self, id: CartLineId, quantity: int) -> AgreedLine | None:
        """What was agreed on for a line that is not on sale any more: as many as there were keep their place."""
        return next((line for line in self.lines if line.line_id == id and quantity <= line.quantity), None)

    def shipping_of(self, id: ShipGroupId, method_id: ShippingMethodId | None) -> AgreedShipping | None:
        """What was agreed on for sending a group, if that is to be kept."""
        if self.recalculate_shipping:
            return None
        return next((one for one in self.shipping if (one.ship_group_id, one.method_id) == (id, method_id)), None)

    def tax_of_charge(self, id: AdjustmentId, first: Place) -> AgreedTax | None:
        """What tax there was on a charge, if it is to be kept while the first of the goods go there."""
        if self.price_policy is PricePolicy.REPRICE_ALL:
            return None
        return next((one.tax for one in self.charges if (one.id, one.place) == (id, first)), None)

    @property
    def keeps_taxes(self) -> bool:
        """A quote promises prices only; what is added to them or contained in them is up to the law in force."""
        return self.source is AgreementSource.KEPT
