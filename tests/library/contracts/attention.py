"""The functions of the chapter on attention: neither goes along an axis."""

ROWS = [[3.0, 1.0, -3.0], [0.5, -2.0, 2.25]]

SIGNATURES = {
    "attention": "(Q, K, V, *, where=None, scale=None)",
    "streaming_attention": "(Q, K, V, *, where=None, scale=None, block=128)",
}
REAL_ARGUMENTS = dict.fromkeys(SIGNATURES, ((ROWS, ROWS, ROWS), {0: "Q", 1: "K", 2: "V"}))
APART = list(SIGNATURES)
