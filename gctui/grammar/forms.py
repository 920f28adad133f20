"""The forms of trace lines, read from the grammar files: the single source of truth.

A form is one shape of one line. Patterns, event classes, field tables and annotations are all made
from the forms that `all_forms` returns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain

from gctui.data import data_folder
from gctui.events import Value
from gctui.grammar.syntax import (
    Choice,
    Definition,
    GrammarError,
    GrammarFile,
    Literal,
    Maybe,
    Name,
    Node,
    Regexp,
    Sequence,
    read_grammar,
)

FAMILIES = (
    "gctrace",
    "scvg",
    "scavtrace",
    "notice",
    "checkfinalizers",
    "complaint",
    "sched",
    "scheddetail",
    "pacer",
    "inittrace",
    "scan",
)
"""The families of trace lines: what is looked for in a stream."""

PROFILE_FAMILIES = ("profile", "memstats", "traceback")
"""The families of lines in text profiles, which are no stream's lines."""


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "surrogateescape")


def _ints(printed: bytes) -> tuple[int, ...]:
    return tuple(map(int, printed[1:-1].split()))


_READERS: Mapping[str, tuple[Callable[[bytes], Value], bool]] = {
    # how a terminal's text becomes a value, and whether its digits are a JSON number as they stand
    "int": (int, True),
    "float": (float, True),
    "hex": (lambda printed: int(printed, 16), False),
    "µs": (lambda printed: int(printed) / 1000, False),
    "real": (float, False),
    "bool": (lambda printed: printed == b"true", True),
    "bit": (lambda printed: printed == b"1", False),
    "id": (lambda printed: -1 if printed == b"nil" else int(printed), False),
    "ints": (_ints, False),
    "text": (_text, False),
    "name": (_text, False),
    "behind": (lambda printed: _text(printed[1:]), False),
    "list": (_text, False),
    "flag": (lambda _printed: True, False),
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form: its name in events, its unit in the grammar, its meaning."""

    name: str
    unit: str
    pattern: str
    type_name: str
    """How its text is read, as `grammars/common.lark` lists, or `flag`."""
    meaning: str

    @property
    def read(self) -> Callable[[bytes], Value]:
        """The function that turns the printed text into the field's value."""
        return _READERS[self.type_name][0]

    @property
    def digits_are_json(self) -> bool:
        """Whether the printed digits are a JSON number as they stand."""
        return _READERS[self.type_name][1]

    @property
    def is_flag(self) -> bool:
        """Whether the field is a fixed text that is printed or not."""
        return self.type_name == "flag"


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed text."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A field's place."""

    field: FormField


@dataclass(frozen=True, slots=True)
class InOrder:
    """One part after another."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A part that may be missing."""

    part: Part


Part = Words | Slot | InOrder | OneOf | Perhaps


# Compared by identity: each is made once, and what is made of it is kept by it.
@dataclass(frozen=True, eq=False)
class Form:
    """One shape of one trace line."""

    family: str
    rule: str
    kind: str
    versions: str
    """The Go versions that print it, as text: `1.18 – 1.27`."""
    remark: str
    body: InOrder

    @property
    def name(self) -> str:
        """The form's public name, like `gctrace.go1.18`."""
        return f"{self.family}.{self.rule.replace('_', '.')}"

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Every field, in the order of the line."""
        return tuple(slot.field for slot in slots_of(self.body))


def slots_of(part: Part) -> Iterator[Slot]:
    """Yield the fields' places in the order of the line."""
    match part:
        case Slot():
            yield part
        case InOrder(parts) | OneOf(parts):
            yield from chain.from_iterable(map(slots_of, parts))
        case Perhaps(inner):
            yield from slots_of(inner)
        case Words():
            return


@cache
def all_forms() -> tuple[Form, ...]:
    """Return every form of a trace line, in the order of the grammar files.

    Raises GrammarError when a file is missing or says what cannot be translated.
    """
    return tuple(chain.from_iterable(map(family_forms, FAMILIES)))


@cache
def profile_forms() -> tuple[Form, ...]:
    """Return every form of a line in a text profile."""
    return tuple(chain.from_iterable(map(family_forms, PROFILE_FAMILIES)))


@cache
def family_forms(family: str) -> tuple[Form, ...]:
    """Return the forms of one grammar file, in its order."""
    grammar = _grammar_file(family)
    resolver = Resolver(grammar)
    used = set(chain.from_iterable(_names(rule.body) for rule in grammar.rules.values()))
    return tuple(
        _form(family, resolver, rule)
        for name, rule in grammar.rules.items()
        if name not in used and not name.startswith("_")
    )


def family_remark(family: str) -> str:
    """Return the first line of a grammar file: what the family is."""
    return _grammar_file(family).preface.split("\n", 1)[0]


@cache
def _grammar_file(name: str) -> GrammarFile:
    return read_grammar(data_folder("grammars") / f"{name}.lark")


def _names(node: Node) -> Iterator[str]:
    match node:
        case Name(name):
            yield name
        case Sequence(items) | Choice(items):
            yield from chain.from_iterable(map(_names, items))
        case Maybe(item):
            yield from _names(item)
        case _:
            return


_VERSIONS = re.compile(r"Go (?P<versions>[^:]+): (?P<remark>.*)", re.DOTALL)


def _form(family: str, resolver: Resolver, rule: Definition) -> Form:
    documented = _VERSIONS.fullmatch(rule.preface)
    kind = re.search(r"^kind: (\w+)$", _grammar_file(family).preface, re.MULTILINE)
    if documented is None or kind is None:
        raise GrammarError(
            f"{family}: {rule.name}: say `// Go VERSIONS: …` above it, `// kind:` on top"
        )
    body = InOrder(_joined(_flat(resolver.part(rule.body, ()))))
    form = Form(family, rule.name, kind[1], documented["versions"], documented["remark"], body)
    names = [field.name for field in form.fields]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise GrammarError(f"{form.name}: {', '.join(sorted(twice))} stands twice")
    if not all(slot.field.is_flag for slot in _optional(body)):
        raise GrammarError(f"{form.name}: only a flag may be missing")
    return form


def _optional(part: Part) -> list[Slot]:
    match part:
        case Perhaps() | OneOf():
            return list(slots_of(part))
        case InOrder(parts):
            return [slot for inner in parts for slot in _optional(inner)]
        case _:
            return []


class Resolver:
    """Replaces names by what they stand for; refuses recursion."""

    def __init__(self, grammar: GrammarFile) -> None:
        self._grammar = grammar
        self._terminals = dict(grammar.terminals)
        for file, terminal in grammar.imports:
            self._terminals[terminal] = _grammar_file(file).terminals[terminal]

    def part(self, node: Node, path: tuple[str, ...]) -> Part:
        """Return `node` with every name replaced; `path` holds the names being replaced."""
        match node:
            case Literal(text):
                return Words(text)
            case Sequence(items):
                return InOrder(tuple(self.part(item, path) for item in items))
            case Choice(options):
                return OneOf(tuple(self.part(option, path) for option in options))
            case Maybe(item):
                return Perhaps(self.part(item, path))
            case Name(name):
                return self._named(name, path)
            case Regexp(source):
                raise GrammarError(f"/{source}/ stands in a rule; give it a name")

    def _named(self, name: str, path: tuple[str, ...]) -> Part:
        if name in path or name not in self._grammar.rules:
            raise GrammarError(f"{' > '.join((*path, name))}: recursion, or no such rule")
        rule = self._grammar.rules[name]
        if name.startswith("_"):
            return self.part(rule.body, (*path, name))
        match rule.body:
            case Literal(text):
                return Slot(FormField(name, "FLAG", re.escape(text), "flag", rule.remark))
            case Name(unit) if unit in self._terminals:
                return Slot(self._field(rule, unit))
            case _:
                raise GrammarError(f"{name}: a field is one terminal or one quoted text")

    def _field(self, rule: Definition, unit: str) -> FormField:
        terminal = self._terminals[unit]
        type_name = terminal.remark.partition(":")[0]
        if type_name not in _READERS:
            raise GrammarError(f"{unit}: `// TYPE: meaning` with one of {', '.join(_READERS)}")
        match terminal.body:
            case Regexp(source):
                pattern = source
            case Literal(text):
                pattern = re.escape(text)
            case _:
                raise GrammarError(f"{unit}: a terminal is one pattern or one quoted text")
        return FormField(rule.name.partition("__")[0], unit, pattern, type_name, rule.remark)


def _flat(part: Part) -> Iterator[Part]:
    if isinstance(part, InOrder):
        yield from chain.from_iterable(map(_flat, part.parts))
    else:
        yield part


def _joined(parts: Iterator[Part]) -> tuple[Part, ...]:
    """Join neighbouring words, so that the text between two fields is one piece."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, Words) and joined and isinstance(joined[-1], Words):
            joined[-1] = Words(joined[-1].text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
