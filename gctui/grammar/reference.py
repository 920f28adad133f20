"""Lark itself as the parser of a form: slow, exact, and able to explain.

It is the oracle that the compiled patterns are tested against. Each form has a parser of its own:
in a parser of the whole family, terminals of the same shape (whole milliseconds, microseconds)
compete where two forms share what stands before them, and the lexer takes the wrong one.
"""

from __future__ import annotations

from functools import cache

from lark import Lark, Tree
from lark.exceptions import LarkError

from gctui.data import data_folder
from gctui.grammar.forms import Form


@cache
def reference_parser(form: Form) -> Lark:
    """Return Lark's LALR parser of one form."""
    path = data_folder("grammars") / f"{form.family}.lark"
    return Lark.open(str(path), parser="lalr", start=form.rule, maybe_placeholders=False)


def reference_fields(form: Form, line: str) -> dict[str, str] | None:
    """Parse one whole line by Lark; return the printed text of each field, None if it is not one.

    A flag's text is empty: Lark keeps that it was printed, not its words.
    """
    try:
        tree = reference_parser(form).parse(line)
    except LarkError:
        return None
    fields = {}
    for child in tree.children:
        if isinstance(child, Tree):
            name = str(child.data).partition("__")[0]
            fields[name] = "".join(str(token) for token in child.children)
    return fields
