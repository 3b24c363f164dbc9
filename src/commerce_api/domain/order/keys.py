"""What an order is found by: a handful of short texts in one plain form, each with a letter before it that tells its kind."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from unicodedata import normalize

from commerce_api.domain.address import Address
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import folded, mail_key, mail_keys, spelled
from commerce_api.domain.text_match import (
    WORD,
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
    QUOTE_NUMBER = "QUOTE_NUMBER", "The number of the quote that it was made from."
    EMAIL = "EMAIL", "The mail address that it was placed with."
    PHONE = "PHONE", "The buyer's telephone, or one of an address."
    ATTRIBUTE = "ATTRIBUTE", "What the storefront keeps of it, or a custom field says."
    CUSTOMER_NAME = "CUSTOMER_NAME", "Name on the bill."
    SHIP_TO_NAME = "SHIP_TO_NAME", "Name on a parcel."
    COMPANY = "COMPANY", "Company on the bill or on a parcel."
    POSTAL_CODE = "POSTAL_CODE", "Postal code of the bill or of a parcel."
    SKU = "SKU", "An article number in it."
    TAG = "TAG", "A word that staff gave it."
    COMMENT = "COMMENT", "A word in a comment on it, shown with what stands around it."
    OWED_BACK = "OWED_BACK", "What has come in beyond what is owed, and is to be given back."
    BLOCK = "BLOCK", "What holds it up: codes of the reasons of its blocks."
    BACKORDER = "BACKORDER", "Articles in it that have still to come in."

    @property
    def place(self) -> int:
        return _PLACES[self]

    @property
    def is_queue(self) -> bool:
        """Whether it tells what is to be done with orders, of which there may be many, rather than which one is meant."""
        return self in _QUEUES

    @property
    def has_parts(self) -> bool:
        """Whether it is found by what it contains; others are found whole or by how they begin."""
        return self not in _WITHOUT_PARTS


_K = OrderKey
_PLACES: Final = {kind: place for place, kind in enumerate(_K)}
_QUEUES: Final = {_K.OWED_BACK, _K.BLOCK, _K.BACKORDER}
_WITHOUT_PARTS: Final = {_K.NUMBER, _K.QUOTE_NUMBER, _K.COMMENT, *_QUEUES}
LETTERS: Final = {
    _K.NUMBER: "#",
    _K.PO_NUMBER: "o",
    _K.QUOTE_NUMBER: "q",
    _K.EMAIL: "e",
    _K.PHONE: "p",
    _K.ATTRIBUTE: "a",
    _K.CUSTOMER_NAME: "n",
    _K.SHIP_TO_NAME: "s",
    _K.COMPANY: "c",
    _K.POSTAL_CODE: "z",
    _K.SKU: "k",
    _K.TAG: "t",
    _K.COMMENT: "m",
    _K.OWED_BACK: "r",
    _K.BLOCK: "b",
    _K.BACKORDER: "w",
}
_KIND_OF: Final = {letter: kind for kind, letter in LETTERS.items()}
_OF_WORDS: Final = {_K.CUSTOMER_NAME, _K.SHIP_TO_NAME, _K.COMPANY}
ANY: Final = "*"
"""Stands for whatever there is of a kind."""
_MOST_COMMENT_WORDS: Final = 1_000
_BEFORE_WORD: Final = 40
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
    quote_number: str = ""
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
    yield _K.QUOTE_NUMBER, spelled(order.quote_number), order.quote_number
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


def block_keys(reasons: Iterable[str]) -> dict[str, str]:
    """Those of an order that these reasons hold up."""
    return _all_and_each(_K.BLOCK, {reason: reason for reason in reasons})


def backorder_keys(articles: Iterable[str]) -> dict[str, str]:
    """Those of an order whose articles of these numbers, or names, have still to come in."""
    return _all_and_each(_K.BACKORDER, {spelled(article): article for article in articles})


def owed_back_keys(amount: str) -> dict[str, str]:
    """That of an order of whose money so much is to be given back; none if nothing is."""
    return {LETTERS[_K.OWED_BACK] + ANY: amount} if amount else {}


def _all_and_each(kind: OrderKey, shown: Mapping[str, str]) -> dict[str, str]:
    """Each of them, and one key that every order with any of them has."""
    of_all = {ANY: ", ".join(shown.values())} if shown else {}
    return {LETTERS[kind] + plain: text[:MOST_LETTERS] for plain, text in {**of_all, **shown}.items()}


def comment_keys(bodies: Iterable[str]) -> dict[str, str]:
    """Those of an order that this was written about, the last first: each word, with what stands around it where it was
    written last.
    """
    found: dict[str, str] = {}
    for body in bodies:
        text = " ".join(normalize("NFKC", body).split())
        for word in WORD.finditer(text):
            for plain in {folded(word.group()), spelled(word.group())} - {""}:
                found.setdefault(LETTERS[_K.COMMENT] + plain, _around(text, word.start()))
            if len(found) >= _MOST_COMMENT_WORDS:
                return found
    return found


def _around(text: str, at: int) -> str:
    start = 0 if at <= _BEFORE_WORD else text.find(" ", at - _BEFORE_WORD, at) + 1 or at
    return text[start : start + MOST_LETTERS]


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
        case OrderKey.NUMBER | OrderKey.PO_NUMBER | OrderKey.QUOTE_NUMBER | OrderKey.POSTAL_CODE | OrderKey.SKU:
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
