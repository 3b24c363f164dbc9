"""By what the answers that are kept are told apart."""

import pytest

from commerce_api.web.kept_answers import LONGEST_QUESTION, key_of


def test_whoever_says_who_they_are_has_no_key():
    plain = [(b"accept", b"*/*"), (b"user-agent", b"me")]

    assert key_of(b"q", plain) == key_of(b"q", plain[:1]) != key_of(b"q", [(b"accept", b"text/html")])
    for name in (b"authorization", b"x-cart-token", b"x-customer"):
        assert key_of(b"q", [*plain, (name, b"")]) is None
    assert key_of(b"q" * (LONGEST_QUESTION + 1), plain) is None


@pytest.mark.parametrize("name", [b"x-channel", b"x-currency", b"accept-language", b"accept"])
def test_each_header_that_chooses_makes_another_key(name):
    assert len({key_of(b"q", headers) for headers in ([], [(name, b"a")], [(name, b"b")])}) == 3
