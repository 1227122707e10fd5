"""Misprints of the chapter on NAME that must be caught."""

MISPRINTS = (
    ("NAME-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("NAME-sum", "w_i", "z_i"),
)
