import pytest

from commerce_api.domain.customer_find import Asked, CustomerFind, NoSearchKey, Sought, find
from commerce_api.domain.customer_keys import BOTH_NAMES, CustomerKey
from commerce_api.domain.decision import InvalidValue, refuse
from commerce_api.domain.intake import Intake
from commerce_api.domain.text_match import TextMatch

K, EXACT, STARTS, CONTAINS = CustomerKey, TextMatch.EXACT, TextMatch.STARTS_WITH, TextMatch.CONTAINS


def asked(*keys):
    return find([Asked(key=key, text=text, mode=mode) for key, text, mode in keys], Intake())


def one(kind, mode, *texts):
    return Sought(kind=kind, mode=mode, texts=texts)


def test_what_fits_fewest_leads():
    found = asked((K.CITY, "Jena", EXACT), (K.EMAIL, "ada", STARTS), (K.LAST_NAME, "Müll", EXACT))

    assert found == CustomerFind(
        wanted=(one(K.LAST_NAME, EXACT, "mull"), one(K.CITY, EXACT, "jena"), one(K.EMAIL, STARTS, "ada")),
        swapped=None,
        keys=(K.CITY, K.EMAIL, K.LAST_NAME),
    )
    assert found.ways == (found.wanted,)


def test_whole_names_are_one_key_in_either_order():
    straight = asked((K.FIRST_NAME, "Ada", EXACT), (K.LAST_NAME, "Byron", EXACT), (K.CITY, "Jena", EXACT))
    swapped = asked((K.FIRST_NAME, "Byron", EXACT), (K.LAST_NAME, "Ada", EXACT), (K.CITY, "Jena", EXACT))

    assert straight == swapped
    assert straight.wanted == (one(BOTH_NAMES, EXACT, "ada byron"), one(K.CITY, EXACT, "jena"))


def test_parts_of_names_are_looked_for_both_ways():
    found = asked((K.FIRST_NAME, "ad", STARTS), (K.LAST_NAME, "Byron", EXACT))

    assert found.ways == (
        (one(K.LAST_NAME, EXACT, "byron"), one(K.FIRST_NAME, STARTS, "ad")),
        (one(K.FIRST_NAME, EXACT, "byron"), one(K.LAST_NAME, STARTS, "ad")),
    )


def test_a_part_may_be_meant_as_written_or_as_folded():
    assert asked((K.LAST_NAME, "Muell", CONTAINS)).wanted == (one(K.LAST_NAME, CONTAINS, "muell", "mull"),)
    assert asked((K.LAST_NAME, "mue", CONTAINS)).wanted == (one(K.LAST_NAME, CONTAINS, "mue"),)


def invalid(path, problem, least):
    return InvalidValue(path=("find", path, "text"), problem=problem, words=(("least", least),))


SHORT = "At least {least} letters or digits, please, or far too much would fit."


@pytest.mark.parametrize(
    ("keys", "reasons"),
    [
        ([], [NoSearchKey()]),
        (
            [
                (K.FIRST_NAME, "-", EXACT),
                (K.CITY, "J", STARTS),
                (K.POSTAL_CODE, "07", CONTAINS),
                (K.ORDER_NUMBER, "E1000", CONTAINS),
            ],
            [
                invalid("firstName", "Say what to look for: there is no letter and no digit in this.", 1),
                invalid("city", SHORT, 2),
                invalid("postalCode", SHORT, 3),
                invalid("orderNumber", "An order is found by its whole number or by how it begins.", 3),
            ],
        ),
    ],
)
def test_what_cannot_be_looked_for_is_told_all_at_once(keys, reasons):
    assert asked(*keys) == refuse(*reasons)


def test_the_beginning_of_an_umlaut_is_enough():
    assert asked((K.LAST_NAME, "Ue", STARTS)).wanted == (one(K.LAST_NAME, STARTS, "u"),)
