"""Agreeing to the shop's terms."""

from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.value import value


@value
class TermsNotAccepted(Refusal):
    """The terms have to be accepted: send the version in force, {current_version}, as `acceptedTermsVersion`."""

    current_version: str


@value
class TermsVersionStale(Refusal):
    """The terms have changed since. Show version {current_version} and ask again."""

    current_version: str


def check_terms(
    accepted: str | None, current: str, path: Path = ("acceptedTermsVersion",)
) -> TermsNotAccepted | TermsVersionStale | None:
    if not accepted:
        return TermsNotAccepted(path=path, current_version=current)
    return None if accepted == current else TermsVersionStale(path=path, current_version=current)
