"""A cart with everything that depends on the moment: what its lines are and cost, taxes, ways of shipping, totals.

One pure function of the cart and the facts. What the buyer is shown, the summary and the order all come from it.
"""

from collections.abc import Iterator, Mapping, Sequence

from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import (
    Adjustment,
    AdjustmentKind,
    deducted,
    instead_of,
    overridden,
    repriced,
    spread,
)
from commerce_api.domain.agreement import AgreedLine, AgreedShipping
from commerce_api.domain.availability import Availability
from commerce_api.domain.cart import Cart, CartLine, Offers, QuantityRules, ShipGroup
from commerce_api.domain.ids import CartLineId, ProductId, TaxClassId, VariantId, ZoneId
from commerce_api.domain.line_changes import LineChange, changes
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.shipping import (
    Consignment,
    ShippingMethod,
    ShippingObstacle,
    ShippingOption,
    obstacle,
    option,
    options,
)
from commerce_api.domain.shipping_policy import AvailabilityChoice, ShippingPolicy
from commerce_api.domain.tax import Rate, TaxPolicy, TaxRate, price_abroad, rates_for
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, LineTotal, LineToTotal, Portion, Totals, add_up
from commerce_api.domain.value import value
from commerce_api.domain.zone import Area, Place, zones_of


@value
class VariantFacts:
    """A variant as it stands in the catalog now. `tax_class_id` None is not taxable; `on_sale` is about the cart's channel.
    `cost` is what a unit costs the shop, without tax, and in which currency, where that is known.
    """

    id: VariantId
    product_id: ProductId
    sku: str | None
    title: str
    options: tuple[tuple[str, str], ...]
    image_url: str | None
    weight: int
    requires_shipping: bool
    tax_class_id: TaxClassId | None
    on_sale: bool
    rules: QuantityRules
    availability: Availability
    cost: tuple[int, str] | None = None


@value
class MarketFacts:
    """What the channel sells and asks at the moment. `home` is where a buyer is taken to be who gave no address."""

    variants: Mapping[VariantId, VariantFacts]
    prices: Mapping[tuple[VariantId, int], PriceFound]
    areas: tuple[Area, ...]
    rates: tuple[TaxRate, ...]
    methods: tuple[ShippingMethod, ...]
    policy: TaxPolicy
    home: Address
    shipping_policy: ShippingPolicy = ShippingPolicy.SHIP_TOGETHER


@value
class PricedLine:
    """`price` and `total` are missing where the line cannot be bought now; it then adds nothing to the totals. `agreed` is
    what its price comes from, if not from the catalog; `override` is what staff asked instead. `lowest` is the least that the
    catalog wants to be asked for a unit today.
    """

    line: CartLine
    variant: VariantFacts | None
    price: PriceFound | None
    total: LineTotal | None
    agreed: AgreedLine | None = None
    override: Adjustment | None = None
    lowest: int | None = None

    @property
    def sold(self) -> bool:
        return self.total is not None

    @property
    def in_stock(self) -> bool:
        return self.variant is not None and self.variant.availability.covers(self.line.quantity)

    def unit_cost(self, currency: str) -> int | None:
        """What a unit costs the shop, without tax, as far as that is known in this currency."""
        cost = self.variant.cost if self.variant else None
        return cost[0] if cost and cost[1] == currency else None


@value
class PricedGroup:
    """`chosen` is the method that was chosen, if it can be used; `obstacle` is why there is no way of shipping at all. `rates`
    are the taxes of each line at the `place` where it goes; `agreed` is what sending it costs, if not what it costs today.
    """

    group: ShipGroup
    quantities: Mapping[CartLineId, int]
    place: Place
    rates: Mapping[CartLineId, tuple[Rate, ...]]
    agreed: AgreedShipping | None
    requires_shipping: bool
    options: tuple[ShippingOption, ...]
    obstacle: ShippingObstacle | None
    chosen: ShippingOption | None


@value
class PricedCart:
    """`estimated` means that an address is missing and taxes are those of the channel's home country. `shipping_policy` is the
    channel's, for whoever chose nothing.
    """

    cart: Cart
    lines: tuple[PricedLine, ...]
    groups: tuple[PricedGroup, ...]
    totals: Totals
    policy: TaxPolicy
    shipping_policy: ShippingPolicy = ShippingPolicy.SHIP_TOGETHER
    estimated: bool
    changes: tuple[LineChange, ...]

    @property
    def availability_choice(self) -> AvailabilityChoice:
        return self.cart.availability_choice or AvailabilityChoice(self.shipping_policy.value)

    @property
    def to_deduct_from(self) -> int:
        """The subtotal after all discounts but those that staff gave."""
        before = (d.amount for line in self.totals.lines for d in line.discounts if d.adjustment_id is None)
        return self.totals.subtotal - sum(before)

    @property
    def deducted_too_much(self) -> bool:
        """Staff took off more than there is left of the lines."""
        return deducted(self.cart.adjustments, self.to_deduct_from) > self.to_deduct_from


def price_cart(cart: Cart, facts: MarketFacts) -> PricedCart:
    pricing = _Pricing(cart, facts)
    groups = tuple(pricing.group(group) for group in cart.ship_groups)
    to_total = [pricing.to_total(line, price) for line in cart.lines if (price := pricing.prices[line.id])]
    adjusted = spread(repriced(to_total, cart.adjustments), cart.adjustments)
    totals = add_up(adjusted, overridden(pricing.charges(groups), cart.adjustments), pricing.policy)
    of_line = {total.id: total for total in totals.lines}
    return PricedCart(
        cart=cart,
        lines=tuple(
            PricedLine(
                line=line,
                variant=facts.variants.get(line.variant_id),
                price=pricing.prices[line.id],
                total=of_line.get(line.id),
                agreed=pricing.agreed.get(line.id),
                override=instead_of(cart.adjustments, AdjustmentKind.LINE_PRICE, line.id),
                lowest=pricing.lowest(line),
            )
            for line in cart.lines
        ),
        groups=groups,
        totals=totals,
        policy=pricing.policy,
        shipping_policy=facts.shipping_policy,
        estimated=any(group.address is None for group in cart.ship_groups),
        changes=tuple(changes(cart, pricing.prices)),
    )


def ships(variant: VariantFacts | None, agreed: AgreedLine | None) -> bool:
    """Whether a line is goods: what was, when it was agreed on, is so for good."""
    return agreed.requires_shipping if agreed else variant is not None and variant.requires_shipping


def offers(cart: Cart, group: ShipGroup | None, facts: MarketFacts) -> Offers:
    """What each method of the channel answers for a group; before its address is known, that there is none."""
    if group is None or group.address is None:
        return {method.id: ShippingObstacle.NO_ADDRESS for method in facts.methods}
    consignment = _Pricing(cart, facts).consignment(group)
    return {method.id: option(method, consignment) for method in facts.methods}


class _Pricing:
    """What is needed again and again while one cart is priced."""

    def __init__(self, cart: Cart, facts: MarketFacts) -> None:
        self._cart, self._facts, self._agreement = cart, facts, cart.agreement
        self.policy = cart.agreement.policy if cart.agreement else facts.policy
        self.agreed = {line.id: agreed for line in cart.lines if (agreed := self._agreed(line))}
        self.prices = {line.id: self._price(line) for line in cart.lines}
        self._quantities = {group.id: cart.quantities_of(group) for group in cart.ship_groups}
        home = Place.of(facts.home)
        self._home = zones_of(home, facts.areas)
        self._places = {group.id: Place.of(self._destination(group)) for group in cart.ship_groups}
        self._zones = {
            group_id: self._home if place == home else zones_of(place, facts.areas)
            for group_id, place in self._places.items()
        }
        self._rates: dict[tuple[tuple[ZoneId, ...], TaxClassId | None], tuple[Rate, ...]] = {}

    def _agreed(self, line: CartLine) -> AgreedLine | None:
        """What holds for a line that was there before. What cannot be bought today is not taken away from anybody."""
        if self._agreement is None:
            return None
        variant = self._facts.variants.get(line.variant_id)
        kept = self._agreement.line(line.id, line.quantity) if variant and variant.on_sale else None
        return kept or (None if self._today(line) else self._agreement.unsold(line.id, line.quantity))

    def _today(self, line: CartLine) -> PriceFound | None:
        variant = self._facts.variants.get(line.variant_id)
        return self._facts.prices.get((line.variant_id, line.quantity)) if variant and variant.on_sale else None

    def _price(self, line: CartLine) -> PriceFound | None:
        if agreed := self.agreed.get(line.id):
            return PriceFound(amount=agreed.unit_price, compare_at=None, price_list_id=None)
        return self._today(line)

    def _destination(self, group: ShipGroup) -> Address:
        """Where tax is due: where the goods go, or else where the buyer is."""
        return group.address or self._cart.billing_address or self._facts.home

    def _rates_in(self, zones: tuple[ZoneId, ...], tax_class_id: TaxClassId | None) -> tuple[Rate, ...]:
        key = (zones, tax_class_id)
        if key not in self._rates:
            found = rates_for(self._facts.rates, tax_class_id, zones)
            self._rates[key] = tuple(Rate(name=rate.name, rate=rate.rate) for rate in found)
        return self._rates[key]

    def _tax_class(self, line: CartLine) -> TaxClassId | None:
        variant = self._facts.variants.get(line.variant_id)
        return variant.tax_class_id if variant else None

    def _rates_of(self, line: CartLine, group: ShipGroup) -> tuple[Rate, ...]:
        """Those that were agreed on while the line goes where it went, or else those in force."""
        agreed, agreement = self.agreed.get(line.id), self._agreement
        if agreed and agreement and agreement.keeps_taxes:
            kept = agreed.rates_at(self._places[group.id])
            if kept is not None:
                return kept
        return self._rates_in(self._zones[group.id], self._tax_class(line))

    def to_total(self, line: CartLine, price: PriceFound) -> LineToTotal:
        """The line's units by the group that they go with. Abroad they cost what they cost where the first of them go (D10)."""
        portions = tuple(
            Portion(quantity=quantity, rates=self._rates_of(line, group))
            for group in self._cart.ship_groups
            if (quantity := self._quantities[group.id].get(line.id, 0))
        )
        agreed = self.agreed.get(line.id)
        if agreed:
            unit_price = self._agreed_price(agreed, portions[0])
            return LineToTotal(
                id=line.id,
                unit_price=unit_price,
                portions=portions,
                discounts=agreed.discounts_on(line.quantity),
                agreed_tax=agreed.agreed_tax,
                agreed_deductions=agreed.deductions,
            )
        unit_price = self._abroad(line, price.amount, portions[0].rates)
        return LineToTotal(id=line.id, unit_price=unit_price, portions=portions)

    def _abroad(self, line: CartLine, amount: int, there: tuple[Rate, ...]) -> int:
        home = self._rates_in(self._home, self._tax_class(line))
        return price_abroad(amount, home, there, self.policy)

    def lowest(self, line: CartLine) -> int | None:
        """In the same terms as the price that is asked today, even where another one was agreed on."""
        today = self._today(line)
        if today is None or today.lowest is None:
            return None
        first = next(group for group in self._cart.ship_groups if self._quantities[group.id].get(line.id))
        return self._abroad(line, today.lowest, self._rates_of(line, first))

    def _agreed_price(self, agreed: AgreedLine, first: Portion) -> int:
        """A quote promises what is paid; an order that goes elsewhere is treated as if it had always gone there."""
        if not agreed.taxes or self._agreement is None or not self._agreement.keeps_taxes:
            return agreed.unit_price
        return price_abroad(agreed.unit_price, agreed.taxes[0].rates, first.rates, self.policy)

    def _shipped(self, group: ShipGroup) -> Iterator[tuple[CartLine, VariantFacts | None, int]]:
        """Lines of a group that are goods, with how many of them."""
        quantities = self._quantities[group.id]
        for line in self._cart.lines:
            variant = self._facts.variants.get(line.variant_id)
            if line.id in quantities and ships(variant, self.agreed.get(line.id)):
                yield line, variant, quantities[line.id]

    def consignment(self, group: ShipGroup) -> Consignment:
        shipped = list(self._shipped(group))
        return Consignment(
            zones=self._zones[group.id],
            weight=sum(variant.weight * quantity for _, variant, quantity in shipped if variant),
            subtotal=sum(price.amount * quantity for line, _, quantity in shipped if (price := self.prices[line.id])),
        )

    def group(self, group: ShipGroup) -> PricedGroup:
        requires_shipping = any(True for _ in self._shipped(group))
        offered: Sequence[ShippingOption] = ()
        none = ShippingObstacle.NO_ADDRESS if requires_shipping else None
        if requires_shipping and group.address is not None:
            consignment = self.consignment(group)
            offered = options(self._facts.methods, consignment)
            none = None if offered else obstacle(self._facts.methods, consignment)
        agreed = self._agreed_shipping(group) if requires_shipping else None
        quantities = self._quantities[group.id]
        return PricedGroup(
            group=group,
            quantities=quantities,
            place=self._places[group.id],
            rates={line.id: self._rates_of(line, group) for line in self._cart.lines if line.id in quantities},
            agreed=agreed,
            requires_shipping=requires_shipping,
            options=tuple(offered),
            obstacle=none,
            chosen=self._kept(agreed) or next((o for o in offered if o.method.id == group.shipping_method_id), None),
        )

    def _agreed_shipping(self, group: ShipGroup) -> AgreedShipping | None:
        agreement = self._agreement
        return agreement.shipping_of(group.id, group.shipping_method_id) if agreement else None

    def _kept(self, agreed: AgreedShipping | None) -> ShippingOption | None:
        """The way that was agreed on, whether it is still offered or not."""
        if agreed is None or agreed.method_id is None:
            return None
        known = next((method for method in self._facts.methods if method.id == agreed.method_id), None)
        gone = ShippingMethod(id=agreed.method_id, code=agreed.code, name=agreed.name, tax_class_id=None, rates=())
        return ShippingOption(method=known or gone, price=agreed.amount)

    def charges(self, groups: Sequence[PricedGroup]) -> Iterator[ChargeToTotal]:
        for priced in groups:
            if asked := _asked(priced):
                name, amount = asked
                yield ChargeToTotal(
                    id=priced.group.id,
                    kind=ChargeKind.SHIPPING,
                    name=name,
                    amount=amount,
                    rates=self._rates_of_shipping(priced),
                    tax_class_id=self._tax_class_of_shipping(priced),
                    ship_group_id=priced.group.id,
                )
        yield from self._extra_charges()

    def _extra_charges(self) -> Iterator[ChargeToTotal]:
        """Those that staff added bear the taxes of where the first of the goods go: of all of a quote, also in a part of it."""
        agreement, first = self._agreement, self._places[self._cart.ship_groups[0].id]
        for added in self._cart.adjustments:
            if extra := added.extra:
                zones = zones_of((agreement and agreement.charges_at) or first, self._facts.areas)
                agreed_tax = agreement.tax_of_charge(added.id, first) if agreement else None
                yield ChargeToTotal(
                    id=added.id,
                    kind=extra.kind,
                    name=added.name,
                    amount=added.amount,
                    tax_class_id=extra.tax_class_id,
                    refundable=extra.refundable,
                    rates=agreed_tax.rates if agreed_tax else self._rates_in(zones, extra.tax_class_id),
                    agreed_tax=agreed_tax,
                )

    def _tax_class_of_shipping(self, priced: PricedGroup) -> TaxClassId | None:
        if priced.agreed:
            return priced.agreed.tax_class_id
        return priced.chosen.method.tax_class_id if priced.chosen else None

    def _rates_of_shipping(self, priced: PricedGroup) -> tuple[Rate, ...]:
        """Of a method that is gone nobody knows today's, and the old ones stay."""
        agreed, tax_class_id = priced.agreed, priced.chosen.method.tax_class_id if priced.chosen else None
        kept = self._agreement is not None and self._agreement.keeps_taxes
        if agreed and (tax_class_id is None or (kept and agreed.taxes.place == priced.place)):
            return agreed.taxes.rates
        return self._rates_in(self._zones[priced.group.id], tax_class_id)


def _asked(priced: PricedGroup) -> tuple[str, int] | None:
    """What sending a group is called and costs, if it is known how it is sent."""
    if priced.agreed:
        return priced.agreed.name, priced.agreed.amount
    return (priced.chosen.method.name, priced.chosen.price) if priced.chosen else None
