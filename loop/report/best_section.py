"""The problem, and a card for each of the best circuits."""

from __future__ import annotations

import base64

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from loop.report.attempts import shown_error
from loop.report.circuits import BestCircuit
from loop.report.figures import Figures
from loop.report.html import Html, facts, join, table, tag
from loop.report.words import fidelity, formula, formula_of, listed, number, plural, scientific
from quantum.exact import exact_energy, trivial_energies
from rewards.record import SizeScore

LISTED_TERMS = 60


def problem_section(figures: Figures) -> Html:
    """The Hamiltonian in words and as a formula, what counts as found, and what is trivial."""
    problem = figures.problem
    largest = problem.hamiltonian(max(problem.sizes))
    exact = exact_energy(largest)
    product = trivial_energies(largest).product_state - exact.energy
    limits = problem.limits_for(largest.num_qubits)
    words = largest.description.partition(": H = ")[0].rstrip(".")
    parameters = ", ".join(f"{name} = {value}" for name, value in problem.parameters)
    return tag(
        "section",
        tag("h2", "The problem"),
        tag("p", f"{words}." if words else problem.name),
        formula(formula_of(problem)),
        facts(
            [
                ("parameters", parameters),
                ("qubits scored", listed(problem.sizes)),
                ("held out", listed(problem.heldout_sizes) if problem.heldout_sizes else None),
                ("target", problem.describe_target()),
                (f"exact energy, {largest.num_qubits} qubits", join([number(exact.energy), f" {largest.unit}"])),
                ("computed by", exact.method),
                ("gap", None if exact.gap is None else number(exact.gap, 6)),
                ("best product state", join(["error ", scientific(product), f" {largest.unit}"])),
                ("symmetries", [tag("div", one) for one in largest.symmetries]),
                ("a circuit may use", _limits(limits.max_gates, limits.max_depth, limits.max_parameters)),
            ]
        ),
        _terms(largest.terms, largest.num_qubits),
    )


def _limits(gates: int, depth: int, parameters: int) -> str:
    return f"{gates} gates, depth {depth}, {parameters} parameters"


def _terms(terms: tuple[tuple[str, float], ...], num_qubits: int) -> Html:
    largest = sorted(terms, key=lambda term: -abs(term[1]))[:LISTED_TERMS]
    rows = [(tag("code", name), number(coefficient, 8)) for name, coefficient in largest]
    more = f", the {LISTED_TERMS} largest" if len(terms) > LISTED_TERMS else ""
    summary = tag("summary", f"{plural(len(terms), 'Pauli term')} at {num_qubits} qubits{more}")
    return tag("details", summary, table(("term, qubit 0 on the right", "coefficient"), rows))


def circuit_card(one: BestCircuit, figures: Figures) -> Html:
    """A circuit with its drawing, its figures and its source."""
    name = "Best circuit" if one is figures.best[0] else one.name.capitalize()
    wrote = "The pruned circuit as a function" if one.pruned_from else "What the model wrote"
    where = f"attempt {one.attempt}" + (f", best/{one.folder}" if one.folder else "")
    return tag(
        "section",
        tag("h2", name, " ", *_badges(one, figures)),
        tag("p", where, class_="about"),
        *_pictures(one),
        _measured(one, figures),
        tag("h3", wrote),
        code_block(one.code, "the function", python(one.code)),
        _more("ansatz.py, with the parameters found; runs with qiskit alone", one.source) if one.confirmed else None,
        *(_more(f"OpenQASM 3 at {n} qubits, bound at the parameters found", text) for n, text in one.qasm.items()),
        class_="card",
        id=f"circuit-{one.place}",
    )


def _badges(one: BestCircuit, figures: Figures) -> list[Html]:
    met = figures.problem.met(one.score.sizes)
    badges = [tag("span", "target met" if met else "target not met", class_=f"badge {'good' if met else 'bad'}")]
    if one.confirmed:
        missed = any(size.best_start == "given" for size in one.score.sizes)
        behind = ", none as low as the search's optimum" if missed else ""
        badges.append(tag("span", f"confirmed with {one.restarts} fresh starts{behind}", class_="badge"))
    else:
        badges.append(tag("span", "not confirmed yet", class_="badge quiet"))
    if one.pruned_from:
        badges.append(tag("span", f"pruned from {one.pruned_from}", class_="badge"))
    if one.score.known_as:
        badges.append(tag("span", f"known as {one.score.known_as}", class_="badge quiet"))
    if one.score.sandbox_level == "none":
        badges.append(tag("span", "scored with no sandbox", class_="badge bad"))
    return badges


def _pictures(one: BestCircuit) -> list[Html]:
    """The largest size in the open, the others folded away; pictures are images, so nothing in them runs."""
    if not one.drawings:
        return [tag("p", "There is no drawing: the circuit is too large, or could not be built here.", class_="note")]
    largest, *others = sorted(one.drawings, reverse=True)
    folded = [tag("details", tag("summary", f"At {n} qubits"), _picture(one, n)) for n in others]
    return [_picture(one, largest), *folded]


def _picture(one: BestCircuit, num_qubits: int) -> Html:
    size = next(s for s in one.all_sizes if s.num_qubits == num_qubits)
    data = base64.b64encode(one.drawings[num_qubits].encode()).decode()
    what = f"Circuit diagram: {num_qubits} qubits, {plural(size.two_qubit_gates, 'two-qubit gate')}, depth {size.depth}"
    image = tag("img", src=f"data:image/svg+xml;base64,{data}", alt=what, class_="circuit")
    return tag("div", image, class_="scroll drawing", tabindex="0", role="region", aria_label="Circuit diagram")


def _measured(one: BestCircuit, figures: Figures) -> Html:
    headings = (
        *("qubits", "energy", "exact energy", figures.measure, "fidelity", "two-qubit gates", "one-qubit gates"),
        *("depth", "parameters", "starts that agree", "gradient variance", "over 2-design"),
    )
    return table(headings, [_measured_row(size, figures) for size in one.all_sizes])


def _measured_row(size: SizeScore, figures: Figures) -> tuple[object, ...]:
    return (
        number(size.num_qubits),
        number(size.energy),
        number(size.exact_energy),
        scientific(shown_error(size, figures.problem)),
        fidelity(size.fidelity),
        number(size.two_qubit_gates),
        number(size.one_qubit_gates),
        number(size.depth),
        number(size.parameters),
        f"{size.restart_hits} of {size.restarts}",
        scientific(size.gradient_variance),
        number(size.gradient_variance_ratio, 1),
    )


def _more(name: str, text: str) -> Html:
    return tag("details", tag("summary", name), code_block(text, name.split(",")[0]))


def code_block(text: str, name: str, marked: Html | None = None) -> Html:
    """Text in a box with a copy button; `marked` is the same text with its syntax marked."""
    button = tag("button", "Copy", type="button", class_="copy", aria_label=f"Copy {name}")
    shown = tag("pre", tag("code", text if marked is None else marked), tabindex="0")
    return tag("div", button, shown, class_="code")


def python(source: str) -> Html:
    """Python with its syntax marked; pygments escapes what it marks."""
    lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)  # type: ignore[no-untyped-call]
    return Html(highlight(source, lexer, formatter))  # type: ignore[no-untyped-call]
