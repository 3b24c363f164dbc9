from commerce_api.contract import is_alone
from commerce_api.graphql import STAFF

GUESSABLE = {
    "answerSecondFactor",
    "changePassword",
    "changeStaffPassword",
    "confirmSecondFactor",
    "refreshSession",
    "refreshStaffSession",
    "registerCustomer",
    "requestPasswordReset",
    "resendVerification",
    "resetPassword",
    "signIn",
    "signInStaff",
    "startSecondFactor",
    "verifyEmail",
}


def test_mutations_by_which_somebody_could_guess_stand_alone_in_an_operation():
    alone = {name for name, field in STAFF.mutation_type.fields.items() if is_alone(field)}

    assert alone >= GUESSABLE
