"""Matching over many facts: Miss Manners and a memory of leads, beside CLIPS and durable_rules."""
