import pytest

from commerce_api.domain.quote import wording


@pytest.mark.parametrize(
    ("language", "text"),
    [("de-AT", "Das Angebot wurde bestellt."), ("en", wording.of_event("QuoteConverted", "fr"))],
)
def test_what_happened_to_a_quote_is_told_in_the_language_of_who_reads(language, text):
    assert wording.of_event("QuoteConverted", language) == text


def test_what_only_staff_see_has_no_words():
    assert wording.of_event("QuoteApproved", "en") is None
