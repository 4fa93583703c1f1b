"""Sessions: a working memory, rules that are matched as facts change, and what they do."""
