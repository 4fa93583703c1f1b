"""The checker: from the syntax tree and its names to typed expressions and declarations of the IR.

One file a subject. `context.Context` holds what all of them need; nothing is kept between compilations.
"""
