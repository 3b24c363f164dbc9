import pytest

from commerce_api.domain.order import OrderState, commands, wording
from commerce_api.domain.order.wording import for_shoppers, for_staff


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Received"), ("de", "Eingegangen"), ("de-AT", "Eingegangen"), ("fr", "Received")]
)
def test_a_state_is_put_into_the_shoppers_language_or_english(language, text):
    assert for_shoppers(OrderState.PENDING, language) == text


@pytest.mark.parametrize(
    "words", [for_staff, lambda state: for_shoppers(state, "en"), lambda state: for_shoppers(state, "de")]
)
def test_every_state_has_words_of_its_own(words):
    assert len({words(state) for state in OrderState}) == len(OrderState)


def test_shoppers_are_not_told_what_staff_are():
    assert for_staff(OrderState.PENDING) == "Saved, payment not secured yet"


def customer_visible():
    return {name for name, event in vars(commands).items() if getattr(event, "customer_visible", False)}


@pytest.mark.parametrize("language", ["en", "de", "de-AT", "fr"])
def test_whatever_a_customer_sees_of_a_timeline_is_in_words(language):
    texts = {name: wording.of_event(name, language) for name in customer_visible()}

    assert len(texts) == 19
    assert None not in texts.values()
    assert (texts["OrderConfirmed"] == "Ihre Bestellung ist bestätigt.") is language.startswith("de")


def test_what_only_staff_see_has_no_words_for_customers():
    assert wording.of_event("PaymentUnknown", "en") is None
