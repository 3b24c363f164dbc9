"""The headers that are ours, for pages of other origins (CORS) and for caches."""

from typing import Final

CHOOSING: Final = ("Authorization", "X-Cart-Token", "X-Channel", "X-Currency", "X-Customer", "Accept-Language")
"""What an answer depends on beside the address."""

NAMING: Final = ("Authorization", "X-Cart-Token", "X-Customer")
"""Of these, what says who asks or for whom."""

ASKED: Final = (*CHOOSING, "Content-Type", "X-Quote-Token", "X-Request-Id")
ANSWERED: Final = ("X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Content-Language")

VARY: Final = ", ".join(("Accept", *CHOOSING))
