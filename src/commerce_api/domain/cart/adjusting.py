"""Deciding about money that staff change: other prices, other charges, amounts taken off."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.adjustment import (
    Adjustment,
    AdjustmentKind,
    ExtraCharge,
    Originals,
    deducted,
    in_currency,
    instead_of,
    is_beyond,
    named,
    part,
)
from commerce_api.domain.cart import commands as c
from commerce_api.domain.cart import events as e
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.facts import Facts, MoneyFacts
from commerce_api.domain.cart.state import MAX_ADJUSTMENTS, Cart
from commerce_api.domain.decision import (
    Decision,
    NotFound,
    Refusal,
    Refused,
    TooMany,
    overruled,
    refuse,
    unheeded,
)
from commerce_api.domain.ids import AdjustmentId
from commerce_api.domain.value import replace

_Making = c.OverrideLinePrice | c.OverrideCharge | c.AddCharge | c.Deduct
_KINDS: Final = {
    c.OverrideLinePrice: AdjustmentKind.LINE_PRICE,
    c.OverrideCharge: AdjustmentKind.CHARGE,
    c.AddCharge: AdjustmentKind.EXTRA_CHARGE,
    c.RemoveCharge: AdjustmentKind.EXTRA_CHARGE,
    c.Deduct: AdjustmentKind.DEDUCTION,
}


def kind_of(cart: Cart, command: c.MoneyAction) -> AdjustmentKind | None:
    """What kind of thing a command is about; None if it is about nothing."""
    if isinstance(command, c.RemoveAdjustment):
        found = cart.adjustment(command.adjustment_id)
        return found.kind if found else None
    return _KINDS[type(command)]


def dropped(cart: Cart) -> list[e.CartEvent]:
    """An amount in one currency means nothing in another."""
    return [e.AdjustmentRemoved(adjustment=each) for each in cart.adjustments if in_currency(each)]


def decide(cart: Cart, command: c.MoneyAction, facts: Facts) -> Decision[e.CartEvent]:
    money = facts.money
    assert money is not None  # noqa: S101 - who asks has looked it up
    if not money.permitted:
        return refuse(Forbidden())
    if not isinstance(command, c.RemoveAdjustment) and (reasons := [*_unexplained(command, money)]):
        return Refused(reasons=tuple(reasons))
    if isinstance(command, c.RemoveAdjustment | c.RemoveCharge):
        return _removed(cart, command, money)
    if against := [*_unusable(cart, command, money)]:
        return Refused(reasons=tuple(against))
    return _made(cart, command, facts, money)


def _unexplained(command: _Making | c.RemoveCharge, money: MoneyFacts) -> Iterator[Refusal]:
    if money.reason is None or _KINDS[type(command)] not in money.reason.kinds:
        yield r.OverrideReasonNotFound(path=("reason",))
    elif money.reason.note_required and not command.note:
        yield r.NoteRequired(path=("note",))


def _unusable(cart: Cart, command: _Making, money: MoneyFacts) -> Iterator[Refusal]:
    if command.currency not in {None, cart.currency}:
        yield r.CurrencyMismatch(currency=cart.currency)
    if not money.tax_class_known:
        yield NotFound(path=("taxClassId",))
    if len(cart.adjustments) >= MAX_ADJUSTMENTS:
        yield TooMany(most=MAX_ADJUSTMENTS)
    match command:
        case c.OverrideLinePrice(line_id=id) if cart.line(id) is None:
            yield r.LineNotFound(path=("lineId",))
        case c.OverrideLinePrice(line_id=id) if id not in money.originals.lines:
            yield r.NotSellableInChannel(path=("lineId",))
        case c.OverrideCharge(charge_id=id) if id not in money.originals.charges:
            yield r.ChargeNotFound(path=("chargeId",))
        case _:
            return


def _removed(cart: Cart, command: c.RemoveAdjustment | c.RemoveCharge, money: MoneyFacts) -> Decision[e.CartEvent]:
    """An added charge is removed in either way; shipping is no adjustment, and has to be."""
    if isinstance(command, c.RemoveCharge):
        if command.charge_id in money.originals.charges and cart.adjustment(command.charge_id) is None:
            return refuse(r.ChargeMandatory(path=("chargeId",)))
        found, path, word = cart.adjustment(command.charge_id), "chargeId", (command.reason, command.note)
    else:
        found, path, word = cart.adjustment(command.adjustment_id), "adjustmentId", ("", "")
    if found is None or (path == "chargeId" and found.extra is None):
        return refuse(r.ChargeNotFound(path=(path,)) if path == "chargeId" else NotFound(path=(path,)))
    if found.extra and found.extra.mandatory:
        return refuse(r.ChargeMandatory(path=(path,)))
    return [e.AdjustmentRemoved(adjustment=found, reason=word[0], note=word[1])]


def _made(cart: Cart, command: _Making, facts: Facts, money: MoneyFacts) -> Decision[e.CartEvent]:
    adjustment = _adjustment(cart, command, facts, money)
    former = adjustment.target_id and instead_of(cart.adjustments, adjustment.kind, adjustment.target_id)
    if former and _alike(former, adjustment):
        return []
    others = [each for each in cart.adjustments if each is not former]
    if reason := _too_much(adjustment, others, money.originals):
        return refuse(reason)
    beyond = is_beyond(adjustment, others, money.originals)
    cautions = [r.BelowOverrideLimit()] if beyond else []
    if refused := unheeded(cautions, money.acknowledged):
        return refused
    taken_back = [e.AdjustmentRemoved(adjustment=former)] if former else []
    added = e.AdjustmentAdded(adjustment=replace(adjustment, beyond_limit=beyond))
    return [*taken_back, added, *overruled(cautions)]


def _alike(one: Adjustment, other: Adjustment) -> bool:
    return (one.amount, one.reason, one.note) == (other.amount, other.reason, other.note)


def _too_much(adjustment: Adjustment, others: list[Adjustment], originals: Originals) -> Refusal | None:
    if adjustment.amount < 0:
        return r.AmountBelowZero(path=("change",))
    if (
        adjustment.kind is AdjustmentKind.DEDUCTION
        and deducted([*others, adjustment], originals.subtotal) > originals.subtotal
    ):
        return r.AdjustmentExceedsSubtotal(path=("off",))
    return None


def _adjustment(cart: Cart, command: _Making, facts: Facts, money: MoneyFacts) -> Adjustment:
    reason = money.reason
    assert reason is not None  # noqa: S101 - it was looked for first
    made = Adjustment(
        id=AdjustmentId(facts.new_ids[0]),
        kind=_KINDS[type(command)],
        original=0,
        amount=0,
        name=reason.name_in(cart.language),
        reason=command.reason,
        note=command.note,
        by=facts.author,
        at=facts.at,
        limits=money.limits,
    )
    originals = money.originals
    match command:
        case c.OverrideLinePrice(line_id=id):
            return _instead(made, id, originals.lines[id].unit_price, command.change)
        case c.OverrideCharge(charge_id=id):
            return _instead(made, id, originals.charges[id], command.change)
        case c.AddCharge():
            return _extra(made, command, cart.language)
        case c.Deduct(off=off):
            percent = off.percent if isinstance(off, c.PercentOff) else None
            return replace(made, original=originals.subtotal, amount=_off(originals.subtotal, off), percent=percent)


def _instead(made: Adjustment, target_id: UUID, original: int, change: c.Change) -> Adjustment:
    amount = change.amount if isinstance(change, c.NewAmount) else original - _off(original, change)
    return replace(made, target_id=target_id, original=original, amount=amount)


def _off(whole: int, off: c.AmountOff | c.PercentOff) -> int:
    return off.amount if isinstance(off, c.AmountOff) else part(whole, off.percent)


def _extra(made: Adjustment, command: c.AddCharge, language: str) -> Adjustment:
    extra = ExtraCharge(
        kind=command.kind,
        tax_class_id=command.tax_class_id,
        refundable=command.refundable,
        mandatory=command.mandatory,
    )
    return replace(made, amount=command.amount, extra=extra, name=command.name or named(command.kind, language))
