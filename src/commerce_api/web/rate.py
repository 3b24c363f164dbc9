"""How much one caller may ask for in a while: a token bucket of cost for each. It is this process's own (decision 0010)."""

import math
from collections import OrderedDict
from datetime import datetime
from typing import Final

from commerce_api.domain.value import value

_CALLERS: Final = 30_000
"""Those who came last. Each takes a third of a kilobyte; one who is forgotten begins anew."""


@value
class Budget:
    """What is left, and in how many seconds it is whole again."""

    quota: int
    window: int
    left: int
    whole_in: int

    @property
    def wait(self) -> int:
        """Seconds until something may be spent again."""
        return math.ceil(-min(self.left, 0) * self.window / self.quota) + 1

    def headers(self) -> dict[str, str]:
        """RateLimit header fields for HTTP, draft 11."""
        return {
            "RateLimit-Policy": f'"cost";q={self.quota};w={self.window}',
            "RateLimit": f'"cost";r={max(self.left, 0)};t={self.whole_in}',
        }


class RateLimits:
    """`quota` cost in `window` seconds; a quota of 0 means no limit. Debts are possible: a caller is refused until they are worked off."""

    def __init__(self, quota: int, window: int) -> None:
        self._quota, self._window = quota, window
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, caller: str, cost: int, at: datetime) -> Budget | None:
        """Take `cost` from the caller's bucket. None if there is no limit."""
        if not self._quota:
            return None
        now = at.timestamp()
        level, since = self._buckets.pop(caller, (float(self._quota), now))
        level = min(float(self._quota), level + max(now - since, 0) * self._quota / self._window)
        self._buckets[caller] = (level - cost, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        return self._budget(level - cost)

    def _budget(self, level: float) -> Budget:
        missing = self._quota - level
        return Budget(
            quota=self._quota,
            window=self._window,
            left=math.floor(level),
            whole_in=math.ceil(missing * self._window / self._quota),
        )
