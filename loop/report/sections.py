"""The panels of the page in order: what was found, how, against what, and with what it was made."""

from __future__ import annotations

from loop.config import dump_config
from loop.report.attempts import shown_error
from loop.report.best_section import circuit_card, code_block, problem_section
from loop.report.figures import Figures, Series
from loop.report.html import Html, facts, join, table, tag
from loop.report.plot import Chart
from loop.report.size_charts import two_design
from loop.report.words import best_error, each, fidelity, number, plural, scientific


def panels(figures: Figures, charts: dict[str, Chart], shown: int) -> list[tuple[str, str, Html]]:
    """(id, name, content) of every tab; `shown` attempts of all have their text in the page."""
    return [
        ("best", "Best circuit", _best(figures)),
        ("problem", "Problem", problem_section(figures)),
        ("search", "Search", _search(figures, charts)),
        ("comparison", "Comparison", _comparison(figures, charts)),
        ("sizes", "Sizes", _sizes(figures, charts)),
        ("family", "Family tree", _family(figures, charts)),
        ("attempts", "Attempts", _attempts(figures, shown)),
        ("setup", "Setup", _setup(figures)),
    ]


def tiles(figures: Figures) -> Html:
    """The few figures to remember."""
    values: list[tuple[str, object]] = []
    if figures.best:
        score = figures.best[0].score
        values += [
            (figures.measure, best_error(figures)),
            ("two-qubit gates", each(size.two_qubit_gates for size in score.sizes)),
            ("parameters", each(size.parameters for size in score.sizes)),
            ("depth", each(size.depth for size in score.sizes)),
        ]
    values += [
        ("circuits scored", f"{figures.own.evaluations:,}"),
        ("until target", f"{figures.own.to_target:,}" if figures.own.to_target else "not met"),
    ]
    return tag("dl", *(tag("div", tag("dt", k), tag("dd", v)) for k, v in values), class_="tiles")


def _best(figures: Figures) -> Html:
    cards = [circuit_card(one, figures) for one in figures.best]
    empty = tag("p", "No attempt has been valid yet; the tab Attempts says why each one failed.", class_="note")
    if len(cards) > 1:
        others = tag("details", tag("summary", plural(len(cards) - 1, "other circuit")), *cards[1:], class_="others")
        return join([cards[0], others])
    return join(cards or [empty])


def _plot(charts: dict[str, Chart], name: str, heading: str, about: str, missing: str) -> Html:
    """A chart with its heading, or one line on why there is none."""
    if name not in charts:
        return tag("section", tag("h3", heading), tag("p", missing, class_="note"))
    place = tag("div", class_="plot", data_chart=name, role="img", aria_label=f"{heading}: {about}")
    return tag("section", tag("h3", heading), tag("p", about, class_="about"), place)


def _search(figures: Figures, charts: dict[str, Chart]) -> Html:
    nothing = "No step has ended yet."
    return join(
        [
            _plot(
                charts,
                "progress",
                "Lowest error so far",
                "Each step down is a better circuit; the dashed line is the target.",
                "No valid circuit yet.",
            ),
            tag(
                "div",
                _plot(charts, "rewards", "Reward", "Mean and highest of each step.", nothing),
                _plot(charts, "shares", "What the model writes", "Shares of each step's attempts.", nothing),
                class_="pair",
            ),
            _plot(charts, "failures", "Failed attempts by reason", "Counted by step.", "No attempt has failed."),
            _outcomes(figures),
        ]
    )


def _outcomes(figures: Figures) -> Html:
    total = figures.summary["attempts"] or 1
    rows = [(r.replace("_", " "), f"{n:,}", f"{n / total:.1%}") for r, n in figures.summary["outcomes"].items()]
    if not rows:
        return Html("")
    return tag("details", tag("summary", "All outcomes in numbers"), table(("outcome", "attempts", "share"), rows))


def _comparison(figures: Figures, charts: dict[str, Chart]) -> Html:
    about = "Lower and further left is better. Pick a name in the legend to hide or show it."
    chart = _plot(charts, "pareto", "Error against two-qubit gates", about, "No valid circuit yet.")
    rows = [*(_series_row(one) for one in (figures.own, *figures.baselines)), _known_row(figures)]
    references = [figures.product, *figures.published]
    for one in references:
        name = join([one.name, tag("span", "trivial", class_="badge quiet")]) if one.trivial else one.name
        rows.append(
            (
                name,
                scientific(one.error),
                number(one.two_qubit_gates),
                number(one.depth),
                number(one.parameters),
                "",
                one.source,
            )
        )
    headings = ("method", figures.measure, "two-qubit gates", "depth", "parameters", "circuits to target", "source")
    section = tag("section", tag("h3", "In numbers"), table(headings, rows), _comparison_notes(figures))
    return join([chart, section])


def _comparison_notes(figures: Figures) -> Html:
    notes = ["Gates count everything from |0…0⟩, after one transpile to rx, ry, rz and cx."]
    if any(one.trivial for one in figures.published):
        notes.append("A row is trivial where the best product state or one pair excitation does as well.")
    if not figures.baselines and figures.method is None:
        notes.append("No baselines beside this run; quantummind discover --compare runs them at the same budget.")
    return tag("p", " ".join(notes), class_="note")


def _series_row(one: Series) -> tuple[object, ...]:
    """The first of its leaderboard."""
    chosen = one.best
    to_target = number(one.to_target) if one.to_target else "not met"
    source = f"{one.title}; {plural(one.evaluations, 'circuit')} scored"
    if chosen is None:
        return (one.name, scientific(None), number(None), number(None), number(None), to_target, source)
    size = (scientific(chosen.error), number(chosen.two_qubit_gates), number(chosen.depth), number(chosen.parameters))
    return (tag("strong", one.name), *size, to_target, source)


def _known_row(figures: Figures) -> tuple[object, ...]:
    known = [figures.problem.reference(n) for n in figures.problem.sizes]
    gates, depth = sum(k.two_qubit_gates for k in known), max(k.depth for k in known)
    parameters = max(k.parameters for k in known)
    source = f"{known[-1].source}: the yardstick of the size bonus"
    return ("known ansatz", "target met", number(gates), number(depth), number(parameters), "", source)


def _sizes(figures: Figures, charts: dict[str, Chart]) -> Html:
    if not figures.best:
        return tag("p", "No valid circuit yet.", class_="note")
    rows = [
        (
            one.name,
            number(size.num_qubits),
            "held out" if size in one.score.held_out else "scored",
            scientific(shown_error(size, figures.problem)),
            fidelity(size.fidelity),
            "yes" if figures.problem.met([size]) else "no",
            number(size.two_qubit_gates),
            number(figures.problem.reference_two_qubit_gates(size.num_qubits)),
            scientific(size.gradient_variance),
            scientific(two_design(figures.problem, size.num_qubits)),
        )
        for one in figures.best
        for size in one.all_sizes
    ]
    headings = (
        *("circuit", "qubits", "size is", figures.measure, "fidelity", "target met", "two-qubit gates", "known ansatz"),
        *("gradient variance", "2-design"),
    )
    one_size = "One number of qubits was measured; a run with --sizes 4,6 or held-out sizes shows how a circuit grows."
    return join(
        [
            tag("section", tag("h3", "The same function at every size"), table(headings, rows), *_notes(figures)),
            _plot(charts, "errors", "Error against qubits", "Hollow marks were never scored in the search.", one_size),
            tag(
                "div",
                _plot(charts, "gates", "Two-qubit gates against qubits", "Beside the known ansatz.", one_size),
                _plot(
                    charts,
                    "gradients",
                    "Gradient variance against qubits",
                    "A barren plateau falls as the 2-design does, by half with each qubit.",
                    one_size,
                ),
                class_="pair",
            )
            if "gates" in charts
            else None,
        ]
    )


def _notes(figures: Figures) -> list[Html]:
    """How the gradient falls, and the held-out sizes at which a function has no figures."""
    return [_slope(figures)] + [
        tag("p", f"{one.name} at {n} qubits: {why}", class_="note")
        for one in figures.best
        for n, why in one.score.held_out_failures.items()
    ]


def _slope(figures: Figures) -> Html:
    found = figures.best[0].score.trainability
    if found is None or found.slope is None:
        words = "No verdict on how the gradient variance falls: the search scored one size."
    else:
        error = "" if found.standard_error is None else f" ± {found.standard_error:.2f}"
        words = (
            f"Circuit 1: log2 of the gradient variance changes by {found.slope:.2f}{error} a qubit, "
            f"a 2-design's by about -1; verdict: {found.verdict.replace('_', ' ')}."
        )
    return tag("p", words, class_="note")


def _family(figures: Figures, charts: dict[str, Chart]) -> Html:
    about = "A line leads from the circuit that a prompt showed to the circuit that the model answered with."
    missing = "The prompts of the best circuits showed no earlier circuit: each of them is a root of its own."
    chart = _plot(charts, "lineage", "Where the best circuits come from", about, missing)
    return join([chart, *(_ancestors(k, figures) for k in range(len(figures.trees)))])


def _ancestors(k: int, figures: Figures) -> Html:
    tree = figures.trees[k]
    rows = [
        (
            tag("a", row.id, href=f"#attempt={row.id}"),
            number(row.step),
            scientific(row.error),
            number(row.two_qubit_gates),
            ", ".join(row.parents) or "none: a root",
        )
        for row in reversed(tree.rows)
    ]
    words = plural(len(tree.rows) - 1, "ancestor") + (", earlier ones left out" if tree.cut else "")
    summary = tag("summary", f"Place {k + 1}: {tree.root}, {words}")
    listing = table(("attempt", "step", figures.measure, "two-qubit gates", "its prompt showed"), rows)
    return tag("details", summary, listing, open=k == 0 and len(tree.rows) > 1)


def _attempts(figures: Figures, shown: int) -> Html:
    total = figures.summary["attempts"]
    part = f"{shown:,} of {total:,} attempts, evenly over the run; all of them are in attempts.jsonl."
    words = part if shown < total else f"{plural(total, 'attempt')}."
    controls = tag(
        "form",
        _labelled("Outcome", tag("select", tag("option", "all", value=""), id="filter-outcome")),
        _labelled("Reason", tag("select", tag("option", "all", value=""), id="filter-reason")),
        _labelled("From step", tag("input", id="filter-from", type="number", min=0, inputmode="numeric")),
        _labelled("to", tag("input", id="filter-to", type="number", min=0, inputmode="numeric")),
        _labelled("Text", tag("input", id="filter-text", type="search", placeholder="id, message or code")),
        class_="filters",
        role="search",
        aria_label="Filter the attempts",
    )
    place = tag("div", id="attempt-table", class_="scroll", tabindex="0", role="region", aria_label="Attempts")
    more = tag("button", "Show more", type="button", id="attempt-more", hidden=True)
    status = tag("p", id="attempt-count", class_="note", role="status", aria_live="polite")
    return join([tag("p", words, class_="about"), controls, status, place, more])


def _labelled(text: str, control: Html) -> Html:
    return tag("label", tag("span", text), control)


def _setup(figures: Figures) -> Html:
    environment = figures.run.environment()
    machine, source = environment.get("machine") or {}, environment.get("source") or {}
    sandbox = environment.get("sandbox") or {}
    packages = environment.get("packages") or {}
    changed = " with local changes" if source.get("changed") else ""
    made = facts(
        [
            ("run", figures.run.path.name),
            ("model", figures.summary["model"] if figures.method is None else None),
            ("method", figures.method),
            ("seed", environment.get("seed")),
            ("started", environment.get("date")),
            ("machine", ", ".join(str(machine[k]) for k in ("processor", "system") if machine.get(k))),
            ("cores", machine.get("cores")),
            ("python", environment.get("python")),
            ("source", f"{source['commit'][:12]}{changed}" if source.get("commit") else None),
            ("sandbox", sandbox.get("level")),
            ("engine", environment.get("engine_fingerprint")),
        ]
    )
    settings = dump_config(figures.config)
    path = figures.run.path
    commands = f"quantummind discover --config {path / 'config.yaml'}\nquantummind verify {path / 'best'}\n"
    return join(
        [
            tag("section", tag("h3", "Made with"), made),
            tag("section", tag("h3", "Packages"), facts(packages.items())),
            tag("section", tag("h3", "Again"), code_block(commands, "commands")),
            tag("section", tag("h3", "Settings"), code_block(settings, "settings")),
        ]
    )
