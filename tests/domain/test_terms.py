import pytest

from commerce_api.domain.terms import TermsNotAccepted, TermsVersionStale, check_terms

PATH = ("acceptedTermsVersion",)


@pytest.mark.parametrize(
    ("accepted", "problem"),
    [
        ("2", None),
        ("1", TermsVersionStale(path=PATH, current_version="2")),
        ("", TermsNotAccepted(path=PATH, current_version="2")),
        (None, TermsNotAccepted(path=PATH, current_version="2")),
    ],
)
def test_only_the_version_in_force_can_be_accepted(accepted, problem):
    assert check_terms(accepted, "2") == problem
