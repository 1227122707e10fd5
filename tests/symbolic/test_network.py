"""Misprints of the chapter on network that must be caught."""

MISPRINTS = (
    ("network-centred", r"\frac{1}{C}", r"\frac{1}{2}"),
    ("network-sum", "w_i", "z_i"),
)
