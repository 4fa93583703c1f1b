"""The test runner: tests in policies, and fixtures beside them."""
