"""leadpolicy: a language and an engine for lead policies."""
