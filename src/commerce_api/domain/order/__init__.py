"""Orders: their life from placing on (C.1).

              ┌──────── resubmitted ─────────┐
              ▼                              │
placed ─▶ PENDING ── declined ──▶ PAYMENT_REJECTED
              │                              │
              │ secured                      │ not paid in time
              ▼                              ▼
          CONFIRMED ─▶ IN_FULFILLMENT     CANCELED
                            │
                            ▼
                         SHIPPED ─▶ COMPLETED
"""

from commerce_api.domain.order import comments as comments
from commerce_api.domain.order.actions import *  # noqa: F403
from commerce_api.domain.order.blocking import OrderIsOver as OrderIsOver
from commerce_api.domain.order.blocking import blockable as blockable
from commerce_api.domain.order.commands import *  # noqa: F403
from commerce_api.domain.order.deciding import awaits_new_payment as awaits_new_payment
from commerce_api.domain.order.deciding import decide as decide
from commerce_api.domain.order.editing import *  # noqa: F403
from commerce_api.domain.order.evolving import evolve as evolve
from commerce_api.domain.order.evolving import evolved as evolved
from commerce_api.domain.order.finding import TooBroad as TooBroad
from commerce_api.domain.order.own_edits import *  # noqa: F403
from commerce_api.domain.order.recording import recorded_before as recorded_before
from commerce_api.domain.order.refunding import due_again as due_again
from commerce_api.domain.order.refusals import *  # noqa: F403
from commerce_api.domain.order.split_events import *  # noqa: F403
from commerce_api.domain.order.splitting import *  # noqa: F403
from commerce_api.domain.order.state import *  # noqa: F403
from commerce_api.domain.order.topping_up import as_before as as_before
from commerce_api.domain.order.topping_up import awaits_balance as awaits_balance
from commerce_api.domain.order.topping_up import charge_complete as charge_complete
from commerce_api.domain.order.topping_up import charge_failed as charge_failed
