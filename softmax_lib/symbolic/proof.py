"""What a reader sees of a proof: a derivation as TeX and as plain text, reasons beside it."""

import re

from .printing import tex, text

SPELLED = (
    (r"\\(?:operatorname|mathrm)\{(\w+)\}", r"\1"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2"),
    (r"_\{([^{}]*)\}", r"_\1"),
    (r"\^\{\\top\}", "'"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\le\b", "<="),
    (r"\\ge\b", ">="),
    (r"\\to\b", "->"),
    (r"\\infty\b", "oo"),
    (r"\$|\\,|\\", ""),
)


class Proof:
    """What `prove` returns: a checked entry, shown step by step."""

    def __init__(self, entry):
        self.entry = entry

    def __repr__(self):
        lines = [f"{self.entry.label}: {self.entry.verdict()}"]
        if not self.entry.chains:
            return "\n".join([*lines, f"    {self.entry.tex}"])
        for chain in self.entry.chains:
            lines += [f"  {plain(chain.title)}:"] if chain.title else []
            lines += [f"  with {text(short)} = {text(long)}" for short, long in chain.let]
            lines.append(f"    {text(chain.steps[0].expr)}")
            for step in chain.steps[1:]:
                sign = chain.sign.replace(r"\ge", ">=") if step is chain.steps[-1] else ""
                shown = f"  = {text(step.expr)} {sign}".rstrip()
                lines.append(f"    {shown}    ({plain(step.why)})" if step.why else f"    {shown}")
        lines += [f"  therefore {relation_text(claim)}" for claim in self.conclusions()]
        return "\n".join(lines)

    def _repr_latex_(self):
        rows = []
        for chain in self.entry.chains:
            rows += [rf"&\rlap{{\text{{{chain.title}:}}}}"] if chain.title else []
            rows += [rf"\text{{let }} {tex(short)} &= {tex(long)}" for short, long in chain.let]
            left = tex(chain.steps[0].expr)
            for step in chain.steps[1:]:
                sign = " " + chain.sign if step is chain.steps[-1] and chain.sign else ""
                rows.append(f"{left} &= {tex(step.expr)}{sign} && {prose(step.why)}")
                left = ""
        rows += [
            rf"&\rlap{{\text{{Therefore ${relation_tex(claim)}$.}}}}"
            for claim in self.conclusions()
        ]
        steps = "\\begin{aligned}\n" + " \\\\[6pt]\n".join(rows) + "\n\\end{aligned}"
        parts = [steps] if rows else []
        verdict = self.entry.verdict().replace("_", r"\_").split("; ")
        parts += [rf"\small\text{{{words}}}" for words in verdict]
        return "$$\\begin{gathered}\n" + " \\\\[6pt]\n".join(parts) + "\n\\end{gathered}$$"

    def conclusions(self):
        """The claims that no chain shows from side to side; a definition concludes nothing."""
        claims = self.entry.claims if self.entry.chains else ()
        return [claim for claim in claims if set(claim.relations) != {"="}]


def plain(why):
    """A reason as plain text, with the TeX between its dollars spelled out."""
    for pattern, words in SPELLED:
        why = re.sub(pattern, words, why)
    return why


def relation_tex(claim):
    """A claim as TeX."""
    sides = [tex(side) for side in claim.sides]
    return sides[0] + "".join(
        f" {relation} {side}" for relation, side in zip(claim.relations, sides[1:], strict=True)
    )


def relation_text(claim):
    """A claim as plain text."""
    signs = {r"\le": "<=", r"\ge": ">="}
    sides = [text(side) for side in claim.sides]
    return sides[0] + "".join(
        f" {signs.get(relation, relation)} {side}"
        for relation, side in zip(claim.relations, sides[1:], strict=True)
    )


def prose(why):
    r"""A reason in TeX: words in ``\text``, what stands between dollars as mathematics."""
    words = why.split("$")
    parts = [
        f"{{{part}}}" if at % 2 else rf"\text{{{part}}}" for at, part in enumerate(words) if part
    ]
    return "".join(parts)
