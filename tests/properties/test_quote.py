"""A quote under random commands at random times: what may never happen, whatever is asked (C.4, D27)."""

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commerce_api.domain import quote as q
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.quote import QuoteState
from tests.domain.quotes import AT, BOSS, GRACE, quote, staff

people = st.sampled_from([GRACE, BOSS, UUID(int=3)])
contents = st.sampled_from(["modest", "generous", "more generous"])
versions = st.integers(0, 4)
BUYERS = {
    q.QuoteAction.ACCEPT: lambda quote, at: q.AcceptQuote(version=quote.version, at=at),
    q.QuoteAction.DECLINE: lambda _, at: q.DeclineQuote(at=at),
    q.QuoteAction.COUNTER: lambda _, at: q.CounterQuote(at=at),
    q.QuoteAction.WITHDRAW: lambda _, at: q.WithdrawQuote(at=at),
    q.QuoteAction.REISSUE: lambda _, at: q.ReopenQuote(at=at),
}


class QuoteMachine(RuleBasedStateMachine):
    """`content` is what the draft holds; only "modest" stays within the limits of whoever writes it."""

    @initialize(requested=st.booleans())
    def begin(self, requested):
        self.at, self.content, self.orders = AT, "modest", 0
        self.quote = quote(QuoteState.REQUESTED if requested else QuoteState.DRAFT)
        self.sent, self.approvals, self.converted = {}, set(), []

    def _do(self, command):
        """`decide` never raises, and `evolve` accepts whatever it decided."""
        before, decided = self.quote, q.decide(self.quote, command)
        if isinstance(decided, Refused):
            assert decided.reasons
            return
        assert before.state is not QuoteState.CONVERTED, "a quote that became an order was changed"
        for event in decided:
            self._note(event, before)
        self.quote = q.evolved(before, decided)

    def _note(self, event, before):
        match event:
            case q.QuoteSent(version=version):
                assert version == before.version + 1
                assert self.content == "modest" or self.content in self.approvals, "sent without approval"
                self.sent[version] = event
            case (
                q.QuoteAccepted(version=version) | q.QuoteDeclined(version=version) | q.QuoteCountered(version=version)
            ):
                self._in_time(version)
            case q.QuoteConverted(version=version):
                self._in_time(version)
                self.converted.append(version)
            case q.QuoteApproved(content_hash=content, by=by):
                assert content == self.content, "approved what is not there"
                assert by not in before.approval.barred, "approved by who had done it"
                self.approvals.add(content)
            case q.QuoteChanged() | q.QuoteReopened() | q.QuoteApprovalRejected():
                self.approvals.clear()

    def _in_time(self, version):
        event = self.sent[version]
        assert version == max(self.sent), "a version was used that did not count any more"
        assert event.sent_at <= self.at < event.valid_until, "used outside of its validity"

    @rule(by=people)
    def review(self, by):
        self._do(q.ReviewQuote(by=staff(by), at=self.at))

    @rule(content=contents)
    def change(self, content):
        command = q.ChangeQuote(at=self.at)
        if not isinstance(q.decide(self.quote, command), Refused):
            self._do(command)
            self.content = content

    @rule(content=contents)
    def the_catalog_changes(self, content):
        """Prices of a draft are those of the day, so that its content can become another one by itself."""
        if self.quote.state not in {QuoteState.SENT, QuoteState.ACCEPTED, QuoteState.CONVERTED}:
            self.content = content

    @rule(days=st.integers(0, 3))
    def send(self, days):
        self._do(
            q.SendQuote(
                content_hash=self.content,
                valid_until=self.at + timedelta(days=days),
                beyond_limits=self.content != "modest",
                barred=frozenset({self.quote.author.id}),
                at=self.at,
            )
        )

    @rule(seen=contents, by=people, sufficient=st.booleans())
    def approve(self, seen, by, sufficient):
        self._do(q.ApproveQuote(seen=seen, content_hash=self.content, sufficient=sufficient, by=by))

    @rule(by=people)
    def reject(self, by):
        self._do(q.RejectApproval(by=by))

    @rule(action=st.sampled_from([*BUYERS]))
    def anything_else(self, action):
        self._do(BUYERS[action](self.quote, self.at))

    @rule(version=versions)
    def accept(self, version):
        self._do(q.AcceptQuote(version=version, at=self.at))

    @rule(version=versions)
    def convert(self, version):
        self.orders += 1
        self._do(q.ConvertQuote(version=version, order_id=OrderId(UUID(int=self.orders)), at=self.at))

    @rule()
    def convert_what_counts(self):
        self.convert(self.quote.version)

    @rule(hours=st.sampled_from([1, 12, 24]))
    def wait(self, hours):
        self.at += timedelta(hours=hours)

    @invariant()
    def there_is_one_order_at_most(self):
        assert len(self.converted) <= 1
        assert (self.quote.order_id is not None) == bool(self.converted)

    @invariant()
    def what_is_said_to_be_possible_is_what_happens(self):
        """And what is not is refused for the reasons that were told (K14)."""
        told = q.actions(self.quote, staff(BOSS), self.at)
        for action, command in BUYERS.items():
            decided = q.decide(self.quote, command(self.quote, self.at))
            assert (decided.reasons if isinstance(decided, Refused) else ()) == told[action]


TestQuote = QuoteMachine.TestCase
TestQuote.settings = settings(max_examples=60, stateful_step_count=30)
