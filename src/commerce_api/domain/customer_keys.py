"""What a customer is found by (S1-16): keys, kept beside the customer in the spelling of `folding`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import folded, mail_key, mail_keys, spelled
from commerce_api.domain.text_match import phone_keys, phone_sought, pieces
from commerce_api.domain.value import value


class CustomerKey(DescribedEnum):
    LOGON = "LOGON", "What the customer signs in with."
    FIRST_NAME = "FIRST_NAME", "Given name."
    LAST_NAME = "LAST_NAME", "Family name."
    PHONE = "PHONE", "Any telephone number of the customer."
    EMAIL = "EMAIL", "Any mail address of the customer."
    POSTAL_CODE = "POSTAL_CODE", "Postal code of any address."
    CITY = "CITY", "Town of any address."
    COMPANY = "COMPANY", "Company in any address."
    ACCOUNT = "ACCOUNT", "Name or number of the account that the customer buys for."
    ORDER_NUMBER = "ORDER_NUMBER", "Number of an order of the customer."


BOTH_NAMES: Final = "BOTH_NAMES"
"""A kind of key that nobody asks for by name: first and last name, whichever comes first."""

_AS_WRITTEN: Final = "~"
"""Behind a kind: with ae, oe and ue as they were written, where that is another text. What a text is to contain may begin or
end within them.
"""


@value
class Traits:
    """Everything about a customer that a key is made of."""

    logon: str
    emails: tuple[str, ...]
    first_name: str
    last_name: str
    phones: tuple[str, ...]
    postal_codes: tuple[str, ...]
    cities: tuple[str, ...]
    companies: tuple[str, ...]
    accounts: tuple[str, ...]


def both_names(first: str, last: str) -> str:
    """The same in either order; empty unless both are there."""
    names = sorted((folded(first), folded(last)))
    return " ".join(names) if all(names) else ""


def _written(kind: CustomerKey, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield kind, (short := folded(text))
        if (whole := spelled(text)) != short:
            yield kind + _AS_WRITTEN, whole


def keys_of(traits: Traits) -> frozenset[tuple[str, str]]:
    """Kind and text of every key."""
    phones = {key for phone in traits.phones for key in phone_keys(phone)}
    mails = {key for email in traits.emails for key in mail_keys(email)}
    keys = {
        (CustomerKey.LOGON, mail_key(traits.logon)),
        (BOTH_NAMES, both_names(traits.first_name, traits.last_name)),
        *_written(CustomerKey.FIRST_NAME, [traits.first_name]),
        *_written(CustomerKey.LAST_NAME, [traits.last_name]),
        *((CustomerKey.PHONE, digits) for digits in phones),
        *((CustomerKey.EMAIL, mail) for mail in mails),
        *((CustomerKey.POSTAL_CODE, spelled(code)) for code in traits.postal_codes),
        *_written(CustomerKey.CITY, traits.cities),
        *_written(CustomerKey.COMPANY, traits.companies),
        *_written(CustomerKey.ACCOUNT, traits.accounts),
    }
    return frozenset((str(kind), text) for kind, text in keys if text)


def sought(key: CustomerKey, text: str) -> str:
    """What somebody looks for, in the spelling of the keys. Empty if nothing is left of it."""
    return _SPELLING.get(key, folded)(text)


def kinds_with(key: CustomerKey) -> tuple[str, str]:
    """Where a text that contains something may be found."""
    return key, key + _AS_WRITTEN


def parts_sought(key: CustomerKey, text: str) -> frozenset[str]:
    """What has to be contained: as it is folded, or as it is written; the last digits of a number may begin with a zero."""
    own = sought(key, text)
    return frozenset({own} if key in _SPELLING and key is not CustomerKey.PHONE else {own, spelled(text)})


def marks_of(kind: str, text: str) -> list[str]:
    """Every three characters in a row, with the kind of key they stand in: what is looked up for texts that contain another."""
    sort = _SORTS[kind.removesuffix(_AS_WRITTEN)]
    return [f"{sort}{piece}" for piece in pieces(text)]


def all_marks(keys: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({mark for kind, text in keys if kind != BOTH_NAMES for mark in marks_of(kind, text)})


_SPELLING: Final[dict[CustomerKey, Callable[[str], str]]] = {
    CustomerKey.LOGON: mail_key,
    CustomerKey.PHONE: phone_sought,
    CustomerKey.EMAIL: mail_key,
    CustomerKey.POSTAL_CODE: spelled,
    CustomerKey.ORDER_NUMBER: lambda text: text.strip().upper(),
}
_SORTS: Final = {str(key): letter for key, letter in zip(CustomerKey, "LFNPEZCOAR", strict=True)}
