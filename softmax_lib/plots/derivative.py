"""The figures of chapter 3: a nudge, saturation, the Jacobian, a variance, a peak, two errors."""

import mpmath
import numpy as np
from matplotlib.patches import Rectangle

from softmax_lib import logsumexp, softmax, softmax_jacobian
from softmax_lib.plots.definition import CLASSES, MINUS, bars
from softmax_lib.plots.style import FAINT, FORMULA, LOGIT, PROBABILITY, PULL, PUSH, REST

INK = "#333333"


def _note(ax, text, at, shift, **options):
    """Write a text beside a point, shifted by so many points (1/72 inch)."""
    at = np.round(np.asarray(at, dtype=float), 6)
    ax.annotate(text, at, **{"xytext": shift, "textcoords": "offset points"} | options)


def nudge(axes, logits, nudged, step):
    """Draw the probabilities before and after one logit is raised, and their changes."""
    before = np.asarray(logits, dtype=float)
    after = before + step * (np.arange(len(before)) == nudged)
    change = softmax(after) - softmax(before)
    title, total = f"after: {CLASSES[nudged]} + {step:g}", f"change: sum {abs(change.sum()):.4f}"
    bars(axes[0], softmax(before).round(6), "before", PROBABILITY, digits=3)
    bars(axes[1], softmax(after).round(6), title, PROBABILITY, digits=3)
    bars(axes[2], change.round(6), total, np.where(change > 0, PULL, PUSH), digits=4)
    for ax in axes[:2]:
        ax.set_ylim(0, 1.18)
    limit = 1.9 * np.abs(change).max().round(6)
    axes[2].set_ylim(-limit, limit)
    return axes


def saturation(ax, logits, own=0, reach=7.0):
    """Draw one probability over its own logit, the others held, and below it the slope."""
    z = np.asarray(logits, dtype=float)
    centre = logsumexp(np.delete(z, own))  # here the class has one half
    x = np.linspace(centre - reach, centre + reach, 281)
    moved = np.tile(z, (len(x), 1))
    moved[:, own] = x
    p, slope = softmax(moved)[:, own], softmax_jacobian(moved)[:, own, own]
    ax.axhline(0.25, color=FAINT, linewidth=1, linestyle=":")
    ax.plot(x.round(6), p.round(6), color=PROBABILITY)
    ax.plot(x.round(6), slope.round(6), color=REST, linestyle="--")
    here, steep = softmax(z)[own], softmax_jacobian(z)[own, own]
    for value, colour, up in ((here, PROBABILITY, -16), (steep, REST, 7)):
        ax.plot([z[own]], [value.round(6)], "o", color=colour)
        _note(ax, f"{value:.3f}", (z[own], value), (8, up))
    _note(ax, "$p_1$", (x[-1], 1), (0, -8), ha="right", va="top", size=FORMULA)
    _note(ax, "$p_1 (1 - p_1)$", (x[-1], 0), (0, 9), ha="right", size=FORMULA)
    _note(ax, "1/4", (x[0], 0.25), (0, 4))
    ax.set(xlabel=f"logit of the {CLASSES[own]}", ylim=(-0.03, 1.03), yticks=[0, 0.5, 1])
    return ax


def jacobian_map(ax, logits):
    """Draw the Jacobian as coloured cells with their numbers, and the sum of every row."""
    jacobian = softmax_jacobian(logits)
    size = len(jacobian)
    strongest = np.abs(jacobian).max()
    for row in range(size):
        for column in range(size):
            entry = jacobian[row, column]
            colour = PULL if entry > 0 else PUSH
            depth = round(float(0.06 + 0.7 * abs(entry) / strongest), 3)
            corner = (column - 0.47, row - 0.47)
            ax.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=colour, alpha=depth))
            text = f"{entry:+.5f}".replace("-", MINUS)  # with four, a row would sum to 0.0001
            ax.text(column, row, text, ha="center", va="center")
        ax.text(size - 0.35, row, f"sum\n{abs(jacobian[row].sum()):.5f}", va="center", color=REST)
    ax.set_xticks(range(size), CLASSES[:size])
    ax.set_yticks(range(size), CLASSES[:size])
    ax.set(xlabel="the logit that is raised", ylabel="the probability that moves")
    ax.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    return ax


def towards_corners(ax, logits):
    """Draw the columns of the Jacobian as arrows in the simplex of three classes."""
    p, jacobian = softmax(logits), softmax_jacobian(logits)
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    outline = np.vstack([corners, corners[:1]])
    ax.plot(outline[:, 0], outline[:, 1].round(6), color=REST, linewidth=1.2)
    start = p @ corners
    places = ((-8, -6, "right"), (8, -6, "left"), (0, 8, "center"))
    for j, (corner, (right, up, side)) in enumerate(zip(corners, places, strict=True)):
        _note(ax, f"{CLASSES[j]} = 1", corner, (right, up), ha=side)
        ax.plot(*np.stack([start, corner]).T.round(6), color=FAINT, linewidth=1, linestyle=":")
        end = (start + jacobian[:, j] @ corners).round(6)
        arrow = {"arrowstyle": "-|>", "color": LOGIT, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", end, start.round(6), arrowprops=arrow)
        shift, side = (((-2, 9), "center"), ((2, 9), "center"), ((8, 2), "left"))[j]
        _note(ax, f"{p[j]:.3f}", end, shift, ha=side)
    ax.plot(*start.round(6), "o", color=PROBABILITY, markersize=9)
    _note(ax, "p", start, (0, -19), ha="center", style="italic")
    ax.set_aspect("equal")
    ax.set(xlim=(-0.38, 1.38), ylim=(-0.12, 1.0))
    ax.axis("off")
    return ax


def spread(ax, logits, tangent):
    """Draw the numbers of a tangent with their probabilities, their mean and their spread."""
    p, v = softmax(logits), np.asarray(tangent, dtype=float)
    mean = p @ v
    deviation = np.sqrt(v @ softmax_jacobian(logits) @ v)
    ax.vlines(v, 0, p.round(6), color=PROBABILITY, linewidth=6)
    for name, place, height in zip(CLASSES, v, p, strict=False):
        _note(ax, f"{name}: {height:.3f}", (place, height), (0, 5), ha="center")
    ax.axvline(mean.round(6), color=REST, linestyle="--", linewidth=1.4)
    _note(ax, f"mean {mean:.3f}", (mean, p.max()), (6, 0), va="bottom")
    ends = mean + deviation * np.array([-1, 1])
    ax.plot(ends.round(6), [-0.07, -0.07], "|-", color=REST, markersize=11)
    _note(ax, f"standard deviation {deviation:.3f}", (mean, -0.07), (6, -8), va="top")
    ax.axhline(0, color=REST, linewidth=0.8)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel("$v_c$", size=FORMULA)
    ax.set_ylabel("$p_c$", size=FORMULA)
    ax.set(yticks=[0, 0.5], ylim=(-0.2, 1.2 * p.max()), xlim=(v.min() - 0.7, v.max() + 0.8))
    ax.set_xticks(v)
    return ax


def peak_temperature(logits, own):
    """Return the temperature at which a logit is the mean of all, each counted with its share."""
    z = np.asarray(logits, dtype=float)
    cold, hot = 1e-2, 1e6
    for _ in range(100):  # the mean falls as the temperature rises
        middle = np.sqrt(cold * hot)
        above = softmax(z, temperature=middle) @ z > z[own]
        cold, hot = (middle, hot) if above else (cold, middle)
    return float(middle)


def peak(ax, logits, own=1, coldest=1.0, hottest=100.0):
    """Draw the mean logit over the temperature, and below it one share, highest where it is met."""
    z = np.asarray(logits, dtype=float)
    temperatures = np.geomspace(coldest, hottest, 121)
    p = softmax(z / temperatures[:, None])
    top = peak_temperature(z, own)
    share = softmax(z, temperature=top)[own]

    def below(p):
        """Place a probability from 0.1 to 0.4 in the lower half, under the logits from 0 to 3."""
        return (p - 0.4) / 0.3 * 2.6 - 0.8

    ax.axvline(round(top, 6), color=FAINT, linewidth=1.4, linestyle=":")
    ax.plot(temperatures.round(6), (p @ z).round(6), color=LOGIT)
    ax.axhline(z[own], color=LOGIT, linewidth=1.4, linestyle="--")
    _note(ax, rf"the {CLASSES[own]}'s logit {z[own]:g}", (hottest, z[own]), (0, 5), ha="right")
    _note(ax, r"mean logit $\bar z$", (2, softmax(z / 2) @ z), (8, 4))
    ax.plot(temperatures.round(6), below(p[:, own]).round(6), color=PROBABILITY)
    ax.plot([round(top, 6)], [below(share).round(6)], "o", color=PROBABILITY)
    even = 1 / len(z)
    ax.axhline(round(below(even), 6), color=FAINT, linewidth=1, linestyle="--")
    _note(ax, f"1/{len(z)}", (coldest, below(even)), (4, 4))
    _note(ax, f"{share:.4f} at T = {top:.3f}", (top, below(share)), (6, 7))
    _note(ax, f"probability of the {CLASSES[own]}", (2, below(softmax(z / 2)[own])), (10, -4))
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    ax.set(xscale="log", xlim=(coldest, hottest), ylim=(below(0.08), 3), xlabel="temperature T")
    ax.set_yticks([0, 1, 2, 3, *below(shares).round(6)], [0, 1, 2, 3, *shares])
    ax.set_xticks([1, 10, 100], ["1", "10", "100"])
    ax.tick_params(which="minor", length=0)
    return ax


def steps_of(decades):
    """Return four steps a decade, from 1 downwards; read as decimals, so the same everywhere."""
    heads = ("5.62", "3.16", "1.78", "1")
    return [1.0, *(float(f"{head}e-{n}") for n in range(1, decades + 1) for head in heads)]


def _arithmetic():
    """Return numbers that are rounded as float64 rounds, and nearly exact ones.

    NumPy's own exp differs in the last bit from one processor to another, and in the figures of
    errors the last bits are the news.
    """
    double, exact = mpmath.MPContext(), mpmath.MPContext()
    double.prec, exact.prec = 53, 200
    return double, exact


def _imaginary_quotient(above, below):
    """Return the imaginary part of a quotient, each operation rounded; mpmath rounds but once."""
    a, b, c, d = above.real, above.imag, below.real, below.imag
    return (b * c - a * d) / (c * c + d * d)


def step_errors(logits, steps):
    """Return the relative errors of three numerical derivatives of p_1 in z_1, for each step."""
    double, exact = _arithmetic()

    def parts(first, context):
        rest = [context.exp(context.mpf(float(logit))) for logit in logits[1:]]
        above = context.exp(first)
        return above, sum(rest, above)

    def p(first, context):
        above, below = parts(first, context)
        return above / below

    share = p(exact.mpf(float(logits[0])), exact)
    truth = share * (1 - share)
    errors = {"forward": [], "central": [], "complex": []}
    for step in steps:
        z, h = double.mpf(float(logits[0])), double.mpf(float(step))
        found = {
            "forward": (p(z + h, double) - p(z, double)) / h,
            "central": (p(z + h, double) - p(z - h, double)) / (2 * h),
            "complex": _imaginary_quotient(*parts(double.mpc(z, h), double)) / h,
        }
        for method, slope in found.items():
            errors[method].append(float(abs(exact.mpf(slope) - truth) / truth))
    return {method: np.array(values) for method, values in errors.items()}


def gap_errors(gaps):
    """Return the relative errors of dp_1 / dz_1 of two classes, for each gap of their logits.

    By the central difference; by the complex step of e^z_1 / S; and by that of 1 / (1 + e^-gap),
    in which no two numbers of the same sign are subtracted.
    """
    double, exact = _arithmetic()

    def p(gap):
        return double.exp(gap) / (double.exp(gap) + 1)

    errors = {"central": [], "complex": [], "rewritten": []}
    step, tiny = double.mpf(2) ** -17, double.mpf(2) ** -600
    for gap in gaps:
        z = double.mpf(float(gap))
        truth = 1 / (2 + 2 * exact.cosh(exact.mpf(z)))
        above, falling = double.exp(double.mpc(z, tiny)), double.exp(double.mpc(-z, -tiny))
        found = {
            "central": (p(z + step) - p(z - step)) / (2 * step),
            "complex": _imaginary_quotient(above, above + 1) / tiny,
            "rewritten": _imaginary_quotient(double.mpc(1), 1 + falling) / tiny,
        }
        for method, slope in found.items():
            errors[method].append(float(abs(exact.mpf(slope) - truth) / truth))
    return {method: np.array(values) for method, values in errors.items()}


def gap_curves(ax, widest=45):
    """Draw the relative errors of numerical derivatives over the gap of two logits."""
    gaps = np.arange(0, widest + 0.5, 0.5)
    errors = gap_errors(gaps)
    looks = {"rewritten": ("#999999", "-", 4.5), "complex": (INK, "-", 1.6)}
    looks |= {"central": (INK, "--", 1.6)}
    for method, (colour, dash, width) in looks.items():
        y = _logarithm(errors[method])
        ax.plot(gaps, y, color=colour, linestyle=dash, linewidth=width, label=method)
    for text, place, side in (
        ("central\ndifference", (13.5, -4.2), "right"),
        ("complex step of", (24, -9.9), "left"),
        (r"$\exp(z_1) / S$", (24, -11.3), "left"),
        ("complex step of", (24, -13.1), "left"),
        (r"$1 / (1 + \exp(z_2 - z_1))$", (24, -14.5), "left"),
    ):
        ax.annotate(text, place, ha=side, **({"size": FORMULA} if "$" in text else {}))
    ax.set_xlabel("$z_1 - z_2$", size=FORMULA)
    ax.set(ylabel="relative error", xlim=(0, widest))
    ax.set_xticks(range(0, widest + 1, 15))
    ax.set_ylim(-17.3, 1.3)
    ax.set_yticks(range(-16, 1, 4), [_power(n) for n in range(-16, 1, 4)], size=FORMULA)
    ax.grid(axis="y", color=FAINT, linewidth=0.5)
    return ax


def error_curves(ax, logits, decades=20):
    """Draw the errors of forward and central differences and of the complex step over h."""
    steps = steps_of(decades)
    errors = step_errors(logits, steps)
    # Thick below thin: where the complex step and the central difference agree, both are seen.
    grey = "#999999"
    looks = {"complex": (grey, "-", 4.5), "central": (INK, "--", 1.6), "forward": (INK, ":", 1.8)}
    for method, (colour, dash, width) in looks.items():
        x, y = np.log10(steps).round(6), _logarithm(errors[method])
        ax.plot(x, y, color=colour, linestyle=dash, linewidth=width, label=method)
    for text, place in (
        ("forward difference", (-3.4, -2.9)),
        ("central difference", (-6.3, -12.0)),
        ("complex step", (-11.0, -13.7)),
    ):
        ax.annotate(text, place, ha="right")
    ax.set(xlabel="step $h$", ylabel="relative error", xlim=(-decades, 0.2), ylim=(-17.3, 0.7))
    ax.set_xticks(range(-decades, 1, 4), [_power(n) for n in range(-decades, 1, 4)], size=FORMULA)
    ax.set_yticks(range(-16, 1, 4), [_power(n) for n in range(-16, 1, 4)], size=FORMULA)
    ax.grid(axis="y", color=FAINT, linewidth=0.5)
    return ax


def _logarithm(errors):
    """Return the power of ten of each error; one of 0, which has none, is drawn at the bottom."""
    return np.log10(np.maximum(errors, 1e-17)).round(6)


def _power(exponent):
    return "$1$" if exponent == 0 else f"$10^{{{exponent}}}$"
