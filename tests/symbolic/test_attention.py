"""Misprints of the chapter on attention that must be caught, and the limits that it takes."""

import mpmath
import sympy

MISPRINTS = (
    ("attention-scores", r"\sqrt{D}", "D"),
    ("attention-scores", "K_{cd}", "K_{dc}"),
    ("attention-answer", "V_{ch}", "V_{nh}"),
    ("attention-variance", "= D", "= D^2"),
    ("attention-value-gradient", r"P^{\top} G", r"P G"),
    ("attention-weight-gradient", r"G V^{\top}", r"P V^{\top}"),
    ("attention-score-gradient", r"- \sum", r"+ \sum"),
    ("attention-score-gradient", r"P_{nj} U_{nj}", r"U_{nj}"),
    ("attention-query-gradient", r"\frac{1}{\sqrt{D}} ", ""),
    ("attention-key-gradient", r"R^{\top} Q", r"R^{\top} K"),
    ("gumbel-slope", "e^{z_i - x}", "e^{z_i}"),
    ("gumbel-slope", "-S e", "S e"),
    ("top-distance", "1 - r", "r"),
    ("top-divergence", r"-\log r", r"\log r"),
)


def test_the_antiderivative_runs_from_0_to_the_share():
    """The ledger proves the slope of p e^(-S e^-x); SymPy takes the limits at both ends."""
    x, S, p = sympy.symbols("x"), *sympy.symbols("S p", positive=True)
    F = p * sympy.exp(-S * sympy.exp(-x))
    assert sympy.limit(F, x, -sympy.oo) == 0
    assert sympy.limit(F, x, sympy.oo) == p


def test_the_density_of_the_winner_is_a_product_of_gumbel_s():
    """SymPy knows no integral here; mpmath adds up density times distribution functions."""
    logits = [3, 1, -3]
    for i, own in enumerate(logits):
        others = [z for j, z in enumerate(logits) if j != i]

        def density(x, own=own, others=others):
            gap = mpmath.exp(own - x)
            beaten = [mpmath.exp(-mpmath.exp(z - x)) for z in others]
            return gap * mpmath.exp(-gap) * mpmath.fprod(beaten)

        share = mpmath.quad(density, [-10, 0, 3, 10, 60])
        total = mpmath.fsum(mpmath.exp(z) for z in logits)
        assert abs(share - mpmath.exp(own) / total) < 1e-12
