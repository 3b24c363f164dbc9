"""A headless commerce GraphQL API server."""
