"""What a rule answered, kept as a document until the same request comes again (K5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from commerce_api.domain.decision import Finding
from commerce_api.persistence.documents import read


def kept(finding: Finding) -> Mapping[str, Any]:
    return {"rule": finding.code(), "facts": {field.name: getattr(finding, field.name) for field in fields(finding)}}


def all_kept(findings: Iterable[Finding]) -> list[Mapping[str, Any]]:
    return [kept(finding) for finding in findings]


def finding_of(document: Mapping[str, Any]) -> Any:
    return read(_rules()[document["rule"]], document["facts"])


def findings_of(documents: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(finding_of(document) for document in documents)


@cache
def _rules() -> Mapping[str, type[Finding]]:
    return {rule.code(): rule for rule in _below(Finding)}


def _below(rule: type[Finding]) -> Iterator[type[Finding]]:
    for each in rule.__subclasses__():
        yield each
        yield from _below(each)
