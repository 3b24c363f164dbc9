"""Work in the background as staff see it."""

from datetime import datetime
from typing import ClassVar, Self

import strawberry

from commerce_api.domain import job as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.job import JobKind, JobState
from commerce_api.domain.permissions import Permission
from commerce_api.domain.product_csv.problems import ProblemCode
from commerce_api.operations.product_jobs import StartExport, StartImport
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers import jobs as questions
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Info
from commerce_api.schema.enums import described
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import Node, key_of
from commerce_api.schema.pagination import Connection, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode

_KEY = "A key of your own; with it the request can be repeated safely."
_CHANNEL = "Code of the channel that prices, stock and publication are meant for; the default one if left out."
_CURRENCY = "What prices are in; the channel's first currency if left out."

described(
    JobKind,
    "What a job does.",
    EXPORT_PRODUCTS="Writes all products to a file.",
    IMPORT_PRODUCTS="Reads a product file.",
)
described(
    JobState,
    "How far a job is. It goes on by itself until it is DONE or FAILED.",
    QUEUED="Waits for a worker.",
    RUNNING="A worker is at it, or about to go on with it.",
    DONE="Over; what could be done is done.",
    FAILED="Over, and nothing was changed.",
)
described(
    ProblemCode,
    "What is wrong with a product file. More may be added.",
    BAD_ENCODING="Bytes that are no UTF-8 text.",
    BAD_QUOTES="Quotes that do not close, or close too early.",
    CELL_COUNT="More or fewer cells than the header has.",
    COLUMN_MISSING="The column that tells products apart is not there; nothing was read.",
    COLUMN_REPEATED="A column is there more than once; nothing was read.",
    COLUMN_UNKNOWN="Not a column of the format; it is left out, and everything else counts.",
    COLUMN_WITHHELD="A column of costs, in a file of somebody who may not see them; it is left out, and everything else counts.",
    FILE_EMPTY="There is not even a header.",
    HANDLE_APART="Lines of a product that do not stand together.",
    INVALID_VALUE="Not a value that the column can have.",
    LINE_TOO_LONG="Longer than any line of a product file; nothing after it was read.",
    OPTIONS_REPEATED="Two variants with the same option values.",
    PICTURE_UNKNOWN="A picture of our own that is not here.",
    REQUIRED="A value that must be given.",
    SKU_REPEATED="A SKU that another line has.",
    SKU_TAKEN="A SKU that a variant of another product has.",
    STOCK_ALLOCATED="Fewer units than belong to orders.",
    TOO_LONG="A text longer than may be.",
    TOO_MANY_LINES="More lines than one product may have.",
    VARIANT_UNCLEAR="A line without options and without the SKU of a known variant.",
)


@strawberry.type(description="Something wrong with a file, and where.")
class ImportProblem:
    line: int = strawberry.field(
        description="Counted from 1, as editors do; a record of several lines is named by its first."
    )
    column: str | None = strawberry.field(description="The column, if it is about one.")
    code: ProblemCode = strawberry.field(description="Stable name of the rule.")
    message: str = strawberry.field(description="What is wrong, for people.")
    position: strawberry.Private[int]

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            line=row["line"],
            column=row["column"],
            code=ProblemCode(row["code"]),
            message=row["message"],
            position=row["position"],
        )


@strawberry.type(description="How many products an import has dealt with so far.")
class ImportCounts:
    created: int = strawberry.field(description="New products.")
    changed: int = strawberry.field(description="Products that are not as they were.")
    unchanged: int = strawberry.field(description="Products that the file says nothing new of.")
    refused: int = strawberry.field(description="Products left as they were, for problems in their lines.")
    rolled_back: bool = strawberry.field(description="Whether all was taken back, for `allOrNothing` and a problem.")


@strawberry.type(
    description="Work that goes on after the request, and survives the server.",
    directives=[requires(Permission.MANAGE_CATALOG)],
)
class Job(Node):
    prefix: ClassVar[str] = "job"

    kind: JobKind = strawberry.field(description="What it does.")
    state: JobState = strawberry.field(description="How far it is.")
    done: int = strawberry.field(description="How much of `total`: bytes of a file that is read, else products.")
    total: int | None = strawberry.field(description="How much there is, if it is known.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    counts: ImportCounts | None = strawberry.field(description="Of an import: what came of its products.")
    download_url: str | None = strawberry.field(
        description="Of an export that is done: where its file is, for the one who asked for it, with the same credentials."
    )

    @strawberry.field(description="Everything that is wrong with the file, in the order of its lines.")
    async def problems(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportProblem]:
        return await listed(
            info.context,
            (questions.problems_in, questions.count_problems),
            page_of(first, after, last, before, of="problems", width=1),
            Listed(chosen=None, parent_id=self.key),
            (number_of,),
            ImportProblem.of,
            lambda row: [row["position"]],
        )

    @classmethod
    def of(cls, job: domain.Job) -> Self:
        exported = job.kind is JobKind.EXPORT_PRODUCTS and job.file_id
        counted = {name: job.result[name] for name in ("created", "changed", "unchanged", "refused") if job.result}
        return cls(
            key=job.id,
            kind=job.kind,
            state=job.state,
            done=job.done,
            total=job.total,
            created_at=job.created_at,
            finished_at=job.finished_at,
            counts=ImportCounts(**counted, rolled_back=bool(job.result["rolled_back"])) if counted else None,
            download_url=f"/staff/files/{job.file_id}" if exported else None,
        )


@strawberry.input(description="A product file that was sent to `/staff/files`.")
class ImportProductsInput:
    file_id: strawberry.ID = strawberry.field(description="What `POST /staff/files` answered.")
    channel: str | None = strawberry.field(default=None, description=_CHANNEL)
    currency: CurrencyCode | None = strawberry.field(default=None, description=_CURRENCY)
    all_or_nothing: bool = strawberry.field(
        default=False, description="Change nothing if any line has a problem, instead of keeping what is good."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> StartImport:
        return StartImport(
            file_id=key_of(self.file_id, "fil"),
            channel=self.channel,
            currency=self.currency,
            all_or_nothing=self.all_or_nothing,
        )


@strawberry.input(description="A file of all products.")
class ExportProductsInput:
    channel: str | None = strawberry.field(default=None, description=_CHANNEL)
    currency: CurrencyCode | None = strawberry.field(default=None, description=_CURRENCY)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> StartExport:
        return StartExport(channel=self.channel, currency=self.currency)


@strawberry.type(description="The job that was started, or why not.")
class JobPayload:
    job: Job | None = strawberry.field(description="The job; ask for it again to see how far it is.")
    errors: list[UserError] = strawberry.field(description="Why nothing was started; empty if it was.")

    @classmethod
    def of(cls, outcome: domain.Job | Refused) -> Self:
        started = result_of(outcome)
        return cls(job=Job.of(started) if started else None, errors=errors_of(outcome))
