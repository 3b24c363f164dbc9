import pytest

from commerce_api.domain.intake import Intake
from commerce_api.domain.password import check_password


def problems(password, email="ada.byron@example.com"):
    intake = Intake()
    check_password(intake, password, email, "password")
    return [(problem.code(), problem.path) for problem in intake.problems]


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "k7#fQz!m2Wx", "Bücherregal im Flur", "ada likes engines", "x" * 60 + "yzab12"],
)
def test_long_and_uncommon_passwords_are_fine(password):
    assert problems(password) == []


@pytest.mark.parametrize(
    "password",
    ["", "short", "123456789", "x" * 129, "ada.byron@example.com", "ADA.BYRON@EXAMPLE.COM", "ada.byron1"],
)
def test_passwords_that_are_short_or_endless_or_the_address_are_weak(password):
    assert problems(password) == [("WEAK_PASSWORD", ("password",))]


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "0987654321",
        "123412341234",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "qwertyuiop",
        "qwertzuiop",
        "poiuytrewq",
        "Password123!",
        "P@ssw0rd2024",
        "passwordpassword",
        "iloveyou!!!",
        "changeme1234",
        "Willkommen2026",
        "September26!",
    ],
)
def test_passwords_that_would_be_tried_first_are_too_common(password):
    assert problems(password) == [("PASSWORD_TOO_COMMON", ("password",))]


def test_the_message_says_what_is_wrong_and_never_the_password():
    intake = Intake()

    check_password(intake, "short", "ada@example.com", "password")

    [problem] = intake.problems
    assert problem.message == problem.problem
    assert "short" not in problem.message
