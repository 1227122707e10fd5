"""Misprints of the chapter on streaming that must be caught."""

MISPRINTS = (
    ("streaming-sum", "e^{m_2 - m}", "e^{m - m_2}"),
    ("streaming-associative", "e^{m_{23} - m}", "e^{m_{12} - m}"),
    ("streaming-merge", "(1 + r_2)", "r_2"),
    ("streaming-merge", "e^{m_2 - m_1}", "e^{m_1 - m_2}"),
    ("streaming-lse", r"\log(1 + r)", r"\log r"),
    ("streaming-attention", "a_2 e^{m_2}}", "a_2}"),
    ("streaming-loss", "(z_k - m)", "(z_k + m)"),
    ("streaming-sure", "{1 + r}", "{1 - r}"),
)
