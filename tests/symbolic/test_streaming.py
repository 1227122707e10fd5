"""Misprints of the chapter on streaming that must be caught."""

MISPRINTS = (
    ("streaming-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("streaming-sum", "w_i", "z_i"),
)
