"""`python -m commerce_api`."""

from commerce_api.cli import main

main()
