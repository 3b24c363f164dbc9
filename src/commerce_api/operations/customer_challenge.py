"""A caller is known by the answer to a question; it opens nothing but the conversation (S1-15).

Hashing takes long, so a try is counted and committed before the answer is compared: of several at once no more than are allowed
are compared at all.
"""

from dataclasses import field

from commerce_api.domain.customer import Customer
from commerce_api.domain.customer_details import (
    MOST_TRIES,
    ChallengeFailed,
    ChallengeLocked,
    ChallengePassed,
    ChallengeUnlocked,
    NoChallenge,
    WrongAnswer,
)
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.throttle import TooManyAttempts
from commerce_api.domain.value import value
from commerce_api.operations.customers import treated
from commerce_api.operations.entrance import Entrance
from commerce_api.persistence.stores.customer_details import CustomerDetailStore
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class GiveAnswer:
    """`answer` is normalized."""

    id: CustomerId
    answer: str = field(repr=False)


@value
class _Try:
    answer_hash: str = field(repr=False)
    left: int


async def verify(entrance: Entrance, command: GiveAnswer | Refused) -> Customer | Refused:
    if isinstance(command, Refused):
        return command
    if entrance.passwords.crowded:
        return refuse(TooManyAttempts(retry_after_seconds=1))
    begun = await entrance.write(_begin, command)
    if isinstance(begun, Refused):
        return begun
    right = await entrance.passwords.verify(begun.answer_hash, command.answer)

    async def end(uow: UnitOfWork, command: GiveAnswer) -> Customer | Refused | None:
        found = await treated(uow, command.id, Permission.MANAGE_CUSTOMERS)
        if isinstance(found, Refused):
            return found
        if not right:
            await CustomerStore(uow).record(found.id, [ChallengeFailed(tries_left=begun.left)])
            return None
        await CustomerDetailStore(uow).knew(found.id, begun.answer_hash)
        await CustomerStore(uow).record(found.id, [ChallengePassed()])
        return await CustomerStore(uow).seen(found)

    outcome: Customer | Refused | None = await entrance.write(end, command)
    if outcome is not None:
        return outcome
    return refuse(
        WrongAnswer(path=("answer",), tries_left=begun.left) if begun.left else ChallengeLocked(path=("answer",))
    )


async def _begin(uow: UnitOfWork, command: GiveAnswer) -> _Try | Refused:
    found = await treated(uow, command.id, Permission.MANAGE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    store = CustomerDetailStore(uow)
    row = await store.begin_try(found.id)
    if row is None:
        known = await store.challenge(found.id)
        return refuse(ChallengeLocked(path=("answer",)) if known else NoChallenge(path=("id",)))
    return _Try(answer_hash=row["answer_hash"], left=MOST_TRIES - row["tries"])


@value
class Unlock:
    id: CustomerId


async def unlock(uow: UnitOfWork, command: Unlock) -> Customer | Refused:
    """All tries are back."""
    found = await treated(uow, command.id, Permission.DISABLE_CUSTOMERS)
    if isinstance(found, Refused):
        return found
    store = CustomerDetailStore(uow)
    if await store.challenge(found.id) is None:
        return refuse(NoChallenge(path=("id",)))
    await store.unlock(found.id)
    await CustomerStore(uow).record(found.id, [ChallengeUnlocked()])
    return await CustomerStore(uow).seen(found)
