"""What all tests share: the profiles of Hypothesis, and Axes to draw into.

Hypothesis draws the same examples on every run and machine. With `--hypothesis-profile=fresh` it
draws others each time, and prints how to draw again those that failed. `mutants` looks for no
smaller example of what failed.
"""

import matplotlib.pyplot as plt
import pytest
from hypothesis import Phase, settings

settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "fresh", settings.get_profile("course"), derandomize=False, print_blob=True
)
settings.register_profile(
    "mutants", settings.get_profile("course"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("course")


@pytest.fixture
def row():
    """Return a maker of Axes, alone or side by side, and close their figures afterwards."""
    made = []

    def axes(columns):
        fig, axes = plt.subplots(1, columns)
        made.append(fig)
        return axes

    yield axes
    for fig in made:
        plt.close(fig)


@pytest.fixture
def ax(row):
    """Return empty Axes to draw into."""
    return row(1)
