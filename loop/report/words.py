"""Numbers, formulas and the sentences of the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from loop.report.attempts import shown_error, worst_size
from loop.report.figures import Figures
from loop.report.html import Html, tag
from loop.report.plot import FLOOR
from loop.tables import floored
from quantum.hamiltonians import FAMILIES
from quantum.problem import Problem
from rewards.record import SizeScore

TOKEN = re.compile(r"_(\([^)]*\)|<[^>]*>|\w+)(,s\b)?|\bsum(?=[\s_])|([A-Za-z])(?=_)|\b([A-Za-z])\b")
"""A subscript (with the spin of a Hubbard sum), a sum, a letter with a subscript, a letter alone."""


def scientific(value: float | None) -> Html:
    """3.1 x 10^-4, with the full value for whoever points at it."""
    if value is None or not math.isfinite(value):
        return tag("span", "n/a", class_="quiet")
    if value == 0:
        return Html("0")
    mantissa, exponent = f"{value:.1e}".split("e")
    power = tag("sup", str(int(exponent)).replace("-", "−"))
    return tag("span", mantissa.replace("-", "−"), " × 10", power, title=repr(value), class_="number")


def number(value: float | int | None, digits: int = 9) -> Html:
    if value is None:
        return tag("span", "n/a", class_="quiet")
    text = str(value) if isinstance(value, int) else f"{value:.{digits}f}"
    return tag("span", text.replace("-", "−"), title=repr(value), class_="number")


def formula(text: str) -> Html:
    """A formula of `Family.formula` ("H = -J sum_<i,i+1> Z_i Z_(i+1)") with its sums, letters and subscripts set."""
    parts: list[object] = []
    end = 0
    text = text.partition(", with")[0]
    for match in TOKEN.finditer(text):
        parts.append(_signs(text[end : match.start()]))
        end = match.end()
        subscript, spin, symbol, letter = match.groups()
        if subscript is not None:
            inner = subscript[1:-1] if subscript[0] in "(<" else subscript
            parts.append(tag("sub", f"⟨{inner}⟩" if subscript[0] == "<" else inner, spin))
        elif symbol or letter:
            parts.append(tag("i", symbol or letter))
        else:
            parts.append("∑")
    parts.append(_signs(text[end:]))
    return tag("p", parts, class_="formula")


def _signs(text: str) -> str:
    return text.replace("-", "−").replace("^", "†")


def formula_of(problem: Problem) -> str:
    return FAMILIES[problem.family].formula if problem.family else "H = sum_k c_k P_k"


def title(figures: Figures) -> str:
    problem = figures.problem
    name = FAMILIES[problem.family].title if problem.family else problem.name
    name = name.split(" (")[0] if problem.family else name
    return f"{name[:1].upper()}{name[1:]}, {listed(problem.sizes)} qubits"


def listed(values: tuple[int, ...] | list[int]) -> str:
    """2, 3 and 4."""
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def lede(figures: Figures) -> Html:
    """What was found, in one or two sentences."""
    if not figures.best:
        tried = figures.summary["attempts"]
        return tag("p", f"No valid circuit yet: {plural(tried, 'attempt')} so far.", class_="lede")
    sizes = figures.best[0].score.sizes
    gates, parameters = each(s.two_qubit_gates for s in sizes), each(s.parameters for s in sizes)
    what = f"{plural(gates, 'two-qubit gate')} and {plural(parameters, 'parameter')}"
    kind, _, unit = figures.measure.partition(" (")
    article = "an" if kind == "error" else "a"
    does = "reaches the ground energy to" if figures.problem.met(sizes) else "does not reach the target: it ends at"
    return tag(
        "p",
        *("A circuit of ", tag("strong", what), f" {does} {article} {kind} of "),
        *(best_error(figures), f" {unit[:-1]}" if unit else "", *_fidelity(sizes), ". ", _verdict(figures)),
        class_="lede",
    )


def _fidelity(sizes: Sequence[SizeScore]) -> list[object]:
    """The least over the sizes, where it is known at all of them."""
    known = [size.fidelity for size in sizes if size.fidelity is not None]
    if len(known) < len(sizes):
        return []
    return [", with a fidelity of ", fidelity(min(known)), " with the ground space"]


def fidelity(value: float | None) -> Html:
    """To four digits, never up."""
    return number(None) if value is None else tag("span", f"{floored(value):.4f}", title=repr(value), class_="number")


def best_error(figures: Figures) -> Html:
    """The error of the best circuit at its worst size; what is below the optimiser's tolerance is not told apart."""
    error = shown_error(worst_size(figures.best[0].score, figures.problem), figures.problem)
    floor = tag("sup", f"{math.log10(FLOOR):.0f}".replace("-", "−"))
    return tag("span", "< 10", floor, title=repr(error), class_="number") if error < FLOOR else scientific(error)


def _verdict(figures: Figures) -> str:
    score, problem = figures.best[0].score, figures.problem
    met = problem.met(score.sizes)
    where = " at every size" if met and len(score.sizes) > 1 else ""
    return f"The target ({problem.describe_target()}) is {'met' if met else 'not met yet'}{where}."


def each(values: Iterable[int]) -> str:
    """One number a size: 1 + 3."""
    return " + ".join(map(str, values))


def plural(count: int | str, noun: str) -> str:
    words = f"{count:,}" if isinstance(count, int) else count
    return f"{words} {noun}{'' if words == '1' else 's'}"
