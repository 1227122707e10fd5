"""Draw the picture of the front page from the library: ``python tools/pictures.py``."""

import io
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from softmax_lib import softmax, softmax_cross_entropy_grad
from softmax_lib.plots.definition import bars
from softmax_lib.plots.style import LOGIT, PROBABILITY, PULL, PUSH, figure, use_course_style

COURSE = Path(__file__).parent.parent / "_static" / "course.svg"


def course_svg():
    """Return the front page's picture: logits, probabilities and corrections, as SVG."""
    logits, dog = np.array([3.0, 1.0, -3.0]), 1
    corrections = -softmax_cross_entropy_grad(logits, dog)
    with matplotlib.rc_context():
        use_course_style()
        fig, axes = figure(2.9, columns=3)
        bars(axes[0], logits, "logits z", LOGIT, digits=0)
        bars(axes[1], softmax(logits), "probabilities p", PROBABILITY, digits=3)
        colours = np.where(corrections > 0, PULL, PUSH)
        bars(axes[2], corrections, "corrections y \N{MINUS SIGN} p", colours, digits=3)
        file = io.StringIO()
        fig.savefig(file, format="svg", metadata={"Date": None})
        plt.close(fig)
    return file.getvalue()


if __name__ == "__main__":
    COURSE.write_text(course_svg(), encoding="utf-8")
    print(f"drawn: {COURSE.relative_to(COURSE.parent.parent)}")
