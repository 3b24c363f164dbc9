"""Quotes: prices that are guaranteed until a moment (C.4).

requested ─▶ REQUESTED ─ taken up ─▶ IN_REVIEW ◀─ taken up ─ COUNTERED
                                         │ changed               ▲
              created, reopened ─▶     DRAFT ◀──┐                │
                                         │      │ approved,      │
                           beyond limits ▼      │ rejected       │
                                      APPROVAL ─┘                │
                                         ▼ sent                  │
                                       SENT ─────────────────────┤
                                         │                       ├─▶ DECLINED, WITHDRAWN
                                         ▼
                                     ACCEPTED ─▶ CONVERTED

SENT and ACCEPTED are EXPIRED as soon as their time is over. That is judged by the clock whenever they are used; nothing has
to happen at the moment itself. What is expired, declined or withdrawn can be issued again, as a new version.
"""

from commerce_api.domain.quote.actions import QuoteAction as QuoteAction
from commerce_api.domain.quote.actions import actions as actions
from commerce_api.domain.quote.blocking import blockable as blockable
from commerce_api.domain.quote.commands import *  # noqa: F403
from commerce_api.domain.quote.deciding import against as against
from commerce_api.domain.quote.deciding import decide as decide
from commerce_api.domain.quote.deciding import evolve as evolve
from commerce_api.domain.quote.deciding import evolved as evolved
from commerce_api.domain.quote.events import *  # noqa: F403
from commerce_api.domain.quote.refusals import *  # noqa: F403
from commerce_api.domain.quote.state import *  # noqa: F403
