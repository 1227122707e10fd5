"""The figures of chapter 1 show the numbers they claim to show."""

import numpy as np
from scipy.special import expit
from scipy.special import softmax as scipy_softmax
from scipy.stats import norm
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from drawn import curves, texts
from softmax_lib.plots import definition as draw

LOGITS = np.array([3.0, 1.0, -3.0])
EXPECTED = scipy_softmax(LOGITS)


def test_bars_have_the_heights_and_labels_of_their_values(ax):
    assert draw.bars(ax, [3.0, -1.25], "logits", "black") is ax
    assert [bar.get_height() for bar in ax.patches] == [3.0, -1.25]
    assert texts(ax) == ["3.00", "\N{MINUS SIGN}1.25"]
    assert ax.get_title("left") == "logits"


def test_hard_and_soft_bars_are_the_hard_and_the_soft_answer(row):
    axes = row(3)
    draw.hard_and_soft(axes, LOGITS)
    heights = [[bar.get_height() for bar in ax.patches] for ax in axes]
    np.testing.assert_array_equal(heights[0], LOGITS)
    np.testing.assert_array_equal(heights[1], [1, 0, 0])
    np.testing.assert_allclose(heights[2], EXPECTED, rtol=1e-14)


def test_output_layer_writes_every_number_of_the_computation(ax):
    draw.output_layer(ax, LOGITS)
    exponentials = np.exp(LOGITS)
    written = texts(ax)
    for number in (*exponentials, *EXPECTED):
        assert f"{number:.3f}" in written
    assert f"sum {exponentials.sum():.3f}" in written
    assert "sum 1" in written
    assert rf"$\div\,{exponentials.sum():.3f}$" in written


def test_equal_steps_lie_on_the_exponential_and_grow_by_its_factor(ax):
    draw.equal_steps(ax, start=-1.0, step=0.5, count=3)
    x, y = curves(ax)[0]
    np.testing.assert_allclose(y, np.exp(x), atol=1e-6)
    assert texts(ax).count(rf"$\times\,{np.exp(0.5):.2f}$") == 2
    marks = next(line for line in ax.get_lines() if line.get_marker() == "o")
    np.testing.assert_allclose(marks.get_ydata(), np.exp([-1.0, -0.5, 0.0]), rtol=1e-15)


def test_two_classes_is_the_logistic_sigmoid(ax):
    draw.two_classes(ax)
    gap, p = curves(ax)[0]
    np.testing.assert_allclose(p, expit(gap), atol=1e-6)


def test_bells_are_normal_their_gap_is_straight_and_their_probability_is_that_of_lda(row):
    axes = row(3)
    iris = load_iris()
    X, species = iris.data[iris.target > 0][:, 2:3], iris.target[iris.target > 0]
    samples = [X[species == k, 0] for k in (1, 2)]
    draw.bells(axes, *samples, ["versicolor", "virginica"])
    width = np.sqrt(np.mean([sample.var() for sample in samples]))
    for sample, (x, y) in zip(
        samples, [c for c in curves(axes[0]) if len(c[0]) > 100], strict=True
    ):
        np.testing.assert_allclose(y, norm.pdf(x, sample.mean(), width), atol=1e-6)
    (x, gap), *_ = curves(axes[1])
    np.testing.assert_allclose(np.diff(gap, 2), 0, atol=3e-6)
    lda = LinearDiscriminantAnalysis().fit(X, species)
    np.testing.assert_allclose(gap, lda.decision_function(x[:, None]), atol=1e-5)
    (x, p), *_ = curves(axes[2])
    np.testing.assert_allclose(p, lda.predict_proba(x[:, None])[:, 1], atol=1e-6)


def test_temperature_curves_are_softmax_of_the_scaled_logits(ax):
    draw.temperature_curves(ax, LOGITS)
    for i in range(3):
        temperatures, p = curves(ax)[i]
        expected = [scipy_softmax(LOGITS / t)[i] for t in temperatures]
        np.testing.assert_allclose(p, expected, atol=1e-6)
    assert "z = \N{MINUS SIGN}3" in texts(ax)


def test_simplex_path_runs_through_softmax_in_barycentric_coordinates(ax):
    draw.simplex(ax, LOGITS)
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    x, y = curves(ax)[0]
    temperatures = np.geomspace(0.12, 400, len(x))
    expected = np.array([scipy_softmax(LOGITS / t) for t in temperatures]) @ corners
    np.testing.assert_allclose(np.stack([x, y], axis=-1), expected, atol=1e-6)
    marks = [line for line in ax.get_lines() if line.get_marker() == "o"]
    np.testing.assert_allclose(np.ravel(marks[0].get_xydata()), EXPECTED @ corners, rtol=1e-12)
    centre = next(line for line in ax.get_lines() if line.get_marker() == "s")
    np.testing.assert_allclose(np.ravel(centre.get_xydata()), corners.mean(axis=0), rtol=1e-15)


def test_the_logits_given_are_not_modified(ax):
    logits = LOGITS.copy()
    draw.simplex(ax, logits)
    draw.temperature_curves(ax, logits)
    np.testing.assert_array_equal(logits, LOGITS)
