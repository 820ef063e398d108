"""MaxCut as an Ising Hamiltonian: the ground energy is minus the weight of the largest cut.

The ground state is a basis state, so no entanglement is needed: a sanity problem, not a discovery problem.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from quantum.errors import RequestError, did_you_mean
from quantum.families.base import Family, Parameter, Reference, Term, Values, pauli
from quantum.reading import Bounds, read_json

Edge = tuple[int, int, float]

NAMED_GRAPHS = ("ring", "path", "star", "complete", "petersen")
MAX_NODES = 20
_EDGE = re.compile(r"(\d+)-(\d+)(?:\*(-?\d+(?:\.\d*)?(?:[eE]-?\d+)?))?")


def edges_of(graph: str, num_nodes: int) -> list[Edge]:
    """The weighted edges of a named graph on `num_nodes` nodes, or of an inline one ("0-1+1-2*0.5": i-j*weight)."""
    match graph:
        case "ring":
            pairs = [(i, (i + 1) % num_nodes) for i in range(num_nodes)]
        case "path":
            pairs = [(i, i + 1) for i in range(num_nodes - 1)]
        case "star":
            pairs = [(0, i) for i in range(1, num_nodes)]
        case "complete":
            pairs = [(i, j) for i in range(num_nodes) for j in range(i + 1, num_nodes)]
        case "petersen":
            spokes = [(i, i + 5) for i in range(5)]
            pairs = [(i, (i + 1) % 5) for i in range(5)] + spokes + [(5 + i, 5 + (i + 2) % 5) for i in range(5)]
        case _:
            return _parse_inline(graph)
    return [(i, j, 1.0) for i, j in pairs]


def _normalise(text: str) -> str:
    """A named graph, or the inline form of what an edge list (inline or a JSON file) says, so that no path is kept."""
    if text in NAMED_GRAPHS:
        return text
    if _EDGE.match(text):
        edges = _parse_inline(text)
    elif text.endswith(".json") or "/" in text:
        edges = _read_edges(Path(text))
    else:
        raise RequestError(f"maxcut: graph {text!r} is unknown{did_you_mean(text, NAMED_GRAPHS)} (or edges: 0-1+1-2)")
    return "+".join(f"{i}-{j}" + ("" if weight == 1.0 else f"*{weight!r}") for i, j, weight in _checked(edges))


def _parse_inline(text: str) -> list[Edge]:
    edges = []
    for part in text.split("+"):
        match = _EDGE.fullmatch(part.strip())
        if match is None:
            raise RequestError(f"maxcut: {part[:40]!r} is no edge; write 0-1, or 0-1*0.5 with a weight, joined by +")
        edges.append((int(match[1]), int(match[2]), float(match[3] or 1.0)))
    return edges


def _read_edges(path: Path) -> list[Edge]:
    """A JSON list of [i, j] or [i, j, weight]."""
    rows = read_json(path, Bounds(1 << 20, "an edge list such as [[0, 1], [1, 2, 0.5], ...]"))
    edges = []
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, list) or len(row) not in (2, 3) or any(type(x) not in (int, float) for x in row):
            raise RequestError(f"{path}: {str(row)[:40]} is no edge; an edge list is [[0, 1], [1, 2, 0.5], ...]")
        if type(row[0]) is not int or type(row[1]) is not int:
            raise RequestError(f"{path}: the nodes of {str(row)[:40]} must be whole numbers")
        edges.append((row[0], row[1], float(row[2]) if len(row) == 3 else 1.0))
    return edges


def _checked(edges: list[Edge]) -> list[Edge]:
    """The edges with i < j, sorted; refuses loops, duplicates, gaps in the nodes, and weights of no use."""
    ordered = sorted((min(i, j), max(i, j), weight) for i, j, weight in edges)
    pairs = [(i, j) for i, j, _ in ordered]
    if not pairs:
        raise RequestError("maxcut: the graph has no edges")
    for (i, j), (_, _, weight) in zip(pairs, ordered, strict=True):
        if i == j:
            raise RequestError(f"maxcut: edge {i}-{j} joins a node to itself")
        if i < 0 or j >= MAX_NODES:
            raise RequestError(f"maxcut: edge {i}-{j} is out of range; nodes are 0..{MAX_NODES - 1}")
        if pairs.count((i, j)) > 1:
            raise RequestError(f"maxcut: edge {i}-{j} is given twice")
        if not math.isfinite(weight) or weight == 0:
            raise RequestError(f"maxcut: edge {i}-{j} needs a finite weight other than 0, not {weight}")
    missing = set(range(max(j for _, j in pairs) + 1)) - {node for pair in pairs for node in pair}
    if missing:
        raise RequestError(f"maxcut: node {min(missing)} has no edge; number the nodes 0, 1, 2, ... without gaps")
    return ordered


def _own_size(values: Values) -> int | None:
    """The only number of nodes of this graph, or None for a graph of every size."""
    graph = str(values["graph"])
    if graph == "petersen":
        return 10
    return None if graph in NAMED_GRAPHS else 1 + max(j for _, j, _ in _parse_inline(graph))


def _terms(n: int, values: Values) -> Iterator[Term]:
    edges = edges_of(str(values["graph"]), n)
    yield "I" * n, -sum(weight for _, _, weight in edges) / 2
    for i, j, weight in edges:
        yield pauli(n, {i: "Z", j: "Z"}), weight / 2


def _describe(n: int, values: Values) -> str:
    graph = str(values["graph"])
    edges = edges_of(graph, n)
    shape = f"the {graph} graph" if graph in NAMED_GRAPHS else f"the graph {graph}"
    return (
        f"MaxCut on {shape} with {n} nodes and {len(edges)} edges: H = sum_(i,j) w_ij (Z_i Z_j - 1) / 2, whose ground"
        " energy is minus the weight of the largest cut"
    )


def _size_error(num_qubits: int, values: Values) -> str | None:
    own = _own_size(values)
    if own is not None and num_qubits != own:
        return f"{own} for this graph"
    return "at least 3 on a ring" if values["graph"] == "ring" and num_qubits < 3 else None


def _default_sizes(values: Values) -> tuple[tuple[int, ...], tuple[int, ...]]:
    own = _own_size(values)
    return ((4,), (6, 8)) if own is None else ((own,), ())


def _reference(n: int, values: Values) -> Reference:
    """QAOA with one layer: RZZ (2 two-qubit gates) on every edge, RX on every node."""
    num_edges = len(edges_of(str(values["graph"]), n))
    return Reference(2 * num_edges, 2 + 3 * -(-2 * num_edges // n), 2, "QAOA, 1 layer")


MAXCUT = Family(
    name="maxcut",
    title="MaxCut of a graph",
    formula="H = sum_(i,j) w_ij (Z_i Z_j - 1) / 2",
    unit="w",
    parameters=(
        Parameter(
            "graph",
            "ring",
            f"{', '.join(NAMED_GRAPHS)}; or edges as 0-1+1-2*0.5; or a JSON file [[i, j], [i, j, weight], ...]",
            ("edges",),
            normalise=_normalise,
        ),
    ),
    terms=_terms,
    describe=_describe,
    size_error=_size_error,
    default_sizes=_default_sizes,
    reference=_reference,
)
