"""The figures of the chapter on attention."""
