"""Where an order came from, kept for analysis (S2-04): said once when it is placed, and never changed."""

from uuid import UUID

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.value import value


class OrderingChannel(DescribedEnum):
    """Through what the buyer spoke to the shop. Not to be confused with the channel, which is the shop front."""

    APP = "APP", "An app on a device of the buyer's."
    BRANCH = "BRANCH", "In person, in a branch."
    CHAT = "CHAT", "A conversation in writing."
    EMAIL = "EMAIL", "A letter by mail."
    MARKETPLACE = "MARKETPLACE", "Somebody else's shop, where ours is one of many."
    OTHER = "OTHER", "None of these."
    PHONE = "PHONE", "A call."
    WEB = "WEB", "A web site."


class PredecessorKind(DescribedEnum):
    ORDER = "ORDER", "An order that was copied."
    QUOTE = "QUOTE", "A quote that was accepted."


@value
class Predecessor:
    """What an order was made from."""

    kind: PredecessorKind
    id: UUID


@value
class Origin:
    """What is said of where an order comes from; empty is unknown."""

    channel: OrderingChannel | None = None
    source: str = ""
    campaign: str = ""
    device: str = ""
    store: str = ""
