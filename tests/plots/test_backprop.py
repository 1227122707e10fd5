"""The figures of chapter 5 show the numbers they claim to show."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from scipy.special import softmax as scipy_softmax
from sklearn.metrics import confusion_matrix

from drawn import MINUS, points, texts
from softmax_lib.plots import backprop as draw
from softmax_lib.plots.style import LOGIT, PROBABILITY, PULL, PUSH, TARGET, WIDTH

LOGITS = np.array([3.0, 1.0, -3.0])
EXPECTED = scipy_softmax(LOGITS)


def arrows(ax):
    """Return where each arrow starts and ends, and its colour."""
    heads = [text for text in ax.texts if getattr(text, "arrowprops", None)]
    return [(*text.xyann, *text.xy, text.arrowprops["color"]) for text in heads]


def test_forces_are_minus_p_and_one_and_their_sum(row):
    axes = row(2)
    assert draw.forces(axes, LOGITS, 1) is axes
    ends = [(end, colour) for _, _, _, end, colour in arrows(axes[0])]
    assert ends == [
        (pytest.approx(-EXPECTED[0]), PUSH),
        (pytest.approx(-EXPECTED[1]), PUSH),
        (1, PULL),
    ]
    net = [(x, end, colour) for _, _, x, end, colour in arrows(axes[1])]
    assert net == [
        (0, pytest.approx(-EXPECTED[0]), PUSH),
        (1, pytest.approx(1 - EXPECTED[1]), PULL),
    ]
    for ax in axes:  # the bird's force is too short for an arrow
        (bird,) = points(ax)
        assert bird.get_ydata()[0] == pytest.approx(-EXPECTED[2])
        assert (bird.get_marker(), bird.get_color()) == ("v", PUSH)


def test_forces_write_every_number_with_its_sign(row):
    axes = row(2)
    draw.forces(axes, LOGITS, 1)
    pushes = [f"{MINUS}{p:.3f}" for p in EXPECTED]
    assert [text for text in texts(axes[0]) if text] == [*pushes, "+1"]
    assert [text for text in texts(axes[1]) if text] == [pushes[0], "+0.881", pushes[2]]
    assert axes[1].get_title("left") == "net: the sum is 0"
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["cat", "dog", "bird"]


def test_a_tiny_pull_points_up(row):
    axes = row(2)
    draw.forces(axes, [9.0, 0.0, 0.0], 0)
    assert "^" in [mark.get_marker() for mark in points(axes[1])]


def test_settling_follows_gradient_descent(row):
    axes, targets = row(2), np.array([[0, 1, 0], [0.1, 0.8, 0.1]])
    assert draw.settling(axes, LOGITS, targets, steps=12, learning_rate=0.5) is axes
    for ax, target in zip(axes, targets, strict=True):
        z, path = LOGITS, [EXPECTED]
        for _ in range(12):
            z = z - 0.5 * (scipy_softmax(z) - target)
            path.append(scipy_softmax(z))
        lines = [line for line in ax.get_lines() if line.get_color() == PROBABILITY]
        drawn = np.array([line.get_ydata() for line in lines]).T
        np.testing.assert_allclose(drawn, path, atol=1e-6)
        np.testing.assert_array_equal(drawn, drawn.round(6))
        assert len({line.get_linestyle() for line in lines}) == 3
        rests = [line.get_ydata()[0] for line in ax.get_lines() if line.get_color() == TARGET]
        assert rests == list(target)
        assert texts(ax) == ["cat", "dog", "bird"]
    assert axes[1].get_title("left") == "target 0.1, 0.8, 0.1"


def test_step_sizes_follow_gradient_descent_with_each_rate(row):
    ax, target, rates = row(1), np.array([0.25, 0.75]), (0.5, 2, 6)
    assert draw.step_sizes(ax, [0.4, 0.0], target, rates, steps=10) is ax
    lines = ax.get_lines()
    for line, rate in zip(lines, rates, strict=True):
        z, losses = np.array([0.4, 0.0]), []
        for _ in range(11):
            losses.append(-target @ np.log(scipy_softmax(z)))
            z = z - rate * (scipy_softmax(z) - target)
        np.testing.assert_allclose(line.get_ydata(), losses, atol=1e-6)
        np.testing.assert_array_equal(line.get_ydata(), line.get_ydata().round(6))
        np.testing.assert_array_equal(line.get_xdata(), np.arange(11))
    assert len({line.get_linestyle() for line in lines}) == 3
    assert len({line.get_marker() for line in lines}) == 3
    assert texts(ax) == ["rate 0.5", "rate 2", "rate 6"]


def test_shapes_names_every_array_with_the_shape_it_has(row):
    rng = np.random.default_rng(0)
    X, W, b = rng.normal(size=(5, 7)), rng.normal(size=(7, 3)), np.zeros(3)
    ax = row(1)
    assert draw.shapes(ax, X, W, b, np.array([0, 1, 2, 1, 0])) is ax
    boxes = {text.get_text(): text for text in ax.texts if text.get_bbox_patch()}
    assert set(boxes) == {
        "$X$\n$(N, D)$",
        "$W$\n$(D, C)$",
        "$b$\n$(C{,})$",
        "$Z$\n$(N, C)$",
        "$P$\n$(N, C)$",
        "$Y$\n$(N, C)$",
        "$L$\n$(N{,})$",
        "$\\bar{L}$\n$()$",
        "$1$\n$()$",
        "$1/N$\n$(N{,})$",
        "$(P-Y)/N$\n$(N, C)$",
        "$\\partial\\bar{L}/\\partial X$\n$(N, D)$",
        "$\\partial\\bar{L}/\\partial W$\n$(D, C)$",
        "$\\partial\\bar{L}/\\partial b$\n$(C{,})$",
    }
    edges = {name.split("\n")[0]: text.get_bbox_patch() for name, text in boxes.items()}
    for name, colour in (("$Z$", LOGIT), ("$P$", PROBABILITY), ("$Y$", TARGET)):
        assert to_hex(edges[name].get_edgecolor()).upper() == colour
        assert edges[name].get_linestyle() == "-"
    assert edges["$(P-Y)/N$"].get_linestyle() == "--"


def test_shapes_stay_in_the_picture_and_apart(row):
    ax = row(1)
    ax.figure.set_size_inches(WIDTH, 5.6)
    draw.shapes(ax, np.zeros((4, 2)), np.zeros((2, 3)), np.zeros(3), np.array([0, 1, 2, 1]))
    ax.set_position([0, 0, 1, 1])
    ax.figure.canvas.draw()
    boxes = [t.get_bbox_patch().get_window_extent() for t in ax.texts if t.get_bbox_patch()]
    for i, box in enumerate(boxes):
        assert box.x0 > 0 and box.x1 < ax.bbox.x1 and box.y0 > 0 and box.y1 < ax.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_loss_curve_draws_both_losses_rounded_over_their_steps(row):
    ax, steps = row(1), [1, 3, 9]
    train, test = [0.51234567, 0.3, 0.1], [0.6, 0.4, 0.17]
    assert draw.loss_curve(ax, steps, train, test) is ax
    solid, dashed = ax.get_lines()
    np.testing.assert_array_equal(solid.get_xydata(), np.transpose([steps, [0.512346, 0.3, 0.1]]))
    np.testing.assert_array_equal(dashed.get_xydata(), np.transpose([steps, test]))
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert texts(ax) == ["train 0.10", "test 0.17"]
    assert ax.get_xscale() == "log" and ax.get_ylim()[0] == 0


def test_confusion_writes_the_confusion_matrix(row):
    rng = np.random.default_rng(0)
    labels = rng.integers(4, size=60)
    predicted = np.where(rng.random(60) < 0.5, labels, rng.integers(4, size=60))
    ax = row(1)
    assert draw.confusion(ax, labels, predicted, num_classes=4) is ax
    written = np.zeros((4, 4), dtype=int)
    for text in ax.texts:
        column, line = text.get_position()
        written[line, column] = int(text.get_text())
        assert text.get_weight() == ("normal" if line == column else "bold")
    np.testing.assert_array_equal(written, confusion_matrix(labels, predicted))


def test_confusion_shades_mistakes_alone_and_the_frequent_ones_darker(row):
    ax = row(1)
    draw.confusion(ax, [0, 0, 0, 0, 1, 1, 2], [1, 1, 1, 0, 2, 1, 2], num_classes=3)
    shade = {
        (round(patch.get_y() + 0.5), round(patch.get_x() + 0.5)): patch.get_facecolor()[0]
        for patch in ax.patches
    }
    assert shade == {(0, 1): pytest.approx(0.25), (1, 2): pytest.approx(0.75)}
    colours = {text.get_position(): text.get_color() for text in ax.texts}
    assert colours[1, 0] == "white"
    assert colours[2, 1] == draw.TEXT


def test_confusion_without_a_mistake_has_no_shade(row):
    ax = row(1)
    draw.confusion(ax, [0, 1], [0, 1], num_classes=2)
    assert len(ax.patches) == 0
    assert texts(ax) == ["1", "1"]


def mesh(ax):
    (collection,) = ax.collections
    return collection


def test_mistakes_show_the_picture_the_truth_and_the_answer(row):
    images = np.random.default_rng(0).random((2, 8, 8))
    probabilities = np.array([[0.125, 0.625, 0.25], [0.5, 0.25, 0.25]])
    axes = row(2)
    assert draw.mistakes(axes, images, [2, 1], probabilities) is axes
    for ax, image in zip(axes, images, strict=True):
        np.testing.assert_array_equal(mesh(ax).get_array(), image)
        assert mesh(ax).get_clim() == (0, 1)
        assert ax.yaxis_inverted()  # the first row is the top of the picture
    assert axes[0].get_title("center") == "true 2: 0.25\nsaid 1: 0.62"
    assert axes[1].get_title("center") == "true 1: 0.25\nsaid 0: 0.50"


def test_places_that_no_picture_needs_stay_empty(row):
    steps = np.random.default_rng(0).normal(size=(16, 3))
    axes = row(3)
    fig = axes[0].figure
    draw.first_step(axes, steps, (0, 2))
    assert fig.axes == list(axes[:2])


def test_first_step_shows_columns_relative_to_the_largest_weight(row):
    steps = np.random.default_rng(0).normal(size=(16, 3))
    axes = row(2)
    assert draw.first_step(axes, steps, (0, 2)) is axes
    for ax, digit in zip(axes, (0, 2), strict=True):
        picture = (steps / np.abs(steps).max()).round(6)[:, digit].reshape(4, 4)
        np.testing.assert_array_equal(mesh(ax).get_array(), picture)
        assert ax.get_title("center") == str(digit)
        up, down = ax.get_lines()
        for line, marker, strong in ((up, "+", picture > 0.25), (down, "_", picture < -0.25)):
            assert line.get_marker() == marker
            marked = np.floor(line.get_xydata()).astype(int)
            assert {(y, x) for x, y in marked.tolist()} == set(
                map(tuple, np.argwhere(strong).tolist())
            )


def test_colours_of_a_step_are_push_white_and_pull():
    assert to_hex(draw.DOWN_TO_UP(0.0)).upper() == PUSH
    assert to_hex(draw.DOWN_TO_UP(1.0)).upper() == PULL
    np.testing.assert_allclose(draw.DOWN_TO_UP(0.5)[:3], to_rgb("white"), atol=0.01)


def test_pictures_are_vectors_in_the_svg(row, tmp_path):
    axes = row(2)
    draw.mistakes(axes, np.eye(8)[None].repeat(2, axis=0), [0, 1], np.eye(2))
    axes[0].figure.savefig(tmp_path / "digits.svg")
    assert "<image" not in (tmp_path / "digits.svg").read_text()


def test_inputs_are_not_modified(row):
    rng = np.random.default_rng(0)
    X, W, b, labels = rng.normal(size=(4, 2)), rng.normal(size=(2, 3)), np.ones(3), np.arange(4) % 3
    steps, images, p = rng.normal(size=(16, 1)), rng.random((1, 4, 4)), np.array([[0.5, 0.5]])
    losses = rng.random(2)
    given = (LOGITS, X, W, b, labels, steps, images, p, losses)
    before = [array.copy() for array in given]
    draw.forces(row(2), LOGITS, 1)
    draw.settling(row(2), LOGITS, [[0, 1, 0], [0, 0, 1]], steps=6)
    draw.step_sizes(row(1), b, p[0].repeat(2)[:3] / 1.5, (1, 2))
    draw.shapes(row(1), X, W, b, labels)
    draw.loss_curve(row(1), [1, 2], losses, losses)
    draw.confusion(row(1), labels, labels, num_classes=3)
    draw.mistakes([row(1)], images, [0], p)
    draw.first_step([row(1)], steps, [0])
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)
