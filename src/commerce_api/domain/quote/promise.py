"""What a promise is worth when it is called in (Q3)."""

from commerce_api.domain.adjustment import Adjustment, conceded
from commerce_api.domain.agreement import AgreedLine, AgreedShipping, Agreement
from commerce_api.domain.cart import Cart
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote.content import Price, QuoteContent
from commerce_api.domain.totals import Totals
from commerce_api.domain.value import replace
from commerce_api.domain.zone import Place


def held_to(agreement: Agreement, content: QuoteContent, cart: Cart) -> Agreement:
    """Sending is promised to the places that it was quoted for; elsewhere it costs what it costs."""
    quoted = {group.id: group.address and Place.of(group.address) for group in content.groups}
    going = {group.id: group.address and Place.of(group.address) for group in cart.ship_groups}

    def stays(shipping: AgreedShipping) -> bool:
        id_ = shipping.ship_group_id
        return quoted.get(id_) is not None and quoted[id_] == going.get(id_)

    return replace(agreement, shipping=tuple(filter(stays, agreement.shipping)))


def called_in(agreement: Agreement, content: QuoteContent, cart: Cart, today: Price | None) -> Cart:
    """What is bought of a quote, at what is promised for where it goes; `today` prices it, where the cheaper price counts."""
    held = held_to(agreement, content, cart)
    return replace(cart, agreement=best_of(held, today(replace(cart, agreement=None))) if today else held)


def best_of(agreement: Agreement, today: PricedCart) -> Agreement:
    """Line by line the lower price."""

    def better(line: AgreedLine) -> AgreedLine:
        total = today.totals.of_line(line.line_id)
        return replace(line, unit_price=min(line.unit_price, total.unit_price)) if total else line

    return replace(agreement, lines=tuple(map(better, agreement.lines)))


def keeps_within(now: tuple[Adjustment, Totals], quoted: tuple[Adjustment, Totals]) -> bool:
    """Whether no more is given than the quote did: nobody has to be asked about that again. More is another change."""
    return conceded(*now) <= conceded(*quoted)
