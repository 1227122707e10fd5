"""The report of `site.py`, made from its results alone."""

from statistics import median
from typing import NamedTuple

CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
BYTES, REQUESTS = 1 / 3, 1 / 2


class Verdict(NamedTuple):
    """One target, on the page that comes nearest to missing it."""

    what: str
    wanted: str
    page: str
    got: str
    met: str


def score(reports, category):
    """Return the score of a page: the median of its runs, since a machine is never quite still."""
    return median(report["scores"][category] for report in reports)


def verdicts(results):
    """Return all targets with what was measured."""
    together, lighthouse = results["together"], results["lighthouse"]
    found = []
    for what, key, most in (
        ("bytes, ours / untouched", "sent", BYTES),
        ("requests, ours / untouched", "requests", REQUESTS),
    ):
        ratio, page = max(
            (sites["ours"][key] / sites["plain"][key], page) for page, sites in together.items()
        )
        wanted = f"at most {most:.2f}, every chapter"
        found.append(Verdict(what, wanted, page, f"{ratio:.2f}", _met(ratio <= most)))
    count, page = max(
        (sum(not name.endswith(".css") for name in sites["ours"]["blocking"]), page)
        for page, sites in together.items()
    )
    found.append(
        Verdict(
            "files in the way that are no stylesheets",
            "0, every chapter",
            page,
            str(count),
            _met(count == 0),
        )
    )
    for category, least in CATEGORIES.items():
        got, page = min((score(reports, category), page) for page, reports in lighthouse.items())
        wanted = f"at least {least}, every page" if least < 100 else "100, every page"
        found.append(
            Verdict(f"Lighthouse, {category}", wanted, page, f"{got:g}", _met(got >= least))
        )
    return found


def as_markdown(results):
    """Return the whole report."""
    head = ("target", "wanted", "nearest to missing it", "measured", "met")
    sections = [
        "# The site, side by side",
        _setting(results),
        "## Targets",
        _table(head, verdicts(results)),
        "## How it was measured",
        _method(results["effort"]),
        "## Weight",
        _weight(results["together"]),
        "## Time on a slow phone",
        _times(results["together"]),
        "## Lighthouse",
        _lighthouse(results["lighthouse"]),
        "## What weighs most",
        _heaviest(results["together"]),
    ]
    return "\n\n".join(sections) + "\n"


def _setting(results):
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    return (
        "The five chapters as this site shows them, beside the same chapters built by Jupyter Book "
        "with its default settings.\n"
        f"Measured with {versions}, on a machine with {results['cores']} cores.\n"
        "Made by `make bench-site` from [site.json](site.json); no number is written by hand."
    )


def _method(effort):
    return (
        "- Both sites were built from the same notebooks and served by the same server, which "
        "compresses text with gzip (level 6), as hosts of static pages do. The untouched one has "
        "of its settings only those without which the pages cannot be built.\n"
        "- It loads MathJax from another server. Its requests there were redirected to the same "
        "files out of MathJax's npm package, on the same machine: no name was looked up and no "
        "second connection secured, which favours the untouched site.\n"
        "- Weight: a phone's window (412 by 823 pixels) with an empty cache; the page was read to "
        "its end, so that nothing is saved by loading late. Bytes are those of the bodies, "
        "compressed as sent. In the way is what Chromium itself marks as render-blocking.\n"
        "- Time: the line and the processor slowed down as Lighthouse does it (1.4 Mbit/s, 563 ms "
        f"a request, a quarter of the speed); {effort['rounds']} rounds, the sites taking turns. "
        "Cells are minimum / median.\n"
        f"- Lighthouse with its default settings, {effort['lighthouse']} runs a page, the median."
    )


def _weight(together):
    rows = []
    for page, sites in together.items():
        ours, plain = sites["ours"], sites["plain"]
        rows.append(
            (
                _chapter(page),
                _kilo(ours["sent"]),
                _kilo(plain["sent"]),
                _ratio(ours, plain, "sent"),
                _kilo(ours["unpacked"]),
                _kilo(plain["unpacked"]),
                ours["requests"],
                plain["requests"],
                _ratio(ours, plain, "requests"),
                len(ours["blocking"]),
                len(plain["blocking"]),
            )
        )
    head = (
        "chapter",
        "kB, ours",
        "kB, untouched",
        "ratio",
        "kB unpacked, ours",
        "untouched",
        "requests, ours",
        "untouched",
        "ratio",
        "in the way, ours",
        "untouched",
    )
    return _table(head, rows)


def _times(together):
    rows = []
    for page, sites in together.items():
        cells = [
            f"{min(sites[site][paint]) / 1000:.1f} / {median(sites[site][paint]) / 1000:.1f}"
            for paint in ("first", "largest")
            for site in ("ours", "plain")
        ]
        rows.append((_chapter(page), *cells))
    head = ("chapter", "first paint, ours", "untouched", "largest paint, ours", "untouched")
    return "Seconds.\n\n" + _table(head, rows)


def _lighthouse(reports):
    rows = []
    for page, runs in reports.items():
        blocking = median(run["metrics"]["blocking"] for run in runs)
        shift = median(run["metrics"]["shift"] for run in runs)
        rows.append(
            (
                page,
                *(f"{score(runs, category):g}" for category in CATEGORIES),
                f"{blocking:.0f}",
                f"{shift:.3f}",
            )
        )
    return _table(("page", *CATEGORIES, "blocking time, ms", "layout shift"), rows)


def _heaviest(together):
    rows = []
    for page, sites in together.items():
        cells = (
            "; ".join(f"{name} {_kilo(size)}" for name, size in sites[site]["files"][:4])
            for site in ("ours", "plain")
        )
        rows.append((_chapter(page), *cells))
    return "In kB, as sent.\n\n" + _table(("chapter", "ours", "untouched"), rows)


def _chapter(page):
    return page.removeprefix("chapters/").removesuffix(".html")


def _ratio(ours, plain, key):
    return f"{ours[key] / plain[key]:.2f}"


def _kilo(size):
    return f"{size / 1000:.0f}"


def _met(it_is):
    return "yes" if it_is else "no"


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
