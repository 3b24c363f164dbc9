"""Blocks and their reasons for tests of the rules."""

from dataclasses import replace

from commerce_api.domain.blocks import (
    AddBlock,
    Block,
    BlockKind,
    BlockReason,
    Cause,
    Judged,
    Owner,
    OwnerKind,
    ReasonKind,
    Resolution,
    ResolveBlock,
    Resolved,
    Resolver,
    Stop,
)
from tests.domain.orders import AT, id_

ORDER, QUOTE = (Owner(kind=kind, id=id_(number)) for number, kind in enumerate(OwnerKind, 1))
CSR, BOSS, OTHER_BOSS = id_(21), id_(22), id_(23)
SUPERVISOR = Resolver(id=BOSS, may_all=True, may_own=False)
CLERK = Resolver(id=id_(24), may_all=False, may_own=True, roles=frozenset({"CLERKS"}))
NOBODY = Resolver(id=CSR, may_all=False, may_own=False, roles=frozenset({"CLERKS"}))


def reason(code="OTHER", kind=ReasonKind.MANUAL, **more):
    texts = {"names": {"en": code.title()}, "shopper_texts": {"en": "Being looked at."}}
    return BlockReason(id=id_(31), code=code, kind=kind, category="OTHER", **{**texts, **more})


MANUAL, LIMIT = reason(), reason("PRICE_OVERRIDE_LIMIT", ReasonKind.AUTOMATIC, auto_resolve=True, four_eyes=True)
REASONS = {each.code: each for each in (MANUAL, LIMIT)}


def block(number=41, **more):
    content = {
        "id": id_(number),
        "owner": ORDER,
        "reason": "OTHER",
        "kind": BlockKind.MANUAL,
        "stops": frozenset({Stop.RELEASE, Stop.CAPTURE}),
        "comment": "",
        "placed_by": CSR,
        "placed_at": AT,
    }
    return Block(**{**content, **more})


def raised(number=41, **more):
    content = {"reason": "PRICE_OVERRIDE_LIMIT", "kind": BlockKind.AUTOMATIC, "ref": "line 1", "amount": 5}
    return block(number, **{**content, **more})


def resolved(block, resolution=Resolution.CLEARED):
    return replace(block, resolved=Resolved(resolution=resolution, by=BOSS, at=AT, comment=""))


def add(number=41, reason=MANUAL, **more):
    return AddBlock(**{"id": id_(number), "reason": reason, "comment": "", "by": CSR, "at": AT, **more})


def resolve(number=41, reason=MANUAL, resolver=SUPERVISOR, **more):
    return ResolveBlock(id=id_(number), reason=reason, resolver=resolver, comment="fine", at=AT, **more)


def cause(ref="line 1", amount=5, code="PRICE_OVERRIDE_LIMIT", by=None):
    return Cause(reason=code, ref=ref, amount=amount, caused_by=by)


def judged(*causes, rules=("PRICE_OVERRIDE_LIMIT",), by=CSR):
    return Judged(causes=causes, rules=frozenset(rules), by=by, at=AT)
