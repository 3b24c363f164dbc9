import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.decision import InvalidValue, refuse
from commerce_api.domain.intake import Intake, PanInPlainInput, has_card_number

FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


def test_all_problems_are_told_in_the_order_of_the_input():
    intake = Intake()
    intake.text("", "name", required=True)
    intake.text("x" * 11, "lines", 0, "note", most=10)
    assert [(problem.path, problem.message) for problem in intake.problems] == [
        (("name",), "This is required."),
        (("lines", "0", "note"), "At most 10 characters, please; these are 11."),
    ]


def test_text_is_trimmed_and_keeps_its_line_breaks():
    intake = Intake()
    assert intake.text("  two\nlines \n", "note") == "two\nlines"
    assert intake.problems == []


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb"])
def test_control_characters_are_refused(text):
    intake = Intake()
    intake.text(text, "note")
    assert intake.problems == [InvalidValue(path=("note",), problem="Control characters are not allowed.")]


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "my card 4242 4242 4242 4242, thanks",
        "5555-5555-5555-4444",
        "378282246310005",
        "3782.822463.10005",
        "x4242424242424242y",
        "4242 4242 4242 4242".translate(FULL_WIDTH),
        "4242\u20114242\u20114242\u20114242",
        "42424242\u200b42424242",
        "visa4242424242424242exp1227cvv123bill",
        "abcdef4242424242424242abcdef123",
        "abcdef4242424242424242abcdef12345",
        "d41d8cd98f00b204e9800998ecf8427e 4242424242424242",
        "4242424242424242d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_a_card_number_is_refused_however_it_is_written(text):
    intake = Intake()
    intake.text(text, "note")
    assert intake.problems == [PanInPlainInput(path=("note",))]


@pytest.mark.parametrize(
    "text",
    ["4242424242424241", "order 1234567", "+49 30 1234567890", "4006381333931", "12345678901234567890123"],
)
def test_other_numbers_are_not_taken_for_card_numbers(text):
    assert not has_card_number(text)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_input():
    intake = Intake()

    intake.text("", "title", required=True)
    intake.text("abc", "lines", 0, "note", most=2)

    assert intake.refused() == refuse(
        InvalidValue(path=("title",), problem="This is required."),
        InvalidValue(
            path=("lines", "0", "note"),
            problem="At most {most} characters, please; these are {given}.",
            words=(("most", 2), ("given", 3)),
        ),
    )


@given(key=st.uuids())
def test_a_uuid_is_not_taken_for_a_card_number(key):
    assert not has_card_number(str(key))


HEXADECIMAL = "0123456789abcdef"


@pytest.mark.parametrize("length", [32, 40, 64], ids=["MD5 and UUID", "SHA-1", "SHA-256"])
@given(data=st.data())
def test_a_digest_is_not_taken_for_a_card_number_even_with_the_digits_of_one_inside(length, data):
    before = data.draw(st.text(HEXADECIMAL, max_size=length - 17)) + "f"
    after = data.draw(st.text(HEXADECIMAL, min_size=(left := length - 16 - len(before)), max_size=left))
    digest = f"{before}4242424242424242{after}"

    assert not has_card_number(digest)
    assert not has_card_number(f"commit {digest.upper()}, see there")


@given(first=st.integers(0, 10), rest=st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=9, max_size=9))
def test_an_id_is_not_taken_for_a_card_number_even_with_the_digits_of_one_inside(first, rest):
    code = f"{rest[:first]}4242424242424242{rest[first:]}"

    assert not has_card_number(f"ord_0{code}")


@given(number=st.integers(10**7, 10**10))
def test_a_phone_number_is_not_taken_for_a_card_number(number):
    assert not has_card_number(f"+49 {str(number)[:3]} {str(number)[3:]}")
    assert not has_card_number(f"+4917{number}")
