"""The library of the course *Softmax, from definition to backpropagation*.

One module a chapter and one for the model they add up to, NumPy alone at import::

    definition     softmax_naive  hardmax
    overflow       softmax  log_softmax  logsumexp
    derivative     softmax_jacobian  softmax_jvp  softmax_vjp  numerical_jacobian
    cross_entropy  one_hot  nll_loss  softmax_cross_entropy  smooth_labels  entropy  kl_divergence
    backprop       softmax_cross_entropy_grad  linear_backward
    regression     SoftmaxRegression  NotFittedError
    practice       sigmoid  binary_cross_entropy  weighted_mean_loss
    calibration    fit_temperature  reliability  expected_calibration_error
    network        hidden_layer  hidden_layer_backward  network_loss_and_gradients
                   relu  relative_error  OneHiddenLayer
    attention      attention  streaming_attention
    streaming      partial_logsumexp  merge_logsumexp

On Dask arrays, ``softmax_lib.distributed`` has functions of the same names, and needs Dask.
The proofs are in ``softmax_lib.symbolic`` and need SymPy; the figures are in
``softmax_lib.plots`` and need Matplotlib. ``softmax_lib.explorer`` needs NumPy alone, and a
browser to be taken hold of.
"""

from softmax_lib.attention import attention, streaming_attention
from softmax_lib.backprop import linear_backward, softmax_cross_entropy_grad
from softmax_lib.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
)
from softmax_lib.cross_entropy import (
    entropy,
    kl_divergence,
    nll_loss,
    one_hot,
    smooth_labels,
    softmax_cross_entropy,
)
from softmax_lib.definition import hardmax, softmax_naive
from softmax_lib.derivative import (
    numerical_jacobian,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
)
from softmax_lib.network import (
    OneHiddenLayer,
    hidden_layer,
    hidden_layer_backward,
    network_loss_and_gradients,
    relative_error,
    relu,
)
from softmax_lib.overflow import log_softmax, logsumexp, softmax
from softmax_lib.practice import binary_cross_entropy, sigmoid, weighted_mean_loss
from softmax_lib.regression import NotFittedError, SoftmaxRegression
from softmax_lib.streaming import merge_logsumexp, partial_logsumexp

__version__ = "1.1.0"

__all__ = [
    "NotFittedError",
    "OneHiddenLayer",
    "SoftmaxRegression",
    "attention",
    "binary_cross_entropy",
    "entropy",
    "expected_calibration_error",
    "fit_temperature",
    "hardmax",
    "hidden_layer",
    "hidden_layer_backward",
    "kl_divergence",
    "linear_backward",
    "log_softmax",
    "logsumexp",
    "merge_logsumexp",
    "network_loss_and_gradients",
    "nll_loss",
    "numerical_jacobian",
    "one_hot",
    "partial_logsumexp",
    "relative_error",
    "reliability",
    "relu",
    "sigmoid",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_naive",
    "softmax_vjp",
    "streaming_attention",
    "weighted_mean_loss",
]
