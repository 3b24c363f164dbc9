"""Differences between versions of an order in words, for people of the shop and for its customers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import decimal_of
from commerce_api.domain.order.differences import Difference, Form, OrderDifferenceKind, Part
from commerce_api.domain.order.state import OrderState
from commerce_api.domain.order.wording import for_shoppers

_ENGLISH: Final = {
    "lines": "Line {number} ({title})",
    "shipGroups": "Delivery {number}",
    "charges": "{title}",
    "payments": "Payment {number}",
    "share": "Delivery {number}, {title}",
    "ADDED": "{subject} added: {after}",
    "REMOVED": "{subject} removed: {before}",
    "changed": "{subject} changed",
    "sku": "article number",
    "name": "name",
    "quantity": "quantity",
    "canceled": "canceled units",
    "unitPrice": "unit price",
    "discountTotal": "discount",
    "tax": "tax",
    "taxTotal": "tax",
    "subtotal": "subtotal",
    "total": "total",
    "shippingTotal": "shipping",
    "chargeTotal": "other charges",
    "amount": "amount",
    "attributes": "further details",
    "address": "address",
    "methodName": "shipping method",
    "instructions": "instructions",
    "state": "state",
    "email": "mail address",
    "phone": "phone number",
    "language": "language",
    "billingAddress": "billing address",
    "shippingPolicy": "shipping policy",
    "SHIP_TOGETHER": "everything together",
    "AS_AVAILABLE": "as it is available",
    "tieGroup": "group that leaves together",
    "requestedShipDate": "not before",
    "requests.instructions": "instructions",
    "requests.giftMessage": "gift message",
    "requests.requestedShipDate": "not before",
    "requests.expedite": "in haste",
    "True": "yes",
    "False": "no",
    "note": "note",
    "poNumber": "your order number",
    "gift": "gift",
    ".": ".",
    "": "none",
}
_GERMAN: Final = {
    "lines": "Position {number} ({title})",
    "shipGroups": "Lieferung {number}",
    "charges": "{title}",
    "payments": "Zahlung {number}",
    "share": "Lieferung {number}, {title}",
    "ADDED": "{subject} neu: {after}",
    "REMOVED": "{subject} entfällt: {before}",
    "changed": "{subject} geändert",
    "sku": "Artikelnummer",
    "name": "Bezeichnung",
    "quantity": "Menge",
    "canceled": "stornierte Menge",
    "unitPrice": "Einzelpreis",
    "discountTotal": "Nachlass",
    "tax": "Steuer",
    "taxTotal": "Steuer",
    "subtotal": "Zwischensumme",
    "total": "Summe",
    "shippingTotal": "Versand",
    "chargeTotal": "weitere Kosten",
    "amount": "Betrag",
    "attributes": "weitere Angaben",
    "address": "Anschrift",
    "methodName": "Versandart",
    "instructions": "Hinweise",
    "state": "Stand",
    "email": "Mailadresse",
    "phone": "Telefonnummer",
    "language": "Sprache",
    "billingAddress": "Rechnungsanschrift",
    "shippingPolicy": "Versand der Bestellung",
    "SHIP_TOGETHER": "alles zusammen",
    "AS_AVAILABLE": "sobald verfügbar",
    "tieGroup": "Gruppe, die zusammen versandt wird",
    "requestedShipDate": "nicht vor dem",
    "requests.instructions": "Hinweise",
    "requests.giftMessage": "Grußtext",
    "requests.requestedShipDate": "nicht vor dem",
    "requests.expedite": "eilig",
    "True": "ja",
    "False": "nein",
    "note": "Anmerkung",
    "poNumber": "Ihre Bestellnummer",
    "gift": "Geschenk",
    ".": ",",
    "": "nichts",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN})


def label(difference: Difference, currency: str, language: str) -> str:
    """One line, such as `Line 2 (Kettle): quantity 3 → 2`."""
    words, subject = _WORDS.get(language.partition("-")[0], _ENGLISH), _subject(difference, language)
    before, after = (_shown(difference, each, currency, language) for each in (difference.before, difference.after))
    if difference.kind is not OrderDifferenceKind.CHANGED:
        return words[difference.kind].format(subject=subject, before=before, after=after)
    about = difference.aspect.label or words[difference.aspect.name] if difference.aspect else ""
    if before is None and after is None:
        return words["changed"].format(subject=f"{subject}: {about}" if subject else _capital(about))
    told = f"{before or words['']} → {after or words['']}"
    return f"{subject}: {about} {told}" if subject else f"{_capital(about)}: {told}"


def _subject(difference: Difference, language: str) -> str:
    if difference.part in {Part.ORDER, Part.TOTALS}:
        return ""
    words = _WORDS.get(language.partition("-")[0], _ENGLISH)
    form = words["share" if difference.line_id else difference.part.value]
    return form.format(number=difference.number, title=difference.title)


def _shown(difference: Difference, kept: Any, currency: str, language: str) -> str | None:
    """None for what is too long to be told in a line."""
    if isinstance(kept, Mapping):
        return _address(kept) if form_of(difference) is Form.ADDRESS else None
    if kept is None or kept == "":
        return ""
    if form_of(difference) is Form.AMOUNT:
        mark = _WORDS.get(language.partition("-")[0], _ENGLISH)["."]
        return f"{decimal_of(kept, DIGITS[currency])} {currency}".replace(".", mark)
    if difference.aspect and difference.aspect.name == "state":
        return for_shoppers(OrderState(kept), language)
    if isinstance(kept, bool) or (difference.aspect and difference.aspect.name == "shippingPolicy"):
        return _WORDS.get(language.partition("-")[0], _ENGLISH)[str(kept)]
    return ", ".join(kept) if isinstance(kept, list) else str(kept)


def form_of(difference: Difference) -> Form:
    """Of both its values."""
    if difference.aspect:
        return difference.aspect.form
    whole = {Part.CHARGE: Form.AMOUNT, Part.PAYMENT: Form.AMOUNT, Part.SHIP_GROUP: Form.ADDRESS}
    return whole.get(difference.part, Form.PLAIN)


def _address(kept: Mapping[str, Any]) -> str:
    person = f"{kept['first_name']} {kept['last_name']}".strip() or kept["company"]
    place = f"{kept['postal_code']} {kept['city']}".strip()
    return ", ".join(part for part in (person, kept["line1"], kept["line2"], place, kept["country"]) if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
