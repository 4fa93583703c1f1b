"""What sessions can't match yet, in words: raised by the generator of rules, said by the command."""

from __future__ import annotations

from leadpolicy.compiler.wording import Message, say


class NotMatchedError(ValueError):
    """A construct that rules can't be matched by yet. `construct`: what it is, in words."""

    def __init__(self, rule: str, construct: Message) -> None:
        super().__init__(f"the rule {rule} reads {construct}: a session can't match that yet")
        self.rule = rule
        self.construct = construct


def stage_entry(rule: str, stage: str) -> NotMatchedError:
    """Nobody writes the table of stage entries yet."""
    return NotMatchedError(rule, say("when the stage `{}` was entered", stage))


def destination(rule: str) -> NotMatchedError:
    """Nobody routes yet."""
    return NotMatchedError(rule, say("where the lead goes"))


def loose_age(rule: str) -> NotMatchedError:
    """When the age reaches that can't be told from the records."""
    return NotMatchedError(rule, say("an age compared with something that isn't fixed"))


def age_of_no_field(rule: str) -> NotMatchedError:
    """The time that it is counted from changes by itself, or isn't kept."""
    return NotMatchedError(rule, say("the age of something that is no field of a record"))
