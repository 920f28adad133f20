"""Lark grammars in, forms out: the only room that knows lark."""
