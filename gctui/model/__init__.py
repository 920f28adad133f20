"""The state of one program, folded from its events."""
