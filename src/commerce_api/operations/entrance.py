"""What everything needs that proves who somebody is.

Hashing a password takes long, so it happens between transactions, never in one; and attempts are counted in statements of
their own, so that a refused attempt stays counted.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from commerce_api.adapters.passwords import Passwords
from commerce_api.adapters.tokens import keyed_hash
from commerce_api.domain.actor import Attribution
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.password import PasswordBreached
from commerce_api.domain.session import SignInFailed
from commerce_api.domain.throttle import Limit, TooManyAttempts, judge, network_of
from commerce_api.domain.value import value
from commerce_api.operations.execute import execute
from commerce_api.persistence.sql import Connection, Database
from commerce_api.persistence.stores import throttles
from commerce_api.persistence.unit_of_work import UnitOfWork

C = TypeVar("C")
T = TypeVar("T")


@value
class Entrance:
    database: Database
    by: Attribution
    passwords: Passwords
    secret: str

    async def write(self, operation: Callable[[UnitOfWork, C], Awaitable[T | Refused]], command: C) -> T | Refused:
        """One transaction of the several that proving takes."""
        return await execute(self.database, self.by, operation, command)

    async def admit(self, limit: Limit, account: str) -> Refused | None:
        """Count an attempt on an account, existing or not, and from this network; refuse it beyond the limit."""
        if self.passwords.crowded:
            return refuse(TooManyAttempts(retry_after_seconds=1))
        over = [await self._over(limit, key, allowed) for key, allowed in self._counters(limit, account)]
        reasons = [reason for reason in over if reason]
        return refuse(max(reasons, key=lambda reason: reason.retry_after_seconds)) if reasons else None

    async def _over(self, limit: Limit, key: bytes, allowed: int) -> TooManyAttempts | None:
        at = self.by.at
        counted = await throttles.count(self.database, key, at=at, window_ends_at=at + limit.window)
        return judge(counted, allowed, at)

    async def acquit(self, connection: Connection, limit: Limit, account: str) -> None:
        """It was the right person after all: their account starts again from zero, the network gets the attempt back."""
        (account_key, _), *network = self._counters(limit, account)
        await throttles.forget(connection, account_key)
        for key, _ in network:
            await throttles.give_back(connection, key)

    async def hashed(self, new_password: str, *path: str) -> str | Refused:
        """A new password as it is kept, unless it stands in a breach."""
        if await self.passwords.is_breached(new_password):
            return refuse(PasswordBreached(path=path))
        return await self.passwords.hash(new_password)

    async def note_failure(self, failure: SignInFailed) -> None:
        """Kept although the answer is a refusal."""
        await self.write(_note, failure)

    def _counters(self, limit: Limit, account: str) -> list[tuple[bytes, int]]:
        counters = [(self._key(limit, "account", account), limit.per_account)]
        if self.by.ip:
            counters.append((self._key(limit, "network", network_of(self.by.ip)), limit.per_network))
        return counters

    def _key(self, limit: Limit, kind: str, name: str) -> bytes:
        return keyed_hash(self.secret, f"throttle\0{limit.purpose}\0{kind}\0{name}")


async def _note(uow: UnitOfWork, failure: SignInFailed) -> None:
    await uow.events.record("SIGN_IN", uow.new_id(), [failure])
