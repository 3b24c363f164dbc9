import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.spelling import distance, meant_by, trigrams, words_of

WORDS = st.text(alphabet="abcde", max_size=7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Rotes  T-Shirt ", ["rotes", "t", "shirt"]),
        ("Crème brûlée", ["creme", "brulee"]),
        ("Großer Løffel, Łódź", ["grosser", "loffel", "lodz"]),
        ("AB-1234_x", ["ab", "1234", "x"]),
        ("a b c d e f g h i j", list("abcdefgh")),
        ("!?", []),
    ],
)
def test_words_are_compared_without_capitals_accents_and_signs(text, words):
    assert words_of(text) == words


def test_trigrams_mark_where_a_word_starts_and_ends():
    assert trigrams("cup") == ["  c", " cu", "cup", "up "]


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("kettle", "kettle", 0), ("ketle", "kettle", 1), ("kettel", "kettle", 1), ("ketxle", "kettle", 1), ("", "abc", 3)],
)
def test_letters_that_are_wrong_missing_or_swapped_are_counted(one, other, steps):
    assert distance(one, other) == steps


@given(WORDS, WORDS)
def test_distance_is_the_same_in_both_directions_and_zero_only_for_the_same_word(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) is (one == other)


@pytest.mark.parametrize(
    ("word", "unfinished", "expected"),
    [
        ("kettel", False, ("kettle",)),
        ("ketxe", False, ()),
        ("ket", True, ("kettle",)),
        ("keddl", True, ()),
        ("ketxl", True, ("kettle",)),
        ("watxrproff", False, ("waterproof",)),
    ],
)
def test_only_near_words_are_meant(word, unfinished, expected):
    assert meant_by(word, ["kettle", "waterproof"], unfinished=unfinished) == expected
