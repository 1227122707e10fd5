"""The table of an explorer: numbers from the library, as a reader finds them without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from html import escape

import numpy as np

from softmax_lib.backprop import softmax_cross_entropy_grad
from softmax_lib.cross_entropy import softmax_cross_entropy


@dataclass(frozen=True)
class View:
    """What a chapter's explorer shows; the script adds a picture of the same name.

    Attributes
    ----------
    key : str
        What a reader must know of the picture, as HTML.
    columns : callable
        From names, target and temperature: the columns, each as its kind and its head in HTML.
        The kind is a letter, by which style and script know it.
    rows : callable
        From logits, target and temperature: the numbers, row by row.
    caption : callable
        From names, logits, target and temperature: the caption; what the script may change
        stands in spans of its own.
    picture : callable or None
        From names: the picture as SVG, if the script only moves what is in it.
    target : str
        "none", "optional", "needed", or "label" if a distribution will not do.
    classes : int or None
        How many classes it can show, if only one number of them.
    any_temperature : bool
        Whether it knows temperatures other than 1.
    summed : bool
        Whether the sum of a column says something.
    groups : tuple of str
        Heads of the groups of rows, if all classes come again in each.
    """

    key: str
    columns: Callable
    rows: Callable
    caption: Callable
    picture: Callable | None = None
    target: str = "none"
    classes: int | None = None
    any_temperature: bool = True
    summed: bool = False
    groups: tuple = ()


LOGIT, SHARE, TARGET = ("z", "logit z"), ("p", "probability p"), ("y", "target y")


def gradient_column(temperature):
    """Return the column of the gradient."""
    return ("g", "gradient p − y" if temperature == 1 else "gradient (p − y) / T")


def gradient(z, target, temperature):
    """Return the gradient of the loss in the logits."""
    return softmax_cross_entropy_grad(z / temperature, target) / temperature


def at_temperature(temperature, before=", at temperature"):
    """Return what a caption says of the temperature."""
    return f'{before} T = <span data-value="T">{text(temperature, 2)}</span>'


def loss_caption(names, z, target, temperature):
    """Return the caption that names the true class and the loss."""
    loss = softmax_cross_entropy(z / temperature, target)
    loss = f'loss <span data-value="loss">{text(loss)}</span>'
    hot = at_temperature(temperature, ", temperature") if temperature != 1 else ""
    if not isinstance(target, int):
        return f"The target is a distribution: {loss}{hot}"
    truth = f'<span data-value="truth">{escape(names[target])}</span>'
    return f"The true class is {truth}: {loss}{hot}"


def table_html(view, logits, target, temperature, names):
    """Return the table of a view as HTML, with the numbers rounded for the reader."""
    z = np.array(logits)
    columns = view.columns(names, target, temperature)
    values = np.asarray(view.rows(z, target, temperature)).tolist()
    lines = [f"<caption>{view.caption(names, z, target, temperature)}</caption>"]
    cells = "".join(
        f'<th scope="col">{head}</th>' for head in ("class", *(head for _, head in columns))
    )
    lines.append(f"<thead><tr>{cells}</tr></thead>")
    kinds = [kind for kind, _ in columns]
    for at in range(0, len(values), len(names)):
        lines.append("<tbody>")
        if view.groups:
            head = f'<th scope="rowgroup" colspan="{len(kinds) + 1}">'
            lines.append(f"<tr>{head}{view.groups[at // len(names)]}</th></tr>")
        for place, (name, row) in enumerate(zip(names, values[at : at + len(names)], strict=True)):
            true = " data-true" * (isinstance(target, int) and place == target)
            lines.append(f"<tr{true}>{_row(escape(name), row, kinds)}</tr>")
        lines.append("</tbody>")
    if view.summed:
        lines.append(f"<tfoot><tr>{_row('sum', _sums(values), kinds)}</tr></tfoot>")
    return '<div class="numbers"><table>\n' + "\n".join(lines) + "\n</table></div>"


def text(value, digits=3):
    """Return a number as the table shows it; the script rounds the same way."""
    if not np.isfinite(value):
        return str(float(value)).replace("-", "−")
    small_or_large = value and not 0.0005 <= abs(value) < 10_000
    with localcontext(rounding=ROUND_HALF_UP):  # halves go away from zero, as in JavaScript
        shown = format(Decimal(float(value) + 0.0), ".1e" if small_or_large else f".{digits}f")
    return shown.replace("e+", "e").replace("-", "−")


def _sums(values):
    """Return the sum of every column; what rounding left of an exact sum is not shown."""
    return [round(column, 9) + 0.0 for column in np.sum(values, axis=0).tolist()]


def _row(name, values, kinds):
    cells = [
        f'<td class="{kind}">{text(value, 2 if kind == "z" else 3)}</td>'
        for kind, value in zip(kinds, values, strict=True)
    ]
    return f'<th scope="row">{name}</th>' + "".join(cells)
