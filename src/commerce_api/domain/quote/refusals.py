"""Why something cannot be done to a quote, and what to know about what was done."""

from datetime import datetime
from typing import ClassVar

from commerce_api.domain.actor import FourEyes as FourEyes
from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.ids import OrderId
from commerce_api.domain.value import value


@value
class QuoteExpired(Refusal):
    """This quote has expired; ask for it to be issued again at the prices of today."""

    valid_until: datetime


@value
class QuoteVersionStale(Refusal):
    """This is not the version that counts: that is version {current_version}."""

    current_version: int


@value
class QuoteAlreadyConverted(Refusal):
    """This quote has become an order already."""

    order_id: OrderId


@value
class QuoteNotSent(Refusal):
    """This quote is not with the buyer now."""


@value
class QuoteNotAccepted(Refusal):
    """This quote has to be accepted before it can be ordered."""


@value
class QuoteChosenOtherwise(Refusal):
    """This quote was accepted with another choice; ask us if you want something else."""


@value
class QuoteNotRequested(Refusal):
    """There is no request and no counter-offer to look at."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotOpen(Refusal):
    """This quote cannot be changed now; take a request or a counter-offer in hand first, or issue the quote again."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotInApproval(Refusal):
    """Nobody has asked for an approval of this quote."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotOver(Refusal):
    """Only what was sent, or is over, can be issued again."""

    staff_only: ClassVar[bool] = True


@value
class QuoteAgreedOn(Refusal):
    """This quote was agreed on, and that stands until it expires."""


@value
class QuoteOver(Refusal):
    """Nothing can become of this quote any more."""


@value
class QuoteContentChanged(Refusal):
    """The content is not the one that you have looked at, or that approval was asked for; look at it again."""

    staff_only: ClassVar[bool] = True

    content_hash: str


@value
class QuoteBeyondYourLimit(Refusal):
    """The discount goes beyond your own limits too; somebody with greater ones has to approve it."""

    staff_only: ClassVar[bool] = True


@value
class QuoteValidityOver(Refusal):
    """The end of its validity has to be in the future."""

    staff_only: ClassVar[bool] = True


@value
class QuoteHoldOutlasts(Refusal):
    """Stock can be held for a quote from now on until the end of its validity, no longer."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotPartial(Refusal):
    """This quote can only be ordered as a whole."""


@value
class QuoteNotMailed(Notice):
    """There is no address to mail it to; tell the buyer yourself."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNeedsApproval(Notice):
    """It goes beyond its author's limits; somebody else has to approve it before it can be sent."""

    staff_only: ClassVar[bool] = True
