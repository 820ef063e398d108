"""When a run ends before its last step: the target is met, the budget is used, or nothing better comes."""

from __future__ import annotations

from loop.attempt import Attempt
from loop.config import RunSection
from quantum.problem import Problem
from rewards.order import target_met


def why_stop(run: RunSection, problem: Problem, best: Attempt | None, step: int, evaluations: int) -> str | None:
    """The key of `RunSection` whose rule ends the run after this step, or None."""
    if run.evaluations is not None and evaluations >= run.evaluations:
        return "evaluations"
    if run.stop.target_met and best and target_met(best.score, problem):
        most = run.stop.two_qubit_gates
        if most is None or best.score.sizes[-1].two_qubit_gates <= most:
            return "target_met"
    if run.stop.patience is not None and step - (best.step if best else 0) >= run.stop.patience:
        return "patience"
    return None


def describe(rule: str, run: RunSection) -> str:
    """The rule that ended a run, for a person."""
    if rule == "evaluations":
        return f"the budget of {run.evaluations} evaluations is used"
    if rule == "patience":
        return f"no better circuit for {run.stop.patience} steps"
    gates = run.stop.two_qubit_gates
    return "the target is met" + (f" with at most {gates} two-qubit gates" if gates is not None else "")


def without(rule: str, run: RunSection) -> RunSection:
    """The section with that rule switched off, for a run that is to go on all the same."""
    if rule == "evaluations":
        return run.model_copy(update={"evaluations": None})
    off = {"target_met": False} if rule == "target_met" else {"patience": None}
    return run.model_copy(update={"stop": run.stop.model_copy(update=off)})
