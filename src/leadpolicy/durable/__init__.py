"""Sessions whose matches are found by durable_rules, as far as it can express a policy's rules."""
