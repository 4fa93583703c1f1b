"""Analysis of a checked policy: what can be known of it before any lead is seen."""
