"""Problems: what a spec resolves to, documents that read back, and one clear line for a wrong spec."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quantum.circuit import GATES
from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.hamiltonians import FAMILIES, build_hamiltonian
from quantum.problem import Limits, Problem, Target, list_problems, resolve_problem

SPECS = [
    *FAMILIES,
    "tfim:field=0.5,boundary=periodic",
    "xy:disorder=0.3,seed=7",
    "lih:mapping=jw,r=3.4",
    "maxcut:graph=0-1+1-2*0.5+2-0",
]


class TestResolve:
    @pytest.mark.parametrize("spec", SPECS)
    def test_a_document_reads_back_as_the_same_problem(self, spec: str) -> None:
        problem = resolve_problem(spec)
        copy = Problem.from_document(json.loads(json.dumps(problem.to_document())))
        assert copy == problem == pickle.loads(pickle.dumps(problem))
        assert copy.id == problem.id
        assert copy.hamiltonian(problem.sizes[0]) == problem.hamiltonian(problem.sizes[0])

    def test_parameters_aliases_and_sizes(self) -> None:
        problem = resolve_problem("tfim:h=0.5,boundary=periodic", sizes=[6, 4])
        assert (problem.name, problem.sizes, problem.heldout_sizes) == ("tfim", (6, 4), (8,))
        assert problem.hamiltonian(4) == build_hamiltonian("tfim", 4, field=0.5, boundary="periodic")
        assert problem == resolve_problem("tfim:boundary=periodic,field=0.50", sizes=(6, 4))
        assert problem.hamiltonian(10).num_qubits == 10

    def test_ids_differ_where_scores_would(self) -> None:
        specs = ["tfim", "tfim:field=0.5", "xy", "heisenberg", "h2", "h2:bond_length=0.7"]
        assert len({resolve_problem(spec).id for spec in specs} | {resolve_problem("tfim", [6]).id}) == 7
        problem = resolve_problem("tfim")
        assert dataclasses.replace(problem, target=Target("relative", 1e-4)).id != problem.id
        assert dataclasses.replace(problem, limit_overrides=(("max_depth", 7),)).id != problem.id
        assert resolve_problem("tfim:J=1").id == problem.id

    def test_a_hamiltonian_file_is_a_problem_of_one_size(self, tmp_path: Path) -> None:
        path = tmp_path / "three.json"
        path.write_text('{"num_qubits": 3, "pauli_terms": [["XYZ", 0.7], ["IZY", -0.4], ["ZII", 1.1]]}', "utf-8")
        problem = resolve_problem(str(path))
        assert (problem.name, problem.sizes, problem.heldout_sizes) == ("three", (3,), ())
        assert problem.target == Target("relative", 1e-3, below_gap=True)
        path.unlink()
        assert Problem.from_document(problem.to_document()) == problem
        with pytest.raises(RequestError, match="three has 3 qubits, not 4"):
            problem.hamiltonian(4)

    def test_a_graph_file_is_a_parameter_and_not_a_problem_file(self, tmp_path: Path) -> None:
        path = tmp_path / "graph.json"
        path.write_text("[[0, 1], [1, 2, 0.5]]", "utf-8")
        problem = resolve_problem(f"maxcut:graph={path}")
        assert (problem.sizes, problem.parameters) == ((3,), (("graph", "0-1+1-2*0.5"),))

    def test_a_relative_target_leaves_the_mean_energy_out(self, tmp_path: Path) -> None:
        path = tmp_path / "shifted.json"
        path.write_text('{"num_qubits": 2, "pauli_terms": [["II", 2], ["ZZ", 1], ["XX", 1]]}', "utf-8")
        problem = resolve_problem(str(path))
        assert exact_energy(problem.hamiltonian(2)).energy == pytest.approx(0, abs=1e-12)
        assert problem.target == Target("relative", 1e-3, below_gap=True)
        assert problem.threshold(2) == pytest.approx(2e-3)
        assert problem.relative_error(2, 2e-3) == pytest.approx(1e-3)

    @pytest.mark.parametrize(
        ("spec", "sizes", "line"),
        [
            ("tfin", None, "unknown problem 'tfin'; did you mean 'tfim'? (or a .yaml or .json path)"),
            ("", None, "no problem named; known: beh2, h2, h2o"),
            ("tfim:", None, "'' is no parameter; write tfim:parameter=value"),
            ("tfim:field", None, "'field' is no parameter; write tfim:parameter=value"),
            ("tfim:feild=1", None, "tfim has no parameter 'feild'; did you mean 'field'?"),
            ("tfim:field=1,field=2", None, "tfim: field is given twice"),
            ("tfim:field=x", None, "tfim: field must be a number, not 'x'"),
            ("tfim:J=0,h=0", None, "no term other than the identity"),
            ("h2:bond_length=0.75", None, "0.75 is not available; nearest: 0.7414 (known: 0.7, 0.735, 0.7414, 2.63)"),
            ("h2", [5], "h2: the number of qubits must be 4 here, not 5"),
            ("lih", [6], "must be 4 here (6 with lih:mapping=jw), not 6"),
            ("h2o:basis=6-31g,length_unit=angstrom", None, "basis=6-31g, length_unit=angstrom is not shipped"),
            ("tfim", [40], "tfim: a size must be a whole number from 1 to 20, not 40"),
            ("tfim", [1], "must be at least 2, not 1"),
            ("tfim", [4, 6, 4], "size 4 is given twice"),
            ("tfim", [], "at least one size is needed"),
            ("hubbard", [4, 5], "must be even and at least 4 (two per site), not 5"),
            ("nowhere.yaml", None, "nowhere.yaml: no such file"),
            ("nowhere/h.json", None, "nowhere/h.json: no such file"),
            ("nowhere/h.txt", None, "give a problem .yaml or a Hamiltonian .json"),
        ],
    )
    def test_a_wrong_spec_is_one_clear_line(self, spec: str, sizes: Sequence[int] | None, line: str) -> None:
        with pytest.raises(RequestError) as error:
            resolve_problem(spec, sizes)
        assert line in str(error.value)
        assert "\n" not in str(error.value)

    def test_a_folder_is_no_problem(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="is a folder; give a problem"):
            resolve_problem(str(tmp_path))


class TestYaml:
    def test_every_key(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text(
            """
            name: mine
            family: tfim
            parameters: {h: 0.8, boundary: periodic}
            sizes: [4, 6]
            heldout_sizes: [8]
            target: {kind: absolute, value: 1e-3}
            limits: {max_depth: 30, gates: [ry, cx]}
            """,
            "utf-8",
        )
        problem = resolve_problem(str(path))
        assert (problem.name, problem.sizes, problem.heldout_sizes) == ("mine", (4, 6), (8,))
        assert problem.target == Target("absolute", 1e-3)
        assert problem.hamiltonian(4) == build_hamiltonian("tfim", 4, field=0.8, boundary="periodic")
        limits, usual = problem.limits_for(4), resolve_problem("tfim").limits_for(4)
        assert limits == dataclasses.replace(usual, max_depth=30, gates=("ry", "cx"))
        assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem
        assert resolve_problem(str(path), sizes=(5,)).sizes == (5,)

    def test_a_hamiltonian_beside_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "h.json").write_text('{"num_qubits": 2, "pauli_terms": [["ZZ", 1], ["IX", 1]]}', "utf-8")
        (tmp_path / "p.yml").write_text("hamiltonian: h.json\ntarget: {kind: relative, value: 0.01}\n", "utf-8")
        problem = resolve_problem(str(tmp_path / "p.yml"))
        assert (problem.name, problem.sizes, problem.target) == ("h", (2,), Target("relative", 0.01))

    def test_the_example_in_configs(self) -> None:
        example = Path(__file__).parents[2] / "configs" / "problems" / "ising-below-critical.yaml"
        assert resolve_problem(str(example)).sizes == (4, 6)

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            ("", "is empty"),
            ("- tfim", "must be a table of keys such as family: tfim"),
            ("family: [", "no YAML (line "),
            ("famly: tfim", "unknown key 'famly'; did you mean 'family'?"),
            ("family: tfim\nlimits: {max_dept: 3}", "unknown key 'limits.max_dept'; did you mean 'max_depth'?"),
            ("family: tfim\nlimits: {max_depth: 0}", "max_depth must be a whole number of at least 1, not 0"),
            ("family: tfim\nlimits: {max_depth: 3.5}", "limits.max_depth: input should be a valid integer"),
            ("family: tfim\nlimits: {gates: [cx, rzzz]}", "limits: unknown gate 'rzzz'; did you mean 'rzz'?"),
            (
                "family: tfim\ntarget: {kind: relativ, value: 1}",
                "target.kind: input should be 'relative' or 'absolute'",
            ),
            ("family: tfim\ntarget: {kind: relative, value: -1}", "value must be a positive number, not -1.0"),
            ("family: tfim\nsizes: [4, six]", "sizes.1: input should be a valid integer"),
            ("family: tfim\nsizes: [4]\nheldout_sizes: [4]", "size 4 is given twice"),
            ("family: tfin", "unknown Hamiltonian family 'tfin'; did you mean 'tfim'?"),
            ("family: tfim\nparameters: {feild: 1}", "has no parameter 'feild'; did you mean 'field'?"),
            ("name: x", "needs either `family` or `hamiltonian`"),
            ("family: tfim\nhamiltonian: h.json", "needs either `family` or `hamiltonian`"),
            ("hamiltonian: absent.json", "absent.json: no such file"),
        ],
    )
    def test_bad_content_is_one_clear_line(self, tmp_path: Path, content: str, line: str) -> None:
        path = tmp_path / "bad.yaml"
        path.write_text(content, "utf-8")
        with pytest.raises(RequestError) as error:
            resolve_problem(str(path))
        assert str(error.value).startswith(f"{path}: ")
        assert line in str(error.value)
        assert "\n" not in str(error.value)


class TestDocument:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("hamiltonians", "4", "pauli_terms", 0, 1), -1.0001),
            (("hamiltonians", "6", "pauli_terms", 2, 0), "ZZZZZZ"),
            (("parameters", "field"), 1.1),
            (("limits", "4", "max_depth"), 121),
            (("limit_overrides",), {"max_depth": 7}),
            (("sizes",), [4, 6]),
            (("sizes",), []),
            (("family",), "xy"),
            (("target", "kind"), "none"),
            (("extra",), 1),
        ],
    )
    def test_a_changed_field_is_refused(self, path: tuple[Any, ...], value: object) -> None:
        document = resolve_problem("tfim").to_document()
        *parents, last = path
        inner: Any = document
        for key in parents:
            inner = inner[key]
        inner[last] = value
        with pytest.raises(RequestError):
            Problem.from_document(document)

    @pytest.mark.parametrize("document", [None, [], {}, {"name": 1}])
    def test_what_is_no_document_is_refused(self, document: object) -> None:
        with pytest.raises(RequestError, match=r"^problem document: "):
            Problem.from_document(document)


class TestTargetAndLimits:
    def test_thresholds(self) -> None:
        relative, absolute = Target("relative", 1e-3), Target("absolute", 1.6e-3)
        assert relative.goal(4.0, 1.0).error == pytest.approx(4e-3)
        assert absolute.goal(75.0, 1.0).error == 1.6e-3
        assert resolve_problem("h2").target == dataclasses.replace(absolute, below_gap=True)
        assert resolve_problem("heisenberg").target == dataclasses.replace(relative, below_gap=True)

    def test_wrong_limits_and_targets(self) -> None:
        with pytest.raises(RequestError, match="unknown gate 'cnot'"):
            Limits(10, 10, 10, gates=("cnot",))
        with pytest.raises(RequestError, match="max_gates must be a whole number of at least 1, not True"):
            Limits(10, True, 10)
        with pytest.raises(RequestError, match="value must be a positive number, not nan"):
            Target("absolute", float("nan"))

    @pytest.mark.parametrize("n", [4, 6, 8, 10, 12])
    def test_default_limits_leave_room_for_the_usual_ansatze(self, n: int) -> None:
        limits = resolve_problem("tfim", [n]).limits_for(n)
        assert limits.gates == tuple(GATES)
        for spec in ("tfim", "tfim:boundary=periodic", "xy", "heisenberg", "heisenberg:boundary=periodic"):
            problem = resolve_problem(spec, [n])
            assert problem.reference_depth(n) <= limits.max_depth
            assert problem.reference_parameters(n) <= limits.max_parameters
            assert 3 * problem.reference_two_qubit_gates(n) <= limits.max_gates
        assert limits.max_parameters >= 8 * n  # EfficientSU2, 3 repetitions

    @pytest.mark.parametrize(
        ("spec", "counts"),
        [
            ("tfim", {4: 18, 6: 50, 8: 84, 10: 144}),
            ("tfim:boundary=periodic", {4: 16, 6: 36, 8: 64, 10: 100}),
            ("xy", {4: 8, 6: 23, 8: 46}),
            ("heisenberg", {4: 11, 6: 33, 8: 67}),
            ("h2", {4: 16}),
            ("beh2", {6: 20}),
            ("h2o", {8: 30}),
        ],
    )
    def test_reference_two_qubit_gates(self, spec: str, counts: dict[int, int]) -> None:
        for n, count in counts.items():
            assert resolve_problem(spec, [n]).reference_two_qubit_gates(n) == count


def test_a_problem_that_a_product_state_solves_says_so() -> None:
    assert "a product state has an error of 0 w, inside the target" in str(resolve_problem("maxcut").warning(4))
    assert "a product state has" in str(resolve_problem("tfim:field=0.001", [6]).warning(6))
    assert resolve_problem("tfim").warning(4) is None
    assert resolve_problem("h2").warning(4) is None


def test_words_for_a_person() -> None:
    about = resolve_problem("tfim:field=0.5").describe()
    for part in (
        "H = -J sum",
        "h = 0.5",
        "Symmetries: Z2",
        "Qubits: 4, held out: 6, 8",
        "error of at most 0.001",
        "field=1.0",
    ):
        assert part in about
    assert about.isprintable()
    rows = list_problems()
    assert [row["name"] for row in rows] == list(FAMILIES)
    assert json.loads(json.dumps(rows)) == rows
