"""Equations of the chapter on attention."""

SYMBOLS = ()
ENTRIES = ()
