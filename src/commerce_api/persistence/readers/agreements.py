"""Agreements out of the documents that they are kept as, and out of the rows of a placed order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from commerce_api.domain.agreement import (
    AgreedCharge,
    AgreedLine,
    AgreedShipping,
    Agreement,
    AgreementSource,
    PricePolicy,
    RatesAt,
)
from commerce_api.domain.channel import CrossBorder, RoundingLevel
from commerce_api.domain.ids import AdjustmentId, CartLineId, ShipGroupId, ShippingMethodId, TaxClassId
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import Rate, TaxPolicy
from commerce_api.domain.totals import AgreedDeductions, AgreedTax, Discount, Portion
from commerce_api.domain.zone import Place
from commerce_api.persistence.readers.orders import discounts_of, tax_line


def agreement_of_document(document: Mapping[str, Any] | None) -> Agreement | None:
    if document is None:
        return None
    return Agreement(
        source=AgreementSource(document["source"]),
        policy=_policy(document["policy"]),
        price_policy=PricePolicy(document["price_policy"]),
        recalculate_shipping=document["recalculate_shipping"],
        lines=tuple(_line(line) for line in document["lines"]),
        shipping=tuple(_shipping(one) for one in document["shipping"]),
        charges=tuple(_charge(one) for one in document["charges"]),
        charges_at=_place(document["charges_at"]),
    )


def rates_of(document: Iterable[Mapping[str, Any]]) -> tuple[Rate, ...]:
    return tuple(Rate(name=rate["name"], rate=Decimal(rate["rate"])) for rate in document)


def _policy(document: Mapping[str, Any]) -> TaxPolicy:
    return TaxPolicy(
        prices_include_tax=document["prices_include_tax"],
        rounding=Rounding(document["rounding"]),
        level=RoundingLevel(document["level"]),
        cross_border=CrossBorder(document["cross_border"]),
    )


def _line(document: Mapping[str, Any]) -> AgreedLine:
    return AgreedLine(
        line_id=CartLineId(UUID(document["line_id"])),
        quantity=document["quantity"],
        unit_price=document["unit_price"],
        requires_shipping=document["requires_shipping"],
        discounts=tuple(Discount(**discount) for discount in document["discounts"]),
        taxes=tuple(_rates_at(taxes) for taxes in document["taxes"]),
        agreed_tax=_agreed_tax(document["agreed_tax"]) if document["agreed_tax"] else None,
        deductions=_deductions(document["deductions"]) if document["deductions"] else None,
    )


def _deductions(document: Mapping[str, Any]) -> AgreedDeductions:
    return AgreedDeductions(worth=document["worth"], shares=tuple(discounts_of({"discounts": document["shares"]})))


def _agreed_tax(document: Mapping[str, Any]) -> AgreedTax:
    return AgreedTax(
        portions=tuple(Portion(quantity=one["quantity"], rates=rates_of(one["rates"])) for one in document["portions"]),
        shown=document["shown"],
        taxes=tuple(tax_line(tax) for tax in document["taxes"]),
    )


def _shipping(document: Mapping[str, Any]) -> AgreedShipping:
    method_id = document["method_id"]
    return AgreedShipping(
        ship_group_id=ShipGroupId(UUID(document["ship_group_id"])),
        method_id=ShippingMethodId(UUID(method_id)) if method_id else None,
        code=document["code"],
        name=document["name"],
        amount=document["amount"],
        tax_class_id=TaxClassId(UUID(document["tax_class_id"])) if document["tax_class_id"] else None,
        taxes=_rates_at(document["taxes"]),
    )


def _charge(document: Mapping[str, Any]) -> AgreedCharge:
    return AgreedCharge(
        id=AdjustmentId(UUID(document["id"])),
        place=Place(**document["place"]),
        tax=_agreed_tax(document["tax"]),
    )


def _place(document: Mapping[str, Any] | None) -> Place | None:
    return Place(**document) if document else None


def _rates_at(document: Mapping[str, Any]) -> RatesAt:
    return RatesAt(place=Place(**document["place"]), rates=rates_of(document["rates"]))
