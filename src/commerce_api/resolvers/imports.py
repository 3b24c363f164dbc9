"""Importing and exporting products as jobs."""

from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import product_jobs
from commerce_api.persistence.readers import jobs as questions
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.job import ExportProductsInput, ImportProductsInput, Job, JobPayload
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import Connection, page_of
from commerce_api.schema.permissions import requires


@answers_for("job")
async def job_of(context: Context, key: UUID) -> Job | None:
    if not context.actor.may(Permission.MANAGE_CATALOG):
        return None
    job = await context.load(questions.jobs_by_id, key)
    return Job.of(job) if job else None


@strawberry.type
class ImportQueries:
    @strawberry.field(
        description="A job, or null if there is none with this id.", directives=[requires(Permission.MANAGE_CATALOG)]
    )
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:
        key = key_of(id, Job.prefix)
        job = await info.context.load(questions.jobs_by_id, key) if key else None
        return Job.of(job) if job else None

    @strawberry.field(description="All jobs, the newest first.", directives=[requires(Permission.MANAGE_CATALOG)])
    async def jobs(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Job]:
        scope, page = info.context.scope, page_of(first, after, last, before, of="jobs", width=1)
        rows = await questions.all_jobs(scope, position=page.keys(UUID), limit=page.limit, backward=page.backward)
        return Connection.of(page, rows, Job.of, lambda job: [job.id], lambda: questions.count_jobs(scope))


@strawberry.type
class ImportMutations:
    @strawberry.mutation(
        description="Import a product file that was sent to `/staff/files`, in the format that Shopify exports.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )
    async def import_products(self, info: Info, input: ImportProductsInput) -> JobPayload:
        outcome = await info.context.write(
            product_jobs.start_import, input.parse(), once=once(input.idempotency_key, product_jobs.load_job)
        )
        return JobPayload.of(outcome)

    @strawberry.mutation(
        description="Write all products to a file in the format that Shopify exports.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )
    async def export_products(self, info: Info, input: ExportProductsInput) -> JobPayload:
        outcome = await info.context.write(
            product_jobs.start_export, input.parse(), once=once(input.idempotency_key, product_jobs.load_job)
        )
        return JobPayload.of(outcome)
