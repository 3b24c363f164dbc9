"""Importing and exporting products as jobs."""

import strawberry


@strawberry.type
class ImportQueries:
    pass


@strawberry.type
class ImportMutations:
    pass
