"""Families, files and operators as Hamiltonians: signs, symmetries, and one clear line for every bad input."""

from __future__ import annotations

import json
import pickle
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.hamiltonians import FAMILIES, Hamiltonian, build_hamiltonian, hamiltonian_from_operator, load_hamiltonian
from tests.quantum import shared_data


class TestFamilies:
    @pytest.mark.parametrize(
        ("name", "family", "n", "parameters"),
        [
            ("tfim_4q_open_j1_h1", "tfim", 4, {}),
            ("tfim_6q_open_j1_h0.05", "tfim", 6, {"field": 0.05}),
            ("tfim_8q_open_j1_h1", "tfim", 8, {}),
            ("xy_4q_open_j1", "xy", 4, {}),
            ("xy_8q_open_j1", "xy", 8, {}),
            ("heisenberg_6q_open_j1", "heisenberg", 6, {}),
            ("heisenberg_5q_open_jz1_hz1", "heisenberg", 5, {"field": 1.0}),
        ],
    )
    def test_terms_are_those_of_the_published_files(
        self, name: str, family: str, n: int, parameters: dict[str, float]
    ) -> None:
        published = dict(shared_data.read(name)["pauli_terms"])
        assert dict(build_hamiltonian(family, n, **parameters).terms) == pytest.approx(published)

    def test_a_ring_has_one_more_bond_and_aliases_are_names(self) -> None:
        ring = build_hamiltonian("tfim", 3, J=2.0, h=0.5, boundary="periodic")
        assert dict(ring.terms) == {"IZZ": -2, "ZZI": -2, "ZIZ": -2, "IIX": -0.5, "IXI": -0.5, "XII": -0.5}
        assert ring == build_hamiltonian("tfim", 3, coupling="2", field=0.5, boundary="periodic")

    def test_xxz_is_heisenberg_at_anisotropy_one(self) -> None:
        xxz = build_hamiltonian("xxz", 5, anisotropy=1.0, field=0.3)
        assert xxz.digest == build_hamiltonian("heisenberg", 5, field=0.3).digest
        assert xxz.digest != build_hamiltonian("heisenberg", 5).digest

    def test_disorder_is_the_same_on_every_machine(self) -> None:
        terms = dict(build_hamiltonian("tfim", 3, disorder=0.5, seed=1).terms)
        assert terms == {
            "IZZ": -1.102013909269064,
            "ZZI": -1.2395566640246645,
            "IIX": -1.066179764804759,
            "IXI": -1.3959189601353352,
            "XII": -0.6206079139664755,
        }
        other = build_hamiltonian("tfim", 3, disorder=0.5, seed=2)
        assert all(0.5 <= -c <= 1.5 for _, c in other.terms)
        assert dict(other.terms) != terms

    def test_disorder_is_one_factor_a_bond(self) -> None:
        terms = dict(build_hamiltonian("heisenberg", 4, disorder=0.7, seed=3).terms)
        assert terms["IIXX"] == terms["IIYY"] == terms["IIZZ"] != terms["IXXI"]

    @pytest.mark.parametrize("graph", ["ring", "path", "star", "complete", "0-1+1-2*0.5+2-3*-2+0-3+1-3"])
    def test_maxcut_is_minus_the_largest_cut(self, graph: str) -> None:
        from quantum.families.maxcut import edges_of

        n, edges = 4, edges_of(graph, 4)
        cuts = [sum(w for i, j, w in edges if side[i] != side[j]) for side in product((0, 1), repeat=n)]
        assert exact_energy(build_hamiltonian("maxcut", n, graph=graph)).energy == pytest.approx(-max(cuts), abs=1e-12)

    def test_maxcut_reads_an_edge_list_and_keeps_no_path(self, tmp_path: Path) -> None:
        (tmp_path / "graph.json").write_text("[[1, 0], [1, 2, 0.5]]", "utf-8")
        read = build_hamiltonian("maxcut", 3, graph=str(tmp_path / "graph.json"))
        assert read == build_hamiltonian("maxcut", 3, graph="0-1+1-2*0.5")

    @pytest.mark.parametrize("name", FAMILIES)
    def test_every_family_has_terms_words_and_a_unit(self, name: str) -> None:
        family = FAMILIES[name]
        values = family.resolve({})
        for n in (size for sizes in family.default_sizes(values) for size in sizes):
            hamiltonian = build_hamiltonian(name, n)
            assert hamiltonian.description
            assert hamiltonian.description.isprintable()
            assert hamiltonian.unit == family.unit
            assert hamiltonian.symmetries
            assert min(vars(family.reference(n, values))[key] for key in ("two_qubit_gates", "depth", "parameters")) > 0

    @pytest.mark.parametrize(
        ("family", "n", "parameters", "line"),
        [
            ("tfin", 4, {}, "unknown Hamiltonian family 'tfin'; did you mean 'tfim'?"),
            ("tfim", 4, {"feild": 1}, "tfim has no parameter 'feild'; did you mean 'field'?"),
            ("tfim", 4, {"field": "strong"}, "tfim: field must be a number, not 'strong'"),
            ("tfim", 4, {"field": True}, "tfim: field must be a number, not True"),
            ("tfim", 4, {"field": float("nan")}, "tfim: field must be finite, not nan"),
            ("tfim", 4, {"field": "1e999"}, "tfim: field must be finite, not inf"),
            ("tfim", 4, {"field": 1e9}, "tfim: field must be between -1e+06 and 1e+06, not 1e+09"),
            ("tfim", 4, {"h": 1, "field": 1}, "tfim: field is given twice"),
            ("tfim", 4, {"boundary": "closed"}, "tfim: boundary 'closed' is unknown; known: open, periodic"),
            ("tfim", 4, {"boundary": 1}, "tfim: boundary must be text, not 1"),
            ("tfim", 4, {"seed": 1.5}, "tfim: seed must be a whole number, not 1.5"),
            ("tfim", 4, {"disorder": 2}, "tfim: disorder must be between 0 and 1, not 2"),
            ("tfim", 4, {"J": 0, "h": 0}, "no term other than the identity"),
            ("tfim", 1, {}, "tfim: the number of qubits must be at least 2, not 1"),
            ("xy", 2, {"boundary": "periodic"}, "must be at least 3 on a periodic ring, not 2"),
            ("hubbard", 5, {}, "must be even and at least 4 (two per site), not 5"),
            ("hubbard", 4, {"boundary": "periodic"}, "must be at least 6 on a periodic ring, not 4"),
            ("maxcut", 4, {"graph": "rng"}, "graph 'rng' is unknown; did you mean 'ring'?"),
            ("maxcut", 4, {"graph": "petersen"}, "must be 10 for this graph, not 4"),
            ("maxcut", 3, {"graph": "0-1+1"}, "'1' is no edge"),
            ("maxcut", 3, {"graph": "0-1+1-0"}, "edge 0-1 is given twice"),
            ("maxcut", 3, {"graph": "0-1+1-1"}, "edge 1-1 joins a node to itself"),
            ("maxcut", 3, {"graph": "0-2"}, "node 1 has no edge"),
            ("maxcut", 3, {"graph": "0-99"}, "nodes are 0..19"),
            ("maxcut", 3, {"graph": "/nowhere/graph.json"}, "/nowhere/graph.json: no such file"),
        ],
    )
    def test_a_wrong_request_says_the_nearest_right_value(
        self, family: str, n: int, parameters: dict[str, Any], line: str
    ) -> None:
        with pytest.raises(RequestError) as error:
            build_hamiltonian(family, n, **parameters)
        assert line in str(error.value)
        assert "\n" not in str(error.value)


class TestSymmetries:
    """The phrases are checked against commutators of matrices."""

    @staticmethod
    def holds(hamiltonian: Hamiltonian, phrase: str) -> bool:
        n, matrix = hamiltonian.num_qubits, hamiltonian.operator

        def commutes(terms: list[tuple[str, float]]) -> bool:
            other = SparsePauliOp.from_list(terms)
            return bool(np.allclose((matrix @ other - other @ matrix).simplify().coeffs, 0, atol=1e-12))

        def total(axis: str, qubits: range) -> list[tuple[str, float]]:
            return [("I" * (n - 1 - q) + axis + "I" * q, 1.0) for q in qubits]

        match phrase.split(":")[0], phrase:
            case "SU(2)", _:
                return all(commutes(total(axis, range(n))) for axis in "XYZ")
            case "U(1)", _:
                return commutes(total(phrase.split("sum of ")[1][0], range(n)))
            case "U(1) x U(1)", _:
                return commutes(total("Z", range(0, n, 2) if "even" in phrase else range(n // 2)))
            case "Z2", _:
                return commutes([(phrase.split("prod ")[1][0] * n, 1.0)])
            case "translation by one site", _:
                return {(label[1:] + label[0], c) for label, c in hamiltonian.terms} == set(hamiltonian.terms)
            case "reflection i -> n - 1 - i", _:
                return {(label[::-1], c) for label, c in hamiltonian.terms} == set(hamiltonian.terms)
            case "real matrix", _:
                return bool(np.isrealobj(matrix.to_matrix()) or np.allclose(matrix.to_matrix().imag, 0))
        raise AssertionError(f"unknown phrase {phrase!r}")

    @pytest.mark.parametrize(
        ("family", "n", "parameters", "kinds"),
        [
            ("tfim", 4, {}, {"Z2", "reflection", "real"}),
            ("tfim", 4, {"boundary": "periodic"}, {"Z2", "translation", "reflection", "real"}),
            ("tfim", 4, {"disorder": 0.5}, {"Z2", "real"}),
            ("xy", 4, {}, {"U(1)", "Z2", "reflection", "real"}),
            ("xy", 4, {"anisotropy": 0.5}, {"Z2", "reflection", "real"}),
            ("heisenberg", 4, {}, {"SU(2)", "reflection", "real"}),
            ("heisenberg", 5, {"field": 1.0}, {"U(1)", "reflection", "real"}),
            ("xxz", 5, {"boundary": "periodic"}, {"U(1)", "Z2", "translation", "reflection", "real"}),
            ("hubbard", 6, {}, {"U(1)", "Z2", "reflection", "real"}),
            ("h2", 4, {}, {"U(1)", "real"}),
            ("lih", 6, {"mapping": "jw"}, {"U(1)", "real"}),
            ("lih", 4, {}, {"real"}),
        ],
    )
    def test_named_models(self, family: str, n: int, parameters: dict[str, Any], kinds: set[str]) -> None:
        hamiltonian = build_hamiltonian(family, n, **parameters)
        assert {phrase.split(":")[0].split(" ")[0] for phrase in hamiltonian.symmetries} == kinds
        assert all(self.holds(hamiltonian, phrase) for phrase in hamiltonian.symmetries)

    def test_a_generic_hamiltonian_has_none(self) -> None:
        operator = SparsePauliOp.from_list([("XII", 0.3), ("IYX", 0.7), ("ZZY", -0.2), ("IZX", 0.9), ("XYY", 0.4)])
        assert hamiltonian_from_operator(operator).symmetries == ()


class TestHamiltonian:
    def test_scales_digest_and_pickle(self) -> None:
        hamiltonian = Hamiltonian("h", 2, (("II", 3.0), ("ZZ", -2.0), ("IX", 0.5)))
        assert (hamiltonian.one_norm, hamiltonian.variance_weight, hamiltonian.identity) == (2.5, 4.25, 3.0)
        assert hamiltonian.traceless.terms == (("ZZ", -2.0), ("IX", 0.5))
        trace = np.trace(hamiltonian.operator.to_matrix() @ hamiltonian.operator.to_matrix()).real / 4
        assert hamiltonian.variance_weight + 9 == pytest.approx(trace)
        copy = pickle.loads(pickle.dumps(hamiltonian))
        assert copy == hamiltonian
        assert "operator" not in vars(copy)
        assert hash(copy) == hash(hamiltonian)
        reordered = Hamiltonian("other name", 2, hamiltonian.terms[::-1])
        assert reordered.digest == hamiltonian.digest
        assert reordered.digest != Hamiltonian("h", 2, (("II", 3.0), ("ZZ", -2.0), ("XI", 0.5))).digest

    def test_from_operator_adds_equal_labels_and_refuses_what_is_not_hermitian(self) -> None:
        operator = SparsePauliOp.from_list([("XZ", 0.5), ("ZZ", 1.0), ("XZ", 0.25)])
        assert dict(hamiltonian_from_operator(operator).terms) == {"XZ": 0.75, "ZZ": 1.0}
        with pytest.raises(RequestError, match=r"not Hermitian: the coefficient of XZ"):
            hamiltonian_from_operator(SparsePauliOp.from_list([("XZ", 0.5j), ("ZZ", 1.0)]))
        with pytest.raises(RequestError, match="expected a SparsePauliOp, not ndarray"):
            hamiltonian_from_operator(np.eye(2))  # type: ignore[arg-type]


class TestFiles:
    @pytest.mark.parametrize("path", shared_data.FILES, ids=lambda path: getattr(path, "stem", None))
    def test_published_files_reproduce_their_energy(self, path: Path) -> None:
        stored = shared_data.read(path.stem)
        hamiltonian = load_hamiltonian(path)
        exact = exact_energy(hamiltonian)
        assert exact.energy == pytest.approx(stored["exact_ground_energy"], abs=1e-9)
        assert exact.degeneracy == stored["ground_degeneracy_seen"]
        assert hamiltonian.variance_weight == pytest.approx(stored["sum_nonidentity_coeff_sq"], abs=1e-12)
        assert hamiltonian.unit == ("hartree" if stored["units"] == "Hartree" else "J")

    def test_a_file_with_two_keys_is_enough_and_documents_read_back(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.json"
        path.write_text('{"num_qubits": 2, "pauli_terms": [["ZZ", -1], ["IX", 0.5]]}', "utf-8")
        hamiltonian = load_hamiltonian(path)
        assert (hamiltonian.name, hamiltonian.terms, hamiltonian.unit) == ("mine", (("ZZ", -1.0), ("IX", 0.5)), "J")
        assert "-1 ZZ +0.5 IX" in hamiltonian.description
        path.write_text(json.dumps(hamiltonian.to_document()), "utf-8")
        assert load_hamiltonian(path) == hamiltonian

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (b"", 'is empty; a Hamiltonian file looks like {"num_qubits": 2'),
            (b"  \n", "is empty"),
            (b"\x93NUMPY\x01\x00", "is no UTF-8 text"),
            (b"not json", "no JSON (line 1: Expecting value)"),
            (b"[1, 2]", "must be a JSON object such as"),
            (b"[" * 100_000, "no JSON that can be read"),
            (b"{}", "the key 'num_qubits' is missing; a Hamiltonian file looks like"),
            (b'{"n_qubits": 2, "pauli_terms": [["ZZ", 1]]}', "'num_qubits' is missing; did you mean 'n_qubits'?"),
            (b'{"num_qubits": 2, "terms": [["ZZ", 1]]}', "'pauli_terms' is missing"),
            (b'{"num_qubits": 2, "num_qubits": 2}', "the key 'num_qubits' is given twice"),
            (b'{"num_qubits": 2.0, "pauli_terms": [["ZZ", 1]]}', "num_qubits must be a whole number from 1 to 20"),
            (b'{"num_qubits": true, "pauli_terms": [["ZZ", 1]]}', "num_qubits must be a whole number from 1 to 20"),
            (b'{"num_qubits": 40, "pauli_terms": []}', "40 qubits; circuits are scored up to 20 qubits"),
            (b'{"num_qubits": 2, "pauli_terms": []}', "pauli_terms must be a list of [label, coefficient]"),
            (b'{"num_qubits": 2, "pauli_terms": {"ZZ": 1}}', "pauli_terms must be a list of [label, coefficient]"),
            (b'{"num_qubits": 2, "pauli_terms": ["ZZ"]}', "pauli_terms[0] must be [label, coefficient]"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", [0, 1]]]}', "must be one real number (a Hermitian operator"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", "1j"]]}', "must be one real number"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", NaN]]}', "finite coefficient of at most 1e+09, not nan"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", -Infinity]]}', "finite coefficient of at most 1e+09, not -inf"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", 1' + b"0" * 400 + b"]]}", "is too large for a float"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZ", 1' + b"0" * 5000 + b"]]}", "a number too long"),
            (b'{"num_qubits": 2, "pauli_terms": [["ZZI", 1]]}', "term 0: 'ZZI' has 3 letters for 2 qubits"),
            (b'{"num_qubits": 2, "pauli_terms": [["Zz", 1]]}', "term 0: 'Zz' has letters other than I, X, Y, Z"),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1], ["Z", 2]]}', "'Z' is given twice (1 and 2); add them up"),
            (b'{"num_qubits": 1, "pauli_terms": [["I", 1]]}', "no term other than the identity"),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "name": "a\\nb"}', "name must be one printable line"),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "label_convention": "big endian"}', "must be Qiskit's"),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "exact_ground_energy": "-1"}', "must be a finite number"),
            (
                b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "unit": "hartree"}',
                "unknown key 'unit'; did you mean 'units'?",
            ),
            (
                b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "qqq": 1}',
                "unknown key 'qqq'; what has no key of its own",
            ),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "units": "hartee"}', "'hartee'; did you mean 'hartree'?"),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "units": "kcal"}', "unknown units 'kcal'; "),
            (b'{"num_qubits": 1, "pauli_terms": [["Z", 1]], "units": ""}', "unknown units ''; "),
        ],
    )
    def test_bad_content_is_one_clear_line(self, tmp_path: Path, content: bytes, line: str) -> None:
        path = tmp_path / "bad.json"
        path.write_bytes(content)
        with pytest.raises(RequestError) as error:
            load_hamiltonian(path)
        assert str(error.value).startswith(f"{path}: ")
        assert line in str(error.value)
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 300 + len(str(path))

    @pytest.mark.parametrize(
        ("written", "unit"),
        [("Ha", "hartree"), ("Hartree", "hartree"), ("hartrees", "hartree"), ("EV", "eV"), ("J", "J"), (None, "J")],
    )
    def test_units_have_one_name(self, tmp_path: Path, written: str | None, unit: str) -> None:
        path = tmp_path / "h.json"
        units = {} if written is None else {"units": written}
        path.write_text(json.dumps({"num_qubits": 1, "pauli_terms": [["Z", 1]], **units}), "utf-8")
        hamiltonian = load_hamiltonian(path)
        assert (hamiltonian.unit, hamiltonian.unit_stated) == (unit, written is not None)
        path.write_text(json.dumps(hamiltonian.to_document()), "utf-8")
        assert load_hamiltonian(path) == hamiltonian

    def test_a_stored_energy_is_checked_and_both_numbers_are_said(self, tmp_path: Path) -> None:
        path = tmp_path / "wrong.json"
        content = {"num_qubits": 2, "pauli_terms": [["ZZ", 1.0], ["IX", 1.0]], "exact_ground_energy": -1.5}
        path.write_text(json.dumps(content), "utf-8")
        with pytest.raises(RequestError, match=r"stored exact_ground_energy -1\.5 .* ground energy is -1\.41421356"):
            load_hamiltonian(path)
        path.write_text(json.dumps(content | {"exact_ground_energy": -(2**0.5)}), "utf-8")
        assert load_hamiltonian(path).num_qubits == 2

    def test_paths_that_are_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="is a folder; give a Hamiltonian file"):
            load_hamiltonian(tmp_path)
        (tmp_path / "molecule.json").write_text("{}", "utf-8")
        with pytest.raises(RequestError, match=r"no such file; did you mean 'molecule\.json'\?"):
            load_hamiltonian(tmp_path / "molcule.json")
        with pytest.raises(RequestError, match="no such file"):
            load_hamiltonian(tmp_path / "absent" / "molecule.json")

    def test_a_huge_file_is_refused_unread(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.json"
        with path.open("wb") as file:
            file.truncate(1 << 30)
        with pytest.raises(RequestError, match="1024 MiB; the limit of a Hamiltonian file is 16 MiB"):
            load_hamiltonian(path)
