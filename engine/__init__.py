"""The engine: runs compiled policies. It never imports the compiler, nor the other way round.

`program` is the way in; generated modules import `policy` (what they declare), `program`, and the helpers that
their code calls (`logic`, `numbers`, `tables`, `routes`).
"""
