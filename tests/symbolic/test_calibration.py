"""Misprints of the chapter on calibration that must be caught."""

MISPRINTS = (
    ("calibration-proper", "- y_i", "+ y_i"),
    ("calibration-proper", r"\mathrm{BS}(y, y)", r"\mathrm{BS}(y, p)"),
    ("calibration-brier", r"- \mathrm{RES}", r"+ \mathrm{RES}"),
    ("calibration-brier", r"\mathrm{UNC}", r"\mathrm{REL}"),
    ("calibration-slope", r"\bar z - z_k", r"z_k - \bar z"),
    ("calibration-slope", "z_k", "z_c"),
    ("calibration-curvature", "^2", ""),
    ("calibration-curvature", r"z_c - \bar z", "z_c"),
)
CONCRETE = {"calibration-brier": {"every C"}}
