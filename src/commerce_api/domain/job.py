"""Work that goes on after the request: what kinds there are, and how far one can be."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import JobId
from commerce_api.domain.value import value


class JobKind(StrEnum):
    EXPORT_PRODUCTS = "EXPORT_PRODUCTS"
    IMPORT_PRODUCTS = "IMPORT_PRODUCTS"


class JobState(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@value
class Job:
    """`done` of `total`: bytes of a file that is read, products of one that is written."""

    id: JobId
    kind: JobKind
    state: JobState
    input: dict[str, str | bool | None]
    done: int
    total: int | None
    result: dict[str, int | bool]
    file_id: UUID | None
    actor: dict[str, str | None]
    created_at: datetime
    finished_at: datetime | None = None


@value
class JobQueued:
    kind: JobKind


@value
class UploadIncomplete(Refusal):
    """This file has not arrived in full; send it again."""

    staff_only = True
