"""What softmax and its loss are called in other libraries, and what their defaults return.

Each call is run beside the one of this course, and must agree with it to five digits. The answers
of the defaults are written down as they come. Run it and keep the output::

    pip install -e ".[bench]"
    python benchmarks/elsewhere.py > benchmarks/elsewhere.md
"""

import json
import os
import platform
import re
import subprocess
import sys
import warnings
from importlib import import_module
from typing import NamedTuple

import numpy as np

import softmax_lib

GIVEN = """
z = np.array([[3, 1, -3], [2, 1, 0.1]])
labels = np.array([0, 1])
y = np.array([[0.7, 0.3, 0], [0, 1, 0]])
mask = z > -2
nothing = np.zeros((2, 3), dtype=bool)
outside = np.array([3, -1])
both = np.array([[1.0, 1, 0]])
tokens = np.array([[[3.0, 1, -3]] * 3])
words = np.array([[0, 0, 0]])
"""

COURSE = {
    "softmax": "softmax(z)",
    "temperature 2": "softmax(z, temperature=2)",
    "masked classes": "softmax(z, where=mask)",
    "log-softmax": "log_softmax(z)",
    "log-sum-exp": "logsumexp(z)",
    "loss, labels": "softmax_cross_entropy(z, labels)",
    "loss, distributions": "softmax_cross_entropy(z, y)",
    "label smoothing": "softmax_cross_entropy(z, smooth_labels(one_hot(labels, 3), 0.1))",
    "mean loss": "softmax_cross_entropy(z, labels).mean()",
}


class Peer(NamedTuple):
    """A library: the modules whose versions count, and what to write."""

    modules: dict
    imports: str
    array: str  # how it makes its array of a NumPy array `a`
    names: dict  # for what COURSE has
    defaults: list  # calls that rely on one


PEERS = {
    "PyTorch": Peer(
        {"PyTorch": "torch"},
        "import torch\nfrom torch.nn import functional as F",
        "torch.tensor(a.tolist())",
        {
            "softmax": "torch.softmax(z, dim=-1)",
            "temperature 2": "torch.softmax(z / 2, dim=-1)",
            "masked classes": "torch.softmax(z.masked_fill(~mask, -torch.inf), dim=-1)",
            "log-softmax": "torch.log_softmax(z, dim=-1)",
            "log-sum-exp": "torch.logsumexp(z, dim=-1)",
            "loss, labels": 'F.cross_entropy(z, labels, reduction="none")',
            "loss, distributions": 'F.cross_entropy(z, y, reduction="none")',
            "label smoothing": 'F.cross_entropy(z, labels, label_smoothing=0.1, reduction="none")',
            "mean loss": "F.cross_entropy(z, labels)",
        },
        [
            "F.softmax(z[None])",
            "F.cross_entropy(torch.softmax(z, dim=-1), labels)",
            "F.nll_loss(torch.softmax(z, dim=-1), labels)",
            "F.cross_entropy(z, outside)",
            "F.cross_entropy(tokens, words)",
            "F.cross_entropy(z, torch.tensor([0, -100]))",
            "F.cross_entropy(z, torch.tensor([-100, -100]))",
            "F.cross_entropy(z[:1], both)",
            "torch.softmax(z.masked_fill(~nothing, -torch.inf), dim=-1)[0]",
        ],
    ),
    "Keras": Peer(
        {"Keras": "keras", "TensorFlow": "tensorflow"},
        "from keras import layers, losses, ops",
        "ops.convert_to_tensor(a.tolist())",
        {
            "softmax": "ops.softmax(z)",
            "temperature 2": "ops.softmax(z / 2)",
            "masked classes": "layers.Softmax()(z, mask=mask)",
            "log-softmax": "ops.log_softmax(z)",
            "log-sum-exp": "ops.logsumexp(z, axis=-1)",
            "loss, labels": "losses.sparse_categorical_crossentropy(labels, z, from_logits=True)",
            "loss, distributions": "losses.categorical_crossentropy(y, z, from_logits=True)",
            "label smoothing": "losses.categorical_crossentropy("
            "ops.one_hot(labels, 3), z, from_logits=True, label_smoothing=0.1)",
            "mean loss": "losses.SparseCategoricalCrossentropy(from_logits=True)(labels, z)",
        },
        [
            "losses.sparse_categorical_crossentropy(labels, z)",
            "losses.sparse_categorical_crossentropy(labels, ops.softmax(z), from_logits=True)",
            "losses.sparse_categorical_crossentropy(outside, z, from_logits=True)",
            "losses.categorical_crossentropy(both, z[:1], from_logits=True)",
            "layers.Softmax()(z, mask=nothing)[0]",
            "ops.logsumexp(z)",
        ],
    ),
    "JAX": Peer(
        {"JAX": "jax", "Optax": "optax"},
        "import jax\nimport jax.numpy as jnp\nimport optax",
        "jnp.array(a)",
        {
            "softmax": "jax.nn.softmax(z)",
            "temperature 2": "jax.nn.softmax(z / 2)",
            "masked classes": "jax.nn.softmax(z, where=mask)",
            "log-softmax": "jax.nn.log_softmax(z)",
            "log-sum-exp": "jax.nn.logsumexp(z, axis=-1)",
            "loss, labels": "optax.softmax_cross_entropy_with_integer_labels(z, labels)",
            "loss, distributions": "optax.softmax_cross_entropy(z, y)",
            "label smoothing": "optax.softmax_cross_entropy("
            "z, optax.smooth_labels(jax.nn.one_hot(labels, 3), 0.1))",
            "mean loss": "optax.softmax_cross_entropy_with_integer_labels(z, labels).mean()",
        },
        [
            "optax.softmax_cross_entropy_with_integer_labels(z, outside)",
            "optax.softmax_cross_entropy(z[:1], both)",
            "jax.nn.softmax(z, where=nothing)[0]",
            "jax.nn.logsumexp(z)",
            "jax.nn.softmax(np.zeros(3)).dtype",
        ],
    ),
    "SciPy": Peer(
        {"SciPy": "scipy"},
        "from scipy import special",
        "a",
        {
            "softmax": "special.softmax(z, axis=-1)",
            "temperature 2": "special.softmax(z / 2, axis=-1)",
            "masked classes": "special.softmax(np.where(mask, z, -np.inf), axis=-1)",
            "log-softmax": "special.log_softmax(z, axis=-1)",
            "log-sum-exp": "special.logsumexp(z, axis=-1)",
        },
        [
            "special.softmax(z).sum(axis=-1)",
            "special.logsumexp(z)",
            "special.softmax(np.array([100, -100], dtype=np.int8))",
        ],
    ),
    "scikit-learn": Peer(
        {"scikit-learn": "sklearn"},
        "from sklearn.metrics import log_loss\nfrom sklearn.utils import extmath",
        "a",
        {
            "softmax": "extmath.softmax(z)",
            "temperature 2": "extmath.softmax(z / 2)",
            "mean loss": "log_loss(labels, extmath.softmax(z), labels=[0, 1, 2])",
        },
        [
            "extmath.softmax(z[0])",
            "log_loss(labels, z)",
            "log_loss(labels, extmath.softmax(z))",
        ],
    ),
}
# Keras computes with another library, and not every answer is the same with each.
BACKENDS = {"Keras": {"tensorflow": "TensorFlow", "jax": "JAX"}}
AGREE = 1e-5  # relative; most libraries compute in float32


def namespace(library):
    """Return the names that a call of a library may use, or raise ImportError."""
    peer = PEERS[library]
    names, given = {"np": np}, {}
    exec(peer.imports, names)
    exec(GIVEN, names, given)
    return names | {name: eval(peer.array, names | {"a": a}) for name, a in given.items()}


def disagreement(library, operation):
    """Return the largest relative difference between a library's answer and the course's."""
    course = {"np": np, **vars(softmax_lib)}
    exec(GIVEN, course)
    right = np.asarray(eval(COURSE[operation], course))
    answer = np.asarray(eval(PEERS[library].names[operation], namespace(library)), dtype=float)
    assert answer.shape == right.shape, (library, operation)
    return float(np.max(np.abs(answer - right) / np.where(right == 0, 1, np.abs(right))))


def outcome(library, code):
    """Return in words what a call returns, raises, and warns of."""
    names = namespace(library)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = eval(code, names)
        except Exception as error:
            return type(error).__name__
    said = " and ".join(sorted({w.category.__name__ for w in caught}))
    if isinstance(answer, np.dtype):
        return answer.name
    numbers = np.asarray(answer, dtype=float).ravel() + 0.0  # no minus before a zero
    return " ".join(f"{x:.4g}" for x in numbers) + (f", with a {said}" if said else "")


def penalty(digits, factor):
    """Return how far our probabilities are from scikit-learn's on its digits, trained at C = 1.

    Ours minimise the mean loss plus alpha / 2 times the squared weights, alpha = factor / N.
    """
    from scipy.optimize import minimize
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    X, labels = load_digits(return_X_y=True)
    kept = np.isin(labels, digits)
    X, labels = X[kept] / 16, np.searchsorted(digits, labels[kept])
    (N, D), C = X.shape, len(digits)

    def objective(flat):
        W, b = flat[: D * C].reshape(D, C), flat[D * C :]
        Z, alpha = X @ W + b, factor / N
        G = softmax_lib.softmax_cross_entropy_grad(Z, labels) / N
        _, grad_W, grad_b = softmax_lib.linear_backward(X, W, G)
        loss = softmax_lib.softmax_cross_entropy(Z, labels).mean() + alpha / 2 * np.sum(W**2)
        return loss, np.concatenate([(grad_W + alpha * W).ravel(), grad_b])

    tight = {"maxiter": 10_000, "maxfun": 10_000, "ftol": 0, "gtol": 1e-8}
    best = minimize(objective, np.zeros((D + 1) * C), jac=True, method="L-BFGS-B", options=tight).x
    ours = softmax_lib.softmax(X @ best[: D * C].reshape(D, C) + best[D * C :])
    theirs = LogisticRegression(C=1.0, tol=1e-8, max_iter=10_000).fit(X, labels).predict_proba(X)
    return float(np.abs(ours - theirs).max())


PENALTIES = {  # what is trained: which digits, and alpha times N
    "1, 3 and 8, $\\alpha = 1 / N$": ((1, 3, 8), 1),
    "3 and 8, $\\alpha = 1 / N$": ((3, 8), 1),
    "3 and 8, $\\alpha = 2 / N$": ((3, 8), 2),
}


def below(distance):
    """Return a distance in words that every machine can agree on."""
    return f"{distance:.3f}" if distance > 1e-4 else "below 0.0001"


def measure(library):
    """Return the versions of a library and what its defaults return, if its names agree."""
    peer = PEERS[library]
    for operation in peer.names:
        assert disagreement(library, operation) < AGREE, (library, operation)
    versions = [f"{name} {import_module(of).__version__}" for name, of in peer.modules.items()]
    return versions, [outcome(library, code) for code in peer.defaults]


def measured(library):
    """Return versions and answers of a library, once for each of its backends.

    A library that is not installed gives an empty list.
    """
    runs = []
    for backend in BACKENDS.get(library, (None,)):
        quiet = {"KERAS_BACKEND": backend or "", "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run(
            [sys.executable, __file__, library],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | quiet,
        )
        if re.search("^(ImportError|ModuleNotFoundError)", done.stderr, re.MULTILINE):
            return []
        assert done.returncode == 0, done.stderr
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return runs


def block(name, lines):
    """Print lines that a page includes by name."""
    print("\n".join([f"\n<!-- {name} -->", "", *lines, "", f"<!-- end of {name} -->"]))


def report(library, columns):
    """Print the two tables of a library."""
    peer = PEERS[library]
    print(f"\n## {library}")
    rows = [f"| {operation} | `{code}` |" for operation, code in peer.names.items()]
    imports = ["```python", peer.imports, "```", ""]
    block(f"names of {library}", [*imports, "| Here | There |", "|---|---|", *rows])
    came = zip(peer.defaults, *columns, strict=True)
    rows = [f"| `{code}` | {together(answers, library)} |" for code, *answers in came]
    block(f"defaults of {library}", ["| Written | Comes |", "|---|---|", *rows])


def together(answers, library):
    """Return the answers of all backends in one cell."""
    if len(set(answers)) == 1:
        return answers[0]
    named = zip(BACKENDS[library].values(), answers, strict=True)
    return "; ".join(f"{backend}: {answer}" for backend, answer in named)


def main():
    print("# What it is called elsewhere\n")
    print("Each call was compared with the one of this course. The page `reference/elsewhere.md`")
    print("shows these tables, and explains them.")
    print("Made by `python benchmarks/elsewhere.py > benchmarks/elsewhere.md`.")
    runs = {library: measured(library) for library in PEERS}
    run = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    run += [name for of in runs.values() if of for name in of[0][0]]
    lines = [f"Run with {', '.join(run)}, on {platform.system()} {platform.machine()}."]
    if missing := [library for library, of in runs.items() if not of]:
        lines.append(f"Not installed, so left out: {', '.join(missing)}.")
    block("given", ["```python", GIVEN.strip(), "```"])
    block("versions", lines)
    for library, of in runs.items():
        if of:
            report(library, [answers for _, answers in of])
    rows = [f"| {name} | {below(penalty(*what))} |" for name, what in PENALTIES.items()]
    head = ["| Trained | Largest difference of a probability |", "|---|---|"]
    block("penalty", [*head, *rows])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        main()
