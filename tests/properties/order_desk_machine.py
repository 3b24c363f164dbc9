"""What the desk does to an order that money comes and goes for: it is blocked and let go on, and edited (I2, I5, I7, D12, D27).
Editors keep prices or have them looked up anew, and change money within their limits or beyond.
"""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from commerce_api.domain import blocks as b
from commerce_api.domain import order as domain
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.agreement import PricePolicy
from commerce_api.domain.decision import Refused
from commerce_api.domain.notify import AS_PREFERRED
from commerce_api.domain.order import EditSettle, EditState, OrderState
from commerce_api.domain.order.blocking import blockable
from commerce_api.operations import adjusting
from tests.domain.blocks import BOSS, CSR, OTHER_BOSS, reason
from tests.domain.orders import id_, payment
from tests.properties import order_content
from tests.properties.order_machine import OrderMachine

MONEY_RULES = sorted({*adjusting.MONEY_RULES.values()})
USUAL, HANDS_OFF = reason(), reason("HANDS_OFF", stops=frozenset(b.Stop), comment_required=True)
AUTOMATIC = [
    reason(code, b.ReasonKind.AUTOMATIC, auto_resolve=True, four_eyes=True)
    for code in (b.ORDER_VALUE_LIMIT, b.PAYMENT_ATTEMPTS, *MONEY_RULES)
]
REASONS = {each.code: replace(each, id=id_(number)) for number, each in enumerate((USUAL, HANDS_OFF, *AUTOMATIC), 301)}
CHECKS = b.OrderChecks(value_limits={"EUR": 1_500}, declined_attempts=1)
SUPERVISORS = [b.Resolver(id=id_, may_all=True, may_own=False) for id_ in (BOSS, OTHER_BOSS)]
PEOPLE = st.sampled_from([*SUPERVISORS, b.Resolver(id=CSR, may_all=False, may_own=False)])
EDITORS = st.sampled_from([CSR, BOSS])
POLICIES = st.sampled_from(PricePolicy)
SETTLES = st.sampled_from([None, *EditSettle])


def _has_edit(machine):
    return getattr(machine, "edit", None) is not None


class OrderDeskMachine(OrderMachine):
    def begin(self):
        self.blocks, self.block_events, self.edit, self.draft, self.ever = (), [], None, None, {}
        self._rules_judge(CSR, {b.ORDER_VALUE_LIMIT})

    def keep_blocks(self, events):
        """What a subclass does with what happened to blocks."""

    def keep_edit(self, edit):
        """What a subclass does with an edit, as it is now."""

    def keep_draft(self, before, after, events):
        """What a subclass does with a draft that was begun, or changed."""

    # Blocks.

    def _blocks_happen(self, events):
        self.blocks = b.evolved(self.blocks, events)
        self.block_events = [*self.block_events, *events]
        if events:
            self.keep_blocks(events)

    def _rules_judge(self, by, rules, money=()):
        """What the rules find in the order as it is now, and in no other."""
        facts = b.OrderFacts(
            total=self.order.total, currency="EUR", declined_attempts=self.order.declined_attempts, staff_id=by
        )
        causes = (*(each for each in b.automatic_causes(CHECKS, facts) if each.reason in rules), *money)
        judged = b.Judged(causes=causes, rules=frozenset(rules), by=by, at=self.at)
        self._blocks_happen(b.judge(blockable(self.order), self.blocks, judged, REASONS, self._new_ids(len(causes))))

    def follow(self, events):
        if any(isinstance(event, domain.OrderCanceled) for event in events):
            self._blocks_happen(b.closed(self.blocks, b.Resolution.ORDER_CANCELED, self.at))
            if self._under_way():
                self._set_edit(state=EditState.DISCARDED)
        elif any(isinstance(event, domain.OrderConfirmed) for event in events):
            self._rules_judge(None, {b.PAYMENT_ATTEMPTS})

    def _stopped(self, stop):
        """I5, by a definition of its own."""
        holding = tuple(block for block in self.blocks if block.resolved is None and stop in block.stops)
        assert [each.blocks for each in b.against(self.blocks, stop)] == ([holding] if holding else [])
        return bool(holding)

    @rule(reason=st.sampled_from([*REASONS.values()]), by=EDITORS, comment=st.sampled_from(["", "?"]))
    def somebody_blocks(self, reason, by, comment):
        adding = b.AddBlock(id=self._new_ids(1)[0], reason=reason, comment=comment, by=by, at=self.at)
        self._decide_on_blocks(adding)

    @precondition(lambda self: getattr(self, "blocks", ()))
    @rule(data=st.data(), who=PEOPLE)
    def somebody_resolves(self, data, who):
        block = data.draw(st.sampled_from(self.blocks))
        self._decide_on_blocks(
            b.ResolveBlock(id=block.id, reason=REASONS[block.reason], resolver=who, comment="ok", at=self.at)
        )

    def _decide_on_blocks(self, command):
        """D35: whatever becomes of blocks, nobody's edit is disturbed."""
        decided, version = b.decide(blockable(self.order), self.blocks, command), self.order.version
        if not isinstance(decided, Refused):
            self._blocks_happen(decided)
        assert self.order.version == version

    def against_splitting(self):
        reasons = domain.against_splitting(self.order, self.blocks)
        assert reasons or not self._stopped(b.Stop.EDIT)
        return reasons or self._is_open()

    def copy_blocks(self, child, names):
        into = self._new_ids(len(self.blocks))
        return tuple(event.block for event in b.copied(self.blocks, blockable(child).owner, CSR, self.at, into, names))

    def go_on_with(self, blocks):
        assert [each.reason for each in blocks] == [each.reason for each in self.blocks if each.active]
        self.blocks, self.block_events, self.edit, self.draft, self.ever = (), [], None, None, {}
        self._blocks_happen([b.BlockAdded(block=block) for block in blocks])

    # Edits.

    def _under_way(self):
        return self.edit is not None and self.edit.state in domain.UNDER_WAY

    def _is_open(self):
        return self.edit is not None and self.edit.state_at(self.at) is EditState.OPEN

    def _set_edit(self, **changes):
        self.edit = replace(self.edit, **changes)
        self.keep_edit(self.edit)

    def _may_be_edited(self):
        """I5: nobody edits what a block stops from being edited."""
        against = domain.against_editing(self.order, self.blocks)
        editable = self.order.state in {OrderState.CONFIRMED, OrderState.PAYMENT_REJECTED}
        assert bool(against) == (not editable or self._stopped(b.Stop.EDIT))
        return not against

    def _works(self, who):
        """Whether this person can go on with the edit."""
        if self.edit is None or not self._may_be_edited():
            return False
        against = domain.against_work(self.edit, self.order, who, "Grace", self.at)
        assert against or (self.edit.owner == who and self.order.version == self.edit.base_version)
        return against is None

    @rule(who=EDITORS)
    def somebody_begins_to_edit(self, who):
        if not self._may_be_edited():
            return
        if self.edit is not None and self.edit.state_at(self.at) in domain.UNDER_WAY:
            taken = domain.against_beginning(self.edit, who, "Grace", self.at)
            assert bool(taken) == (self.edit.owner != who)
            return
        if self._under_way():
            self._set_edit(state=EditState.EXPIRED)
        id_, draft_id = self._new_ids(2)
        self.draft = order_content.begun(self.rows, draft_id, self.at)
        self.keep_draft(None, self.draft, [])
        self.edit = domain.OrderEdit(
            id=id_,
            order_id=self.order.id,
            draft_id=draft_id,
            begun_by=who,
            owner=who,
            state=EditState.OPEN,
            base_version=self.order.version,
            since=self.at,
            expires_at=self.at + domain.LASTS,
        )
        self.keep_edit(self.edit)

    @precondition(_has_edit)
    @rule(who=EDITORS, data=st.data())
    def the_draft_is_changed(self, who, data):
        if not self._works(who):
            return
        command = data.draw(order_content.changes(self.draft))
        changed = order_content.changed(self.draft, command, self.prices, self.at, self._new_ids(2), who)
        if not isinstance(changed, Refused):
            events, after = changed
            after = replace(after, revision=after.revision + 1)
            self.keep_draft(self.draft, after, events)
            self.draft = after
            self._set_edit(expires_at=self.at + domain.LASTS)

    @precondition(_has_edit)
    @rule(who=EDITORS, policy=POLICIES, shipping=st.booleans())
    def the_draft_is_priced_otherwise(self, who, policy, shipping):
        if self._works(who):
            after = order_content.repriced(self.draft, policy, shipping=shipping)
            after = replace(after, revision=after.revision + 1)
            self.keep_draft(self.draft, after, [])
            self.draft = after

    @precondition(_has_edit)
    @rule(who=EDITORS)
    def somebody_takes_it_over(self, who):
        if self.edit and self._may_be_edited() and not domain.against_taking_up(self.edit, self.order, self.at):
            self._set_edit(owner=who, state=EditState.OPEN, since=self.at, expires_at=self.at + domain.LASTS)

    @precondition(_has_edit)
    @rule(who=EDITORS)
    def it_is_thrown_away(self, who):
        if self._under_way() and self._may_be_edited() and self.edit.owner == who:
            self._drop_charge()
            self._set_edit(state=EditState.DISCARDED)

    @rule(who=EDITORS, data=st.data(), settle=SETTLES, same=st.booleans(), policy=POLICIES)
    def it_is_edited_in_one_go(self, who, data, settle, same, policy):
        """Once banks have said what they were asked, and without what is worth nothing any more."""
        self.banks_agree()
        if self._under_way() and self.edit.base_version != self.order.version:
            self.it_is_thrown_away(self.edit.owner)
        self.somebody_takes_it_over(who)
        self.somebody_begins_to_edit(who)
        self.the_draft_is_priced_otherwise(who, policy, shipping=policy is not PricePolicy.KEEP)
        self.the_draft_is_changed(who, data)
        self.the_draft_is_changed(who, data)
        self.it_is_committed(who, settle, same)

    @precondition(_has_edit)
    @rule(who=EDITORS, settle=SETTLES, same=st.booleans())
    def it_is_committed(self, who, settle, same):
        """At once, or when a bank has agreed to what it costs more."""
        rows = self._works(who) and order_content.would_be(self.rows, self.draft, self.prices, self.at)
        if not rows:
            return
        total = rows["order"]["total"]
        left = domain.due(self.order, total)
        if any(domain.against_settling(self.order, total, settle)):
            assert left > 0
        elif settle is EditSettle.CHARGE and left > 0:
            self._charge(who, total, left, same=same)
        else:
            self._made(rows)

    def _charge(self, who, total, left, *, same):
        new = (replace(payment(0, left), id=self._new_ids(1)[0]),)
        asked = domain.as_before(self.order, left, lambda: self._new_ids(1)[0]) if same else new
        spare = self._new_ids(len(self.order.payments) + len(asked))
        before = self.order.balance
        if self._do(domain.ChargeForEdit(payments=asked, at=self.at, spare_ids=spare)):
            assert self.order.balance == before, "what waits for an edit pays nothing else"
            kept = {"kind": ActorKind.STAFF, "id": who, "reason": "", "notify": AS_PREFERRED}
            self._set_edit(state=EditState.SETTLING, charge=domain.EditCharge(amount=left, total=total, **kept))
            self.the_bank_has_told_of_it()

    @precondition(lambda self: _has_edit(self) and self.edit.state is EditState.SETTLING)
    @rule()
    def the_bank_has_told_of_it(self):
        """As at any commit all is judged once more."""
        if not (domain.charge_failed(self.order) or domain.charge_complete(self.order)):
            return
        rows = order_content.would_be(self.rows, self.draft, self.prices, self.at)
        not_now = domain.declined(self.order) or not self._may_be_edited() or rows is None
        if not_now or domain.against_going_on(self.order, self.edit, rows["order"]["total"]):
            self._drop_charge()
            self._set_edit(state=EditState.OPEN, expires_at=self.at + domain.LASTS)
        else:
            self._made(rows)

    def _drop_charge(self):
        self._do(domain.DropCharge(at=self.at, spare_ids=self._new_ids(len(self.order.payments))))
        assert not self.order.charged

    def _made(self, rows):
        """The money first, then what the order consists of, then what the rules say."""
        order, total = self.order, rows["order"]["total"]
        if order.charged:
            assert self._do(domain.KeepCharge())
        else:
            spare = self._new_ids(len(order.payments))
            self.happen(domain.decide(replace(order, total=total), domain.LetGoOfSurplus(at=self.at, spare_ids=spare)))
        order_content.check_kept(self.rows, rows, self.draft, self.prices)
        assert not self._stopped(b.Stop.EDIT)
        self.versions[order.version + 1], self.agreed = total, max(self.agreed, total)
        self.left_due = domain.due(order, total) > 0
        self.ever |= {row["id"]: row for row in self.rows["adjustments"]}
        beyond = order_content.causes(self.ever.values(), self.draft, self.prices)
        self.happen(domain.committed(self.order, self.edit.id, total, ()), rows)
        self._set_edit(state=EditState.COMMITTED)
        self._rules_judge(self.edit.owner, {b.ORDER_VALUE_LIMIT, *MONEY_RULES}, beyond)
        self._is_held_up_for(beyond)

    def _is_held_up_for(self, beyond):
        """D27: whatever went beyond a limit holds the order up, or somebody else has let it go on when it went as far."""
        assert {*order_content.too_low(self.rows)} <= {cause.ref for cause in beyond}
        for cause in beyond:
            same = [block for block in self.blocks if (block.reason, block.ref) == (cause.reason, cause.ref)]
            active = [block for block in same if block.active and block.amount >= cause.amount]
            let_go = [each.resolved.by for each in same if not each.active and each.amount >= cause.amount]
            assert active or {*let_go} & {BOSS, OTHER_BOSS} - {cause.caused_by}
            assert all(cause.caused_by in {block.placed_by, *block.caused_by} for block in active)

    # What holds whatever happens.

    @invariant()
    def nothing_happens_that_a_block_stops(self):
        """I5: whoever wants to release, take money, edit, pick or ship hears of each block that is in the way, and of no other."""
        if hasattr(self, "blocks"):
            assert all(self._stopped(stop) in {True, False} for stop in b.Stop)

    @invariant()
    def nobody_lets_go_on_what_is_their_own(self):
        """B3, B4, D27: only who may has resolved blocks, and none alone that they are behind."""
        if not hasattr(self, "blocks"):
            return
        resolved = [block for block in self.blocks if block.resolved and block.resolved.by_a_person]
        assert all(block.resolved.by in {BOSS, OTHER_BOSS} for block in resolved)
        behind = (block for block in resolved if REASONS[block.reason].four_eyes)
        assert all(block.resolved.by not in {block.placed_by, *block.caused_by} for block in behind)

    @invariant()
    def a_cause_holds_once_and_what_is_over_is_held_up_by_nothing(self):
        """B1; I8 of blocks and edits."""
        if not hasattr(self, "blocks"):
            return
        causes = [(each.reason, each.ref) for each in self.blocks if each.active and each.kind is b.BlockKind.AUTOMATIC]
        assert len(causes) == len(set(causes))
        if self.order.state is OrderState.CANCELED:
            assert not any(block.active for block in self.blocks)
            assert not self._under_way()
            assert tuple(b.against_blocking(blockable(self.order)))

    @invariant()
    def an_order_above_the_limit_was_looked_at(self):
        """D27: above the limit there is a block, or somebody else has let it go on at that height."""
        if hasattr(self, "blocks") and self.order.state is not OrderState.CANCELED and self.order.total > 1_500:
            assert any(block.reason == b.ORDER_VALUE_LIMIT for block in self.blocks)

    @invariant()
    def what_was_told_of_blocks_gives_those_there_are(self):
        """I7, of blocks."""
        if hasattr(self, "blocks"):
            assert b.evolved((), self.block_events) == self.blocks
