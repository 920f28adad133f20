"""Reading a running Go program from outside: its binary, its memory, its counters."""
