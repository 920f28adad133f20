"""Reads a `.lark` file into a small tree, with the comments that document it.

Lark parses the file with its own published grammar of grammars; this module keeps what the rest of
gctui needs and refuses, by name, what cannot become a pattern.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import lark
from lark import Lark, Token, Tree

from gctui.errors import ExitCode, GctuiError


class GrammarError(GctuiError):
    """A grammar file that says something gctui cannot translate."""

    def __init__(self, message: str) -> None:
        super().__init__(f"grammar: {message}", ExitCode.OWN_FAILURE)


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Regexp:
    """A regular expression between slashes."""

    source: str


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a rule or a terminal."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing after another."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A part that may be missing."""

    item: Node


Node = Literal | Regexp | Name | Sequence | Choice | Maybe


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule or a terminal: its body, the comment behind it and the comment lines above it."""

    name: str
    body: Node
    remark: str
    preface: str


@dataclass(slots=True)
class GrammarFile:
    """One `.lark` file."""

    path: Path
    preface: str
    rules: dict[str, Definition] = field(default_factory=dict)
    terminals: dict[str, Definition] = field(default_factory=dict)
    imports: list[tuple[str, str]] = field(default_factory=list)
    """(file name without ending, terminal) of each `%import .file (TERMINAL, …)`."""


@cache
def _grammar_of_grammars() -> Lark:
    path = Path(lark.__file__).parent / "grammars" / "lark.lark"
    return Lark.open(str(path), parser="lalr", maybe_placeholders=False, propagate_positions=True)


def read_grammar(path: Path) -> GrammarFile:
    """Return the rules, terminals and comments of one file.

    Raises GrammarError for a file that is missing or uses what cannot be translated.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = _grammar_of_grammars().parse(text + "\n")
    except (OSError, lark.exceptions.LarkError) as error:
        raise GrammarError(f"{path.name}: {error}") from error
    comments = _Comments(text)
    grammar = GrammarFile(path, comments.preface)
    for item in tree.children:
        _add_item(grammar, comments, _subtree(item))
    return grammar


def _add_item(grammar: GrammarFile, comments: _Comments, item: Tree[Token]) -> None:
    if item.data in {"rule", "token"}:
        name = str(item.children[0])
        *extras, body = item.children[1:]
        if any(_subtree(extra).children for extra in extras):
            raise GrammarError(f"{grammar.path.name}: {name}: no templates and no priorities")
        line = item.meta.line
        definition = Definition(name, _node(body), comments.behind(line), comments.above(line))
        (grammar.rules if item.data == "rule" else grammar.terminals)[name] = definition
    elif item.data == "multi_import":
        source, names = (_subtree(child) for child in item.children)
        file = "".join(str(_leaf(part)) for part in source.children).lstrip(".")
        grammar.imports += [(file, str(_leaf(name))) for name in names.children]
    else:
        raise GrammarError(f"{grammar.path.name}: %{item.data} is not used here")


def _subtree(item: object) -> Tree[Token]:
    if not isinstance(item, Tree):
        raise GrammarError(f"unexpected {item!r}")
    return item


def _leaf(item: object) -> object:
    return _leaf(item.children[0]) if isinstance(item, Tree) else item


def _node(item: object) -> Node:
    tree = _subtree(item)
    match str(tree.data):
        case "literal":
            return _literal(str(tree.children[0]))
        case "name":
            return Name(str(tree.children[0]))
        case "expansion":
            return Sequence(tuple(_node(child) for child in tree.children))
        case "expansions":
            return Choice(tuple(_node(child) for child in tree.children))
        case "maybe":
            return Maybe(_node(tree.children[0]))
        case "expr" if str(tree.children[1]) == "?":
            return Maybe(_node(tree.children[0]))
        case other:
            raise GrammarError(f"cannot translate {other} ({tree.children})")


def _literal(text: str) -> Node:
    if text.startswith("/"):
        source, _, flags = text[1:].rpartition("/")
        if flags or re.compile(source).groups:
            raise GrammarError(f"no flags and no capturing groups in {text}")
        return Regexp(source)
    return Literal(str(ast.literal_eval(text)))


class _Comments:
    """The comments of a grammar file, by the line they belong to."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.preface = "\n".join(self._block_from(0))

    def _block_from(self, index: int) -> list[str]:
        block = []
        while index < len(self._lines) and self._lines[index].startswith("//"):
            block.append(self._lines[index][2:].strip())
            index += 1
        return block

    def behind(self, line: int) -> str:
        """Return the remark at the end of `line` (1-based)."""
        _, mark, remark = self._lines[line - 1].rpartition(" // ")
        return remark.strip() if mark else ""

    def above(self, line: int) -> str:
        """Return the comment block that ends right above `line` (1-based)."""
        block: list[str] = []
        index = line - 2
        while index >= 0 and self._lines[index].startswith("//"):
            block.insert(0, self._lines[index][2:].strip())
            index -= 1
        return " ".join(block)
