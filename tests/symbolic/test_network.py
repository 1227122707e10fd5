"""Misprints of the chapter on the network."""

MISPRINTS = (
    ("network-relu", "a + |a|", "a - |a|"),
    ("network-tanh-slope", "1 - h^2", "1 - h"),
    ("network-hidden-gradient", "P_{nc} - Y_{nc}", "Y_{nc} - P_{nc}"),
    ("network-variance", r"\sigma^2", r"\sigma"),
    ("network-variance", "x_d^2", "x_d"),
    ("network-start", r"\ge", r"\le"),
    ("network-start", r"\frac{1}{C} \sum", r"\sum"),
    ("network-batches", r"\frac{1}{K B}", r"\frac{1}{B}"),
)
