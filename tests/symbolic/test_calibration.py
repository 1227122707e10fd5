"""Misprints of the chapter on calibration that must be caught."""

MISPRINTS = (
    ("calibration-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("calibration-sum", "w_i", "z_i"),
)
