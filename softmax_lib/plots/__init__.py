"""The figures of the course, one module a chapter; each function draws into an Axes.

``style`` gives every figure the same width, type and colours, and makes its SVG the same bytes
on every machine.
"""
