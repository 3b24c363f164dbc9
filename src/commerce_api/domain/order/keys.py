"""What an order is found by: a handful of short texts in one plain form, each with a letter before it that tells its kind."""

from collections.abc import Iterator, Mapping
from typing import Final

from commerce_api.domain.address import Address
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import mail_key, mail_keys, spelled
from commerce_api.domain.text_match import (
    TextMatch,
    phone_keys,
    phone_sought,
    pieces,
    plain_words,
    rotations,
    written_words,
)
from commerce_api.domain.value import value

MOST_LETTERS: Final = 100


class OrderKey(DescribedEnum):
    """What an order can be found by. The order is that of how few orders share one, the most telling first."""

    NUMBER = "NUMBER", "Its number."
    PO_NUMBER = "PO_NUMBER", "The number of the buyer's own order."
    EMAIL = "EMAIL", "The mail address that it was placed with."
    PHONE = "PHONE", "The buyer's telephone, or one of an address."
    ATTRIBUTE = "ATTRIBUTE", "What the storefront keeps of it, or a custom field says."
    CUSTOMER_NAME = "CUSTOMER_NAME", "Name on the bill."
    SHIP_TO_NAME = "SHIP_TO_NAME", "Name on a parcel."
    COMPANY = "COMPANY", "Company on the bill or on a parcel."
    POSTAL_CODE = "POSTAL_CODE", "Postal code of the bill or of a parcel."
    SKU = "SKU", "An article number in it."
    TAG = "TAG", "A word that staff gave it."


_K = OrderKey
LETTERS: Final = {
    _K.NUMBER: "#",
    _K.PO_NUMBER: "o",
    _K.EMAIL: "e",
    _K.PHONE: "p",
    _K.ATTRIBUTE: "a",
    _K.CUSTOMER_NAME: "n",
    _K.SHIP_TO_NAME: "s",
    _K.COMPANY: "c",
    _K.POSTAL_CODE: "z",
    _K.SKU: "k",
    _K.TAG: "t",
}
_KIND_OF: Final = {letter: kind for kind, letter in LETTERS.items()}
_OF_WORDS: Final = {_K.CUSTOMER_NAME, _K.SHIP_TO_NAME, _K.COMPANY}
_BEFORE_ALL: Final = "\x01"
_AFTER_SPACE: Final = "!"
_AFTER_ALL: Final = "\U0010ffff"


def kind_of(key: str) -> OrderKey:
    return _KIND_OF[key[0]]


@value
class Findable:
    """What of an order it can be found by."""

    number: str
    email: str
    phone: str
    bill_to: Address | None
    ship_to: tuple[Address, ...]
    skus: tuple[str, ...]
    attributes: Mapping[str, str]
    po_number: str = ""
    tags: tuple[str, ...] = ()


def order_keys(order: Findable) -> dict[str, str]:
    """The keys of an order with what each stands for, as it is written in the order. A name is there with each of its
    words first.
    """
    return {LETTERS[kind] + plain[:MOST_LETTERS]: shown[:MOST_LETTERS] for kind, plain, shown in _keys(order) if plain}


def _keys(order: Findable) -> Iterator[tuple[OrderKey, str, str]]:
    addresses = tuple(dict.fromkeys(address for address in (order.bill_to, *order.ship_to) if address))
    yield _K.NUMBER, spelled(order.number), order.number
    yield _K.PO_NUMBER, spelled(order.po_number), order.po_number
    yield from ((_K.TAG, plain_words(tag), tag) for tag in order.tags)
    yield from ((_K.EMAIL, mail, order.email) for mail in mail_keys(order.email))
    for phone in (order.phone, *(address.phone for address in addresses)):
        yield from ((_K.PHONE, digits, phone) for digits in phone_keys(phone))
    for name, text in order.attributes.items():
        yield _K.ATTRIBUTE, attribute_key(name, text), f"{name}: {text}"
    if order.bill_to:
        yield from _names(_K.CUSTOMER_NAME, person(order.bill_to))
    for address in order.ship_to:
        yield from _names(_K.SHIP_TO_NAME, person(address))
    for address in addresses:
        yield from _names(_K.COMPANY, address.company)
        yield _K.POSTAL_CODE, spelled(address.postal_code), address.postal_code
    yield from ((_K.SKU, spelled(sku), sku) for sku in order.skus)


def _names(kind: OrderKey, shown: str) -> Iterator[tuple[OrderKey, str, str]]:
    for words in dict.fromkeys((plain_words(shown), written_words(shown))):
        yield from ((kind, turned, shown) for turned in rotations(words))


def person(address: Address) -> str:
    return f"{address.first_name} {address.last_name}".strip()


def attribute_key(name: str, text: str) -> str:
    """Of nothing but signs there is none."""
    plain = plain_words(text)
    return f"{name.strip().lower()}={plain}" if plain else ""


def plain_form(kind: OrderKey, text: str) -> str:
    """What was typed, in the form in which keys are kept. Of an attribute it is the value only."""
    match kind:
        case OrderKey.PHONE:
            return phone_sought(text)
        case OrderKey.EMAIL:
            return mail_key(text)
        case OrderKey.NUMBER | OrderKey.PO_NUMBER | OrderKey.POSTAL_CODE | OrderKey.SKU:
            return spelled(text)
        case _:
            return plain_words(text)


def key_pieces(key: str) -> list[str]:
    """What a part of a key is found by; each piece tells of which kind it is."""
    return [key[0] + piece for piece in pieces(key[1:])]


@value
class HasKey:
    """Has a key of this kind that fits. `plain` is in plain form, `within` the name of an attribute, as it is kept."""

    kind: OrderKey
    match: TextMatch
    plain: str
    within: str = ""

    @property
    def whole(self) -> str:
        return LETTERS[self.kind] + (f"{self.within}=" if self.kind is _K.ATTRIBUTE else "") + self.plain

    @property
    def bounds(self) -> tuple[str, str]:
        """Keys that may fit are from the first on and before the second."""
        match self.match:
            case TextMatch.EXACT:
                return self.whole, self.whole + (_AFTER_SPACE if self.kind in _OF_WORDS else _BEFORE_ALL)
            case TextMatch.STARTS_WITH:
                return self.whole, self.whole + _AFTER_ALL
            case _:
                start = self.whole.removesuffix(self.plain)
                return start, start + _AFTER_ALL

    @property
    def one_key(self) -> bool:
        """Whether one single key fits."""
        return self.match is TextMatch.EXACT and self.kind not in _OF_WORDS

    def fits(self, key: str) -> bool:
        """The same as the database says."""
        first, end = self.bounds
        return first <= key < end and (self.match is not TextMatch.CONTAINS or self.plain in key[len(first) :])
