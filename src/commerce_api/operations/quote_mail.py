"""What buyers are told by mail about their quotes, queued in the transaction it tells of (D21)."""

from datetime import timedelta
from typing import Any, Final

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import decimal_of
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.content import VersionRef
from commerce_api.operations.mailed_secrets import Opening
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.customers import email_of
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.quotes import Frozen
from commerce_api.persistence.unit_of_work import UnitOfWork

OUTLIVES: Final = timedelta(days=30)
"""How long a link still shows a quote that has expired, and what can be done then."""


async def sent(uow: UnitOfWork, quote: Quote, frozen: Frozen, comment: str) -> bool:
    """With what it offers, a link that opens it, and the version as a document. False if there is no address."""
    recipient = quote.email or (await email_of(uow.connection, quote.customer_id) if quote.customer_id else "")
    if not recipient or quote.offer is None:
        return False
    channel = await channel_by_id(uow.connection, quote.channel_id)
    until = quote.offer.valid_until
    opens = Opening(purpose=Purpose.READ_QUOTE, subject_id=quote.id, until=until + OUTLIVES)
    facts = {"time_zone": channel.time_zone, "comment": comment, "until": until}
    message = {
        "kind": "QUOTE_SENT",
        "recipient": recipient,
        "language": quote.language,
        "data": {"number": quote.number, **facts, **_sums(frozen)},
        "opens": opens,
        "attaches": VersionRef(quote_id=quote.id, version=quote.version),
    }
    uow.outbox.put("mail", message, dedupe_key=f"quote-sent:{quote.id}:{quote.version}")
    return True


def _sums(frozen: Frozen) -> dict[str, Any]:
    content, totals = frozen.content, frozen.content.totals

    def money(minor: int) -> str:
        return str(decimal_of(minor, DIGITS[content.currency]))

    amounts = {
        "discount": totals.discount_total,
        "shipping": totals.shipping_total,
        "tax_included" if content.policy.prices_include_tax else "tax": totals.tax_total,
    }
    paid = {line.id: money(line.total) for line in totals.lines}
    lines = [{"name": line.name, "quantity": line.quantity, "amount": paid[line.id]} for line in content.lines]
    shown = {name: money(amount) for name, amount in amounts.items() if amount}
    return {"currency": content.currency, "lines": lines, "total": money(totals.total), **shown}
