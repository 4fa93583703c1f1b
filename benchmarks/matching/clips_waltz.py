"""Waltz for CLIPS (clipspy): the rules of `waltz.lead`, conditions in the same order."""

from __future__ import annotations

from typing import Any

_CONSTRUCTS = (
    "(deftemplate stage (slot name))",
    "(deftemplate junction (slot base) (slot kind) (slot p1) (slot p2) (slot p3) (slot seed))",
    "(deftemplate edge (slot p1) (slot p2) (slot label))",
    "(deftemplate plotted (slot p1) (slot p2) (slot label))",
    """(defrule seed (declare (salience 1))
         (stage (name start)) (junction (base ?b) (seed yes)) ?e <- (edge (p1 ?b) (label unlabelled)) =>
         (modify ?e (label outline)))""",
    "(defrule start ?s <- (stage (name start)) => (modify ?s (name labelling)))",
    """(defrule match-edge (declare (salience 2))
         (stage (name labelling)) (edge (p1 ?p1) (p2 ?p2) (label ?l&~unlabelled))
         ?o <- (edge (p1 ?p2) (p2 ?p1) (label unlabelled)) =>
         (modify ?o (label ?l)))""",
    """(defrule corner (declare (salience 1))
         (stage (name labelling)) (junction (kind corner) (base ?b)) (edge (p1 ?b) (label outline))
         ?o <- (edge (p1 ?b) (label unlabelled)) =>
         (modify ?o (label outline)))""",
    """(defrule arrow-shaft (declare (salience 1))
         (stage (name labelling)) (junction (kind arrow) (base ?b) (p2 ?p)) (edge (p1 ?b) (label outline))
         ?o <- (edge (p1 ?b) (p2 ?p) (label unlabelled)) =>
         (modify ?o (label convex)))""",
    """(defrule arrow-barb (declare (salience 1))
         (stage (name labelling)) (junction (kind arrow) (base ?b) (p2 ?p)) (edge (p1 ?b) (p2 ?p) (label convex))
         ?o <- (edge (p1 ?b) (p2 ~?p) (label unlabelled)) =>
         (modify ?o (label outline)))""",
    """(defrule fork (declare (salience 1))
         (stage (name labelling)) (junction (kind fork) (base ?b)) (edge (p1 ?b) (label convex))
         ?o <- (edge (p1 ?b) (label unlabelled)) =>
         (modify ?o (label convex)))""",
    "(defrule labelled ?s <- (stage (name labelling)) => (modify ?s (name plotting)))",
    """(defrule plot
         (stage (name plotting)) (edge (p1 ?p1) (p2 ?p2) (label ?l&~unlabelled))
         (not (plotted (p1 ?p2) (p2 ?p1))) =>
         (assert (plotted (p1 ?p1) (p2 ?p2) (label ?l))))""",
)


class Waltz:
    """An environment with the rules; built once, reset for each run."""

    def __init__(self) -> None:
        import clips

        self._symbol = clips.Symbol
        self._environment = clips.Environment()
        for construct in _CONSTRUCTS:
            self._environment.build(construct)
        self.firings = 0

    def run(self, drawing: tuple[list[tuple[Any, ...]], list[tuple[int, int]]]) -> set[tuple[int, int, str]]:
        """Label the lines: (point, point, label), the smaller point first."""
        environment, symbol = self._environment, self._symbol
        environment.reset()
        junction, edge = (environment.find_template(name) for name in ("junction", "edge"))
        junctions, edges = drawing
        for base, kind, p1, p2, p3, seed in junctions:
            junction.assert_fact(
                base=base, kind=symbol(kind), p1=p1, p2=p2, p3=p3, seed=symbol("yes" if seed else "no")
            )
        for p1, p2 in edges:
            edge.assert_fact(p1=p1, p2=p2, label=symbol("unlabelled"))
        environment.assert_string("(stage (name start))")
        self.firings = environment.run()
        plotted = [f for f in environment.facts() if f.template.name == "plotted"]
        return {(min(f["p1"], f["p2"]), max(f["p1"], f["p2"]), str(f["label"])) for f in plotted}
