from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from commerce_api.domain.card import (
    BRANDS,
    CardBrand,
    CardBrandNotAccepted,
    CardEntry,
    CardExpired,
    CardExpiryInvalid,
    CardFace,
    CardNumberInvalid,
    CvvInvalid,
    brand_rule,
    expired,
    face_of,
    problems_of,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL = frozenset(CardBrand)


def entry(number="4242424242424242", month=12, year=2030, cvv="123"):
    return CardEntry(number=number, expiry_month=month, expiry_year=year, cvv=cvv)


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", CardBrand.VISA),
        ("5555555555554444", CardBrand.MASTERCARD),
        ("2223003122003222", CardBrand.MASTERCARD),
        ("378282246310005", CardBrand.AMEX),
        ("6011111111111117", CardBrand.DISCOVER),
        ("3056930009020004", CardBrand.DINERS),
        ("36227206271667", CardBrand.DINERS),
        ("3566002020360505", CardBrand.JCB),
        ("6200000000000005", CardBrand.UNIONPAY),
    ],
)
def test_a_number_tells_its_brand(number, brand):
    assert brand_rule(number).brand is brand


def test_a_good_card_has_no_problems():
    assert problems_of(entry(), accepted=ALL, at=AT) == []


@pytest.mark.parametrize("number", ["", "4242", "4242424242424241", "9999999999999995", "424242424242424242", "x" * 16])
def test_what_nobody_issues_is_refused(number):
    assert problems_of(entry(number=number), accepted=ALL, at=AT) == [CardNumberInvalid(path=("number",))]


def test_a_brand_that_is_not_taken_is_refused_by_name_of_those_that_are():
    assert problems_of(entry(), accepted=frozenset({CardBrand.MASTERCARD, CardBrand.AMEX}), at=AT) == [
        CardBrandNotAccepted(path=("number",), accepted="AMEX, MASTERCARD")
    ]


def test_all_problems_are_told_at_once():
    broken = entry(number="4242424242424241", month=2, year=2026, cvv="12")

    assert problems_of(broken, accepted=ALL, at=AT) == [
        CardNumberInvalid(path=("number",)),
        CardExpired(path=("expiryMonth",)),
        CvvInvalid(path=("cvv",), digits=3),
    ]


@pytest.mark.parametrize(("month", "year"), [(0, 2030), (13, 2030), (1, 30), (1, 9999)])
def test_a_date_that_no_card_bears_is_refused(month, year):
    assert problems_of(entry(month=month, year=year), accepted=ALL, at=AT) == [CardExpiryInvalid(path=("expiryMonth",))]


@pytest.mark.parametrize(
    ("cvv", "number"), [("1234", "4242424242424242"), ("123", "378282246310005"), ("12٣", "4242424242424242")]
)
def test_the_security_code_has_the_length_of_its_brand(cvv, number):
    found = problems_of(entry(number=number, cvv=cvv), accepted=ALL, at=AT)

    assert [type(problem) for problem in found] == [CvvInvalid]


def test_a_card_is_good_until_its_month_has_ended_everywhere():
    assert not expired(2, 2026, datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC))
    assert expired(2, 2026, datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_card_entry_does_not_show_itself():
    assert "4242" not in repr(entry()) + str(entry()) + f"{entry()}"


def test_of_a_card_only_its_last_four_digits_are_shown():
    assert face_of(entry(), CardBrand.VISA) == CardFace(
        brand=CardBrand.VISA, last_four="4242", expiry_month=12, expiry_year=2030
    )


@given(st.sampled_from(BRANDS), st.data())
def test_every_number_that_a_brand_could_issue_is_taken_and_no_neighbor_of_it(rule, data):
    low, high = data.draw(st.sampled_from(rule.ranges))
    length = data.draw(st.sampled_from(sorted(rule.lengths)))
    leading = str(data.draw(st.integers(low, high)))
    rest = data.draw(st.text("0123456789", min_size=length - 1 - len(leading), max_size=length - 1 - len(leading)))
    number = leading + rest + luhn.calc_check_digit(leading + rest)
    place = data.draw(st.integers(len(leading), length - 1))
    neighbor = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    assert problems_of(entry(number=number, cvv="1" * rule.cvv_length), accepted=ALL, at=AT) == []
    assert problems_of(entry(number=neighbor, cvv="1" * rule.cvv_length), accepted=ALL, at=AT) == [
        CardNumberInvalid(path=("number",))
    ]
