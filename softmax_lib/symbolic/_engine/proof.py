"""What a reader sees of a proof: a derivation as TeX and as plain text, reasons beside it."""

from softmax_lib.symbolic._engine.printer import in_words, to_latex, to_text


class Proof:
    """What `prove` returns: a checked entry, shown step by step."""

    def __init__(self, entry):
        self.entry = entry

    def __repr__(self):
        lines = [f"{self.entry.label}: {self.entry.verdict}"]
        if not self.entry.chains:
            return "\n".join([*lines, f"    {self.entry.tex}"])
        for chain in self.entry.chains:
            lines += [f"  {in_words(chain.title)}:"] if chain.title else []
            lines += [f"  with {to_text(short)} = {to_text(long)}" for short, long in chain.let]
            lines.append(f"    {to_text(chain.steps[0].expr)}")
            for step in chain.steps[1:]:
                sign = in_words(chain.sign) if step is chain.steps[-1] else ""
                shown = f"  = {to_text(step.expr)} {sign}".rstrip()
                why = f"    ({in_words(step.why)})" if step.why else ""
                lines.append(f"    {shown}{why}")
        lines += [f"  therefore {in_words(said)}" for said in self.conclusions(to_text)]
        return "\n".join(lines)

    def _repr_latex_(self):
        rows = []
        for chain in self.entry.chains:
            rows += [rf"&\rlap{{\text{{{chain.title}:}}}}"] if chain.title else []
            rows += [
                rf"\text{{let }} {to_latex(short)} &= {to_latex(long)}" for short, long in chain.let
            ]
            left = to_latex(chain.steps[0].expr)
            for step in chain.steps[1:]:
                sign = " " + chain.sign if step is chain.steps[-1] and chain.sign else ""
                rows.append(f"{left} &= {to_latex(step.expr)}{sign} && {prose(step.why)}")
                left = ""
        said = self.conclusions(to_latex)
        rows += [rf"&\rlap{{\text{{Therefore ${claim}$.}}}}" for claim in said]
        steps = "\\begin{aligned}\n" + " \\\\[6pt]\n".join(rows) + "\n\\end{aligned}"
        parts = [steps] if rows else []
        verdict = self.entry.verdict.replace("_", r"\_").split("; ")
        parts += [rf"\small\text{{{words}}}" for words in verdict]
        return "$$\\begin{gathered}\n" + " \\\\[6pt]\n".join(parts) + "\n\\end{gathered}$$"

    def conclusions(self, show):
        """The claims that no chain shows from side to side; a definition concludes nothing."""
        claims = (claim for claim in self.entry.claims if set(claim.relations) != {"="})
        return [relation(claim, show) for claim in claims]


def relation(claim, show):
    """A claim, each side as ``show`` shows it."""
    first, *rest = map(show, claim.sides)
    return first + "".join(
        f" {sign} {side}" for sign, side in zip(claim.relations, rest, strict=True)
    )


def prose(why):
    r"""A reason in TeX: words in ``\text``, what stands between dollars as mathematics."""
    words = why.split("$")
    parts = [
        f"{{{part}}}" if at % 2 else rf"\text{{{part}}}" for at, part in enumerate(words) if part
    ]
    return "".join(parts)
