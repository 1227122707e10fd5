"""Checks of the chapter on the network."""
