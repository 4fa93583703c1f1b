"""What effects say of facts is what these were when the match fired, also where the same firing changes them."""

from __future__ import annotations

import pytest

from tests.rule_strategies import NOW, Naive, compiled
from tests.session_compiled import Compiled
from tests.session_traces import trace_of

POLICY = """policy told version "1" {
  about Lead
}
fact Lead { id: text key }
fact Link {
  left:  text
  right: text
}
rule renames {
  when link: Link where right is unknown
  then set link.right to "x"
  then flag link as named
}
"""


@pytest.mark.parametrize("made", [Naive, Compiled])
def test_a_flag_is_put_on_the_fact_as_it_was(made: type) -> None:
    steps = [("batch", [("insert", "Link", {"left": "a"})])]
    (entry,) = trace_of(lambda policy, now: made(policy, now), compiled(POLICY), NOW, steps)
    (effect,) = entry["effects"]
    assert effect["record"] == effect["facts"][0] == ["Link", None, None, ["a", None]]
    assert entry["memory"] == [["Link", None, None, ["a", "x"]]]


REMOVES = """policy removes version "1" {
  about Lead
}
fact Member { id: text key }
fact Lead {
  id:    text key
  owner: Member as owner
}
rule leaves {
  when lead:   Lead where owner is known
  when member: Member where id is lead.owner.id
  then remove member
  then flag lead.owner as gone
}
"""


@pytest.mark.parametrize("made", [Naive, Compiled])
def test_a_flag_is_put_on_what_was_there(made: type) -> None:
    inserts = [("insert", "Member", {"id": "m1"}), ("insert", "Lead", {"id": "L1", "owner": "m1"})]
    (entry,) = trace_of(lambda policy, now: made(policy, now), compiled(REMOVES), NOW, [("batch", inserts)])
    (effect,) = entry["effects"]
    assert effect["record"] == ["Member", "m1"]
