"""Misprints of the chapter on practice that must be caught."""

MISPRINTS = (
    ("practice-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("practice-sum", "w_i", "z_i"),
)
