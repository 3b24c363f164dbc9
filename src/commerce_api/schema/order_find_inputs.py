"""What staff send to find orders."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

import strawberry

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import ChannelId, CustomerId, StaffId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.order import OrderState
from commerce_api.domain.order import finding as f
from commerce_api.domain.order.keys import ANY, HasKey, OrderKey, plain_form
from commerce_api.domain.permissions import Permission
from commerce_api.domain.text_match import TextMatch
from commerce_api.schema.node import key_of
from commerce_api.schema.order_origin import OrderingChannel
from commerce_api.schema.particulars import Priority
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import MoneyInput
from commerce_api.schema.text_match import MOST_LETTERS, TextMatchInput, note_too_short

_LAST_FOUR = 4
_MOST_DAYS = 3_660
_TEXTS = {
    "number": OrderKey.NUMBER,
    "po_number": OrderKey.PO_NUMBER,
    "quote_number": OrderKey.QUOTE_NUMBER,
    "email": OrderKey.EMAIL,
    "phone": OrderKey.PHONE,
    "customer_name": OrderKey.CUSTOMER_NAME,
    "ship_to_name": OrderKey.SHIP_TO_NAME,
    "company": OrderKey.COMPANY,
    "postal_code": OrderKey.POSTAL_CODE,
    "sku": OrderKey.SKU,
    "tag": OrderKey.TAG,
}


@strawberry.input(
    description="A span of time, from its start on and before its end. Days are counted back where the channel of the request is, "
    "whenever it is asked: a search that is kept moves on with them."
)
class TimeSpanInput:
    start: datetime | None = strawberry.field(name="from", default=None, description="Then or later.")
    end: datetime | None = strawberry.field(name="until", default=None, description="Before then.")
    from_days_ago: int | None = strawberry.field(
        default=None, description="On the day so many days ago or later, instead of `from`; 0 is today."
    )
    until_days_ago: int | None = strawberry.field(
        default=None, description="Before the day so many days ago, instead of `until`; 0 is today."
    )

    def parse(self, intake: Intake, calendar: f.Calendar, *path: Any) -> tuple[datetime | None, datetime | None]:
        start = _moment(intake, calendar, self.start, self.from_days_ago, *path, "fromDaysAgo")
        end = _moment(intake, calendar, self.end, self.until_days_ago, *path, "untilDaysAgo")
        if start and end and end <= start:
            intake.invalid("The end is after the start.", *path)
        return start, end


def _moment(
    intake: Intake, calendar: f.Calendar, moment: datetime | None, days_ago: int | None, *path: Any
) -> datetime | None:
    if days_ago is None:
        return moment
    if moment is not None:
        intake.invalid("Either a time or a number of days, please.", *path)
    if not 0 <= days_ago <= _MOST_DAYS:
        intake.invalid("Between 0 and {most}, please.", *path, most=_MOST_DAYS)
        return None
    return calendar.began(days_ago)


@strawberry.input(description="An attribute or a custom field of an order to look for.")
class OrderAttributeMatchInput(TextMatchInput):
    key: str = strawberry.field(description="The attribute's key, or the field's code, whole.")


@strawberry.input(description="What an order costs, both ends included.")
class OrderTotalFilterInput:
    min: MoneyInput | None = strawberry.field(default=None, description="At least so much.")
    max: MoneyInput | None = strawberry.field(default=None, description="At most so much, in the same currency.")

    def parse(self, intake: Intake, *path: Any) -> f.TotalBetween | None:
        currencies = {each.currency_code for each in (self.min, self.max) if each}
        if len(currencies) > 1:
            intake.invalid("Both ends of `total` are in the same currency.", *path)
        least, most = (_minor(intake, each, *path) for each in (self.min, self.max))
        return f.TotalBetween(currency=currencies.pop(), least=least, most=most) if currencies else None


_Text: TypeAlias = TextMatchInput | None


@strawberry.input(description="Which orders are meant; all that is given must hold, of several states any.")
class OrderFindInput:
    number: _Text = strawberry.field(default=None, description="Its number, however typed, or how it begins.")
    po_number: _Text = strawberry.field(default=None, description="The number of the buyer's own order.")
    quote_number: _Text = strawberry.field(
        default=None, description="The number of the quote that it was made from, or how it begins."
    )
    email: _Text = strawberry.field(default=None, description="The mail address that it was placed with.")
    phone: _Text = strawberry.field(
        default=None, description="A telephone in it, with the country's prefix or as it is dialed there."
    )
    customer_name: _Text = strawberry.field(default=None, description="The name on the bill, any part of it first.")
    ship_to_name: _Text = strawberry.field(default=None, description="The name on a parcel, any part of it first.")
    company: _Text = strawberry.field(default=None, description="The company on the bill or on a parcel.")
    postal_code: _Text = strawberry.field(default=None, description="The postal code of the bill or of a parcel.")
    sku: _Text = strawberry.field(default=None, description="The number of an article in it.")
    tag: _Text = strawberry.field(default=None, description="A word that staff gave it.")
    comment: _Text = strawberry.field(
        default=None,
        description="Words in comments on it, told to the customer or not; each whole or by how it begins.",
    )
    attribute: OrderAttributeMatchInput | None = strawberry.field(
        default=None, description="What the storefront keeps of the order, or a custom field of it says."
    )
    card_last_four: str | None = strawberry.field(default=None, description="The last digits of a card that paid.")
    authorization: str | None = strawberry.field(
        default=None,
        description="The payment provider's reference of a transaction, whole; found where you may read payments.",
        directives=[requires(Permission.READ_PAYMENTS)],
    )
    states: list[OrderState] | None = strawberry.field(default=None, description="In one of these states.")
    blocked: bool | None = strawberry.field(default=None, description="Held up by a block, or by none.")
    block_reasons: list[str] | None = strawberry.field(
        default=None, description="Held up for one of these reasons, by their codes."
    )
    has_backorder: bool | None = strawberry.field(
        default=None, description="Something in it has still to come in, or nothing."
    )
    owes_refund: bool | None = strawberry.field(
        default=None, description="More has come in than is owed, so that money is to be given back; or no more."
    )
    priorities: list[Priority] | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="Of one of these priorities."
    )
    ordered_through: list[OrderingChannel] | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="Ordered in one of these ways."
    )
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Of this customer.")
    account_number: str | None = strawberry.field(
        default=None, description="Of customers who buy for the account of this number."
    )
    channel_id: strawberry.ID | None = strawberry.field(default=None, description="Placed in this channel.")
    placed_by_id: strawberry.ID | None = strawberry.field(default=None, description="Placed by this member of staff.")
    source: str | None = strawberry.field(default=None, description="What the storefront said it came from.")
    placed: TimeSpanInput | None = strawberry.field(default=None, description="When it was placed.")
    updated: TimeSpanInput | None = strawberry.field(default=None, description="When it was changed last.")
    edited: TimeSpanInput | None = strawberry.field(
        default=None, description="When what was agreed on was changed, the last time or before."
    )
    total: OrderTotalFilterInput | None = strawberry.field(
        default=None, description="Costs so much; orders in other currencies are left out."
    )
    and_: list["OrderFindInput"] | None = strawberry.field(name="and", default=None, description="All of these hold.")
    or_: list["OrderFindInput"] | None = strawberry.field(name="or", default=None, description="One of these holds.")
    not_: "OrderFindInput | None" = strawberry.field(name="not", default=None, description="This does not hold.")

    def parse(self, calendar: f.Calendar) -> f.Condition | Refused:
        """Refused, too, if it would take looking at all orders."""
        intake = Intake()
        condition = _meaning(intake, calendar, self, "find", depth=f.MOST_DEEP)
        if intake.problems:
            return intake.refused()
        broad = f.too_broad(condition)
        return refuse(broad) if broad else condition


def _meaning(intake: Intake, calendar: f.Calendar, given: OrderFindInput, *path: Any, depth: int) -> AllOf[f.Condition]:
    if depth == 0:
        intake.invalid("Filters nest at most {most} deep.", *path, most=f.MOST_DEEP)
        return AllOf(parts=())
    kinds = (_texts, _comment, _queues, _payments, _ids, _choices, _about_itself, partial(_times, calendar))
    plain = [condition for kind in kinds for condition in kind(intake, given, path)]
    return AllOf(parts=(*plain, *_joined(intake, calendar, given, path, depth - 1)))


def _texts(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    for name, kind in _TEXTS.items():
        if (sought := getattr(given, name)) is not None:
            yield _key(intake, kind, sought, *path, _spelled(name))
    if given.attribute is not None:
        within = intake.text(given.attribute.key, *path, "attribute", "key", most=MOST_LETTERS, required=True)
        yield _key(intake, OrderKey.ATTRIBUTE, given.attribute, *path, "attribute", within=within.lower())


def _key(intake: Intake, kind: OrderKey, sought: TextMatchInput, *path: Any, within: str = "") -> HasKey:
    plain = _plain(intake, kind, sought, *path)
    note_too_short(intake, plain, sought.match, *path)
    return HasKey(kind=kind, match=sought.match, plain=plain, within=within)


def _plain(intake: Intake, kind: OrderKey, sought: TextMatchInput, *path: Any) -> str:
    if sought.match is TextMatch.CONTAINS and not kind.has_parts:
        intake.invalid("This is found whole or by how it begins.", *path, "match")
    return plain_form(kind, intake.text(sought.text, *path, "text", most=MOST_LETTERS))


def _comment(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    """Each of the words. One that is too short to begin others with is a word by itself."""
    if given.comment is not None:
        sought, here = given.comment, (*path, "comment")
        words = _plain(intake, OrderKey.COMMENT, sought, *here).split()
        note_too_short(intake, max(words, key=len, default=""), sought.match, *here)
        for word in words:
            match = sought.match if len(word) >= sought.match.least else TextMatch.EXACT
            yield HasKey(kind=OrderKey.COMMENT, match=match, plain=word)


def _queues(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    queues = (
        (OrderKey.BLOCK, given.blocked),
        (OrderKey.BACKORDER, given.has_backorder),
        (OrderKey.OWED_BACK, given.owes_refund),
    )
    for kind, wanted in queues:
        if wanted is not None:
            key = HasKey(kind=kind, match=TextMatch.EXACT, plain=ANY)
            yield key if wanted else NoneOf(parts=(key,))
    if given.block_reasons is not None:
        here = (*path, "blockReasons")
        few = enumerate(given.block_reasons[: f.MOST_PARTS])
        codes = [intake.text(code, *here, number, most=MOST_LETTERS, required=True) for number, code in few]
        if len(given.block_reasons) > f.MOST_PARTS:
            intake.invalid("At most {most} reasons are joined.", *here, most=f.MOST_PARTS)
        keys = [HasKey(kind=OrderKey.BLOCK, match=TextMatch.EXACT, plain=code) for code in dict.fromkeys(codes)]
        yield keys[0] if len(keys) == 1 else AnyOf(parts=tuple(keys))


def _payments(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    if given.card_last_four is not None:
        digits = given.card_last_four.strip()
        if len(digits) != _LAST_FOUR or not digits.isdecimal():
            intake.invalid("These are four digits.", *path, "cardLastFour")
        yield f.PaidWithCard(last_four=digits[:_LAST_FOUR].replace("\0", ""))
    if given.authorization is not None:
        yield f.Authorized(reference=intake.text(given.authorization, *path, "authorization", required=True))


def _ids(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    for name, prefix, make in (
        ("customer_id", "cus", lambda key: f.OfCustomer(customer_id=CustomerId(key))),
        ("channel_id", "chn", lambda key: f.InChannel(channel_id=ChannelId(key))),
        ("placed_by_id", "stf", lambda key: f.PlacedByStaff(staff_id=StaffId(key))),
    ):
        if (text := getattr(given, name)) is not None:
            if key := key_of(text, prefix):
                yield make(key)
            else:
                intake.invalid(
                    "This is not an id that begins with {prefix}.", *path, _spelled(name), prefix=f"{prefix}_"
                )


def _choices(_: Intake, given: OrderFindInput, __: tuple[Any, ...]) -> Iterator[f.Condition]:
    """Each of them once."""
    if given.states is not None:
        yield f.InStates(states=tuple(dict.fromkeys(given.states)))
    if given.priorities is not None:
        yield f.WithPriority(priorities=tuple(dict.fromkeys(given.priorities)))
    if given.ordered_through is not None:
        yield f.OrderedThrough(channels=tuple(dict.fromkeys(given.ordered_through)))


def _about_itself(intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    if given.account_number is not None:
        yield f.OfAccount(number=intake.text(given.account_number, *path, "accountNumber", most=MOST_LETTERS))
    if given.source is not None:
        yield f.FromSource(source=intake.text(given.source, *path, "source"))
    if given.total is not None and (total := given.total.parse(intake, *path, "total")):
        yield total


def _times(calendar: f.Calendar, intake: Intake, given: OrderFindInput, path: tuple[Any, ...]) -> Iterator[f.Condition]:
    for kind in f.MomentKind:
        span: TimeSpanInput | None = getattr(given, kind.lower())
        start, end = span.parse(intake, calendar, *path, kind.lower()) if span else (None, None)
        if start or end:
            yield f.Within(kind=kind, start=start, end=end)


def _minor(intake: Intake, amount: MoneyInput | None, *path: Any) -> int | None:
    if amount is None:
        return None
    minor = minor_of(amount.amount, DIGITS[amount.currency_code])
    if minor is None:
        intake.invalid("An amount has no more digits than its currency.", *path)
    return minor


def _joined(
    intake: Intake, calendar: f.Calendar, given: OrderFindInput, path: tuple[Any, ...], depth: int
) -> Iterator[f.Condition]:
    def parts(name: str, filters: Sequence[OrderFindInput]) -> tuple[f.Condition, ...]:
        if len(filters) > f.MOST_PARTS:
            intake.invalid("At most {most} filters are joined.", *path, name, most=f.MOST_PARTS)
        few = enumerate(filters[: f.MOST_PARTS])
        return tuple(_meaning(intake, calendar, each, *path, name, number, depth=depth) for number, each in few)

    if given.and_ is not None:
        yield AllOf(parts=parts("and", given.and_))
    if given.or_ is not None:
        yield AnyOf(parts=parts("or", given.or_))
    if given.not_ is not None:
        yield NoneOf(parts=(_meaning(intake, calendar, given.not_, *path, "not", depth=depth),))


def _spelled(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
