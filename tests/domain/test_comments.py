from dataclasses import replace

import pytest

from commerce_api.domain.actor import ANYBODY, Actor, ActorKind, Forbidden
from commerce_api.domain.decision import Refused, StaleRevision, refuse
from commerce_api.domain.order.comments import (
    AddComment,
    Comment,
    CommentAdded,
    CommentIsRedacted,
    CommentRedacted,
    CommentRevised,
    CommentVisibility,
    NobodyToMail,
    RedactComment,
    ReviseComment,
    add,
    added,
    redact,
    revise,
)
from commerce_api.domain.permissions import CUSTOMER, Permission
from tests.domain.orders import AT, id_, order


def staff(*permissions, number=21):
    return Actor(kind=ActorKind.STAFF, id=id_(number), permissions=frozenset(permissions))


GRACE = staff(Permission.COMMENT_ON_ORDERS, Permission.ACT_FOR_CUSTOMERS)
CLERK = staff(Permission.COMMENT_ON_ORDERS)
ADMIN = staff(Permission.REDACT_COMMENTS, number=22)
ADA = Actor(kind=ActorKind.CUSTOMER, id=id_(7), permissions=CUSTOMER)
ADD = AddComment(id=id_(51), body="Called.")
COMMENT = Comment(
    id=id_(51), order_id=id_(1), visibility=CommentVisibility.INTERNAL, body="Called.", author=id_(21), at=AT
)


@pytest.mark.parametrize(
    ("actor", "command", "expected"),
    [
        (GRACE, ADD, COMMENT),
        (GRACE, replace(ADD, mentions=(id_(22),)), replace(COMMENT, mentions=(id_(22),))),
        (
            CLERK,
            replace(ADD, visibility=CommentVisibility.CUSTOMER),
            replace(COMMENT, visibility=CommentVisibility.CUSTOMER),
        ),
        (
            GRACE,
            replace(ADD, email_customer=True),
            replace(COMMENT, visibility=CommentVisibility.CUSTOMER, emailed_to="ada@example.com"),
        ),
        (ADA, ADD, replace(COMMENT, visibility=CommentVisibility.CUSTOMER, author=id_(7))),
        (ANYBODY, ADD, replace(COMMENT, visibility=CommentVisibility.CUSTOMER, author=None)),
    ],
)
def test_comments_are_internal_unless_they_are_for_the_customer(actor, command, expected):
    assert add(order(), command, actor, AT) == expected


def test_who_may_not_comment_or_mail_does_not():
    mail = replace(ADD, email_customer=True)

    assert add(order(), ADD, staff(), AT) == refuse(Forbidden())
    assert add(order(), mail, CLERK, AT) == refuse(Forbidden(path=("emailCustomer",)))
    assert add(order(), mail, ADA, AT) == refuse(Forbidden(path=("emailCustomer",)))
    nobody = replace(order(), email="")
    assert add(nobody, mail, GRACE, AT) == refuse(NobodyToMail(path=("emailCustomer",)))


def test_what_was_added_is_told_without_its_words():
    told = added(replace(COMMENT, emailed_to="ada@example.com", mentions=(id_(22),)))

    assert told == CommentAdded(
        comment_id=id_(51), visibility=CommentVisibility.INTERNAL, emailed=True, mentions=(id_(22),)
    )
    assert "Called" not in repr(COMMENT)


def test_whoever_wrote_it_says_it_in_other_words():
    again = ReviseComment(body="Called twice.", expected_revision=1)

    assert revise(order(), COMMENT, again, CLERK) == [CommentRevised(comment_id=id_(51), revision=2)]
    assert revise(order(), replace(COMMENT, author=id_(7)), again, ADA) == [
        CommentRevised(comment_id=id_(51), revision=2)
    ]
    assert revise(order(), COMMENT, replace(again, body="Called."), CLERK) == []


@pytest.mark.parametrize(
    ("comment", "actor", "expected", "reason"),
    [
        (COMMENT, staff(Permission.COMMENT_ON_ORDERS, number=99), 1, Forbidden()),
        (COMMENT, staff(), 1, Forbidden()),
        (replace(COMMENT, author=None), ANYBODY, 1, Forbidden()),
        (replace(COMMENT, revision=2), CLERK, 1, StaleRevision(path=("expectedRevision",), current_revision=2)),
        (replace(COMMENT, redacted=True), CLERK, 1, CommentIsRedacted()),
    ],
)
def test_nobody_elses_stale_or_blanked_comment_is_revised(comment, actor, expected, reason):
    refused = revise(order(), comment, ReviseComment(body="Other.", expected_revision=expected), actor)

    assert isinstance(refused, Refused)
    assert [type(each) for each in refused.reasons] == [type(reason)]


def test_a_comment_is_blanked_out_once_by_who_may():
    assert redact(order(), COMMENT, RedactComment(expected_revision=1), ADMIN) == [CommentRedacted(comment_id=id_(51))]
    assert redact(order(), replace(COMMENT, redacted=True), RedactComment(), ADMIN) == []
    assert redact(order(), COMMENT, RedactComment(), GRACE) == refuse(Forbidden())
    assert isinstance(redact(order(), COMMENT, RedactComment(expected_revision=9), ADMIN), Refused)
