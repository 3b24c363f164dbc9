from types import SimpleNamespace

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.address_rules import AddressField, parse_address, parse_phone, rules_for
from commerce_api.domain.intake import Intake

BERLIN = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "Unter den Linden 1",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "DE",
}
SEATTLE = {**BERLIN, "line1": "1 Pine St", "city": "Seattle", "region": "WA", "postal_code": "98101", "country": "US"}


def parsed(**fields):
    """The address, and the problems by path."""
    intake = Intake()
    raw = SimpleNamespace(**{**{field.value: None for field in AddressField}, **fields})
    address = parse_address(intake, raw, "address")
    return address, {problem.path: problem.message for problem in intake.problems}


def test_a_good_address_passes_trimmed():
    assert parsed(**{**BERLIN, "city": "  Berlin "}) == (
        Address(
            first_name="Ada",
            last_name="Byron",
            line1="Unter den Linden 1",
            city="Berlin",
            postal_code="10117",
            country="DE",
        ),
        {},
    )


def test_everything_that_is_missing_is_told_at_once_at_its_field():
    _, problems = parsed(country="US")

    assert problems == {
        ("address", "lastName"): "Last name is required here.",
        ("address", "line1"): "Street and number is required here.",
        ("address", "city"): "City is required here.",
        ("address", "region"): "State is required here.",
        ("address", "postalCode"): "ZIP code is required here.",
    }


def test_a_company_needs_no_last_name():
    assert parsed(**{**BERLIN, "last_name": "", "company": "Analytical Engines"})[1] == {}


@pytest.mark.parametrize(
    ("country", "missing"),
    [("DE", ("city", "line1", "postalCode")), ("HK", ("line1", "region")), ("IE", ("city", "line1"))],
)
def test_what_is_required_depends_on_the_country(country, missing):
    _, problems = parsed(last_name="Byron", country=country)

    assert sorted(path[-1] for path in problems) == sorted(missing)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postal_code": "1011"}, "postalCode"),
        ({"postal_code": "10117 Berlin"}, "postalCode"),
        ({"phone": "12"}, "phone"),
        ({"phone": "no number"}, "phone"),
        ({"country": "QQ"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"city": "x" * 101}, "city"),
        ({"line1": "4111 1111 1111 1111"}, "line1"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(changes, field):
    _, problems = parsed(**{**BERLIN, **changes})

    assert list(problems) == [("address", field)]


@pytest.mark.parametrize("region", ["WA", "wa", "Washington", "washington"])
def test_a_region_is_kept_by_its_code(region):
    address, problems = parsed(**{**SEATTLE, "region": region})

    assert (address.region, problems) == ("WA", {})


def test_a_region_of_another_country_is_refused():
    _, problems = parsed(**{**SEATTLE, "region": "Bavaria"})

    assert list(problems) == [("address", "region")]


def test_a_postal_code_belongs_to_its_region():
    _, problems = parsed(**{**SEATTLE, "region": "CA"})

    assert problems == {("address", "postalCode"): "This ZIP code is not in CA."}


def test_postal_codes_are_in_capitals():
    address, problems = parsed(**{**BERLIN, "country": "GB", "city": "London", "postal_code": "ec1y 8sy"})

    assert (address.postal_code, problems) == ("EC1Y 8SY", {})


@pytest.mark.parametrize("typed", ["030 123456", "+49 30 123456", "0049 30 123456"])
def test_a_telephone_number_becomes_international(typed):
    assert parsed(**{**BERLIN, "phone": typed})[0].phone == "+4930123456"


def test_an_empty_telephone_number_stays_empty():
    assert parse_phone(Intake(), "", "DE") == ""


def test_the_rules_of_a_country_follow_its_own_order_and_words():
    rules = rules_for("US")

    assert [(rule.field.path, rule.label, rule.required) for rule in rules.fields] == [
        ("firstName", "First name", False),
        ("lastName", "Last name", True),
        ("company", "Company", False),
        ("line1", "Street and number", True),
        ("line2", "Apartment, floor, building", False),
        ("city", "City", True),
        ("region", "State", True),
        ("postalCode", "ZIP code", True),
        ("phone", "Phone", False),
    ]
    assert (rules.regions[0].code, rules.regions[0].name, len(rules.regions)) == ("AL", "Alabama", 62)
    assert rules.postal_code_examples[0] == "95014"


def test_a_region_with_two_spellings_is_listed_once():
    assert [(region.code, region.name) for region in rules_for("CA").regions][:2] == [
        ("AB", "Alberta"),
        ("BC", "British Columbia"),
    ]


def test_there_are_no_rules_for_what_is_no_country():
    assert rules_for("QQ") is None
