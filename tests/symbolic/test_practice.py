"""Misprints of the chapter on practice that must be caught; powers whose exponent is a symbol."""

from sympy import Rational, Symbol

from softmax_lib.symbolic._engine.round_trip import clauses
from softmax_lib.symbolic._engine.zero_test import is_zero

MISPRINTS = (
    ("practice-sigmoid", "e^{-z_i}", "e^{z_i}"),
    ("practice-binary", r"\log(1 - \sigma_i)", r"\log \sigma_i"),
    ("practice-binary-logits", r"\log(1 + e^{-z_i})", r"\log(1 + e^{z_i})"),
    ("practice-binary-gradient", r"\sigma_i - y_i", r"\sigma_i + y_i"),
    ("practice-weighted-mean", r"{\sum_{n=1}^{N} \omega_n}", "{N}"),
    ("practice-weight-scale", r"{\sum_{n=1}^{N} a \omega_n}", r"{\sum_{n=1}^{N} \omega_n}"),
    ("practice-prior-shift", r"\log(\pi'_i / \pi_i)", r"\log(\pi_i / \pi'_i)"),
    ("practice-prior-shift", r"\log(\pi'_i / \pi_i)", r"\pi'_i / \pi_i"),
    ("practice-weighted-target", r"\tau_c \log p_c", r"y_c \log p_c"),
    ("practice-adjusted", r"\frac{\pi_c}{\pi_k}", r"\frac{\pi_k}{\pi_c}"),
    ("practice-focal-gradient", r"\gamma - 1", r"\gamma"),
    ("practice-focal-gradient", r"- \gamma\, p_k", r"+ \gamma\, p_k"),
    ("practice-floor", r"&+ \sum", r"&- \sum"),
    ("practice-floor", r"\log \frac{Y_{nc}}{P_{nc}}", r"\log \frac{P_{nc}}{Y_{nc}}"),
)


def test_a_power_with_a_symbol_above_is_a_quantity_and_whole_numbers_come_off_it():
    x, g = Symbol("x", positive=True), Symbol("g", positive=True)
    p = 1 - x
    assert is_zero(p**g - p ** (g - 1) * p)
    assert is_zero(p ** (g + 2) - 2 * x * p ** (g + 1) + x**2 * p**g - p**g * (p - x) ** 2)
    assert not is_zero(p**g - p ** (g - 1))
    assert not is_zero(p**g - p)
    assert not is_zero(p ** (2 * g) - p**g)
    assert not is_zero(p ** (g + Rational(1, 2)) - p**g)


def test_a_formula_on_several_lines_is_read_as_one():
    broken = r"\begin{aligned} a &= b \\ &= {}c + d \\ &+ f \end{aligned}"
    ((sides, relations),) = clauses(broken)
    assert [side.replace(" ", "") for side in sides] == ["a", "b", "c+d+f"]
    assert relations == ["=", "="]
