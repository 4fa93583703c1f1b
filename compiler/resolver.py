"""The resolver: which names a file declares, and what each name in an expression stands for.

Declarations are gathered first, so that a name may be used above the place that declares it. A name in an
expression is looked for among: fields of the fact that the policy is about, lets, scores, tables, gates, stages,
lists. One name stands for one of these; only a stage and a gate may share theirs (`proposal passes` is the gate).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from leadpolicy.compiler import syntax
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.reporter import Reporter
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import Term, keyword, say, term
from leadpolicy.grammar.keywords import BUILT_IN_NAMES

Declared = (
    syntax.Fact
    | syntax.ListDeclaration
    | syntax.Let
    | syntax.Score
    | syntax.Table
    | syntax.Gate
    | syntax.Stage
    | syntax.PlaceDeclaration
    | syntax.Use
    | syntax.Calendar
    | syntax.Attribution
    | syntax.Rule
    | syntax.Sla
    | syntax.ChannelGuard
    | syntax.Goal
)
"""A declaration with a name."""
_D = TypeVar("_D", bound=Declared)

KINDS = {
    "fact": term("fact"), "list": term("list"), "let": term("let"), "score": term("score"), "table": term("table"),
    "gate": term("gate"), "stage": term("stage"), "team": term("team"), "queue": term("queue"), "pool": term("pool"),
    "nurture": term("nurture"), "module": term("module"), "use": term("module"), "calendar": term("calendar"),
    "attribution": term("attribution"), "rule": term("rule"), "sla": term("service level"),
    "channel": term("channel"), "goal": term("goal"),
}  # fmt: skip
"""What a declared thing is called in messages."""

SPECIAL = ("this", "stage", "disqualified")
_SPECIAL_OF = {spelling: name for name in SPECIAL for spelling in (name, *BUILT_IN_NAMES[name])}


def special(text: str) -> str | None:
    """`this`, `stage` or `disqualified`, in whichever language it was written; None for other names."""
    return _SPECIAL_OF.get(text)


@dataclass(slots=True)
class Names:
    """Everything declared in a file, by kind and name; where two share a name, the first is kept."""

    header: syntax.Header | None = None
    facts: dict[str, syntax.Fact] = field(default_factory=dict)
    lists: dict[str, syntax.ListDeclaration] = field(default_factory=dict)
    lets: dict[str, syntax.Let] = field(default_factory=dict)
    scores: dict[str, syntax.Score] = field(default_factory=dict)
    tables: dict[str, syntax.Table] = field(default_factory=dict)
    gates: dict[str, syntax.Gate] = field(default_factory=dict)
    stages: dict[str, syntax.Stage] = field(default_factory=dict)
    places: dict[str, dict[str, syntax.PlaceDeclaration]] = field(
        default_factory=lambda: {"team": {}, "queue": {}, "pool": {}, "nurture": {}}
    )
    uses: dict[str, syntax.Use] = field(default_factory=dict)
    """Modules by the name that they have in this file."""
    calendars: dict[str, syntax.Calendar] = field(default_factory=dict)
    attributions: dict[str, syntax.Attribution] = field(default_factory=dict)
    rules: dict[str, syntax.Rule] = field(default_factory=dict)
    slas: dict[str, syntax.Sla] = field(default_factory=dict)
    channel_guards: dict[str, syntax.ChannelGuard] = field(default_factory=dict)
    goals: dict[str, syntax.Goal] = field(default_factory=dict)
    duplicates: list[syntax.Duplicate] = field(default_factory=list)
    promises: list[syntax.Always] = field(default_factory=list)
    recall: syntax.Recall | None = None
    disqualify: syntax.Disqualify | None = None
    funnel: syntax.Funnel | None = None
    route: syntax.Route | None = None
    tests: list[syntax.Test] = field(default_factory=list)
    about: str = "Lead"

    def expression_names(self, fields: Iterable[str]) -> set[str]:
        """All names that an expression may use, for suggestions."""
        return {
            *fields, *self.lets, *self.scores, *self.tables, *self.gates, *self.stages, *self.lists, *SPECIAL
        }  # fmt: skip

    def is_expression_name(self, name: str) -> bool:
        """Whether an expression may use a name, fields apart."""
        known = (self.lets, self.scores, self.tables, self.gates, self.stages, self.lists, SPECIAL)
        return any(name in names for names in known)

    def kind_of(self, name: str) -> str | None:
        """What sort of declared thing a name is (fields apart): `score`, `table`, `queue`, …"""
        kinds: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("let", self.lets), ("score", self.scores), ("table", self.tables), ("gate", self.gates),
            ("stage", self.stages), ("list", self.lists), ("fact", self.facts), ("calendar", self.calendars),
            ("attribution", self.attributions), ("rule", self.rules), ("sla", self.slas), ("goal", self.goals),
            ("module", self.uses), *self.places.items(),
        )  # fmt: skip
        return next((kind for kind, known in kinds if name in known), None)


def resolve(file: syntax.File, reporter: Reporter, *, module: bool = False) -> Names:
    """Gather the declarations of a file; report what is declared twice, and a policy line that is missing.

    A module has no policy line, and is about nothing.
    """
    names = Names()
    for declaration in file.declarations:
        _declare(declaration, names, reporter)
    if names.header is None and not module:
        reporter.report(
            "LP2009",
            Span(0, 0),
            say("the file has no `policy` line"),
            hint=say('begin it with: policy my_policy version "1" {{ zone "Asia/Shanghai" }}'),
        )
    _check_shared_names(names, reporter)
    if not module:
        _choose_about(names, reporter)
    return names


def _declare(declaration: syntax.Declaration, names: Names, reporter: Reporter) -> None:
    match declaration:
        case syntax.Header():
            if names.header is None:
                names.header = declaration
            else:
                _twice(reporter, term("policy line"), declaration.name, names.header.name)
        case syntax.Fact(name=name):
            _add(names.facts, name, declaration, "fact", reporter)
        case syntax.ListDeclaration(name=name):
            _add(names.lists, name, declaration, "list", reporter)
        case syntax.Let(name=name):
            _add(names.lets, name, declaration, "let", reporter)
        case syntax.Score(name=name):
            _add(names.scores, name, declaration, "score", reporter)
        case syntax.Table(name=name):
            _add(names.tables, name, declaration, "table", reporter)
        case syntax.Gate(name=name):
            _add(names.gates, name, declaration, "gate", reporter)
        case syntax.PlaceDeclaration(kind=kind, name=name):
            _add(names.places[kind], name, declaration, kind, reporter)
        case syntax.Use(path=path, alias=alias):
            _add(names.uses, alias or path[-1], declaration, "module", reporter)
        case syntax.Calendar(name=name):
            _add(names.calendars, name, declaration, "calendar", reporter)
        case syntax.Attribution(name=name):
            _add(names.attributions, name, declaration, "attribution", reporter)
        case syntax.Rule(name=name):
            _add(names.rules, name, declaration, "rule", reporter)
        case syntax.Sla(name=name):
            _add(names.slas, name, declaration, "sla", reporter)
        case syntax.ChannelGuard(name=name):
            _add(names.channel_guards, name, declaration, "channel", reporter)
        case syntax.Goal(name=name):
            _add(names.goals, name, declaration, "goal", reporter)
        case _:
            _declare_nameless(declaration, names, reporter)


def _declare_nameless(declaration: syntax.Declaration, names: Names, reporter: Reporter) -> None:
    match declaration:
        case syntax.Test():
            names.tests.append(declaration)
        case syntax.Duplicate():
            names.duplicates.append(declaration)
        case syntax.Always():
            names.promises.append(declaration)
        case syntax.Disqualify() | syntax.Funnel() | syntax.Route() | syntax.Recall():
            _declare_single(declaration, names, reporter)
        case _:
            pass


def _declare_single(
    declaration: syntax.Disqualify | syntax.Funnel | syntax.Route | syntax.Recall, names: Names, reporter: Reporter
) -> None:
    """Blocks that a policy has once."""
    word = type(declaration).__name__.lower()
    first = getattr(names, word)
    if first is not None:
        reporter.report(
            "LP2002",
            declaration.span,
            say("there are two `{}` blocks", keyword(word)),
            hint=say("put all entries into one block: their order matters"),
            related=((say("the first one"), first.span),),
        )
        return
    setattr(names, word, declaration)
    if isinstance(declaration, syntax.Funnel):
        for stage in declaration.stages:
            _add(names.stages, stage.name, stage, "stage", reporter)


def _add(known: dict[str, _D], name: syntax.Name, node: _D, kind: str, reporter: Reporter) -> None:
    if name.text in known:
        first = known[name.text]
        written = (first.alias or first.path[-1]) if isinstance(first, syntax.Use) else first.name
        _twice(reporter, KINDS[kind], name, written)
    else:
        known[name.text] = node


def _twice(reporter: Reporter, kind: Term, name: syntax.Name, first: syntax.Name) -> None:
    reporter.report(
        "LP2002",
        name.span,
        say("the {} `{}` is declared twice", kind, name.text),
        hint=say("give one of them another name"),
        related=((say("declared here first"), first.span),),
    )


def _check_shared_names(names: Names, reporter: Reporter) -> None:
    """One name for two things of an expression would be ambiguous."""
    seen: dict[str, tuple[str, syntax.Name]] = {}
    for kind in ("lets", "scores", "tables", "gates", "stages", "lists", "uses"):
        for text, node in getattr(names, kind).items():
            name = (node.alias or node.path[-1]) if isinstance(node, syntax.Use) else node.name
            if text in seen and {seen[text][0], kind} != {"gates", "stages"}:
                other, first = seen[text]
                reporter.report(
                    "LP2002",
                    name.span,
                    say("`{}` is a {} here and a {} above", text, KINDS[kind[:-1]], KINDS[other[:-1]]),
                    hint=say("give one of them another name"),
                    related=((say("the {}", KINDS[other[:-1]]), first.span),),
                )
            seen.setdefault(text, (kind, name))


def _choose_about(names: Names, reporter: Reporter) -> None:
    """Which fact the policy is about: as the header says, else `Lead`."""
    line = None
    if names.header is not None:
        line = next((x for x in names.header.lines if x.key == "about"), None)
    if line is not None and isinstance(line.value, syntax.Name):
        names.about = line.value.text
        if names.about not in names.facts:
            suggestion = nearest(names.about, names.facts)
            reporter.report(
                "LP2010",
                line.value.span,
                say("the policy is about `{}`, but no such fact is declared", names.about),
                hint=say("did you mean `{}`?", suggestion)
                if suggestion
                else say("declare it: fact {} {{ … }}", names.about),
                fix=suggestion,
            )
    elif names.about not in names.facts:
        _choose_unsaid(names, reporter)


def _choose_unsaid(names: Names, reporter: Reporter) -> None:
    """Without `about` and without a `Lead`: the fact that has an owner or a beginning, or that events belong to."""
    span = names.header.name.span if names.header else Span(0, 0)
    owned = {f.of.text for f in names.facts.values() if f.of is not None and f.of.text in names.facts}
    roles = {
        n
        for n, f in names.facts.items()
        if not f.event and any(m.kind == "role" for x in f.fields for m in x.modifiers)
    }
    pointed_at = {name for fact in names.facts.values() for name in _types_of(fact)}
    candidates = [f for f in names.facts if f not in pointed_at and not names.facts[f].event and f != "Member"]
    candidates = sorted(candidates, key=lambda f: (f not in roles, f not in owned))
    if not candidates:
        hint = say("declare what is decided about: fact Lead {{ id: text key }}")
        reporter.report("LP2010", span, say("it isn't said what the policy is about"), hint=hint)
        return
    hint = say("say it in the policy's header: about {}", candidates[0])
    sure = (roles or owned) == {candidates[0]}
    message = say("it isn't said what the policy is about")
    if sure:
        names.about = candidates[0]
        message = say("it isn't said what the policy is about: `{}` is taken", names.about)
    reporter.report("LP2010", span, message, hint=hint, severity="warning" if sure else "error")


def _types_of(fact: syntax.Fact) -> set[str]:
    """The names of the types of a fact's fields."""
    return {field.type.name.text for field in fact.fields if isinstance(field.type, syntax.TypeName)}
