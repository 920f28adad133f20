"""A source, a parser and a model turning together."""
