"""A figure of the certificate that is better than what was found."""

from __future__ import annotations

from tests.forgeries.workshop import Export, forgery


@forgery("score.sizes[1].two_qubit_gates")
def fewer_two_qubit_gates(export: Export) -> None:
    export.size["two_qubit_gates"] -= 1


@forgery("score.sizes[1].depth")
def less_depth(export: Export) -> None:
    export.size["depth"] -= 1


@forgery("score.sizes[1].parameters")
def fewer_parameters(export: Export) -> None:
    export.size["parameters"] -= 1


@forgery("score.sizes[1].frozen_angles")
def a_frozen_angle_more(export: Export) -> None:
    export.size["frozen_angles"] += 1


@forgery("score.sizes[1].energy")
def a_lower_energy(export: Export) -> None:
    export.size["energy"] -= 1e-6


@forgery("score.sizes[1].error")
def an_error_of_zero(export: Export) -> None:
    export.size["error"] = export.size["relative_error"] = 0.0


@forgery("hamiltonians[1].exact_energy")
def another_exact_energy(export: Export) -> None:
    export.document["hamiltonians"][1]["exact_energy"] += 1e-3


@forgery("score.sizes[1].exact_energy")
def an_exact_energy_that_the_circuit_reaches(export: Export) -> None:
    export.size["exact_energy"] = export.document["hamiltonians"][1]["exact_energy"] = export.size["energy"]


@forgery("score.sizes[1].exact_method")
def another_method(export: Export) -> None:
    export.size["exact_method"] = "dense diagonalisation"


@forgery("score.reward")
def a_higher_reward(export: Export) -> None:
    export.score["reward"] = 1.2


@forgery("score.reward_parts")
def a_part_of_the_reward_too_many(export: Export) -> None:
    export.score["reward_parts"]["charm"] = 0.1


@forgery("score.circuit_hash")
def another_hash(export: Export) -> None:
    export.score["circuit_hash"] = "0" * 32


@forgery("score.sizes[1].restart_hits")
def more_hits(export: Export) -> None:
    export.size["restart_hits"] += 1


@forgery("score.sizes[1].evaluations")
def fewer_evaluations(export: Export) -> None:
    export.size["evaluations"] //= 2


@forgery("score.sizes[1].evaluations", outcome="cannot be checked")
def another_machine_that_needed_fewer_evaluations(export: Export) -> None:
    export.document["engine_fingerprint"] = "engine=0 cpu=of-the-forger"
    export.size["evaluations"] //= 2


@forgery("score.sizes[1].two_qubit_gates")
def another_machine_that_counted_fewer_gates(export: Export) -> None:
    export.document["engine_fingerprint"] = "engine=0 cpu=of-the-forger"
    export.size["two_qubit_gates"] -= 1


@forgery("energy at 3 qubits at the stated parameters")
def another_machine_that_found_a_lower_energy(export: Export) -> None:
    export.document["engine_fingerprint"] = "engine=0 cpu=of-the-forger"
    export.size["energy"] -= 1e-4


@forgery("score.sizes[1].energy", outcome="cannot be checked")
def a_last_digit(export: Export) -> None:
    export.size["energy"] += 4e-13


@forgery("score.sizes[1].gradient_variance")
def better_gradients(export: Export) -> None:
    export.size["gradient_variance"] *= 10


@forgery("score.trainability.verdict")
def proven_trainable(export: Export) -> None:
    export.score["trainability"]["verdict"] = "polynomial, proven"


@forgery("score.known_as")
def a_known_name(export: Export) -> None:
    export.score["known_as"] = "hva(reps=1)"


@forgery("score.held_out")
def a_bad_held_out_size_dropped(export: Export) -> None:
    export.score["held_out"] = []


@forgery("score.held_out")
def held_out_sizes_never_mentioned(export: Export) -> None:
    del export.score["held_out"]


@forgery("score.held_out[0].relative_error")
def a_held_out_size_that_went_better(export: Export) -> None:
    export.score["held_out"][0]["relative_error"] /= 2


@forgery("score.held_out_failures.5")
def a_failure_at_a_size_that_was_never_asked_for(export: Export) -> None:
    export.score["held_out_failures"]["5"] = "too_deep: no"


@forgery("score.sizes")
def no_sizes_and_no_circuits(export: Export) -> None:
    export.score["sizes"] = []
    export.document["circuits"] = []
    export.document["hamiltonians"] = []
    export.score["reward"] = 1.2


@forgery("score.sizes[1].best_parameters")
def parameters_of_another_length(export: Export) -> None:
    export.size["best_parameters"].append(0.0)


@forgery("score.outcome")
def another_outcome(export: Export) -> None:
    export.score["outcome"] = "excellent"


@forgery("score.seal of approval")
def a_figure_of_its_own(export: Export) -> None:
    export.score["seal of approval"] = True


@forgery("score.sizes[1].best_start")
def a_start_that_was_not_given(export: Export) -> None:
    export.size["best_start"] = "given"
