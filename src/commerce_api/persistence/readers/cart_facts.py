"""What must be known to decide about carts and to price them: a fixed number of statements, however many lines there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.address import Address
from commerce_api.domain.cart import Cart, QuantityRules
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import ProductId, ShippingMethodId, TaxClassId, VariantId, ZoneId
from commerce_api.domain.picture import address_of
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import MarketFacts, VariantFacts
from commerce_api.domain.shipping import ShippingMethod, ShippingRate
from commerce_api.domain.tax import TaxPolicy, TaxRate
from commerce_api.domain.zone import Area
from commerce_api.persistence.readers.assortment import in_language, on_sale, option_names, translated, translated_list
from commerce_api.persistence.readers.prices import unit_prices
from commerce_api.persistence.readers.stock import availability, stock_of
from commerce_api.persistence.rows import among, documents
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.catalog import media, product_media, products, variant_translations, variants
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as translations
from commerce_api.persistence.tables.channels import shipping_methods, shipping_rates, tax_rates, zone_areas
from commerce_api.persistence.tables.identity import customer_group_members as members
from commerce_api.persistence.tables.stock import reservations

_Document: TypeAlias = Mapping[str, Any]
_AT = bindparam("at", type_=DateTime(timezone=True))


_FIRST_MEDIA = (
    select(product_media.c.media_id)
    .where(product_media.c.product_id == products.c.id)
    .order_by(product_media.c.position, product_media.c.media_id)
    .limit(1)
    .correlate(products)
    .scalar_subquery()
)
_PUBLISHED = select(true()).where(publications.c.product_id == products.c.id, on_sale()).correlate(products).exists()
_SAID = and_(
    variant_translations.c.variant_id == variants.c.id, variant_translations.c.language == bindparam("language")
)
_OF_VARIANT = (
    *("id", "product_id", "sku", "weight", "requires_shipping", "taxable", "stock_policy", "backorder_limit"),
    *("min_quantity", "max_quantity", "quantity_step", "cost", "cost_currency"),
)


class Shown(NamedTuple):
    """Columns of variants that are joined with what they take."""

    columns: tuple[ColumnElement[Any], ...]
    source: FromClause


def shown_of_variants() -> Shown:
    """What a line shows of a variant, on sale or not, and what is in stock of it."""
    stock = stock_of(variants.c.id, reservations.c.cart_id != all_(bindparam("own_cart_ids", type_=ARRAY(Uuid()))))
    columns = (
        *(variants.c[name] for name in _OF_VARIANT),
        products.c.tax_class_id,
        translated("title"),
        option_names(),
        translated_list(variant_translations.c.option_values, variants.c.option_values),
        media.c.url.label("media_url"),
        media.c.sha256,
        media.c.content_type,
        and_(_PUBLISHED, variants.c.deleted_at.is_(None)).label("on_sale"),
        stock.c.available,
        stock.c.backordered,
    )
    source = (
        variants.join(products, products.c.id == variants.c.product_id)
        .outerjoin(translations, in_language())
        .outerjoin(variant_translations, _SAID)
        .outerjoin(media, media.c.id == func.coalesce(variants.c.media_id, _FIRST_MEDIA))
        .join(stock, true())
    )
    return Shown(columns, source)


def _variants() -> Statement:
    """Variants by id or SKU."""
    shown = shown_of_variants()
    named = variants.c.sku == any_(bindparam("skus", type_=ARRAY(Text())))
    return Statement(
        select(*shown.columns)
        .select_from(shown.source)
        .where(or_(among(variants.c.id), and_(named, variants.c.deleted_at.is_(None))))
    )


_VARIANTS = _variants()
_SKUS = Statement(
    select(variants.c.sku).where(
        variants.c.sku == any_(bindparam("skus", type_=ARRAY(Text()))), variants.c.deleted_at.is_(None)
    )
)


def areas_where(chosen: ColumnElement[bool]) -> CTE:
    return (
        select(*(zone_areas.c[name] for name in ("zone_id", "country", "region", "postal_prefix")))
        .where(chosen)
        .cte("areas")
    )


def in_force(areas: CTE) -> tuple[ColumnElement[bool], ...]:
    """Of tax rates: those that are due in the zones of areas now."""
    return (
        tax_rates.c.zone_id.in_(select(areas.c.zone_id)),
        or_(tax_rates.c.valid_from.is_(None), tax_rates.c.valid_from <= _AT),
        or_(tax_rates.c.valid_until.is_(None), tax_rates.c.valid_until > _AT),
    )


def rates_in(areas: CTE) -> Select[Any]:
    rate = cast(tax_rates.c.rate, Text)
    columns = (*(tax_rates.c[name] for name in ("zone_id", "tax_class_id", "name")), rate)
    return select(*columns).where(*in_force(areas)).order_by(tax_rates.c.id)


_prices_of_method = (
    select(shipping_rates)
    .where(
        shipping_rates.c.shipping_method_id == shipping_methods.c.id,
        among(shipping_rates.c.currency, "currencies"),
    )
    .order_by(shipping_rates.c.id)
    .correlate(shipping_methods)
)
METHODS: Final = (
    select(shipping_methods, documents("rates", _prices_of_method))
    .where(shipping_methods.c.channel_id == bindparam("channel_id", type_=Uuid()), shipping_methods.c.active == true())
    .order_by(shipping_methods.c.position, shipping_methods.c.id)
)
_areas = areas_where(among(zone_areas.c.country, "countries"))
_MARKET = Statement(
    select(documents("areas", select(_areas)), documents("rates", rates_in(_areas)), documents("methods", METHODS))
)
"""What holds for all carts of a channel: the areas of countries, the tax rates of their zones, and ways of shipping."""
_GROUPS = Statement(select(members).where(members.c.customer_id == any_(bindparam("customers", type_=ARRAY(Uuid())))))


async def variant_facts(
    connection: Connection,
    *,
    ids: Iterable[UUID] = (),
    skus: Iterable[str] = (),
    channel_id: UUID,
    language: str,
    at: datetime,
    cart_ids: Iterable[UUID] = (),
) -> list[VariantFacts]:
    """`cart_ids` are those whose reservations are theirs to use."""
    rows = await connection.fetch(
        _VARIANTS,
        ids=list(ids),
        skus=list(skus),
        channel_id=channel_id,
        language=language,
        at=at,
        own_cart_ids=list(cart_ids),
    )
    return [variant_of(row) for row in rows]


async def skus_in_use(connection: Connection, skus: Iterable[str]) -> frozenset[str]:
    """Those of them that something has, on sale or not."""
    return frozenset([row["sku"] for row in await connection.fetch(_SKUS, skus=list(skus))])


async def market_facts(
    connection: Connection, cart_list: Sequence[Cart], *, channel: Channel, language: str, at: datetime
) -> Mapping[UUID, MarketFacts]:
    """What is needed to price carts of one channel, by cart; three statements, and one more for each further currency
    or combination of customer groups.
    """
    found = await variant_facts(
        connection,
        ids={line.variant_id for cart in cart_list for line in cart.lines},
        channel_id=channel.id,
        language=language,
        at=at,
        cart_ids=[cart.id for cart in cart_list],
    )
    home = Address(country=channel.countries[0])
    market = await _market(connection, cart_list, channel, home, at)
    prices = await _prices(connection, cart_list, channel, at)
    variants_found = {variant.id: variant for variant in found}
    markets = {
        currency: market_of(market, channel, home, currency, language)
        for currency in sorted({cart.currency for cart in cart_list})
    }
    return {
        cart.id: replace(markets[cart.currency], variants=variants_found, prices=prices[cart.id]) for cart in cart_list
    }


def market_of(market: Mapping[str, Any], channel: Channel, home: Address, currency: str, language: str) -> MarketFacts:
    """Of the documents of areas, rates and methods; without variants and prices."""
    return MarketFacts(
        variants={},
        prices={},
        areas=tuple(map(_area, market["areas"])),
        rates=tuple(map(_rate, market["rates"])),
        methods=tuple(_method(each, currency, language) for each in market["methods"]),
        policy=TaxPolicy.of(channel),
        home=home,
        shipping_policy=channel.shipping_policy,
    )


async def groups_of(connection: Connection, customer_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """The customer groups of customers; none without asking for nobody."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await connection.fetch(_GROUPS, customers=list(customer_ids)) if customer_ids else ():
        found[row["customer_id"]].add(row["group_id"])
    return {customer_id: frozenset(groups) for customer_id, groups in found.items()}


async def _prices(
    connection: Connection, cart_list: Sequence[Cart], channel: Channel, at: datetime
) -> Mapping[UUID, Mapping[tuple[VariantId, int], PriceFound]]:
    customers = await groups_of(connection, {cart.customer_id for cart in cart_list if cart.customer_id})
    alike: defaultdict[tuple[str, frozenset[UUID]], list[Cart]] = defaultdict(list)
    for cart in cart_list:
        groups = customers.get(cart.customer_id, frozenset()) if cart.customer_id else frozenset()
        alike[cart.currency, groups].append(cart)
    prices: dict[UUID, Mapping[tuple[VariantId, int], PriceFound]] = {}
    for (currency, groups), of_them in alike.items():
        keys = {(line.variant_id, line.quantity) for cart in of_them for line in cart.lines}
        found: Any = await unit_prices(
            connection, keys, channel_id=channel.id, currency=currency, customer_group_ids=groups, at=at
        )
        prices |= {cart.id: found for cart in of_them}
    return prices


async def _market(
    connection: Connection, cart_list: Sequence[Cart], channel: Channel, home: Address, at: datetime
) -> Row:
    addresses = [address for cart in cart_list for address in (cart.billing_address, *_addresses(cart)) if address]
    countries = sorted({home.country, *(address.country for address in addresses)})
    currencies = sorted({cart.currency for cart in cart_list})
    found = await connection.fetch_one(
        _MARKET, countries=countries, at=at, currencies=currencies, channel_id=channel.id
    )
    assert found is not None  # noqa: S101 - it has no condition
    return found


def _area(document: _Document) -> Area:
    return Area(
        zone_id=ZoneId(UUID(document["zone_id"])),
        country=document["country"],
        region=document["region"],
        postal_prefix=document["postal_prefix"],
    )


def _rate(document: _Document) -> TaxRate:
    return TaxRate(
        zone_id=ZoneId(UUID(document["zone_id"])),
        tax_class_id=TaxClassId(UUID(document["tax_class_id"])),
        name=document["name"],
        rate=Decimal(document["rate"]),
    )


def _addresses(cart: Cart) -> Iterable[Address | None]:
    return (group.address for group in cart.ship_groups)


def _method(document: _Document, currency: str, language: str) -> ShippingMethod:
    texts = document["translations"].get(language, {})
    return ShippingMethod(
        id=ShippingMethodId(UUID(document["id"])),
        code=document["code"],
        name=texts.get("name") or document["name"],
        description=texts.get("description") or document["description"],
        tax_class_id=TaxClassId(UUID(document["tax_class_id"])),
        min_days=document["min_days"],
        max_days=document["max_days"],
        rates=tuple(_shipping_rate(rate) for rate in document["rates"] if rate["currency"] == currency),
    )


def _shipping_rate(document: _Document) -> ShippingRate:
    return ShippingRate(
        zone_id=ZoneId(UUID(document["zone_id"])),
        amount=document["amount"],
        free_from=document["free_from"],
        min_weight=document["min_weight"],
        max_weight=document["max_weight"],
        min_subtotal=document["min_subtotal"],
        max_subtotal=document["max_subtotal"],
    )


def variant_of(row: Mapping[str, Any]) -> VariantFacts:
    return VariantFacts(
        id=VariantId(row["id"]),
        product_id=ProductId(row["product_id"]),
        sku=row["sku"],
        title=row["title"],
        options=tuple(zip(row["option_names"], row["option_values"], strict=False)),
        image_url=row["media_url"] or (row["sha256"] and address_of(row["sha256"], row["content_type"])),
        weight=row["weight"],
        requires_shipping=row["requires_shipping"],
        tax_class_id=TaxClassId(row["tax_class_id"]) if row["taxable"] else None,
        on_sale=row["on_sale"],
        rules=QuantityRules(minimum=row["min_quantity"], maximum=row["max_quantity"], step=row["quantity_step"]),
        availability=availability(row),
        cost=None if row["cost"] is None else (row["cost"], row["cost_currency"]),
    )
