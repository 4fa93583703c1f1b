"""`python -m leadpolicy.cli` is `lead`."""

from leadpolicy.cli import main

main()
