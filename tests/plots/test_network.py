"""The figures of the chapter on the network show the numbers they claim to show."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from drawn import texts
from softmax_lib import OneHiddenLayer, SoftmaxRegression
from softmax_lib.plots import network as draw
from softmax_lib.plots.style import LOGIT, PROBABILITY, PUSH, REST, WIDTH


def cross(count=24):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(count, 2))
    return points, (points[:, 0] * points[:, 1] > 0).astype(int)


def test_regions_mark_the_points_and_where_both_classes_are_as_likely(row):
    points, labels = cross()
    line = SoftmaxRegression(alpha=0).fit(points, labels)
    bent = OneHiddenLayer(max_iter=300).fit(points, labels)
    axes = row(2)
    assert draw.regions(axes, points, labels, (line, bent), ("one", "two")) is axes
    for ax, model, title in zip(axes, (line, bent), ("one", "two"), strict=True):
        right = np.mean(model.predict(points) == labels)
        assert ax.get_title("left") == f"{title}\n{right:.2f} are right"
        for drawn, label, face in zip(ax.get_lines(), (0, 1), (REST, "none"), strict=True):
            np.testing.assert_allclose(drawn.get_xydata(), points[labels == label], atol=1e-6)
            assert drawn.get_markerfacecolor() == face
        (contour,) = ax.collections
        assert to_hex(contour.get_edgecolor()[0]).upper() == PROBABILITY
        on = np.concatenate([path.vertices for path in contour.get_paths() if len(path)])
        p = model.predict_proba(on)[:, 1]
        assert np.abs(p - 0.5).max() < (0.01 if model is line else 0.35)
        reach = ax.get_xlim()[1]
        assert np.abs(points).max() + 0.2 <= reach <= np.abs(points).max() + 0.31


def arrays():
    rng = np.random.default_rng(0)
    shapes = (5, 7), (7, 3), (3,), (3, 4), (4,)
    return *(rng.normal(size=shape) for shape in shapes), np.array([0, 1, 2, 3, 0])


def test_shapes_names_every_array_with_the_shape_it_has(row):
    ax = row(1)
    assert draw.shapes(ax, *arrays()) is ax
    boxes = {text.get_text(): text for text in ax.texts if text.get_bbox_patch()}
    d = r"$\partial\bar{L}/\partial "
    assert set(boxes) == {
        "$X$\n$(N, D)$",
        "$U$\n$(D, M)$",
        "$u$\n$(M{,})$",
        "$A$\n$(N, M)$",
        "$H$\n$(N, M)$",
        "$W$\n$(M, C)$",
        "$b$\n$(C{,})$",
        "$Z$\n$(N, C)$",
        "$\\bar{L}$\n$()$",
        "$(P-Y)/N$\n$(N, C)$",
        f"{d}H$\n$(N, M)$",
        f"{d}A$\n$(N, M)$",
        f"{d}U$\n$(D, M)$",
        f"{d}u$\n$(M{{,}})$",
        f"{d}W$\n$(M, C)$",
        f"{d}b$\n$(C{{,}})$",
    }
    edges = {name.split("\n")[0]: text.get_bbox_patch() for name, text in boxes.items()}
    assert to_hex(edges["$Z$"].get_edgecolor()).upper() == LOGIT
    for name, box in edges.items():
        back = "partial" in name or "P-Y" in name
        assert box.get_linestyle() == ("--" if back else "-")
        assert (to_hex(box.get_edgecolor()).upper() == PUSH) == back


def test_shapes_stay_in_the_picture_and_apart(row):
    ax = row(1)
    ax.figure.set_size_inches(WIDTH, 6.6)
    draw.shapes(ax, *arrays())
    ax.set_position([0, 0, 1, 1])
    ax.figure.canvas.draw()
    boxes = [t.get_bbox_patch().get_window_extent() for t in ax.texts if t.get_bbox_patch()]
    words = [t.get_window_extent() for t in ax.texts if not t.get_bbox_patch() and t.get_text()]
    for i, box in enumerate([*boxes, *words]):
        assert box.x0 > 0 and box.x1 < ax.bbox.x1 and box.y0 > 0 and box.y1 < ax.bbox.y1
        assert not any(box.overlaps(other) for other in [*boxes, *words][:i])


def test_through_layers_draws_the_root_of_the_mean_square(row):
    ax = row(1)
    assert draw.through_layers(ax, (1, 2, 4), width=20, layers=3, seed=5) is ax
    for line, factor in zip(ax.get_lines(), (1, 2, 4), strict=False):
        rng = np.random.default_rng(5)
        H = rng.normal(size=(200, 20))
        wanted = [(H**2).mean() ** 0.5]
        for _ in range(3):
            A = H @ (rng.normal(size=(20, 20)) * (factor / 20) ** 0.5)
            H = np.where(A > 0, A, 0)
            wanted.append((H**2).mean() ** 0.5)
        np.testing.assert_allclose(line.get_ydata(), wanted, atol=1e-6)
        np.testing.assert_array_equal(line.get_ydata(), line.get_ydata().round(6))
    assert len({line.get_linestyle() for line in ax.get_lines()[:3]}) == 3
    assert len({line.get_marker() for line in ax.get_lines()[:3]}) == 3
    assert texts(ax) == ["variance 1/20", "variance 2/20", "variance 4/20"]
    assert ax.get_yscale() == "log"


def test_the_sizes_shrink_stay_or_grow_by_what_the_variance_says(row):
    ax = row(1)
    draw.through_layers(ax, (1, 2, 4))
    first, kept, last = (line.get_ydata() for line in ax.get_lines()[:3])
    assert len(first) == 11
    for sizes, wanted in ((first, 2**-5), (kept, 1), (last, 2**5)):
        assert sizes[0] == pytest.approx(1, rel=0.02)
        assert sizes[-1] == pytest.approx(wanted, rel=0.35)
    low, high = ax.get_ylim()
    assert low < first.min() and last.max() < high


def test_the_kink_shows_a_step_and_a_ramp_from_minus_h_to_h(row):
    ax = row(1)
    assert draw.kink(ax, 0.001) is ax
    below, above, ends, ramp, middle = ax.get_lines()
    assert below.get_xydata().tolist() == [[-2, 0], [0, 0]]
    assert above.get_xydata().tolist() == [[0, 1], [2, 1]]
    assert ends.get_xydata().tolist() == [[0, 0], [0, 1]]
    assert ramp.get_xydata().tolist() == [[-2, 0], [-1, 0], [1, 1], [2, 1]]
    assert ramp.get_linestyle() == "--" and ramp.get_color() == PUSH
    assert middle.get_xydata().tolist() == [[0, 0.5]]
    assert texts(ax) == ["true slope", "central difference", "at 0: 1/2"]
    assert "0.001" in ax.get_xlabel()


def test_inputs_are_not_modified(row):
    points, labels = cross()
    model = SoftmaxRegression(alpha=0, max_iter=3).fit(points, labels)
    given = [points, labels, *arrays()]
    before = [array.copy() for array in given]
    draw.regions(row(2), points, labels, (model, model), ("", ""))
    draw.shapes(row(1), *given[2:])
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)
