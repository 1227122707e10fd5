"""Chapter 5: what is asked of the gradient, the layer and the step."""

from attempts import WRONG
from softmax_lib import check


def test_the_law_that_fails_is_the_one_that_speaks_of_the_mistake():
    failed = {id_: check.linear_backward(f).failed_law for id_, f in WRONG["linear_backward"]}
    assert failed["bias-mean"] == "a bias collects G_nc from every example n"


def test_several_results_are_told_apart():
    def wrong_in_x(X, W, G):
        return G @ W.T + 1, X.T @ G, G.sum(axis=0)

    report = check.linear_backward(wrong_in_x)
    assert report.failed_law == "a feature collects G_nc W_dc from every class c"
    assert report.failure.came.startswith("grad_X = ")
