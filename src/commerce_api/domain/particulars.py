"""What is said of a cart, a quote or an order as a whole, beside what is bought and where it goes (S2-29)."""

from dataclasses import field
from typing import Final

from commerce_api.domain.custom_field import NO_FIELDS, FieldValues
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.value import replace, value

MOST_TAGS: Final = 20


class Priority(DescribedEnum):
    """What staff attend to first."""

    URGENT = "URGENT", "Before everything else."
    HIGH = "HIGH", "Before what is usual."
    NORMAL = "NORMAL", "As usual."
    LOW = "LOW", "When there is time."


@value
class Particulars:
    """`po_number` is the number that the buyer's own order has; `priority` and `tags` are of staff and for staff."""

    po_number: str = field(default="", repr=False)
    gift: bool = False
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    fields: FieldValues = field(repr=False)


NOTHING_SAID: Final = Particulars(fields=NO_FIELDS)


def joined(own: Particulars, other: Particulars) -> Particulars:
    """What both say; where they differ, one's own counts."""
    return replace(
        own,
        po_number=own.po_number or other.po_number,
        gift=own.gift or other.gift,
        tags=tuple(dict.fromkeys((*own.tags, *other.tags)))[:MOST_TAGS],
        fields=dict(sorted({**other.fields, **own.fields}.items())),
    )
