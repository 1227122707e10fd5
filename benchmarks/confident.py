"""What each library returns for a confident prediction: its log-probability, loss and gradient.

The logits are (gap, 0) and the true class is the first one, so its log-probability, the loss and
the gradient are tiny numbers. The reference is mpmath at 60 digits. Run it and keep the output::

    pip install -e ".[bench]"
    python benchmarks/confident.py > benchmarks/confident.md
"""

import platform
from importlib.metadata import version

import mpmath
import numpy as np

import softmax_lib
from softmax_lib import log_softmax, softmax_cross_entropy, softmax_cross_entropy_grad

CASES = (("float64", 72.0), ("float64", 30.0), ("float32", 20.0))
HEADER = ("log p of the winner", "loss", "gradient at the winner")


def exact(logits):
    """The reference: log1p leaves nothing out, and 60 digits hide what is rounded."""
    with mpmath.workdps(60):
        odds = mpmath.exp(-mpmath.mpf(float(logits[0] - logits[1])))
        loss = mpmath.log1p(odds)
        return float(-loss), float(loss), float(-odds / (1 + odds))


def ours(logits):
    """The functions of this course."""
    gradient = softmax_cross_entropy_grad(logits, 0)
    return log_softmax(logits)[0], softmax_cross_entropy(logits, 0), gradient[0]


def scipy(logits):
    """SciPy has no loss: it is minus the log-probability, and its gradient p - 1."""
    from scipy import special

    log_p = special.log_softmax(logits)[0]
    return log_p, -log_p, special.softmax(logits)[0] - 1


def scikit_learn(logits):
    """scikit-learn through its public functions: softmax, then log_loss of the probabilities."""
    from sklearn.metrics import log_loss
    from sklearn.utils.extmath import softmax

    p = softmax(logits[None, :])
    return np.log(p[0, 0]), log_loss([0], p, labels=[0, 1]), p[0, 0] - 1


def scikit_learn_private(logits):
    """The loss that scikit-learn trains its classifiers with; private, so it may move."""
    from sklearn._loss import HalfMultinomialLoss

    label = np.zeros(1, dtype=logits.dtype)
    loss = HalfMultinomialLoss(n_classes=2)
    value, gradient = loss.loss_gradient(label, logits[None, :])
    return -value[0], value[0], gradient[0, 0]


def pytorch(logits):
    """PyTorch: log_softmax, cross_entropy and what autograd makes of it."""
    import torch
    from torch.nn import functional

    z = torch.tensor(logits[None, :], requires_grad=True)
    loss = functional.cross_entropy(z, torch.tensor([0]))
    loss.backward()
    return functional.log_softmax(z, dim=-1)[0, 0].item(), loss.item(), z.grad[0, 0].item()


# Name of the row, function, and the distribution whose version is named.
PEERS = (
    ("softmax_lib", ours, None),
    ("SciPy", scipy, "scipy"),
    ("scikit-learn, log_loss(softmax)", scikit_learn, "scikit-learn"),
    ("scikit-learn, training loss", scikit_learn_private, "scikit-learn"),
    ("PyTorch", pytorch, "torch"),
)


def row(name, numbers):
    """One line of the table; a number that is lost altogether is a plain 0."""
    return f"| {name} | " + " | ".join(f"{x:.3e}" if x else "**0**" for x in numbers) + " |"


def table(dtype, gap):
    """The lines of one case, for every peer that is installed."""
    logits = np.array([gap, 0.0], dtype=dtype)
    lines = ["| | " + " | ".join(HEADER) + " |", "|---|---|---|---|"]
    lines.append(row("true value", exact(logits)))
    lines += [row(name, measure(logits)) for name, measure, _ in PEERS if installed(measure)]
    return lines


def installed(measure):
    """Whether the peer can be run here."""
    try:
        measure(np.array([1.0, 0.0]))
    except ImportError:
        return False
    return True


def versions():
    """The versions of what was run, and a note on what was not."""
    found = {"Python": platform.python_version(), "NumPy": np.__version__}
    missing = []
    for name, measure, distribution in PEERS:
        if installed(measure):
            library = name.partition(",")[0]
            found[library] = version(distribution) if distribution else softmax_lib.__version__
        else:
            missing.append(name)
    run = ", ".join(f"{name} {release}" for name, release in found.items())
    lines = [f"Measured with {run}, on {platform.system()} {platform.machine()}."]
    if missing:
        lines.append("Not installed, so left out: " + ", ".join(missing) + ".")
    return lines


def main():
    print("# A confident prediction\n")
    print("The logits are (gap, 0) and the true class is the first. SciPy has no loss: its rows")
    print("are -log p and p - 1. The training loss of scikit-learn is in a private module.")
    print("Made by `python benchmarks/confident.py > benchmarks/confident.md`.\n")
    print("\n".join(versions()))
    for dtype, gap in CASES:
        print(f"\n## {dtype}, gap {gap:g}\n")
        print("\n".join(table(dtype, gap)))


if __name__ == "__main__":
    main()
