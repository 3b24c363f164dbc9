"""Reasons for holding orders up. They are data; rules look for theirs by its code (C.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import BlockReasonId, ChannelId
from commerce_api.domain.value import value


class ReasonKind(DescribedEnum):
    AUTOMATIC = "AUTOMATIC", "Only rules block for it."
    MANUAL = "MANUAL", "Only people block for it."
    BOTH = "BOTH", "Rules and people block for it."


class Stop(DescribedEnum):
    """What a block stands in the way of. Authorizing, commenting and canceling are always possible (B5)."""

    RELEASE = "RELEASE", "Handing goods over to a warehouse."
    CAPTURE = "CAPTURE", "Taking money."
    EDIT = "EDIT", "Changing the order."
    PICK = "PICK", "Taking goods off the shelves."
    SHIP = "SHIP", "Sending parcels."


class BlockScope(DescribedEnum):
    ORDER = "ORDER", "Whole orders only."
    LINES = "LINES", "Some lines of an order, or all of it."


USUAL_STOPS: Final = frozenset({Stop.RELEASE, Stop.CAPTURE})


@value
class BlockReason:
    """`channel_ids` None: everywhere. Blocks of a reason that is not in force in a channel are neither added nor raised there.

    Whoever may resolve blocks may resolve this one, unless it is for `only_resolver_roles`; holders of these roles may too.
    """

    id: BlockReasonId
    code: str
    kind: ReasonKind
    category: str
    stops: frozenset[Stop] = USUAL_STOPS
    scope: BlockScope = BlockScope.ORDER
    auto_resolve: bool = False
    resolver_roles: frozenset[str] = frozenset()
    only_resolver_roles: bool = False
    four_eyes: bool = False
    comment_required: bool = False
    names: Mapping[str, str]
    shopper_texts: Mapping[str, str]
    sla_hours: int | None = None
    channel_ids: frozenset[ChannelId] | None = None

    def in_force(self, channel_id: ChannelId) -> bool:
        return self.channel_ids is None or channel_id in self.channel_ids

    def due(self, at: datetime) -> datetime | None:
        """When what is blocked at this moment should have been looked at."""
        return None if self.sla_hours is None else at + timedelta(hours=self.sla_hours)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """In this language, else English, else any there is."""
    known = (texts.get(each) for each in (language, language.partition("-")[0], "en"))
    return next((text for text in known if text), next(iter(texts.values()), ""))
