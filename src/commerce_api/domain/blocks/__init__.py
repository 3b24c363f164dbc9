"""Blocks: what holds an order up on purpose until somebody who may has looked at it (C.2). Those of a quote do not stop the
quote; they are copied to the orders that are made of it.

added by a person ─┐
                   ├─▶ ACTIVE ── cleared or overruled by a person, its cause gone, its order canceled ──▶ RESOLVED
raised by a rule ──┘
"""

from commerce_api.domain.blocks.commands import *  # noqa: F403
from commerce_api.domain.blocks.deciding import MOST_BLOCKS as MOST_BLOCKS
from commerce_api.domain.blocks.deciding import against as against
from commerce_api.domain.blocks.deciding import against_blocking as against_blocking
from commerce_api.domain.blocks.deciding import against_resolving as against_resolving
from commerce_api.domain.blocks.deciding import against_reviewing as against_reviewing
from commerce_api.domain.blocks.deciding import decide as decide
from commerce_api.domain.blocks.deciding import evolve as evolve
from commerce_api.domain.blocks.deciding import evolved as evolved
from commerce_api.domain.blocks.deciding import in_review as in_review
from commerce_api.domain.blocks.deciding import stopped as stopped
from commerce_api.domain.blocks.judging import Judged as Judged
from commerce_api.domain.blocks.judging import approved as approved
from commerce_api.domain.blocks.judging import closed as closed
from commerce_api.domain.blocks.judging import copied as copied
from commerce_api.domain.blocks.judging import judge as judge
from commerce_api.domain.blocks.reasons import *  # noqa: F403
from commerce_api.domain.blocks.rules import *  # noqa: F403
from commerce_api.domain.blocks.state import *  # noqa: F403
