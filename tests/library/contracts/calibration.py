"""The functions of the chapter on calibration."""

from oracles import EXAMPLE

SIGNATURES = {
    "fit_temperature": "(logits, labels, axis=-1)",
    "reliability": "(confidence, correct, *, bins=10)",
    "expected_calibration_error": "(confidence, correct, *, bins=10)",
}
PREDICTIONS = ([0.9, 0.5, 0.1], [1, 0, 1]), {0: "confidence", 1: "correct"}
REAL_ARGUMENTS = {
    "fit_temperature": ((EXAMPLE, 1), {0: "logits"}),
    "reliability": PREDICTIONS,
    "expected_calibration_error": PREDICTIONS,
}
APART = [*SIGNATURES]
