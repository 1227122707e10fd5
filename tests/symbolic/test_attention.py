"""Misprints of the chapter on attention that must be caught."""

MISPRINTS = (
    ("attention-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("attention-sum", "w_i", "z_i"),
)
