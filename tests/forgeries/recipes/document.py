"""A certificate of another form, for another problem, or that asks for what it should not."""

from __future__ import annotations

import json

from tests.forgeries.workshop import Export, forgery


@forgery("circuits[1].gates")
def a_gate_list_without_its_last_gate(export: Export) -> None:
    export.document["circuits"][1]["gates"].pop()


@forgery("circuits[1].gates")
def a_gate_list_with_120_more(export: Export) -> None:
    export.document["circuits"][1]["gates"] += [["cx", [0, 1], []]] * 120


@forgery("circuits[1].gates")
def a_gate_on_another_qubit(export: Export) -> None:
    export.document["circuits"][1]["gates"][0][1] = [2]


@forgery("circuits[1].gates")
def another_coefficient_of_an_angle(export: Export) -> None:
    export.document["circuits"][1]["gates"][0][2][0][0][0][1] = 2.0


@forgery("circuits")
def the_circuit_of_one_size_alone(export: Export) -> None:
    export.document["circuits"].pop()


@forgery("hamiltonians[1].pauli_terms")
def other_pauli_terms(export: Export) -> None:
    export.document["hamiltonians"][1]["pauli_terms"][0][1] = -2.0


@forgery("hamiltonians[1].unit")
def another_unit(export: Export) -> None:
    export.document["hamiltonians"][1]["unit"] = "hartree"


@forgery("problem.hamiltonians.3.units")
def another_unit_in_the_problem(export: Export) -> None:
    export.document["problem"]["hamiltonians"]["3"]["units"] = "hartree"


@forgery("problem.hamiltonians.3.description")
def another_description(export: Export) -> None:
    export.document["problem"]["hamiltonians"]["3"]["description"] = "A molecule of great interest."


@forgery("problem")
def other_terms_in_the_problem(export: Export) -> None:
    export.document["problem"]["hamiltonians"]["3"]["pauli_terms"][0][1] = -2.0


@forgery("problem.name")
def the_name_of_another_family(export: Export) -> None:
    export.document["problem"]["name"] = "h2o"
    export.replace("ansatz.py", "PROBLEM = 'tfim'", "PROBLEM = 'h2o'")


@forgery("ansatz.py")
def a_name_of_its_own_in_the_certificate_alone(export: Export) -> None:
    export.document["problem"]["name"] = "a hard problem"


@forgery("problem")
def other_limits(export: Export) -> None:
    export.document["problem"]["limits"]["3"]["max_depth"] = 2


@forgery("hamiltonians[1].exact_energy")
def another_field_of_the_family(export: Export) -> None:
    """Consistent as a problem; the figures are of another one."""
    from quantum.problem import Problem, family_problem

    old = Problem.from_document(export.document["problem"])
    other = family_problem("tfim", {"field": 0.1}, old.sizes, old.heldout_sizes, old.target)
    export.document["problem"] = other.to_document()


@forgery("problem")
def a_size_that_was_never_scored(export: Export) -> None:
    export.document["problem"]["sizes"] = [2, 3, 16]


@forgery("problem")
def no_sizes(export: Export) -> None:
    export.document["problem"]["sizes"] = []


@forgery("problem")
def an_exact_energy_to_be_believed(export: Export) -> None:
    export.document["problem"]["hamiltonians"]["3"]["exact_ground_energy"] = -3.0


@forgery("seal", sealed=False)
def no_seal(export: Export) -> None:
    document = {key: value for key, value in export.document.items() if key != "seal"}
    (export.folder / "certificate.json").write_text(json.dumps(document))


@forgery("score")
def no_score(export: Export) -> None:
    del export.document["score"]


@forgery("origin")
def no_origin(export: Export) -> None:
    del export.document["origin"]


@forgery("files")
def no_files(export: Export) -> None:
    del export.document["files"]


@forgery("approved_by")
def a_part_of_its_own(export: Export) -> None:
    export.document["approved_by"] = "a committee"


@forgery("date")
def a_date_that_is_none(export: Export) -> None:
    export.document["date"] = {"year": 2026}


@forgery("settings.vqe.unknown")
def a_setting_that_does_not_exist(export: Export) -> None:
    export.document["settings"]["vqe"]["unknown"] = 1


@forgery("settings.vqe.patience")
def a_setting_left_out(export: Export) -> None:
    del export.document["settings"]["vqe"]["patience"]


@forgery("settings.sandbox")
def the_sandbox_switched_off(export: Export) -> None:
    export.document["settings"]["sandbox"]["unsafe_no_sandbox"] = True


@forgery("settings.sandbox")
def a_layer_of_the_sandbox_left_out(export: Export) -> None:
    export.document["settings"]["sandbox"]["landlock"] = False


@forgery("settings.vqe.restarts", outcome="cannot be checked")
def two_million_restarts(export: Export) -> None:
    export.document["settings"]["vqe"]["restarts"] = 2_000_000


@forgery("settings.sandbox.cpu_seconds", outcome="cannot be checked")
def a_million_cpu_seconds(export: Export) -> None:
    export.document["settings"]["sandbox"].update(cpu_seconds=1e6, wall_seconds=1e6)


@forgery("score.sizes[1].evaluations")
def more_restarts_than_were_made(export: Export) -> None:
    export.document["settings"]["vqe"]["restarts"] += 1


@forgery("score.sizes[1].gradient_variance")
def more_samples_than_were_drawn(export: Export) -> None:
    export.document["settings"]["reward"]["gradient_samples"] += 1


@forgery("transpiled.sizes[1].two_qubit_gates")
def a_device_that_needs_fewer_gates(export: Export) -> None:
    export.document["transpiled"]["sizes"][1]["two_qubit_gates"] -= 1


@forgery("transpiled.sizes[1].final_layout")
def another_layout(export: Export) -> None:
    export.document["transpiled"]["sizes"][1]["final_layout"].reverse()


@forgery("transpiled")
def a_device_without_files(export: Export) -> None:
    for path in list(export.folder.glob("*.transpiled.*")):
        export.remove(path.name)


@forgery("circuit.transpiled.qpy")
def another_device(export: Export) -> None:
    export.document["transpiled"]["basis"] = ["cz", "rz", "sx", "x"]


@forgery("transpiled")
def a_device_that_cannot_have_the_circuit(export: Export) -> None:
    export.document["transpiled"]["coupling"] = [[0, 1]]


@forgery("transpiled")
def a_device_of_unknown_gates(export: Export) -> None:
    export.document["transpiled"]["basis"] = ["wish", "rz"]


@forgery("transpiled.seed")
def another_seed_of_the_transpiler(export: Export) -> None:
    export.document["transpiled"]["seed"] = 1


@forgery("circuit.transpiled.qasm3")
def no_section_for_the_files_of_a_device(export: Export) -> None:
    del export.document["transpiled"]


@forgery("circuit.transpiled.qasm3")
def a_routed_file_with_another_gate(export: Export) -> None:
    export.replace("circuit.transpiled.qasm3", "cx ", "cx $1, $0;\ncx ")
