"""What staff write of a customer."""

import pytest

from commerce_api.domain.customer_details import logon_of, parse_answer, parse_logon
from commerce_api.domain.intake import Intake


@pytest.mark.parametrize(
    ("written", "logon"),
    [
        (" Ada.Byron ", "ada.byron"),
        ("ada_byron-1815", "ada_byron-1815"),
        ("ab", None),
        ("ada@example.com", None),
        ("", None),
    ],
)
def test_a_logon_has_one_spelling_and_is_no_mail_address(written, logon):
    intake = Intake()

    assert logon_of(written) == logon
    assert parse_logon(intake, written, "logon") == (logon or "")
    assert [problem.path for problem in intake.problems] == ([] if logon else [("logon",)])


@pytest.mark.parametrize("said", ["St. Étienne", "st etienne", "SAINT-ETIENNE".replace("SAINT", "ST")])
def test_an_answer_is_compared_as_it_is_said(said):
    assert parse_answer(Intake(), said, "answer") == parse_answer(Intake(), "St Etienne", "answer")


@pytest.mark.parametrize("said", ["Bärbel Müller", "Baerbel Mueller", "BARBEL MULLER"])
def test_an_answer_can_be_typed_without_umlauts(said):
    assert parse_answer(Intake(), said, "answer") == "barbelmuller"


def test_an_answer_of_one_letter_is_none():
    intake = Intake()
    parse_answer(intake, "A!", "answer")

    assert [problem.path for problem in intake.problems] == [("answer",)]
