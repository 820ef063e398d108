"""Markdown tables of the results that benchmarks/discovery.py collects.

Medians are over seeds. A run that never met the target counts as infinitely many evaluations, so a median is "> budget"
where half of the runs failed. Intervals are 95 % bootstrap intervals of the median, over seeds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from loop.baselines.figures import first_with
from loop.baselines.suite import Row, Suite, SuiteProblem, load_suite, resolve
from quantum.exact import exact_energy, trivial_energies

Lines = Sequence[Mapping[str, Any]]

RESAMPLES = 2000
LEARNING = "grpo"
PARTS = (16, 4, 1)
HEADINGS = (
    "method|success|error|two-qubit gates|depth|parameters|evaluations to target|to target and goal|"
    "gates after 1/16, 1/4, all|after pruning|seconds"
)
RATIO_HEADINGS = "problem|GRPO, evaluations|best without learning|its evaluations|ratio|half or less"


def tables(lines: Lines) -> str:
    """Of every suite a summary, the ratios of evaluations, and a table a problem."""
    parts = []
    for name in dict.fromkeys(line["suite"] for line in lines):
        suite = load_suite(name)
        of_suite = [_confirmed(line, suite) for line in lines if line["suite"] == name]
        against = "GRPO against the best method without learning"
        sections = {
            "two-qubit gates of the best circuit inside the target": _summary(suite, of_suite),
            "the smallest circuit inside the target of any seed, after pruning": _smallest(suite, of_suite),
            f"evaluations to the target, {against}": _ratios(suite, of_suite, _to("target")),
            f"evaluations to the target and the goal's two-qubit gates, {against}": _ratios(
                suite, of_suite, _to("goal")
            ),
            "evaluations to as few two-qubit gates as the best method without learning ends with": _ratios(
                suite, of_suite, _to_the_best_without_learning
            ),
        }
        parts += [f"## {suite.name}: {title}\n\n{body}" for title, body in sections.items() if body]
        parts += [_problem(one, found) for one in suite.problems if (found := _of(of_suite, problem=one.name))]
    return "\n\n".join(parts)


def _confirmed(line: Mapping[str, Any], suite: Suite) -> Mapping[str, Any]:
    """Without the confirmed figures where these miss the target: fresh starts did not find the search's optimum."""
    problem = resolve(next(one for one in suite.problems if one.name == line["problem"]))
    limits = {n: problem.threshold(n) for n in problem.sizes}
    missed = any(size["error"] > limits[size["num_qubits"]] for size in line.get("confirmed") or ())
    return {**line, "confirmed": []} if missed else line


def _summary(suite: Suite, lines: Lines) -> str:
    """In brackets what pruning leaves, the evaluations to the target, and the seeds."""
    methods = dict.fromkeys(line["method"] for line in lines)
    rows = []
    for one in suite.problems:
        if of_problem := _of(lines, problem=one.name):
            rows.append([one.name, *(_in_short(_of(of_problem, method=method)) for method in methods)])
    return f"{_summary.__doc__}\n\n{_markdown(['problem', *methods], rows)}"


def _in_short(lines: Lines) -> str:
    done = [line for line in lines if "failed" not in line]
    gates = _median(_gates_at(line, line["evaluations"]) for line in done) if done else math.inf
    if not done or math.isinf(gates):
        return f"not met ({len(done)})" if done else ""
    left = _count(_median(_gates_left(line) for line in done)) or "-"
    to_target = _evaluations(_median(line["found_to_target"] for line in done), done[0]["evaluations"])
    return f"{gates:.0f} ({left}, {to_target}, {len(done)})"


def _smallest(suite: Suite, lines: Lines) -> str:
    """Of every problem: GRPO's circuit and that of the other methods with the fewest gates, then parameters."""
    rows = []
    for one in suite.problems:
        left = [line for line in _of(lines, problem=one.name) if line.get("confirmed") and line["found_met"]]
        for ours in (True, False):
            some = [line for line in left if line["method"].startswith(LEARNING) == ours]
            if some:
                line = min(some, key=lambda line: _totals(line["confirmed"])[:2])
                gates, parameters, depth, error = _totals(line["confirmed"])
                cells = (one.name, line["method"], _error(error), gates, depth, parameters, line["seed"])
                rows.append(list(map(str, cells)))
    headings = ["problem", "method", "error", "two-qubit gates", "depth", "parameters", "seed"]
    return _markdown(headings, rows) if rows else ""


def _totals(sizes: Lines) -> tuple[int, int, int, float]:
    """Two-qubit gates and parameters over the sizes, the largest depth and error."""
    gates, parameters = (sum(size[name] for size in sizes) for name in ("two_qubit_gates", "parameters"))
    return gates, parameters, max(size["depth"] for size in sizes), max(size["error"] for size in sizes)


def _of(lines: Lines, **wanted: Any) -> list[Mapping[str, Any]]:
    return [line for line in lines if all(line[key] == value for key, value in wanted.items())]


def _problem(one: SuiteProblem, lines: Lines) -> str:
    problem = resolve(one)
    sizes = ", ".join(map(str, problem.sizes))
    exact = {n: exact_energy(problem.hamiltonian(n)).energy for n in problem.sizes}
    threshold = ", ".join(f"{problem.threshold(n):.2e}" for n in problem.sizes)
    goal = f"; goal: at most {one.goal} two-qubit gates" if one.goal is not None else ""
    head = f"### {one.name} (`{one.problem.rsplit('/', 1)[-1]}`, {sizes} qubits)"
    about = f"Target: an error of at most {threshold}{goal}. Budget: {lines[0]['evaluations']} evaluations."
    methods = dict.fromkeys(line["method"] for line in lines)
    rows = [_row_of_method(method, _of(lines, method=method)) for method in methods]
    rows += [_row_of_source(row, "published") for row in one.published]
    rows += [_row_of_source(row, "in-house") for row in one.in_house]
    for n, energy in exact.items():
        product = trivial_energies(problem.hamiltonian(n)).product_state
        where = f" at {n} qubits" if len(exact) > 1 else ""
        rows.append([f"trivial: best product state{where}", "", _error(product - energy), "0", *[""] * 7])
    parts = [head, about, _markdown(HEADINGS.split("|"), rows)]
    if held := _held_out(lines):
        parts.append(held)
    return "\n\n".join(parts)


def _row_of_method(method: str, lines: Lines) -> list[str]:
    done = [line for line in lines if "failed" not in line]
    if not done:
        why = "does not apply" if lines[0]["refused"] else "FAILED"
        return [method, f"{why}: {lines[0]['failed'].removeprefix('quantummind: ')}", *[""] * 9]
    met = [line for line in done if line["found_met"]]
    budget = done[0]["evaluations"]
    counts = [_median(line[f"found_{key}"] for line in done) for key in ("two_qubit_gates", "depth", "parameters")]
    return [
        method,
        f"{len(met)}/{len(done)}",
        _error(_median(line["found_error"] for line in done)),
        *(_count(count) for count in counts),
        _with_interval([line["found_to_target"] for line in done], budget),
        _with_interval([line["found_to_goal"] for line in done], budget) if done[0]["goal"] is not None else "",
        ", ".join(_count(_median(_gates_at(line, budget // part) for line in done)) or "-" for part in PARTS),
        _count(_median(_gates_left(line) for line in done)),
        f"{_median(line['found_seconds'] for line in done):.0f}",
    ]


def _row_of_source(row: Row, kind: str) -> list[str]:
    words = "; ".join(filter(None, ("trivial" if row.trivial else "", row.note, row.source)))
    counts = ["" if count is None else str(count) for count in (row.two_qubit_gates, row.depth, row.parameters)]
    return [f"{kind}: {row.method} ({words})", "", _error(row.error), *counts, *[""] * 5]


def _gates_at(line: Mapping[str, Any], evaluations: int) -> int | None:
    """The fewest two-qubit gates inside the target within so many evaluations."""
    return min((gates for count, gates in line["found_improvements"] if count <= evaluations), default=None)


def _gates_left(line: Mapping[str, Any]) -> int | None:
    """Two-qubit gates of the best circuit as confirmed; None where it misses the target."""
    left = line.get("confirmed") or ()
    return sum(size["two_qubit_gates"] for size in left) if left and line["found_met"] else None


def _to(goal: str) -> Callable[[Mapping[str, Any], Lines], int | None]:
    return lambda line, _: line[f"found_to_{goal}"]


def _to_the_best_without_learning(line: Mapping[str, Any], lines: Lines) -> int | None:
    """The evaluations until a run had as few gates as the best of the other methods ends with (median over seeds)."""
    others = dict.fromkeys(one["method"] for one in lines if not one["method"].startswith(LEARNING))
    ends = (_median(_gates_at(one, one["evaluations"]) for one in _of(lines, method=method)) for method in others)
    fewest = min(ends, default=math.inf)
    return first_with(line["found_improvements"], int(fewest)) if math.isfinite(fewest) else line["found_to_target"]


def _held_out(lines: Lines) -> str:
    """The best circuit of every run at the sizes that were not scored; medians over seeds."""
    rows = []
    for method in dict.fromkeys(line["method"] for line in lines):
        sizes: dict[int, list[Mapping[str, Any]]] = {}
        for line in _of(lines, method=method):
            for size in line.get("held_out") or ():
                sizes.setdefault(size["num_qubits"], []).append(size)
        for n, found in sorted(sizes.items()):
            counts = [_count(_median(s[key] for s in found)) for key in ("two_qubit_gates", "depth", "parameters")]
            relative = _error(_median(s["relative_error"] for s in found))
            rows.append([method, str(n), f"{len(found)}", relative, *counts])
    headings = ["held out", "qubits", "runs", "relative error", "two-qubit gates", "depth", "parameters"]
    return _markdown(headings, rows) if rows else ""


def _ratios(suite: Suite, lines: Lines, reached: Callable[[Mapping[str, Any], Lines], float | None]) -> str:
    """GRPO's median over the best other method's of what `reached` gives for a line (and all of its problem's), with a
    bootstrap interval; below 1 GRPO is faster."""
    rows, halves, known = [], 0, 0
    for one in suite.problems:
        done = [line for line in _of(lines, problem=one.name) if "failed" not in line]
        ours = [_number(reached(line, done)) for line in _of(done, method=LEARNING)]
        others = {
            method: [_number(reached(line, done)) for line in _of(done, method=method)]
            for method in dict.fromkeys(line["method"] for line in done)
            if not method.startswith(LEARNING)
        }
        if not ours or not others:
            continue
        best = min(others, key=lambda method: _median(others[method]))
        budget = done[0]["evaluations"]
        a, b = _median(ours), _median(others[best])
        draws = _bootstrap(lambda x, y: _divided(_median(x), _median(y)), ours, others[best])
        ratio = _divided(a, b)
        known += 1
        halves += ratio <= 0.5
        interval = f"{_ratio(draws[0])} to {_ratio(draws[1])}"
        verdict = "yes" if ratio <= 0.5 else "no"
        shown = f"{_ratio(ratio)} ({interval})"
        rows.append([one.name, _evaluations(a, budget), best, _evaluations(b, budget), shown, verdict])
    if not known:
        return ""
    rows.append(["**all**", "", "", "", "", f"{halves} of {known}"])
    return _markdown(RATIO_HEADINGS.split("|"), rows)


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, ["---"] * len(headings), *rows))


def _number(value: float | None) -> float:
    return math.inf if value is None else value


def _median(values: Iterable[float | None]) -> float:
    """The lower median, so that it is a value that occurred; None counts as infinite."""
    ordered = sorted(map(_number, values))
    return ordered[(len(ordered) - 1) // 2]


def _bootstrap(statistic: Callable[..., float], *samples: Sequence[float]) -> tuple[float, float]:
    """The 2.5 % and 97.5 % quantiles over resampled samples."""
    draw = random.Random(0)
    found = sorted(statistic(*(draw.choices(sample, k=len(sample)) for sample in samples)) for _ in range(RESAMPLES))
    return found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES) - 1]


def _with_interval(values: Sequence[int | None], budget: int) -> str:
    numbers = [_number(value) for value in values]
    middle, low, high = (_evaluations(value, budget) for value in (_median(numbers), *_bootstrap(_median, numbers)))
    return middle if low == high else f"{middle} ({low} to {high})"


def _evaluations(value: float, budget: int) -> str:
    return f"{value:.0f}" if math.isfinite(value) else f"> {budget}"


def _divided(a: float, b: float) -> float:
    """a / b; neither reached: 1, ours alone missing: infinite, theirs alone missing: 0."""
    if math.isinf(a):
        return 1.0 if math.isinf(b) else math.inf
    return 0.0 if math.isinf(b) else a / b


def _ratio(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "never"


def _error(value: float | None) -> str:
    if value is None or math.isinf(value):
        return ""
    return f"{value:.1e}" if value >= 1e-9 else "< 1e-9"


def _count(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else ""
