"""The figures of the chapter on calibration: bins against the diagonal, scores, losses over 1/T."""

import numpy as np

from softmax_lib import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    softmax_cross_entropy,
)
from softmax_lib.plots.style import FAINT, LOGIT, PROBABILITY, REST, TARGET


def reliability_pictures(axes, models, bins=10):
    """Draw one panel a model: accuracy over mean confidence, one dot a bin that is not empty.

    ``models`` maps a title to the confidences and to whether each prediction was right. The area
    of a dot grows with its count; a bar joins it to the diagonal. The title tells the means.
    """
    for ax, (title, (confidence, correct)) in zip(axes, models.items(), strict=True):
        counts, mean, accuracy = reliability(confidence, correct, bins=bins)
        some = counts > 0
        q, a = mean[some].round(6), accuracy[some].round(6)
        ax.plot([0, 1], [0, 1], color=REST, linewidth=1, linestyle=":")
        ax.vlines(q, q, a, color=FAINT, linewidth=3)
        size = 12 + 220 * counts[some] / counts.sum()
        ax.scatter(q, a, s=size.round(6), color=PROBABILITY, edgecolor="white", zorder=3)
        means = f"confidence {np.mean(confidence):.2f}\naccuracy {np.mean(correct):.2f}"
        ax.set(
            title=f"{title}\n{means}", xlabel="confidence", xlim=(-0.05, 1.08), ylim=(-0.06, 1.08)
        )
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        ax.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
        ax.set_box_aspect(1)
    axes[0].set_ylabel("accuracy")
    return axes


def error_over_bins(ax, sizes=(360, 36_000), most=50, runs=40, seed=0):
    """Draw the mean calibration error of a calibrated forecaster over the number of bins.

    Each run draws as many predictions as one of the ``sizes`` says, with confidences evenly
    between 1/2 and 1, and each is right with just the probability that is its confidence.
    """
    rng = np.random.default_rng(seed)
    bins = np.array([1, *range(5, most + 1, 5)])
    for size, style in zip(sizes, ("-", "--"), strict=True):
        errors = []
        for _ in range(runs):
            confidence = rng.uniform(0.5, 1, size)
            correct = rng.uniform(size=size) < confidence
            errors.append([expected_calibration_error(confidence, correct, bins=b) for b in bins])
        error = np.mean(errors, axis=0).round(6)
        ax.plot(bins, error, color=PROBABILITY, linestyle=style)
        for at in (10, most):
            place = list(bins).index(at)
            ax.plot([at], [error[place]], "o", color=PROBABILITY, markersize=6)
            _note(ax, f"{error[place]:.3f}", (at, error[place]), (0, 12), ha="center")
        _note(ax, f"{size:,} predictions", (35, error[-5]), (0, -16), ha="center")
    ax.set(xlabel="number of bins", ylabel="calibration error")
    ax.set(xlim=(0, most + 3), ylim=(-0.01, 1.25 * error_top(ax)), yticks=[0, 0.05])
    ax.set_xticks([1, 10, *range(20, most + 1, 10)])
    return ax


def error_top(ax):
    """Return the highest point of the curves."""
    return max(line.get_ydata().max() for line in ax.get_lines())


def scores(axes, truth):
    """Draw three mean scores over the probability that is claimed, if the true one is ``truth``.

    One panel a score. A dot marks the lowest point of each.
    """
    p = np.linspace(0, 1, 201)
    with np.errstate(divide="ignore"):  # no price is too high for a certainty that is wrong
        log_loss = -(truth * np.log(p) + (1 - truth) * np.log(1 - p))
    means = {
        "log loss": log_loss,
        "Brier score": 2 * (truth * (1 - p) ** 2 + (1 - truth) * p**2),
        "absolute error": 2 * (truth * (1 - p) + (1 - truth) * p),
    }
    for ax, (title, mean) in zip(axes, means.items(), strict=True):
        mean = mean.round(6)
        lowest = mean.argmin()
        finite = np.isfinite(mean)
        ax.plot(p[finite].round(6), mean[finite], color=REST)
        ax.axvline(truth, color=TARGET, linewidth=1.5, linestyle="--")
        ax.plot([p[lowest]], [mean[lowest]], "o", color=PROBABILITY, markersize=8)
        place = p[lowest], mean[lowest]
        _note(ax, f"lowest at {p[lowest]:.2f}", place, (-8, -14), ha="right")
        ax.set(title=title, xlim=(0, 1.03), yticks=[])
        ax.set_ylim(mean[lowest] - 0.35 * (mean[1] - mean[lowest]), mean[4])
    axes[-1].set_xlabel("probability that is claimed")
    axes[-1].set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    _note(axes[0], f"true: {truth:g}", (truth, axes[0].get_ylim()[1]), (6, -14))
    return axes


def loss_over_beta(ax, models, highest=3.0):
    """Draw the mean loss over beta = 1 / T, and mark where each model's is lowest.

    ``models`` maps a name to logits and labels.
    """
    beta = np.linspace(0.02, highest, 150)
    styles = ("-", "--", "-.", ":")
    for (name, (z, labels)), style in zip(models.items(), styles, strict=False):
        loss = [softmax_cross_entropy(b * z, labels).mean() for b in beta]
        ax.plot(beta.round(6), np.round(loss, 6), color=LOGIT, linestyle=style)
        T = fit_temperature(z, labels)
        lowest = softmax_cross_entropy(z / T, labels).mean()
        ax.plot([round(1 / T, 6)], [round(lowest, 6)], "o", color=LOGIT, markersize=8)
        # Above a line that rises, below the flat end of one that falls.
        rises = highest / 2 > 1 / T
        at, up = (beta[-1], (-4, 24)) if rises else (1 / T, (0, -24))
        end = softmax_cross_entropy(at * z, labels).mean()
        side = "right" if rises else "center"
        _note(ax, f"{name}:\nlowest at {1 / T:.2f}", (at, end), up, ha=side)
    ax.axvline(1, color=FAINT, linewidth=1, linestyle=":")
    ax.set(xlabel="β = 1/T", ylabel="mean loss in nats", xlim=(0, highest))
    ax.set(ylim=(-0.15, 1.2), yticks=[0, 0.5, 1])
    return ax


def _note(ax, text, place, offset, ha="left"):
    """Write a text at an offset, in points, from a place of the data."""
    style = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    # The layout depends on where words stand, and the names in the SVG on the layout.
    ax.annotate(text, np.round(place, 6), xytext=offset, ha=ha, **style)
