"""Checks of the chapter on attention."""
