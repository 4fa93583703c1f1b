"""Modules: files without a policy line that other files use (`use std.frameworks`, `use rules.scoring as s`).

Each has a context of its own, in which its names are looked up; nothing of the policy is seen in it. Those of `std`
come with the package; others stand beside the policy: `use a.b` reads `a/b.lead`.
"""

from __future__ import annotations

from importlib import resources

from leadpolicy.compiler import syntax
from leadpolicy.compiler.checker import calendars, calls, credit, lets, lists, qualification
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.reporter import Reporter
from leadpolicy.compiler.resolver import Names, resolve
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Message, joined, say
from leadpolicy.grammar.keywords import STD, STD_OF

_ALLOWED = (
    syntax.ListDeclaration, syntax.Let, syntax.Gate, syntax.Calendar, syntax.Attribution, syntax.Use
)  # fmt: skip


# ── Reading them ──


def load(context: Context) -> None:
    """Read the modules that a file uses, and those that they use."""
    for alias, use in context.names.uses.items():
        found = _load(use, context)
        if found is not None:
            context.modules[alias] = found


def _path(use: syntax.Use) -> tuple[str, ...]:
    """The parts of the dotted name; those of the standard modules in English."""
    path = tuple(part.text for part in use.path)
    if STD_OF.get(path[0], path[0]) == "std":
        return tuple(STD_OF.get(part, part) for part in path)
    return path


def _load(use: syntax.Use, context: Context) -> Context | None:
    root = context.root or context
    path = _path(use)
    dotted = ".".join(path)
    if dotted in root.loading:
        way = [*root.loading[root.loading.index(dotted) :], dotted]
        context.reporter.report(
            "LP2018",
            use.span,
            say("these modules go round in a circle: {}", joined([f"`{w}`" for w in way], between=" → ")),
            hint=say("one of them has to do without the others"),
        )
        return None
    if dotted in root.loaded:
        return root.loaded[dotted]
    name = "/".join(path) + ".lead"
    text = _standard(path, use, context) if path[0] == "std" else _beside(name, use, context)
    if text is None:
        return None
    root.loading.append(dotted)
    module = _read(Source(name, text), dotted, context)
    root.loading.pop()
    root.loaded[dotted] = module
    return module


def _standard(path: tuple[str, ...], use: syntax.Use, context: Context) -> str | None:
    folder = resources.files("leadpolicy.rulesets").joinpath("std")
    known = sorted(f.name.removesuffix(".lead") for f in folder.iterdir() if f.name.endswith(".lead"))
    if len(path) == 2 and path[1] in known:
        return folder.joinpath(f"{path[1]}.lead").read_text(encoding="utf-8")
    suggestion = nearest(path[-1], known)
    context.reporter.report(
        "LP2018",
        use.path[-1].span,
        say("there is no standard module `{}`", ".".join(path)),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("standard modules: {}", joined(known)),
        fix=suggestion,
    )
    return None


def _beside(name: str, use: syntax.Use, context: Context) -> str | None:
    span = Span(use.path[0].span.start, use.path[-1].span.end)
    try:
        return context.read_text(name)
    except FileNotFoundError:
        message: Message = say("the file `{}` is not there", name)
    except UnicodeDecodeError:
        message = say("the file `{}` is not in UTF-8", name)
    except (OSError, ValueError) as error:
        message = say("the file `{}` can't be read: {}", name, getattr(error, "strerror", None) or error)
    context.reporter.report(
        "LP2018",
        span,
        message,
        hint=say("a module is a file beside the policy; std.frameworks comes with leadpolicy"),
    )
    return None


def is_module(file: syntax.File) -> bool:
    """Whether a file is a module: it has no policy line, and declares nothing else that only a policy can."""
    return bool(file.declarations) and not file.left_out and all(isinstance(d, _ALLOWED) for d in file.declarations)


def _read(source: Source, dotted: str, context: Context) -> Context:
    file, found = parse(source)
    reporter = context.reporter.beside(source)
    for diagnostic in found:
        reporter.add(diagnostic)
    return check_module(file, dotted, context, reporter)


def check_module(file: syntax.File, dotted: str, context: Context, reporter: Reporter) -> Context:
    """The context of a module; the mistakes in it are reported."""
    source = file.source
    for declaration in file.declarations:
        if not isinstance(declaration, _ALLOWED):
            _out_of_place(declaration, context, source)
    allowed = tuple(d for d in file.declarations if isinstance(d, _ALLOWED))
    names = resolve(syntax.File(source, allowed, file.left_out), reporter, module=True)
    module = Context(source, names, reporter, context.read_text)
    module.zone, module.currency, module.calling_code = context.zone, context.currency, context.calling_code
    module.module, module.root = dotted, context.root or context
    module.lets = context.lets
    load(module)
    _check(module)
    return module


def _out_of_place(declaration: syntax.Declaration, context: Context, source: Source) -> None:
    span = Span(declaration.span.start, declaration.span.start + 1)
    line, _ = source.position(span.start)
    words = source.line(line).split()[0]
    context.reporter.beside(source).report(
        "LP2020",
        Span(span.start, span.start + len(words)),
        say("`{}` has no place in a module", words),
        hint=say("a module declares lists, lets, gates, calendars and attribution models; the rest is the policy's"),
    )


def _check(module: Context) -> None:
    """Find the mistakes in a module, whether or not anything is used."""
    names = module.names
    for node in names.lists.values():
        made = lists.check_list(node, module)
        if made is not None:
            named = made.model_copy(update={"name": f"{module.module}.{made.name}"})
            module.lists |= {node.name.text: named, named.name: named}
    for text, let in names.lets.items():
        if let.parameters is None:
            lets.let(text, let.name, module)
        else:
            calls.check_let(let, module)
    for gate in names.gates.values():
        qualification.check_gate(gate, module)
    for attribution in names.attributions.values():
        credit.check_attribution(attribution, module)
    if module.module is not None and not module.module.startswith("std."):
        calendars.check_calendars(module)  # those of std are sixty countries: each is worked out where it is used
    else:
        _add_chinese_names(names)


def _add_chinese_names(names: Names) -> None:
    """The Chinese names of what the standard modules declare."""
    for known in (names.lets, names.gates, names.calendars, names.attributions, names.lists):
        declared: dict[str, object] = known  # type: ignore[assignment]
        for name in list(declared):
            for chinese in STD.get(name, ()):
                declared[chinese] = declared[name]
