"""What quotes lack before they are sent, and who can give an approval that they lack: of any number of a channel's (Q7)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Final, Self, TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.cart import Cart
from commerce_api.domain.checkout import Missing, Requirement
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.limits import Limit
from commerce_api.domain.originals import Lineages
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import Quote, QuoteAction
from commerce_api.domain.quote.content import Price
from commerce_api.domain.quote.offering import Offered, barred, offered, within
from commerce_api.domain.quote.readiness import Readiness, sendable
from commerce_api.domain.staff import StaffMember
from commerce_api.domain.value import value
from commerce_api.operations.adjusting import categories_of
from commerce_api.operations.authenticate import holding
from commerce_api.persistence.readers.colleagues import colleagues_with
from commerce_api.persistence.readers.customers import emails_of
from commerce_api.persistence.sql import Connection

MOST: Final = 20
"""So many of those who can approve are named: one is enough."""
_APPROVAL: Final = Missing(requirement=Requirement.APPROVAL)
_Limits: TypeAlias = tuple[Limit, ...]


@value
class Written:
    """A quote that is being written, with all its lines as they are priced."""

    quote: Quote
    everything: PricedCart
    price: Price

    @classmethod
    def of(cls, quote: Quote, draft: Cart, price: Price) -> Self:
        return cls(quote=quote, everything=price(draft), price=price)

    def offered(self, limits: Sequence[Limit], categories: Lineages) -> Offered:
        return offered(self.quote, self.everything, self.price, limits, categories)


@value
class _Approver:
    member: StaffMember
    limits: _Limits


async def sending_of(
    connection: Connection, actor: Actor, channel_id: ChannelId, written: Sequence[Written]
) -> Mapping[Quote, Readiness]:
    """As this actor would send them now."""
    limits = actor.limits(Permission.AUTHOR_QUOTES, channel_id)
    known = await categories_of(connection, [each.everything for each in written], limits)
    offers = {each.quote: each.offered(limits, known) for each in written}
    missing = {quote: sendable(quote, offer, limits) for quote, offer in offers.items()}
    sender = actor.id if actor.may_in(Permission.AUTHOR_QUOTES, channel_id) else None
    waiting = [each for each in written if _APPROVAL in missing[each.quote]]
    without = {each.quote: barred(each.quote, offers[each.quote], sender) for each in waiting}
    approvers = await _approvers(connection, channel_id, waiting, without) if waiting else {}
    return {
        quote: Readiness(missing={QuoteAction.SEND: lacking}, approvers=approvers.get(quote, ()))
        for quote, lacking in missing.items()
    }


async def _approvers(
    connection: Connection, channel_id: ChannelId, waiting: Sequence[Written], without: Mapping[Quote, frozenset[UUID]]
) -> Mapping[Quote, tuple[StaffMember, ...]]:
    """Of each quote, without those who had a part in it."""
    candidates = await _candidates(connection, channel_id)
    limits = (limit for candidate in candidates for limit in candidate.limits)
    known = await categories_of(connection, [each.everything for each in waiting], limits)
    emails = await emails_of(connection, {each.quote.customer_id for each in waiting if each.quote.customer_id})
    found = {}
    for each in waiting:
        part = without[each.quote]
        own = emails.get(each.quote.customer_id) if each.quote.customer_id else None
        others = (c for c in candidates if c.member.id not in part and c.member.email != own)
        found[each.quote] = tuple(islice(_sufficing(each, others, known), MOST))
    return found


async def _candidates(connection: Connection, channel_id: ChannelId) -> Sequence[_Approver]:
    found = []
    for member, held in await colleagues_with(connection, Permission.APPROVE_QUOTES):
        actor = holding(ActorKind.STAFF, member.id, held)
        if actor.may_in(Permission.APPROVE_QUOTES, channel_id):
            found.append(_Approver(member=member, limits=actor.limits(Permission.APPROVE_QUOTES, channel_id)))
    return found


def _sufficing(written: Written, candidates: Iterator[_Approver], known: Lineages) -> Iterator[StaffMember]:
    """Those who may let so much go. Most have the limits of their role, which are judged once."""

    @cache
    def suffice(limits: _Limits) -> bool:
        return within(written.offered(limits, known), limits)

    return (candidate.member for candidate in candidates if suffice(candidate.limits))
