"""Many lines at once by their SKUs: the good ones are taken, the others reported (S1-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from commerce_api.domain.cart import AddLine, AddLines, Cart
from commerce_api.domain.decision import Done, Path, Refusal, Refused, check_revision
from commerce_api.domain.ids import CartId
from commerce_api.domain.quick_entry import Entered, Line, LineUnreadable, Unread, as_in_catalog, wanted, written
from commerce_api.domain.value import value
from commerce_api.operations.acting import cart_to_change
from commerce_api.operations.carts import Asked, Work, apply
from commerce_api.operations.execute import Recall
from commerce_api.persistence.kept_findings import finding_of, kept
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class EnterLines:
    cart_id: CartId | None
    lines: tuple[Line, ...]
    all_or_nothing: bool
    expected_revision: int | None = None


@value
class Answer:
    """What became of a line; `refusal` says why it was not taken. Without one and not `added`, others stood in its way."""

    line: Line
    added: bool
    refusal: Refusal | None = None


@value
class EnteredLines:
    cart: Cart
    answers: tuple[Answer, ...]

    @property
    def id(self) -> CartId:
        return self.cart.id


async def enter(uow: UnitOfWork, command: EnterLines) -> Done[EnteredLines] | Refused:
    cart = await cart_to_change(uow, command.cart_id)
    if isinstance(cart, Refused):
        return cart
    if stale := check_revision(cart.revision, command.expected_revision):
        return stale
    lines = await _as_in_catalog(uow, command.lines)
    quantities = wanted(lines)
    against = await _against(uow, cart, quantities)
    if isinstance(against, Refused):
        return against
    unread = any(isinstance(line, Unread) for line in lines)
    taken = [] if command.all_or_nothing and (against or unread) else [sku for sku in quantities if sku not in against]
    done = await apply(uow, cart, [Asked(action=_adding(taken, quantities))] if taken else [])
    if isinstance(done, Refused):
        return done
    answers = tuple(_answer(line, taken, against) for line in lines)
    return Done(result=EnteredLines(cart=done.result, answers=answers), notices=done.notices)


async def _as_in_catalog(uow: UnitOfWork, lines: Sequence[Line]) -> tuple[Line, ...]:
    asked = {one for line in lines if isinstance(line, Entered) for one in written(line.sku)}
    return as_in_catalog(lines, await cart_facts.skus_in_use(uow.connection, asked))


def _keep(entered: EnteredLines) -> list[Any]:
    return [[_sku(answer.line), answer.added, answer.refusal and kept(answer.refusal)] for answer in entered.answers]


def _sku(line: Line) -> str | None:
    return line.sku if isinstance(line, Entered) else None


def _again(cart: Cart, command: EnterLines, said: Sequence[Any]) -> EnteredLines:
    answers = (
        Answer(
            line=replace(line, sku=sku) if isinstance(line, Entered) else line,
            added=added,
            refusal=refusal and finding_of(refusal),
        )
        for line, (sku, added, refusal) in zip(command.lines, said, strict=True)
    )
    return EnteredLines(cart=cart, answers=tuple(answers))


RECALL: Final = Recall(keep=_keep, again=_again)
"""What became of each line then, with the cart as it is now."""


async def _against(uow: UnitOfWork, cart: Cart, quantities: Mapping[str, int]) -> dict[str, Refusal] | Refused:
    """What stands against SKUs, one by one; or against all of them together, such as that the cart is full."""
    against: dict[str, Refusal] = {}
    while left := [sku for sku in quantities if sku not in against]:
        tried = await Work.on(uow, cart)
        await tried.do(Asked(action=_adding(left, quantities)))
        if not tried.reasons:
            break
        blamed = {
            left[place]: reason for reason in reversed(tried.reasons) if (place := _place(reason.path)) is not None
        }
        if not blamed:
            return Refused(reasons=tuple(tried.reasons))
        against |= blamed
    return against


def _adding(skus: Sequence[str], quantities: Mapping[str, int]) -> AddLines:
    return AddLines(lines=tuple(AddLine(variant=sku, quantity=quantities[sku], attributes={}) for sku in skus))


def _place(path: Path) -> int | None:
    """Which of the lines that were to be added a refusal is about."""
    match path:
        case ("lines", number, *_):
            return int(number)
        case _:
            return None


def _answer(line: Line, taken: Sequence[str], against: Mapping[str, Refusal]) -> Answer:
    if isinstance(line, Entered):
        return Answer(line=line, added=line.sku in taken, refusal=against.get(line.sku))
    return Answer(line=line, added=False, refusal=LineUnreadable())
