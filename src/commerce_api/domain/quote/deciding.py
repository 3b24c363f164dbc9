"""Deciding about quotes, and what the decisions make of them."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any, Final

from commerce_api.domain.decision import Decision, Refusal, Refused
from commerce_api.domain.quote import commands as c
from commerce_api.domain.quote import events as e
from commerce_api.domain.quote import refusals as r
from commerce_api.domain.quote.choices import against_chosen
from commerce_api.domain.quote.state import OPEN, PROMISED, Approval, Offer, Quote, QuoteState
from commerce_api.domain.value import replace

_S = QuoteState


def decide(quote: Quote, command: c.QuoteCommand) -> Decision[e.QuoteEvent]:
    if reasons := tuple(against(quote, command)):
        return Refused(reasons=reasons)
    return list(_happens(quote, command))


def against(quote: Quote, command: c.QuoteCommand) -> Iterator[Refusal]:
    """All that stands against it."""
    match command:
        case c.AcceptQuote() | c.ConvertQuote() | c.DeclineQuote() | c.CounterQuote():
            yield from _against_buyer(quote, command)
        case c.ApproveQuote() | c.RejectApproval():
            yield from _against_approver(quote, command)
        case _:
            yield from _against_author(quote, command)


_OfBuyer = c.AcceptQuote | c.ConvertQuote | c.DeclineQuote | c.CounterQuote
_OfApprover = c.ApproveQuote | c.RejectApproval
_OfAuthor = c.ReviewQuote | c.ChangeQuote | c.SendQuote | c.WithdrawQuote | c.ReopenQuote


def _against_buyer(quote: Quote, command: _OfBuyer) -> Iterator[Refusal]:
    """The version first: what somebody else has sent since must not be taken for what was seen."""
    state, offer = quote.state_at(command.at), quote.offer
    if state is _S.CONVERTED and quote.order_id:
        yield r.QuoteAlreadyConverted(order_id=quote.order_id)
    elif offer is None:
        yield r.QuoteNotSent()
    elif isinstance(command, c.AcceptQuote | c.ConvertQuote) and command.version != offer.version:
        yield r.QuoteVersionStale(path=("version",), current_version=offer.version)
    elif state is _S.EXPIRED:
        yield r.QuoteExpired(valid_until=offer.valid_until)
    else:
        yield from _against_answer(quote, command, state)


def _against_answer(quote: Quote, command: _OfBuyer, state: QuoteState) -> Iterator[Refusal]:
    match command:
        case c.ConvertQuote():
            yield from _against_ordering(quote, command, state)
        case c.AcceptQuote() if state in PROMISED:
            yield from _against_choosing(quote, command)
        case _:
            if state is not _S.SENT:
                yield r.QuoteAgreedOn() if state is _S.ACCEPTED else r.QuoteNotSent()


def _against_ordering(quote: Quote, command: c.ConvertQuote, state: QuoteState) -> Iterator[Refusal]:
    if state is not _S.ACCEPTED:
        yield r.QuoteNotAccepted()
    if command.in_part and not (quote.offer and quote.offer.partial):
        yield r.QuoteNotPartial(path=("lines",))


def _against_choosing(quote: Quote, command: c.AcceptQuote) -> Iterator[Refusal]:
    """Accepting again what was accepted is no mistake."""
    if quote.chosen is None:
        yield from against_chosen(quote.choices, command.chosen, "chosenLineIds")
    elif set(quote.chosen) != set(command.chosen):
        yield r.QuoteChosenOtherwise(path=("chosenLineIds",))


def _against_approver(quote: Quote, command: _OfApprover) -> Iterator[Refusal]:
    approval = quote.approval
    if quote.state is not _S.APPROVAL or approval is None:
        yield r.QuoteNotInApproval()
        return
    if command.by in approval.barred:
        yield r.FourEyes()
    if isinstance(command, c.ApproveQuote):
        if len({command.seen, command.content_hash, approval.content_hash}) > 1:
            yield r.QuoteContentChanged(path=("contentHash",), content_hash=command.content_hash)
        if not command.sufficient:
            yield r.QuoteBeyondYourLimit()


def _against_author(quote: Quote, command: _OfAuthor) -> Iterator[Refusal]:
    states, refusal = _WHILE[type(command)]
    state = quote.state_at(command.at)
    if quote.order_id and state is _S.CONVERTED:
        yield r.QuoteAlreadyConverted(order_id=quote.order_id)
    elif state is _S.ACCEPTED and isinstance(command, c.WithdrawQuote):
        yield r.QuoteAgreedOn()
    elif state not in states:
        yield refusal()
    if isinstance(command, c.SendQuote):
        yield from _against_moments(command)


def _against_moments(command: c.SendQuote) -> Iterator[Refusal]:
    if command.valid_until <= command.at:
        yield r.QuoteValidityOver(path=("validUntil",))
    if command.reserve_until and not command.at < command.reserve_until <= command.valid_until:
        yield r.QuoteHoldOutlasts(path=("reserveUntil",))


_WHILE: Final[dict[type, tuple[frozenset[QuoteState], Callable[[], Refusal]]]] = {
    c.ReviewQuote: (frozenset({_S.REQUESTED, _S.COUNTERED}), r.QuoteNotRequested),
    c.ChangeQuote: (OPEN, r.QuoteNotOpen),
    c.SendQuote: (OPEN, r.QuoteNotOpen),
    c.WithdrawQuote: (OPEN | {_S.REQUESTED, _S.COUNTERED, _S.SENT}, r.QuoteOver),
    c.ReopenQuote: (frozenset({_S.SENT, _S.EXPIRED, _S.DECLINED, _S.WITHDRAWN}), r.QuoteNotOver),
}
"""In which states its authors can do what, and why not in others."""


def _happens(quote: Quote, command: c.QuoteCommand) -> Iterator[e.QuoteEvent]:
    version = quote.version
    match command:
        case c.SendQuote():
            yield from _sent(quote, command)
        case c.AcceptQuote(chosen=chosen, evidence=evidence):
            if quote.state is _S.SENT:
                yield e.QuoteAccepted(version=version, chosen=tuple(sorted(set(chosen))), evidence=evidence)
        case c.ConvertQuote(order_id=order_id, last=last):
            converted = e.QuoteConverted if last else e.QuotePartlyConverted
            yield converted(version=version, order_id=order_id)
        case c.ApproveQuote(content_hash=content_hash, by=by):
            yield e.QuoteApproved(content_hash=content_hash, by=by)
        case c.ReviewQuote() | c.RejectApproval():
            yield _OF_PERSON[type(command)](by=command.by)
        case c.ChangeQuote() | c.ReopenQuote():
            yield _rewritten(version, command)
        case _:
            yield _OF_VERSION[type(command)](version=version)


def _rewritten(version: int, command: c.ChangeQuote | c.ReopenQuote) -> e.QuoteEvent:
    if isinstance(command, c.ChangeQuote):
        return e.QuoteChanged(choices=command.choices)
    return e.QuoteReopened(version=version, choices=command.choices)


_OF_PERSON: Final[dict[type, Callable[..., e.QuoteEvent]]] = {
    c.ReviewQuote: e.QuoteTakenUp,
    c.RejectApproval: e.QuoteApprovalRejected,
}
_OF_VERSION: Final[dict[type, Callable[..., e.QuoteEvent]]] = {
    c.DeclineQuote: e.QuoteDeclined,
    c.CounterQuote: e.QuoteCountered,
    c.WithdrawQuote: e.QuoteWithdrawn,
}


def _sent(quote: Quote, command: c.SendQuote) -> Iterator[e.QuoteEvent]:
    """What goes beyond limits leaves with an approval of exactly this content only; without one it is asked for."""
    approval = quote.approval
    same = approval is not None and approval.content_hash == command.content_hash
    if command.beyond_limits and not (same and approval and approval.approved_by):
        if not (same and quote.state is _S.APPROVAL):
            barred = tuple(sorted(command.barred))
            yield e.QuoteApprovalAsked(
                content_hash=command.content_hash,
                barred=barred,
                valid_until=command.valid_until,
                terms=command.terms,
                comment=command.comment,
                reserve_until=command.reserve_until,
                partial=command.partial,
            )
        return
    yield e.QuoteSent(
        version=quote.version + 1,
        content_hash=command.content_hash,
        sent_at=command.at,
        valid_until=command.valid_until,
        reserve_until=command.reserve_until,
        partial=command.partial,
        approved_by=approval.approved_by if approval and same else None,
    )


def evolve(quote: Quote, event: e.QuoteEvent) -> Quote:
    match event:
        case e.QuoteTakenUp(by=by):
            return replace(quote, state=_S.IN_REVIEW, author=by)
        case e.QuoteChanged() | e.QuoteReopened() | e.QuoteApprovalRejected():
            return _written_anew(quote, event)
        case e.QuoteAccepted(chosen=chosen):
            return replace(quote, state=_S.ACCEPTED, chosen=chosen)
        case e.QuoteApprovalAsked():
            asked = Approval(**{name: getattr(event, name) for name in _ASKED})
            return replace(quote, state=_S.APPROVAL, approval=asked)
        case e.QuoteApproved(by=by):
            approved = quote.approval and replace(quote.approval, approved_by=by)
            return replace(quote, state=_S.DRAFT, approval=approved)
        case e.QuoteSent():
            return replace(quote, state=_S.SENT, offer=Offer(**{name: getattr(event, name) for name in _OFFERED}))
        case e.QuoteConverted(order_id=order_id):
            return replace(quote, state=_S.CONVERTED, order_id=order_id)
        case _:
            return replace(quote, state=_LED_TO.get(type(event), quote.state))


def _written_anew(quote: Quote, event: e.QuoteEvent) -> Quote:
    choices = event.choices if isinstance(event, e.QuoteChanged | e.QuoteReopened) else None
    known = quote.choices if choices is None else choices
    return replace(quote, state=_S.DRAFT, approval=None, choices=known, chosen=None)


_OFFERED: Final = tuple(Offer.__dataclass_fields__)
_ASKED: Final = tuple(e.QuoteApprovalAsked.__dataclass_fields__)

_LED_TO: Final[dict[type[Any], QuoteState]] = {
    e.QuoteDeclined: _S.DECLINED,
    e.QuoteCountered: _S.COUNTERED,
    e.QuoteWithdrawn: _S.WITHDRAWN,
}


def evolved(quote: Quote, events: Sequence[e.QuoteEvent]) -> Quote:
    return reduce(evolve, events, quote)
