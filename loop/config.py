"""The configuration of a discovery run: pydantic models filled from YAML and `--set a.b=value`.

`grpo:` is passed through to TRL's GRPOConfig with TRL's own names and is checked against it when training starts; every
other key is checked here. The resolved config is written into the run directory and is enough to run it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from models.config import Strict, load_config
from quantum import yaml12
from quantum.errors import RequestError
from quantum.problem import Problem, resolve_problem
from quantum.vqe import VqeSettings
from rewards.guarded import Guarded, SandboxSection
from rewards.sandbox import Protection, SandboxSettings
from rewards.settings import RewardSettings, ScoreSettings


class ModelSection(Strict):
    """Which policy writes the ansaetze."""

    profile: str = Field("embedded", description="a profile of configs/models/, or the path of a model directory")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes the GPU when there is one")
    backend: Literal["auto", "transformers", "unsloth"] = Field(
        "transformers",
        description="what loads and trains it; the fast sampling of models/sampler.py needs transformers",
    )


class MemorySection(Strict):
    """What the prompts show of earlier circuits."""

    share: float = Field(0.5, ge=0, le=1, description="share of prompts with CONTEXT; the rest show no memory")
    inspirations: int = Field(1, ge=1, le=2, description="circuits shown in one prompt, sorted worst to best")
    top_k: int = Field(8, ge=1, description="the pool that a greedy draw takes from")
    epsilon: float = Field(0.2, ge=0, le=1, description="share of draws from the whole archive instead of the pool")
    sampler: Literal["greedy", "pareto", "puct"] = Field("greedy", description="who is shown; see loop/sampling.py")
    exploration: float = Field(1.0, ge=0, description="puct's c: 0 shows the best, more shows what was shown less")
    max_siblings: int | None = Field(
        2, ge=1, description="circuits of one family shown in one step's prompts; null: any number"
    )
    failures: int = Field(3, ge=0, description="lines about recent failures in a prompt of the full style; 0: none")
    seed_folder: str | None = Field(None, description="create_ansatz files that are scored first, as step 0")


class DecodingSection(Strict):
    """How completions are drawn where nothing is trained; a training run samples as `grpo` says."""

    temperatures: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (0.5, 0.7, 0.9), min_length=1, description="the members of a group take them in turn"
    )
    sequences: int = Field(3, ge=1, description="members in a row that share a temperature")
    repetition_penalty: float = Field(1.1, ge=1, description="1.0 for none")


class VarietySection(Strict):
    """What is done when most groups have nothing to teach, because all their answers earn the same."""

    threshold: float = Field(0.75, ge=0, le=1, description="share of such groups above which a step counts; 1: never")
    patience: int = Field(4, ge=1, description="such steps in a row before the search goes a notch up")
    temperature: float = Field(0.1, ge=0, description="what a notch adds to the sampling temperature")
    notches: int = Field(3, ge=0, description="the most notches; each also halves the share of memory prompts")


class SearchSection(Strict):
    """How the policy searches."""

    advantage: Literal["group", "entropic"] = Field(
        "group", description="group: TRL's, by grpo.scale_rewards; entropic: seeks the maximum (grpo/advantage.py)"
    )
    repeats: Literal["mask", "mean", "zero"] = Field(
        "mask",
        description="what a circuit of the memory trains with when it comes again; mask: nothing, it is left out of "
        "the loss and of its group's mean; mean: its group's mean, so advantage 0; zero: no reward",
    )
    variety: VarietySection = VarietySection()
    decoding: DecodingSection = DecodingSection()


class StopSection(Strict):
    """When a run ends before its last step, besides run.evaluations."""

    target_met: bool = Field(False, description="once the best circuit is inside the target")
    two_qubit_gates: int | None = Field(None, ge=0, description="... and has at most so many two-qubit gates")
    patience: int | None = Field(None, ge=1, description="after so many steps without a better circuit")


class RunSection(Strict):
    """How long, how often it is saved, and with which seed."""

    steps: int = Field(80, ge=1, description="GRPO steps")
    evaluations: int | None = Field(None, ge=1, description="stop after the step that reaches so many evaluations")
    stop: StopSection = StopSection()
    train: bool = Field(True, description="false: the policy stays as it is; same prompts, same budget, no learning")
    seed: int = Field(0, ge=0, description="every random stream of the run is derived from it")
    workers: int | None = Field(None, ge=0, description="reward processes; by default one a core")
    top: int = Field(3, ge=1, description="circuits kept in best/")
    prune: bool = Field(True, description="take away what each new best circuit can spare, counted as evaluations")
    confirm_restarts: int = Field(32, ge=1, description="fresh VQE starts before a circuit is called best")


class TargetSection(Strict):
    """What counts as found, where it is not to be the problem's own (`quantum.target`)."""

    kind: Literal["relative", "absolute"] | None = Field(
        None, description="relative to |exact - mean energy|, or absolute in the Hamiltonian's unit"
    )
    value: float | None = Field(None, gt=0, description="the largest error; taken as asked, whatever the gap")
    fidelity: float | None = Field(None, gt=0, lt=1, description="the least fidelity with the ground space")
    below_gap: bool | None = Field(
        None, description="lower the error to half the gap where it is not below it, with a fidelity of 0.9"
    )


class BaselineSection(Strict):
    """Of a baseline run: what proposed the circuits instead of a policy in training."""

    method: str = Field(description="a method of loop/baselines/methods")
    evaluations: int = Field(ge=1, description="evaluated circuits to spend")


class RunConfig(Strict, Guarded):
    """Everything a run depends on."""

    problem: str | dict[str, Any] | None = Field(None, description="what PROBLEM says, or a whole problem document")
    problems: tuple[str, ...] | None = Field(None, description="of a sweep: one run for each of these")
    sizes: tuple[int, ...] | None = Field(None, description="numbers of qubits scored together")
    held_out: tuple[int, ...] | None = Field(
        None, description="sizes at which the best circuits are measured afterwards; by default the problem's own"
    )
    preset: str | None = Field(None, description="memory preset of configs/presets/, underneath grpo and the profile")
    target: TargetSection = TargetSection()
    model: ModelSection = ModelSection()
    grpo: dict[str, Any] = Field(default_factory=dict, description="TRL's GRPOConfig, names verbatim")
    memory: MemorySection = MemorySection()
    search: SearchSection = SearchSection()
    reward: RewardSettings = RewardSettings()
    vqe: VqeSettings = VqeSettings()
    sandbox: SandboxSection = SandboxSettings()
    run: RunSection = RunSection()
    baseline: BaselineSection | None = Field(None, description="set by `quantummind baseline`")


def load_run_config(
    path: Path | None, overrides: Iterable[str] = (), protection: Protection | None = None
) -> RunConfig:
    """The config of `path` (the shipped default without one) with `key.key=value` overrides; raises RequestError."""
    return load_config(RunConfig, path or default_config_path(), overrides).under(protection or Protection())


def default_config_path() -> Path:
    return Path(str(resources.files("configs") / "discover.yaml"))


def dump_config(config: RunConfig) -> str:
    """YAML of the resolved config."""
    return yaml12.dump(config.model_dump(mode="json"))


def problem_of(config: RunConfig) -> Problem:
    """The problem a config names or holds; raises RequestError."""
    if config.problem is None:
        raise RequestError("no problem given; try: quantummind discover tfim")
    if isinstance(config.problem, dict):
        problem = Problem.from_document(config.problem)
    else:
        problem = resolve_problem(config.problem, config.sizes)
    heldout = problem.heldout_sizes if config.held_out is None else config.held_out
    target = problem.target.changed(**config.target.model_dump())
    return replace(problem, heldout_sizes=heldout, target=target)


def score_settings(config: RunConfig) -> ScoreSettings:
    """What a score of this run depends on besides the problem and the code, under the config's protection."""
    settings = ScoreSettings(reward=config.reward, vqe=config.vqe, sandbox=config.sandbox, seed=config.run.seed)
    return settings.under(config.protection)
