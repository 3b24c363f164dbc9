"""What the worker makes of the outbox, as far as mails about accounts are concerned."""

import re

from commerce_api.operations import account_mail, mail
from commerce_api.operations.mailed_secrets import filled
from commerce_api.operations.services import Services
from commerce_api.persistence.stores import mails
from commerce_api.settings import Settings

_DONE = "UPDATE outbox SET done_at = due_at WHERE topic = $1 AND done_at IS NULL RETURNING id, payload, dedupe_key"
_TOKEN = re.compile(r"mail_[\w-]{43}")


async def deliver(database, connection, clock):
    """Do what was asked for; answers what the mails were made of, with the token that each shows."""
    services = Services(settings=Settings(), database=database, now=clock)
    for row in await connection.fetch(_DONE, account_mail.TOPIC):
        await account_mail.send(services, {**row["payload"], "dedupe_key": str(row["id"])})
    return [await _written(services, row) for row in await connection.fetch(_DONE, "mail")]


async def _written(services, row):
    key = row["dedupe_key"] or str(row["id"])
    await mail.deliver(services, {**row["payload"], "dedupe_key": key})
    made = {name: row["payload"][name] for name in ("kind", "recipient", "language", "data")}
    return {**made, "token": await shown_token(services, key)}


async def shown_token(services, dedupe_key):
    """The token in a mail as it was sent; None if there is none in it."""
    async with services.database.connection() as connection:
        kept = await mails.by_key(connection, dedupe_key)
    found = _TOKEN.search(as_sent(services, kept))
    return found and found.group()


def as_sent(services, kept):
    """The text of a mail with the secret in it, as only its receiver sees it."""
    return filled(kept.text, services.secret, kept.id, kept.opens)


async def latest_text(services, kind):
    """The text of the newest mail of a kind."""
    async with services.database.connection() as connection:
        return next(as_sent(services, kept) for kept in await mails.latest(connection, 100) if kept.kind == kind)
