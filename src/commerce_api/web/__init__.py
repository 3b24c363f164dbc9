"""HTTP: the GraphQL endpoints, the card vault, media, health, and what protects them."""
