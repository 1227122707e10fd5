"""Right implementations of safe softmax, its logarithm, log-sum-exp; and what else is right."""

import scipy.special

import softmax_lib
from oracles import exact_log_softmax, exact_logsumexp, exact_softmax
from readers import logits, rows
from right.definition import SOFTMAX

SOURCES = {
    "softmax": SOFTMAX,
    "log_softmax": {
        "textbook": """
            def log_softmax(z):
                s = z - z.max(axis=-1, keepdims=True)
                return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
        """,
        "loops": """
            def log_softmax(z):
                if z.ndim > 1:
                    return [log_softmax(row) for row in z]
                m = max(z)
                total = math.fsum(math.exp(value - m) for value in z)
                return [value - m - math.log(total) for value in z]
        """,
        "pairs": """
            def log_softmax(z):
                gaps = z - z.max(axis=-1, keepdims=True)
                return gaps - np.logaddexp.reduce(gaps, axis=-1, keepdims=True)
        """,
    },
    "logsumexp": {
        "textbook": """
            def logsumexp(z):
                m = z.max(axis=-1, keepdims=True)
                return m[..., 0] + np.log(np.exp(z - m).sum(axis=-1))
        """,
        "one pass": """
            def logsumexp(z):
                if z.ndim > 1:
                    return np.array([logsumexp(row) for row in z])
                m, s = -math.inf, 0.0
                for value in z:
                    if value > m:
                        s, m = s * math.exp(m - value), value
                    if value > -math.inf:
                        s += math.exp(value - m)
                return m + math.log(s)
        """,
        "pairs": """
            def logsumexp(z):
                return np.logaddexp.reduce(z, axis=-1)
        """,
    },
}
LIBRARIES = {
    "softmax": {"scipy": lambda z: scipy.special.softmax(z, axis=-1), "ours": softmax_lib.softmax},
    "log_softmax": {
        "scipy": lambda z: scipy.special.log_softmax(z, axis=-1),
        "ours": softmax_lib.log_softmax,
    },
    "logsumexp": {
        "scipy": lambda z: scipy.special.logsumexp(z, axis=-1),
        "ours": softmax_lib.logsumexp,
    },
}
EXACT = {
    "softmax": rows(exact_softmax),
    "log_softmax": rows(exact_log_softmax),
    "logsumexp": rows(exact_logsumexp),
}
BY_SCIPY = {
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
    "log_softmax": lambda z: scipy.special.log_softmax(z, axis=-1),
    "logsumexp": lambda z: scipy.special.logsumexp(z, axis=-1),
}
DRAWN = dict.fromkeys(EXACT, lambda rng: (logits(rng),))
