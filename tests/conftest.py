"""What all tests share: Hypothesis draws the same examples on every run and machine."""

import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
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
