from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import quote as q
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.blocks import Owner, OwnerKind
from commerce_api.domain.cart import Author
from commerce_api.domain.ids import CartLineId, OrderId
from commerce_api.domain.quote import QuoteAction, QuoteState
from commerce_api.domain.quote.choices import Choice, ChoiceKind
from tests.domain.quotes import AT, BOSS, GRACE, UNTIL, after, quote, reasons, send, sent, staff, waiting

INSTANT = timedelta(microseconds=1)
ORDER = OrderId(UUID(int=21))
REVIEW, CHANGE = q.ReviewQuote(by=staff(BOSS), at=AT), q.ChangeQuote(at=AT)
ACCEPT, DECLINE, COUNTER = q.AcceptQuote(version=1, at=AT), q.DeclineQuote(at=AT), q.CounterQuote(at=AT)
CONVERT = q.ConvertQuote(version=1, order_id=ORDER, at=AT)
WITHDRAW, REOPEN = q.WithdrawQuote(at=AT), q.ReopenQuote(at=AT)


def approve(seen="h", now="h", *, sufficient=True, by=BOSS):
    return q.ApproveQuote(seen=seen, content_hash=now, sufficient=sufficient, by=by)


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ((), QuoteState.REQUESTED),
        ((REVIEW,), QuoteState.IN_REVIEW),
        ((REVIEW, CHANGE), QuoteState.DRAFT),
        ((REVIEW, send()), QuoteState.SENT),
        ((REVIEW, send(beyond=True)), QuoteState.APPROVAL),
        ((REVIEW, send(), COUNTER), QuoteState.COUNTERED),
        ((REVIEW, send(), COUNTER, REVIEW), QuoteState.IN_REVIEW),
        ((REVIEW, send(), DECLINE), QuoteState.DECLINED),
        ((REVIEW, send(), WITHDRAW), QuoteState.WITHDRAWN),
        ((REVIEW, send(), DECLINE, REOPEN), QuoteState.DRAFT),
        ((REVIEW, send(), ACCEPT), QuoteState.ACCEPTED),
        ((REVIEW, send(), ACCEPT, ACCEPT), QuoteState.ACCEPTED),
        ((REVIEW, send(), ACCEPT, CONVERT), QuoteState.CONVERTED),
        ((WITHDRAW,), QuoteState.WITHDRAWN),
    ],
)
def test_commands_lead_to_states(commands, state):
    assert after(quote(QuoteState.REQUESTED, author=None), *commands).state is state


def test_whoever_takes_a_request_up_is_its_author():
    assert after(quote(QuoteState.REQUESTED, author=None), REVIEW).author == staff(BOSS)


def test_an_offer_is_good_from_its_sending_until_just_before_its_end():
    offer = sent().offer

    assert [offer.holds(at) for at in (AT - INSTANT, AT, UNTIL - INSTANT, UNTIL)] == [False, True, True, False]


@pytest.mark.parametrize("state", [QuoteState.SENT, QuoteState.ACCEPTED])
def test_a_promise_is_expired_at_the_very_instant_of_its_end(state):
    assert [sent(state).state_at(at) for at in (UNTIL - INSTANT, UNTIL)] == [state, QuoteState.EXPIRED]


def test_what_is_over_for_another_reason_does_not_expire():
    assert sent(QuoteState.DECLINED).state_at(UNTIL) is QuoteState.DECLINED
    assert quote(QuoteState.SENT).state_at(UNTIL) is QuoteState.SENT


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (sent(), q.AcceptQuote(version=1, at=UNTIL)),
        (sent(), q.DeclineQuote(at=UNTIL)),
        (sent(), q.CounterQuote(at=UNTIL)),
        (sent(QuoteState.ACCEPTED), q.ConvertQuote(version=1, order_id=ORDER, at=UNTIL)),
    ],
)
def test_nothing_is_done_with_what_has_expired(state, command):
    assert reasons(state, command) == [q.QuoteExpired(valid_until=UNTIL)]


@pytest.mark.parametrize("command", [ACCEPT, CONVERT])
def test_only_the_version_that_counts_can_be_used(command):
    stale = q.QuoteVersionStale(path=("version",), current_version=2)

    assert reasons(sent(version=2), command) == [stale]
    assert reasons(sent(QuoteState.ACCEPTED, version=2), command) == [stale]


@pytest.mark.parametrize("command", [ACCEPT, DECLINE, COUNTER, CONVERT, REVIEW, CHANGE, send(), WITHDRAW, REOPEN])
def test_what_became_an_order_says_which(command):
    converted = sent(QuoteState.CONVERTED, order_id=ORDER)

    assert reasons(converted, command) == [q.QuoteAlreadyConverted(order_id=ORDER)]


@pytest.mark.parametrize(
    ("state", "command", "reason"),
    [
        (quote(), ACCEPT, q.QuoteNotSent()),
        (quote(), CONVERT, q.QuoteNotSent()),
        (sent(QuoteState.ACCEPTED), DECLINE, q.QuoteAgreedOn()),
        (sent(QuoteState.WITHDRAWN), DECLINE, q.QuoteNotSent()),
        (sent(QuoteState.WITHDRAWN), ACCEPT, q.QuoteNotSent()),
        (sent(), CONVERT, q.QuoteNotAccepted()),
        (quote(), REVIEW, q.QuoteNotRequested()),
        (sent(), CHANGE, q.QuoteNotOpen()),
        (sent(), send(), q.QuoteNotOpen()),
        (quote(), REOPEN, q.QuoteNotOver()),
        (sent(QuoteState.ACCEPTED), WITHDRAW, q.QuoteAgreedOn()),
        (sent(QuoteState.ACCEPTED), q.WithdrawQuote(at=UNTIL), q.QuoteOver()),
        (quote(), approve(), q.QuoteNotInApproval()),
        (quote(), q.RejectApproval(by=BOSS), q.QuoteNotInApproval()),
    ],
)
def test_everything_has_its_time(state, command, reason):
    assert reasons(state, command) == [reason]


def test_the_end_of_validity_is_in_the_future():
    assert reasons(quote(), send(until=AT)) == [q.QuoteValidityOver(path=("validUntil",))]
    assert reasons(sent(), send(until=AT)) == [q.QuoteNotOpen(), q.QuoteValidityOver(path=("validUntil",))]


def test_what_was_approved_is_sent():
    approved = after(waiting(), approve())

    assert (approved.state, approved.approval.approved_by) == (QuoteState.DRAFT, BOSS)
    assert after(approved, send(beyond=True)).state is QuoteState.SENT


def test_another_content_needs_another_approval():
    approved = after(waiting(), approve())

    assert after(approved, send("other", beyond=True)).state is QuoteState.APPROVAL
    assert after(approved, CHANGE, send(beyond=True)).state is QuoteState.APPROVAL


def test_to_ask_twice_for_the_same_is_to_ask_once():
    assert q.decide(waiting(), send(beyond=True)) == []
    assert after(waiting(), send("other", beyond=True)).approval.content_hash == "other"


def test_what_stays_within_limits_after_all_needs_nobody():
    assert after(waiting(), send()).state is QuoteState.SENT


def test_nobody_approves_what_they_have_done_themselves():
    assert reasons(waiting(), approve(by=GRACE)) == [q.FourEyes()]
    assert reasons(waiting(), q.RejectApproval(by=GRACE)) == [q.FourEyes()]


@pytest.mark.parametrize(("seen", "now"), [("x", "h"), ("h", "x"), ("x", "x")])
def test_what_is_approved_is_what_was_seen_asked_for_and_is_still_there(seen, now):
    assert reasons(waiting(), approve(seen, now)) == [q.QuoteContentChanged(path=("contentHash",), content_hash=now)]


def test_whoever_approves_must_be_allowed_as_much():
    assert reasons(waiting(), approve(sufficient=False)) == [q.QuoteBeyondYourLimit()]


def test_a_rejected_approval_leaves_a_draft():
    rejected = after(waiting(), q.RejectApproval(by=BOSS))

    assert (rejected.state, rejected.approval) == (QuoteState.DRAFT, None)


@pytest.mark.parametrize("state", [QuoteState.SENT, QuoteState.DECLINED, QuoteState.WITHDRAWN])
def test_what_was_sent_can_be_issued_again_as_another_version(state):
    again = after(sent(state), REOPEN, send())

    assert (again.state, again.version) == (QuoteState.SENT, 2)


@pytest.mark.parametrize("state", [QuoteState.SENT, QuoteState.ACCEPTED])
def test_what_has_expired_can_be_issued_again(state):
    later = UNTIL + timedelta(days=1)

    again = after(sent(state), q.ReopenQuote(at=UNTIL), send(at=UNTIL, until=later))

    assert (again.state_at(UNTIL), again.version, again.offer.valid_until) == (QuoteState.SENT, 2, later)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (quote(QuoteState.REQUESTED), {QuoteAction.REVIEW, QuoteAction.WITHDRAW, QuoteAction.BLOCK}),
        (quote(), {QuoteAction.BLOCK, QuoteAction.CHANGE, QuoteAction.SEND, QuoteAction.WITHDRAW}),
        (
            waiting(),
            {
                *(QuoteAction.CHANGE, QuoteAction.SEND, QuoteAction.WITHDRAW),
                *(QuoteAction.APPROVE, QuoteAction.REJECT_APPROVAL, QuoteAction.BLOCK),
            },
        ),
        (
            sent(),
            {
                *(QuoteAction.ACCEPT, QuoteAction.DECLINE, QuoteAction.COUNTER),
                *(QuoteAction.WITHDRAW, QuoteAction.REISSUE, QuoteAction.BLOCK),
            },
        ),
        (sent(QuoteState.ACCEPTED), {QuoteAction.ACCEPT, QuoteAction.CONVERT, QuoteAction.BLOCK}),
        (sent(QuoteState.CONVERTED, order_id=ORDER), set()),
    ],
)
def test_what_can_be_done_is_known_beforehand(state, allowed):
    told = q.actions(state, staff(BOSS), AT)

    assert {action for action, against in told.items() if not against} == allowed


def test_blocks_are_put_on_a_quote_until_it_is_an_order_and_its_author_answers_for_it():
    own, closed = q.blockable(quote()), q.blockable(sent(QuoteState.CONVERTED, order_id=ORDER))

    assert (own.owner, own.over) == (Owner(kind=OwnerKind.QUOTE, id=quote().id), None)
    assert closed.over == q.QuoteAlreadyConverted(order_id=ORDER)
    assert [q.blockable(quote(author=each)).behind for each in (staff(GRACE), None)] == [(GRACE,), ()]
    assert q.blockable(quote(author=Author(kind=ActorKind.CUSTOMER, id=BOSS))).behind == ()


def test_a_choice_is_made_once():
    one, other = CartLineId(UUID(int=1)), CartLineId(UUID(int=2))
    choice = Choice(kind=ChoiceKind.ONE_OF, name="One", line_ids=(one, other))
    offered = replace(sent(), choices=(choice,))
    accepted = after(offered, q.AcceptQuote(version=1, chosen=(other,), at=AT))

    assert accepted.chosen == (other,)
    assert after(accepted, q.AcceptQuote(version=1, chosen=(other,), at=AT)) == accepted
    assert q.actions(offered, staff(BOSS), AT)[QuoteAction.ACCEPT] == ()
    assert q.actions(accepted, staff(BOSS), AT)[QuoteAction.ACCEPT] == ()
    assert reasons(accepted, q.AcceptQuote(version=1, at=AT)) == [q.QuoteChosenOtherwise(path=("chosenLineIds",))]
    assert after(accepted, q.ReopenQuote(at=UNTIL)).chosen is None


def test_what_nobody_in_particular_can_do():
    assert q.actions(waiting(), Author(kind=ActorKind.GUEST), AT)[QuoteAction.APPROVE] == ()
    assert q.actions(waiting(), staff(GRACE), AT)[QuoteAction.APPROVE] == (q.FourEyes(),)


def test_what_staff_do_among_themselves_is_not_told_to_the_buyer():
    assert {quote(state).shown_at(AT) for state in q.OPEN} == {QuoteState.IN_REVIEW}
    assert sent().shown_at(UNTIL) is QuoteState.EXPIRED


def test_a_buyer_knows_what_they_asked_for_or_were_sent():
    found = [each.known_to_buyer for each in (quote(), quote(requested=True), sent())]

    assert found == [False, True, True]


def test_some_of_a_quote_is_ordered_until_nothing_is_open():
    state = replace(sent(QuoteState.ACCEPTED), offer=q.Offer(version=1, sent_at=AT, valid_until=UNTIL, partial=True))
    some = q.ConvertQuote(version=1, order_id=ORDER, in_part=True, last=False, at=AT)

    between = after(state, some)

    assert between == state
    assert after(between, replace(some, last=True)).state is QuoteState.CONVERTED
    assert reasons(sent(QuoteState.ACCEPTED), some) == [q.QuoteNotPartial(path=("lines",))]


def test_stock_is_held_from_now_until_it_expires_at_the_latest():
    held = after(quote(), replace(send(), reserve_until=UNTIL))

    assert [held.reserved_until(at) for at in (AT, UNTIL)] == [UNTIL, None]
    assert after(held, q.DeclineQuote(at=AT)).reserved_until(AT) is None
    assert after(quote(), send()).reserved_until(AT) is None
    for until in (AT, UNTIL + timedelta(seconds=1)):
        assert reasons(quote(), replace(send(), reserve_until=until)) == [q.QuoteHoldOutlasts(path=("reserveUntil",))]
