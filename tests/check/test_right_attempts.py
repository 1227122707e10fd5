"""The checks accept what is right in any style, and nothing that differs from it by one token."""

import ast
import copy
import functools
import random
import warnings

import numpy as np
import pytest

from attempts import BY_SCIPY, DRAWN, EXERCISES, LIBRARIES, SOURCES
from readers import compiled, dedented
from softmax_lib import check

STYLES = [(name, style) for name, styles in SOURCES.items() for style in styles]
READY = [(name, style) for name, styles in LIBRARIES.items() for style in styles]


def checked(name, function):
    return getattr(check, name)(function)


@pytest.mark.parametrize(("name", "style"), STYLES)
def test_a_right_function_passes_in_any_style(name, style):
    report = checked(name, compiled(SOURCES[name][style]))
    assert report.passed, report
    assert report.failed_law is report.diagnosis is report.section is None


@pytest.mark.parametrize(("name", "style"), READY)
def test_a_library_passes(name, style):
    report = checked(name, LIBRARIES[name][style])
    assert report.passed, report


@pytest.mark.parametrize(("name", "function"), [("softmax", "softmax"), ("hardmax", "hardmax")])
def test_a_parameter_axis_is_checked_too(name, function):
    with_axis = checked(name, LIBRARIES[name]["ours"])
    without = checked(name, lambda z: LIBRARIES[name]["ours"](z))
    assert set(with_axis.laws) - set(without.laws) == {"axis=0 shares out column by column"}


def test_torch_passes():
    torch = pytest.importorskip("torch")

    def tensor(z):
        return torch.as_tensor(z) if z.dtype.kind == "f" else torch.tensor(z, dtype=float)

    assert check.softmax(lambda z: torch.softmax(tensor(z), dim=-1))
    assert check.log_softmax(lambda z: torch.log_softmax(tensor(z), dim=-1))
    assert check.logsumexp(lambda z: torch.logsumexp(tensor(z), dim=-1))
    cross_entropy = torch.nn.functional.cross_entropy
    assert check.softmax_cross_entropy(
        lambda z, k: cross_entropy(tensor(z), torch.as_tensor(k), reduction="none")
    )
    assert check.mean_cross_entropy(lambda z, k: cross_entropy(tensor(z), torch.as_tensor(k)))


MOST = 120  # mutants of one exercise

# --- mutants -------------------------------------------------------------------------------------

OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow]
COMPARISONS = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq]
FUNCTIONS = [
    {"exp", "log", "sqrt", "exp2", "log2"},
    {"max", "min", "mean", "sum", "amax"},
    {"argmax", "argmin"},
    {"zeros", "ones"},
    {"softmax", "log_softmax"},
]


def replacements(node, rng):
    """Return what may stand for a node, one change each."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return [
            ast.BinOp(node.left, operator(), node.right)
            for operator in OPERATORS
            if operator is not type(node.op)
        ]
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        return [
            ast.AugAssign(node.target, operator(), node.value)
            for operator in OPERATORS
            if operator is not type(node.op)
        ]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        others = {0, 1, 2, -1, -2, node.value + rng.uniform(0.001, 1)} - {node.value}
        return [ast.Constant(value) for value in sorted(others)]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return [ast.Constant(not node.value)]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        return [
            ast.Compare(node.left, [comparison()], node.comparators)
            for comparison in COMPARISONS
            if comparison is not type(node.ops[0])
        ]
    if isinstance(node, (ast.Attribute, ast.Name)):
        key = "attr" if isinstance(node, ast.Attribute) else "id"
        family = next((f for f in FUNCTIONS if getattr(node, key) in f), set())
        changed = []
        for other in sorted(family - {getattr(node, key)}):
            changed.append(copy.copy(node))
            setattr(changed[-1], key, other)
        return changed
    return []


class Change(ast.NodeTransformer):
    """Replace the node with a number, counted in the order of the visit."""

    def __init__(self, place, replacement):
        self.place, self.replacement, self.count = place, replacement, -1

    def visit(self, node):
        self.count += 1
        return self.replacement if self.count == self.place else self.generic_visit(node)


class Order(ast.NodeVisitor):
    """List the nodes in the order in which `Change` counts them."""

    def __init__(self):
        self.nodes = []

    def visit(self, node):
        self.nodes.append(node)
        self.generic_visit(node)


def mutants(source, seed):
    """Yield the sources that differ in one place, and the functions that they define."""
    order = Order()
    order.visit(ast.parse(dedented(source)))
    rng = random.Random(seed)
    for place, node in enumerate(order.nodes):
        for replacement in replacements(node, rng):
            tree = Change(place, replacement).visit(ast.parse(dedented(source)))
            text = ast.unparse(ast.fix_missing_locations(tree))
            yield text, compiled(ast.parse(text))


def nearly(a, b):
    """Compare numbers, and shapes that could not be broadcast."""
    if np.ndim(b) > 1 and np.shape(a) != np.shape(b):
        return False
    return np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True)


def agrees_with_scipy(name, function):
    """Compare on random arguments; several results are compared one by one."""
    rng = np.random.default_rng(11)
    several = len(EXERCISES[name].results) > 1
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for _ in range(20):
            arguments = DRAWN[name](rng)
            right = BY_SCIPY[name](*arguments)
            came = function(*(np.array(a) if np.ndim(a) else a for a in arguments))
            pairs = zip(came, right, strict=True) if several else [(came, right)]
            if not all(nearly(a, b) for a, b in pairs):
                return False
    return True


@functools.cache
def survivors(name):
    """Return how many mutants the check has seen, and those that it passed."""
    every = [
        mutant
        for seed, source in enumerate(SOURCES[name].values())
        for mutant in mutants(source, seed)
    ]
    some = random.Random(29).sample(every, min(len(every), MOST))
    passed = [pair for pair in some if getattr(check, name)(pair[1], seconds=0.5)]
    return len(some), passed


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"softmax_vjp", "softmax_naive"}))
def test_a_change_of_one_token_is_rejected_unless_it_changes_nothing(name):
    count, passed = survivors(name)
    assert count >= 10
    wrong = [text for text, mutant in passed if not agrees_with_scipy(name, mutant)]
    assert not wrong, "passes, and is wrong; add an input to a law that tells it:\n" + wrong[0]
    assert len(passed) < 0.2 * count


@pytest.mark.parametrize("name", sorted(BY_SCIPY))
def test_the_comparison_with_scipy_tells_right_from_wrong(name):
    for source in SOURCES[name].values():
        if "float32" not in source:
            assert agrees_with_scipy(name, compiled(source))
    assert not agrees_with_scipy(name, lambda *arguments: BY_SCIPY["logsumexp"](np.ones((2, 2))))
