import pytest

from commerce_api.domain.customer_keys import (
    BOTH_NAMES,
    CustomerKey,
    Traits,
    all_marks,
    both_names,
    keys_of,
    kinds_with,
    marks_of,
    parts_sought,
    sought,
)

NOBODY = Traits(
    logon="",
    emails=(),
    first_name="",
    last_name="",
    phones=(),
    postal_codes=(),
    cities=(),
    companies=(),
    accounts=(),
)
NOELLE = Traits(
    logon="Noelle7",
    emails=("noelle+shop@example.com",),
    first_name="Noëlle",
    last_name="Mueller",
    phones=("+4917012345",),
    postal_codes=("SW1A 1AA",),
    cities=("Köln",),
    companies=("Acme & Co.",),
    accounts=("K-7", "Acme"),
)


def test_a_customer_is_found_by_everything_that_is_known():
    assert keys_of(NOELLE) == {
        ("LOGON", "noelle7"),
        ("EMAIL", "noelle+shop@example.com"),
        ("EMAIL", "noelle@example.com"),
        ("FIRST_NAME", "nolle"),
        ("FIRST_NAME~", "noelle"),
        ("LAST_NAME", "muller"),
        ("LAST_NAME~", "mueller"),
        ("BOTH_NAMES", "muller nolle"),
        ("PHONE", "4917012345"),
        ("PHONE", "17012345"),
        ("POSTAL_CODE", "sw1a1aa"),
        ("CITY", "koln"),
        ("COMPANY", "acmeco"),
        ("ACCOUNT", "k7"),
        ("ACCOUNT", "acme"),
    }


def test_of_whom_nothing_is_known_nothing_is_kept():
    assert keys_of(NOBODY) == frozenset()


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Ada", "Byron"), "ada byron"),
        (("Byron", "Ada"), "ada byron"),
        (("Ada", ""), ""),
        (("-", "Byron"), ""),
    ],
)
def test_first_and_last_name_are_one_key_in_either_order(names, key):
    assert both_names(*names) == key


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        (CustomerKey.LAST_NAME, "MÜLLER", "muller"),
        (CustomerKey.LOGON, " Ada ", "ada"),
        (CustomerKey.PHONE, "(0170) 123", "170123"),
        (CustomerKey.EMAIL, "ADA+X@Example.com", "ada+x@example.com"),
        (CustomerKey.POSTAL_CODE, "sw1a-1aa", "sw1a1aa"),
        (CustomerKey.ORDER_NUMBER, " e100001-0 ", "E100001-0"),
        (CustomerKey.CITY, "!", ""),
    ],
)
def test_what_is_looked_for_is_spelled_as_what_is_kept(key, text, found):
    assert sought(key, text) == found


def test_a_part_is_looked_for_as_folded_and_as_written():
    assert parts_sought(CustomerKey.LAST_NAME, "Muell") == {"mull", "muell"}
    assert parts_sought(CustomerKey.PHONE, "0170-12") == {"17012", "017012"}
    assert parts_sought(CustomerKey.EMAIL, "A-da@") == {"a-da@"}
    assert kinds_with(CustomerKey.CITY) == ("CITY", "CITY~")


def test_marks_are_three_characters_in_a_row_with_where_they_stand():
    assert marks_of("LAST_NAME", "muller") == ["Nmul", "Null", "Nlle", "Nler"]
    assert marks_of("LAST_NAME~", "mue") == ["Nmue"]
    assert marks_of("CITY", "ul") == []
    assert all_marks([("CITY", "ulm"), (BOTH_NAMES, "a b"), ("CITY", "ulmu"), ("ACCOUNT", "ulm")]) == [
        "Aulm",
        "Clmu",
        "Culm",
    ]
