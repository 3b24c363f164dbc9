import pytest

from commerce_api.domain.text_match import (
    TextMatch,
    phone_keys,
    phone_sought,
    pieces,
    plain_words,
    rotations,
    spans,
    written_words,
)


def test_a_text_needs_letters_enough_to_tell_something():
    assert [match.least for match in TextMatch] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "plain", "written"),
    [
        ("Émile O'Neill-Dubois", "emile o neill dubois", "emile o neill dubois"),
        ("  GROẞE  Mueller ", "grosse muller", "grosse mueller"),
        ("Andre\u0301", "andre", "andre"),
        ("!", "", ""),
    ],
)
def test_names_are_plain_words(text, plain, written):
    assert (plain_words(text), written_words(text)) == (plain, written)


def test_a_name_begins_with_each_of_its_words_in_turn():
    assert rotations("ada king byron") == ["ada king byron", "king byron ada", "byron ada king"]
    assert rotations("ada ada") == ["ada ada"]
    assert rotations("") == []
    assert len(rotations("a b c d e f g")) == 5


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("+493099887766", ["493099887766", "3099887766"]),
        ("+12125550142", ["12125550142", "2125550142"]),
        ("+74951234567", ["74951234567", "4951234567"]),
        ("+390612345678", ["390612345678", "612345678"]),
        ("+353871234567", ["353871234567", "871234567"]),
        ("+35", ["35"]),
        ("", []),
    ],
)
def test_a_telephone_has_a_key_with_the_countrys_code_and_one_without(number, keys):
    assert phone_keys(number) == keys


@pytest.mark.parametrize("typed", ["+49 (0)30 99887766", "0049 30/99887766", "030 998 877-66", "3099887766"])
def test_a_telephone_is_found_however_it_was_typed(typed):
    assert phone_sought(typed) in phone_keys("+493099887766")


def test_a_text_is_known_by_its_pieces():
    assert pieces("anana") == ["ana", "nan"]
    assert pieces("an") == []


@pytest.mark.parametrize(
    ("shown", "plain", "found"),
    [
        ("Émile Dubois", "dubo", [(6, 10)]),
        ("Émile Dubois", "dubois emile", [(0, 5), (6, 12)]),
        ("Dubosc-Léger", "sc leg", [(4, 10)]),
        ("Anne Große", "gros", [(5, 9)]),
        ("KET-100", "et1", [(1, 5)]),
        ("ada@example.com", "ada@ex", [(0, 6)]),
        ("delicate, late", "late", [(10, 14)]),
        ("030 99", "4930", []),
        ("Ada", "", []),
    ],
)
def test_what_was_found_is_shown_in_the_text(shown, plain, found):
    assert spans(shown, plain) == found
