"""Answers to public questions of those who do not say who they are: those to GET any cache may keep (decision 0016), and all of them
this process itself (`kept_answers`).
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from commerce_api.persistence.touched import STOCK, Reads
from commerce_api.schema.node import global_id
from commerce_api.web.answers import Given
from commerce_api.web.headers import NAMING, VARY, Header, written
from commerce_api.web.kept_answers import Kept
from commerce_api.web.rate import Budget

_KINDS: Final = ("prd", "cat", "col")
_MOST_KEYS: Final = 100
_TOLD_WITHOUT_BODY: Final = frozenset({b"etag", b"cache-control", b"vary", b"surrogate-key"})


def names_nobody(request: Request) -> bool:
    return not any(name in request.headers for name in NAMING)


def headers_of(request: Request, answer: Given, max_age: int, reads: Reads) -> tuple[str | None, Sequence[Header]]:
    """Of a public answer, with its tag: those to GET any cache may keep, those to POST none but ours."""
    if request.method == "POST":
        return None, _finished(answer, {"Cache-Control": "no-store"})
    tag = _tag(answer)
    control = f"public, max-age={max_age}" if max_age else "public, no-cache"
    return tag, _finished(answer, {"ETag": tag, "Cache-Control": control, "Surrogate-Key": surrogate_keys(reads)})


def given(request: Request, kept: Kept, budget: Budget | None) -> Given:
    """The answer to this request; or only that it is still the one that the client has. What caches may keep tells nothing of one
    caller's rate.
    """
    if kept.tag is None:
        return Given(200, [*kept.headers, *written(budget.headers() if budget else {})], kept.body)
    if _has(request.headers.get("if-none-match", ""), kept.tag):
        return Given(304, [header for header in kept.headers if header[0] in _TOLD_WITHOUT_BODY], b"")
    return Given(200, kept.headers, kept.body)


def surrogate_keys(reads: Reads) -> str:
    """What is purged by them: see docs/caching.md."""
    keys = ["catalog"]
    if STOCK in (reads.things() or (STOCK,)):
        keys.append("stock")
    for kind in _KINDS:
        ids = reads.shown.get(kind, ())
        keys += sorted(global_id(kind, id_) for id_ in ids) if len(ids) <= _MOST_KEYS else [f"{kind}-many"]
    return " ".join(keys)


def _finished(answer: Given, more: Mapping[str, str]) -> Sequence[Header]:
    return [*answer.headers, *written({"Vary": VARY, **more})]


def _tag(answer: Given) -> str:
    """Strong: it stands for these bytes in this media type and language, wherever they come from."""
    known = dict(answer.headers)
    parts = (known[b"content-type"], known[b"content-language"], answer.body)
    return f'"{sha256(b" ".join(parts)).hexdigest()[:32]}"'


def _has(known: str, tag: str) -> bool:
    """Whether `If-None-Match` names it. Proxies that compress may have made the tag a weak one."""
    tags = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in tags or tags == ["*"]
