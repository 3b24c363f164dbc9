"""Reads the inputs of catalog work: texts, HTML, handles, ids, and what they refer to."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from strawberry import UNSET

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.rich_text import sanitized
from commerce_api.domain.spelling import words_of
from commerce_api.operations.products import Reference
from commerce_api.schema.node import key_of
from commerce_api.schema.scalars import MoneyInput

NEW: Final = UUID(int=0)
"""Stands where the operation will put a new id."""

MOST_HTML: Final = 100_000
_HANDLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


class CatalogIntake(Intake):
    """An intake that also notes which things an input refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[Reference] = []

    def html(self, raw: str | None, *path: str) -> str:
        """HTML without anything harmful."""
        text = self.text(raw, *path, most=MOST_HTML)
        return sanitized(text) if len(text) <= MOST_HTML else ""

    def handle(self, raw: str | None, title: str, *path: str) -> str:
        """As given, or made of the title."""
        handle = raw if raw is not None else "-".join(words_of(title))
        if not _HANDLE.fullmatch(handle) or len(handle) > 100:  # noqa: PLR2004 - said in the problem
            self.invalid("Small letters and digits with single hyphens between them, at most 100.", *path)
        return handle

    def code(self, raw: str, *path: str) -> str:
        if not _CODE.fullmatch(raw) or len(raw) > 50:  # noqa: PLR2004 - said in the problem
            self.invalid("Small letters and digits with - _ . between them, at most 50.", *path)
        return raw

    def refer(self, raw: str | None, prefix: str, *path: str) -> UUID | None:
        """The key of a thing that has to exist; None for none given."""
        if raw is None:
            return None
        key = key_of(raw, prefix) or NEW
        self.references.append(Reference(prefix=prefix, id=key, path=path))
        return key

    def refer_all(self, raws: Iterable[str], prefix: str, *path: str) -> tuple[UUID, ...]:
        keys = [self.refer(raw, prefix, *path, str(place)) or NEW for place, raw in enumerate(raws)]
        return tuple(dict.fromkeys(keys))

    def texts(self, raws: Iterable[str], *path: str, most: int = 100, many: int = 250) -> tuple[str, ...]:
        """Several short texts, each once and none empty."""
        texts = [self.text(raw, *path, str(place), most=most, required=True) for place, raw in enumerate(raws)]
        if len(texts) > many:
            self.invalid(f"At most {many}, please.", *path)
        return tuple(texts)

    def number(self, raw: int, *path: str, least: int = 0, most: int = 10**9) -> int:
        if not least <= raw <= most:
            self.invalid(f"Between {least} and {most}, please.", *path)
        return raw

    def money(self, raw: MoneyInput, *path: str) -> tuple[int, str]:
        """Minor units, with their currency."""
        minor = minor_of(raw.amount, DIGITS[raw.currency_code])
        if minor is None or minor < 0:
            self.invalid("An amount of this currency, not negative.", *path, "amount")
        return minor or 0, raw.currency_code


_MAY_BE_NOTHING: Final = {
    *("sku", "backorder_limit", "max_quantity", "cost", "media_id", "successor_id", "parent_id"),
    *("customer_group_id", "valid_from", "valid_until"),
}


def given(input: Any, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The fields of an input that were sent, each read by its reader. Null means nothing where a thing may have none;
    elsewhere it is as if left out.
    """
    sent = {name: getattr(input, name) for name in readers}
    return {
        name: readers[name](raw)
        for name, raw in sent.items()
        if raw is not UNSET and (raw is not None or name in _MAY_BE_NOTHING)
    }
