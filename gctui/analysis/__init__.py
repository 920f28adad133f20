"""Pure functions of the model: rates, windows, the split of memory, sentences."""
