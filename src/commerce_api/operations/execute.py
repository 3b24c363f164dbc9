"""How every operation runs: one transaction, once more after a deadlock, and once only for an idempotency key (K5).

An operation is `async def name(uow, command) -> result | Done[result] | Refused`. The command is a frozen value made of the
input; ids come from `uow.new_id()`, the moment from `uow.by.at`. If it refuses, all that it wrote is rolled back.
"""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import orjson

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Attribution
from commerce_api.domain.decision import Done, Refused, refuse
from commerce_api.domain.value import value
from commerce_api.persistence.idempotency import Answered
from commerce_api.persistence.kept_findings import all_kept
from commerce_api.persistence.rows import write_all
from commerce_api.persistence.sql import Database, retried
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work

C = TypeVar("C")
T = TypeVar("T")


@value
class Recall:
    """For what an answer says that its entity does not: `keep` makes a document of it, `again` the answer of what was loaded,
    the command and that document.
    """

    keep: Callable[[Any], Any]
    again: Callable[[Any, Any, Any], Any]


@value
class Once:
    """`key` is the client's; `load` brings back, by its id, what the first request made."""

    key: str
    load: Callable[[UnitOfWork, UUID], Awaitable[Any]]
    recall: Recall | None = None


class _RollBack(Exception):  # noqa: N818 - it is not an error but the way out of a transaction
    def __init__(self, refused: Refused) -> None:
        self.refused = refused


async def execute(
    database: Database,
    by: Attribution,
    operation: Callable[[UnitOfWork, C], Awaitable[T | Refused]],
    command: C | Refused,
    once: Once | None = None,
) -> T | Refused:
    """Run an operation in a transaction of its own. A command that could not be parsed is its own answer."""
    if isinstance(command, Refused):
        return command

    attempts = count()

    async def attempt() -> T | Refused:
        async with unit_of_work(database, by, new_id) as uow:
            uow.careful = next(attempts) > 0
            outcome = await (_once(uow, operation, command, once) if once else operation(uow, command))
            if isinstance(outcome, Refused):
                raise _RollBack(outcome)
            return outcome

    try:
        return await retried(attempt)
    except _RollBack as rolled_back:
        return rolled_back.refused


async def _once(
    uow: UnitOfWork, operation: Callable[[UnitOfWork, Any], Awaitable[Any]], command: Any, once: Once
) -> Any:
    name = f"{operation.__module__}.{operation.__qualname__}"
    input_hash = sha256(orjson.dumps(command, default=_plain, option=orjson.OPT_NON_STR_KEYS)).digest()
    claimed = await uow.idempotency_keys.claim(_caller(uow.by), once.key, name, input_hash)
    if isinstance(claimed, Answered):
        return await _answered(uow, command, once, claimed)
    if claimed is not None:
        return refuse(claimed)
    outcome = await operation(uow, command)
    if not isinstance(outcome, Refused):
        await write_all(uow.connection, uow.idempotency_keys.keeping(_result(outcome, once), at=uow.by.at))
    return outcome


def _result(outcome: Any, once: Once) -> Mapping[str, Any]:
    done = outcome if isinstance(outcome, Done) else Done(result=outcome)
    notices = {"notices": all_kept(done.notices)} if done.notices else {}
    said = {"said": once.recall.keep(done.result)} if once.recall else {}
    return {"id": done.result.id, **notices, **said}


async def _answered(uow: UnitOfWork, command: Any, once: Once, before: Answered) -> Any:
    """Its result as it is now, with what was said of it then."""
    loaded = await once.load(uow, before.id)
    if isinstance(loaded, Refused):
        return loaded
    result = once.recall.again(loaded, command, before.said) if once.recall else loaded
    return Done(result=result, notices=before.notices) if before.notices else result


def _plain(part: Any) -> Any:
    """What orjson does not know, the same in every process; sets come in another order in each."""
    return sorted(part) if isinstance(part, frozenset | set) else str(part)


def _caller(by: Attribution) -> str:
    """Keys are scoped to the caller, so that nobody can read another's answer."""
    actor = by.actor
    if actor.id is not None:
        return f"{actor.kind}:{actor.id}:{actor.on_behalf_of or ''}"
    return f"{actor.kind}:{actor.cart_token_hash.hex() if actor.cart_token_hash else by.ip}"
