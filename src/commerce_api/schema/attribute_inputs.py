"""Values of attributes and custom fields as clients send them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import UNSET


@strawberry.input(one_of=True, description="A value of an attribute or a custom field, of its kind.")
class AttributeValueInput:
    text: str | None = strawberry.field(default=UNSET, description="Of a TEXT.")
    number: Decimal | None = strawberry.field(default=UNSET, description="Of a NUMBER.")
    boolean: bool | None = strawberry.field(default=UNSET, description="Of a BOOLEAN.")
    date: dt.date | None = strawberry.field(default=UNSET, description="Of a DATE.")
    choices: list[str] | None = strawberry.field(default=UNSET, description="Of a CHOICE.")

    def plain(self) -> Any:
        """The one value that was given, as it is stored."""
        sent = [each for each in vars(self).values() if each is not UNSET]
        raw = sent[0] if sent else None
        return str(raw) if isinstance(raw, Decimal | dt.date) else raw
