"""The table of an explorer: numbers from the library, as a reader finds them without scripts."""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from html import escape

import numpy as np

from softmax_lib.backprop import softmax_cross_entropy_grad
from softmax_lib.cross_entropy import softmax_cross_entropy
from softmax_lib.definition import softmax_naive
from softmax_lib.derivative import softmax_jacobian
from softmax_lib.overflow import log_softmax, softmax

DTYPES = (np.float16, np.float32, np.float64)
GROUPS = ("e^z", "as written: e^z / sum", "shifted: e^(z − max z) / sum")
SUMMED = ("definition", "derivative", "backprop")  # where the sum of a column says something


def table_html(view, logits, target, temperature, names):
    """Return the table of a view as HTML, with the numbers rounded for the reader."""
    kinds, heads = columns(view, target, temperature, names)
    values = rows(view, logits, target, temperature)
    bodies = [values]
    if view == "overflow":
        bodies = [values[at : at + len(names)] for at in range(0, len(values), len(names))]
    lines = [f"<caption>{caption(view, logits, target, temperature, names)}</caption>"]
    cells = "".join(f'<th scope="col">{head}</th>' for head in ("class", *heads))
    lines.append(f"<thead><tr>{cells}</tr></thead>")
    for number, body in enumerate(bodies):
        lines.append("<tbody>")
        if view == "overflow":
            head = f'<th scope="rowgroup" colspan="{len(kinds) + 1}">{_sup(GROUPS[number])}</th>'
            lines.append(f"<tr>{head}</tr>")
        for place, (name, row) in enumerate(zip(names, body, strict=True)):
            true = " data-true" * (isinstance(target, int) and place == target)
            lines.append(f"<tr{true}>{_row(escape(name), row, kinds)}</tr>")
        lines.append("</tbody>")
    if view in SUMMED:
        lines.append(f"<tfoot><tr>{_row('sum', sums(values), kinds)}</tr></tfoot>")
    return '<div class="numbers"><table>\n' + "\n".join(lines) + "\n</table></div>"


def columns(view, target, temperature, names):
    """Return the kinds and the heads of a view's columns, without the one for the class."""
    gradient = "gradient p − y" if temperature == 1 else "gradient (p − y) / T"
    known = {"z": "logit z", "p": "probability p", "y": "target y", "g": gradient}
    known |= {"l": "loss −log p", "n": "as printed"}
    if view == "overflow":
        return "zeee", ["logit z", *(np.dtype(dtype).name for dtype in DTYPES)]
    if view == "derivative":
        slopes = [f"∂p/∂z<sub>{escape(name)}</sub>" for name in names]
        return "zp" + "j" * len(names), ["logit z", "probability p", *slopes]
    kinds = {"definition": "zp" if target is None else "zpg", "cross-entropy": "zplng"}
    kinds = kinds.get(view, "zpyg")
    return kinds, [known[kind] for kind in kinds]


def caption(view, logits, target, temperature, names):
    """Return the caption; what the script may change stands in spans of its own."""
    T = f'<span data-value="T">{text(temperature, 2)}</span>'
    if view == "overflow":
        return "The exponentials, the formula as written, and the stable formula, in three types"
    parts = {
        "definition": f"Softmax at temperature T = {T}",
        "derivative": "The Jacobian of softmax: the slope of p in row i, as one logit is raised",
    }
    if view in parts:
        extra = f", at temperature T = {T}" if view == "derivative" and temperature != 1 else ""
        return parts[view] + extra
    loss = softmax_cross_entropy(np.array(logits) / temperature, target)
    loss = f'loss <span data-value="loss">{text(loss)}</span>'
    extra = f", temperature T = {T}" if temperature != 1 else ""
    if not isinstance(target, int):
        return f"The target is a distribution: {loss}{extra}"
    truth = f'<span data-value="truth">{escape(names[target])}</span>'
    return f"The true class is {truth}: {loss}{extra}"


def rows(view, logits, target, temperature):
    """Return the numbers of a view's rows, in the order of `columns`."""
    z = np.array(logits)
    if view == "overflow":
        return [row for formula in (_exp, _naive, _stable) for row in _in_each_type(z, formula)]
    p = softmax(z, temperature=temperature)
    if view == "derivative":
        slopes = softmax_jacobian(z / temperature) / temperature
        return np.column_stack([z, p, slopes]).tolist()
    if target is None:
        return np.column_stack([z, p]).tolist()
    gradient = softmax_cross_entropy_grad(z / temperature, target) / temperature
    if view == "definition":
        return np.column_stack([z, p, gradient]).tolist()
    if view == "cross-entropy":
        losses = 0 - log_softmax(z, temperature=temperature)
        return np.column_stack([z, p, losses, misprint(z / temperature), gradient]).tolist()
    y = np.arange(len(z)) == target if isinstance(target, int) else target
    return np.column_stack([z, p, y, gradient]).tolist()


def misprint(z):
    """Return the loss of each class as the notes print it: the sum runs from c = i, over e^c."""
    terms = np.exp(np.arange(1.0, len(z) + 1))
    return np.log(np.cumsum(terms[::-1])[::-1]) - z


def sums(values):
    """Return the sum of every column; what rounding left of an exact sum is not shown."""
    return [round(column, 9) + 0.0 for column in np.sum(values, axis=0).tolist()]


def text(value, digits=3):
    """Return a number as the table shows it; the script rounds the same way."""
    if not np.isfinite(value):
        return str(float(value)).replace("-", "−")
    small_or_large = value and not 0.0005 <= abs(value) < 10_000
    with localcontext(rounding=ROUND_HALF_UP):  # halves go away from zero, as in JavaScript
        shown = format(Decimal(float(value) + 0.0), ".1e" if small_or_large else f".{digits}f")
    return shown.replace("e+", "e").replace("-", "−")


def _row(name, values, kinds):
    cells = [
        f'<td class="{kind}">{text(value, 2 if kind == "z" else 3)}</td>'
        for kind, value in zip(kinds, values, strict=True)
    ]
    return f'<th scope="row">{name}</th>' + "".join(cells)


def _sup(formula):
    """Return a formula with its exponents raised."""
    return re.sub(r"\^(?:\((.+?)\)|(\w))", lambda m: f"<sup>{m[1] or m[2]}</sup>", formula)


def _in_each_type(z, formula):
    with np.errstate(all="ignore"):  # overflow is what there is to see
        results = [formula(z.astype(dtype)) for dtype in DTYPES]
    return np.column_stack([z, *(np.float64(result) for result in results)]).tolist()


_exp, _naive, _stable = np.exp, softmax_naive, softmax
