import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.folding import folded, mail_key, mail_keys, spelled


@pytest.mark.parametrize(
    "alike",
    [
        ["Müller", "Mueller", "Muller", "MÜLLER", "mu\u0308ller"],
        ["Jean-Pierre", "Jean Pierre", "Jeanpierre", "jean\u2013pierre"],
        ["O'Neill", "O\u2019Neill", "ONEILL"],
        ["Strauß", "Strauss", "STRAUSS"],
        ["Søren", "Soeren", "Sören", "Soren"],
        ["Łukasz", "Lukasz"],
        ["van der Berg", "Vanderberg", "Van-der-Berg"],
    ],
)
def test_names_that_are_heard_alike_are_spelled_alike(alike):
    assert len({folded(name) for name in alike}) == 1


@pytest.mark.parametrize(("one", "other"), [("Meyer", "Meier"), ("Anna", "Hanna"), ("Möller", "Müller")])
def test_other_names_stay_other_names(one, other):
    assert folded(one) != folded(other)


def test_as_it_is_spelled_a_text_keeps_its_vowels():
    assert (spelled("Noëlle Mueller-Åström"), folded("Noëlle Mueller-Åström")) == (
        "noellemuellerastrom",
        "nollemullerastrom",
    )


@pytest.mark.parametrize("nothing", ["", "  ", "%_-!", "\u0301"])
def test_of_signs_nothing_is_left(nothing):
    assert (spelled(nothing), folded(nothing)) == ("", "")


@given(st.text("aeoumrAEOU -", max_size=60), st.integers(0, 60))
def test_a_text_begins_as_its_beginning_does(text, length):
    assert folded(text).startswith(folded(text[:length]))


def test_a_mail_address_is_found_without_its_tag_too():
    assert mail_keys(" Ada+News@Example.com ") == {"ada+news@example.com", "ada@example.com"}
    assert mail_keys("ada@example.com") == {"ada@example.com"}
    assert mail_keys("") == frozenset()
    assert mail_key("ADA@") == "ada@"
