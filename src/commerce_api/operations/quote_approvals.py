"""Approving what goes beyond the limits of who wrote it: somebody else, exactly that content (Q7)."""

from typing import Final
from uuid import UUID

from commerce_api.domain import quote as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience, Quote
from commerce_api.domain.quote.offering import hash_of, within
from commerce_api.domain.value import value
from commerce_api.operations.quote_pricing import offered
from commerce_api.operations.quotes import ToQuote, at_desk, carried_out, said
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Approve(ToQuote):
    seen: str


async def approve(uow: UnitOfWork, wanted: Approve) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.APPROVE_QUOTES)
    if isinstance(quote, Refused):
        return quote
    limits = uow.by.actor.limits(Permission.APPROVE_QUOTES, quote.channel_id)
    offer = await offered(uow, quote, limits)
    asked = quote.approval
    now = hash_of(quote, offer.content, asked.valid_until, asked.terms) if asked else ""
    command = domain.ApproveQuote(
        seen=wanted.seen,
        content_hash=now,
        sufficient=within(offer, limits),
        by=uow.by.actor.id or _NOBODY,
    )
    return await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.INTERNAL))


async def reject_approval(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.APPROVE_QUOTES)
    if isinstance(quote, Refused):
        return quote
    command = domain.RejectApproval(by=uow.by.actor.id or _NOBODY)
    return await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.INTERNAL))


_NOBODY: Final = UUID(int=0)
