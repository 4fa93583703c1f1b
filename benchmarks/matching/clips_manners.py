"""Miss Manners for CLIPS (clipspy): the rules of `manners.lead`, conditions in the same order. Facts of one type with
the same values are one in CLIPS, too; `modify` makes a fact anew."""

from __future__ import annotations

from typing import Any

_TEMPLATES = (
    "(deftemplate context (slot state))",
    "(deftemplate counter (slot next))",
    "(deftemplate last-seat (slot seat))",
    "(deftemplate guest (slot name) (slot sex) (slot hobby))",
    "(deftemplate seating (slot id) (slot parent) (slot seat1) (slot name1) (slot name2) (slot seat2) (slot done))",
    "(deftemplate path (slot seating) (slot name) (slot seat))",
    "(deftemplate chosen (slot seating) (slot name) (slot hobby))",
)
_RULES = (
    """(defrule assign-first-seat (declare (salience 2))
         ?x <- (context (state start)) (guest (name ?n)) ?c <- (counter (next ?i)) =>
         (assert (seating (id ?i) (parent 0) (seat1 1) (name1 ?n) (name2 ?n) (seat2 1) (done yes)))
         (assert (path (seating ?i) (name ?n) (seat 1)))
         (modify ?c (next (+ ?i 1))) (modify ?x (state assign-seats)))""",
    """(defrule find-seating
         ?x <- (context (state assign-seats))
         (seating (id ?id) (seat2 ?seat2) (name2 ?n2) (done yes))
         (guest (name ?n2) (sex ?s) (hobby ?h))
         (guest (name ?g2) (sex ~?s) (hobby ?h))
         ?c <- (counter (next ?i))
         (not (path (seating ?id) (name ?g2)))
         (not (chosen (seating ?id) (name ?g2) (hobby ?h))) =>
         (assert (seating (id ?i) (parent ?id) (seat1 ?seat2) (name1 ?n2) (name2 ?g2) (seat2 (+ ?seat2 1)) (done no)))
         (assert (path (seating ?i) (name ?g2) (seat (+ ?seat2 1))))
         (assert (chosen (seating ?id) (name ?g2) (hobby ?h)))
         (modify ?c (next (+ ?i 1))) (modify ?x (state make-path)))""",
    """(defrule make-path (declare (salience 1))
         (context (state make-path)) (seating (id ?id) (parent ?pid) (done no))
         (path (seating ?pid) (name ?n) (seat ?s)) (not (path (seating ?id) (name ?n))) =>
         (assert (path (seating ?id) (name ?n) (seat ?s))))""",
    """(defrule path-done
         ?x <- (context (state make-path)) ?s <- (seating (done no)) =>
         (modify ?s (done yes)) (modify ?x (state check-done)))""",
    """(defrule are-we-done (declare (salience 1))
         ?x <- (context (state check-done)) (last-seat (seat ?l)) (seating (seat2 ?l)) =>
         (modify ?x (state print-results)))""",
    """(defrule continue-seating
         ?x <- (context (state check-done)) => (modify ?x (state assign-seats)))""",
)


class Manners:
    """An environment with the rules; built once, reset for each run."""

    def __init__(self) -> None:
        import clips

        self._environment = clips.Environment()
        for construct in (*_TEMPLATES, *_RULES):
            self._environment.build(construct)
        self.firings = 0

    def run(self, guests: list[tuple[int, str, int]], seats: int) -> list[tuple[int, int]]:
        """Seat the guests: (seat, name) of the last seating's path, by seat."""
        environment = self._environment
        environment.reset()
        template = environment.find_template("guest")
        for name, sex, hobby in guests:
            template.assert_fact(name=name, sex=_symbol(sex), hobby=hobby)
        for text in (f"(last-seat (seat {seats}))", "(counter (next 1))", "(context (state start))"):
            environment.assert_string(text)
        self.firings = environment.run()
        facts = [dict(f) for f in environment.facts() if f.template.name in {"path", "seating"}]
        last = max(f["id"] for f in facts if "id" in f)
        return sorted((f["seat"], f["name"]) for f in facts if "id" not in f and f["seating"] == last)


def _symbol(text: str) -> Any:
    import clips

    return clips.Symbol(text)
