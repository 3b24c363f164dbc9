"""Carts: what a buyer is gathering.

Active ── SaveCart ──▶ Saved ── ActivateCart ──▶ Active
Active ── StartCheckout ──▶ Checkout ── CloseCart ──▶ Ordered
Checkout ── a change of its lines ──▶ Active
Active ── merging ──▶ Merged

A cart that nobody touched for long is expired; that is judged when it is read, nothing has to happen at the moment itself.
"""

from commerce_api.domain.cart.actions import CartActionKind as CartActionKind
from commerce_api.domain.cart.actions import actions as actions
from commerce_api.domain.cart.adjusting import kind_of as kind_of
from commerce_api.domain.cart.commands import *  # noqa: F403
from commerce_api.domain.cart.copying import copied as copied
from commerce_api.domain.cart.deciding import check_open as check_open
from commerce_api.domain.cart.deciding import decide as decide
from commerce_api.domain.cart.deciding import notices as notices
from commerce_api.domain.cart.deciding import prices_of as prices_of
from commerce_api.domain.cart.deciding import prices_wanted as prices_wanted
from commerce_api.domain.cart.describing import agreed as agreed
from commerce_api.domain.cart.describing import unsaid as unsaid
from commerce_api.domain.cart.events import *  # noqa: F403
from commerce_api.domain.cart.evolving import evolve as evolve
from commerce_api.domain.cart.evolving import evolved as evolved
from commerce_api.domain.cart.facts import *  # noqa: F403
from commerce_api.domain.cart.lines import broken_rules as broken_rules
from commerce_api.domain.cart.merging import Merge as Merge
from commerce_api.domain.cart.merging import MergeStrategy as MergeStrategy
from commerce_api.domain.cart.merging import merge as merge
from commerce_api.domain.cart.refusals import *  # noqa: F403
from commerce_api.domain.cart.splitting import AllBackordered as AllBackordered
from commerce_api.domain.cart.splitting import CartInTwo as CartInTwo
from commerce_api.domain.cart.splitting import NothingBackordered as NothingBackordered
from commerce_api.domain.cart.splitting import Supply as Supply
from commerce_api.domain.cart.splitting import split_backorders as split_backorders
from commerce_api.domain.cart.state import *  # noqa: F403
