from commerce_api.contract import is_alone
from commerce_api.graphql import STAFF

GUESSABLE = {
    "answerSecondFactor",
    "answerStaffSecondFactor",
    "changePassword",
    "changeStaffPassword",
    "confirmSecondFactor",
    "confirmStaffSecondFactor",
    "refreshSession",
    "renewRecoveryCodes",
    "renewStaffRecoveryCodes",
    "refreshStaffSession",
    "registerCustomer",
    "requestPasswordReset",
    "resendVerification",
    "resetPassword",
    "signIn",
    "signInStaff",
    "startSecondFactor",
    "startStaffSecondFactor",
    "turnOffSecondFactor",
    "turnOffStaffSecondFactor",
    "verifyEmail",
}


def test_mutations_by_which_somebody_could_guess_stand_alone_in_an_operation():
    alone = {name for name, field in STAFF.mutation_type.fields.items() if is_alone(field)}

    assert alone >= GUESSABLE
