import pytest

from commerce_api.domain.order import OrderState
from commerce_api.domain.order.wording import for_shoppers, for_staff


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Received"), ("de", "Eingegangen"), ("de-AT", "Eingegangen"), ("fr", "Received")]
)
def test_a_state_is_put_into_the_shoppers_language_or_english(language, text):
    assert for_shoppers(OrderState.PENDING, language) == text


@pytest.mark.parametrize(
    "wording", [for_staff, lambda state: for_shoppers(state, "en"), lambda state: for_shoppers(state, "de")]
)
def test_every_state_has_words_of_its_own(wording):
    assert len({wording(state) for state in OrderState}) == len(OrderState)


def test_shoppers_are_not_told_what_staff_are():
    assert for_staff(OrderState.PENDING) == "Saved, payment not secured yet"
