"""Two policies side by side on the same prompts and seeds: what improved, by how much, and could it be chance.

Shares of all answers are paired, the k-th answer to a prompt with the k-th (McNemar's exact test); shares of some, such
as novelty among the valid, are not (Fisher's exact test). The p values are adjusted for how many there are (Holm), and
answers to one prompt are taken as independent, which is kind to small differences.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from models.loader import Device, load_policy, load_tokenizer
from models.policy import Policy
from models.profiles import Profile, resolve_profile
from sft.validate import Plan, directory_of, measure_build, no_progress
from sft.validation.bench import Bench
from sft.validation.context import Progress
from sft.validation.domain import DomainReport
from sft.validation.report import ValidationReport
from sft.validation.shares import Difference, Share, holm, paired, unpaired

if TYPE_CHECKING:
    from rich.table import Table

RANDOM: Final = "random"
"""The name of a base with the architecture and tokenizer of the model, and untrained weights."""

SIGNIFICANT: Final = 0.05


Report = ValidationReport | DomainReport


@dataclass(frozen=True, slots=True)
class Row:
    """One share of both policies; `p` is adjusted for the number of rows."""

    name: str
    base: Share
    model: Share
    difference: Difference
    p: float

    @property
    def verdict(self) -> str:
        if self.p >= SIGNIFICANT:
            return "no difference shown"
        return "better" if self.difference.value > 0 else "worse"


@dataclass(frozen=True)
class Comparison:
    """Two reports on the same prompts, by the rules and against the training data of `model`."""

    base: Report
    model: Report

    @property
    def rows(self) -> list[Row]:
        """Every share that both reports tell something about."""
        first, second = _all_shares(self.base), _all_shares(self.model)
        names = [name for name in second if name in first]
        differences = [self._difference(name, first[name], second[name]) for name in names]
        adjusted = holm([difference.p for difference in differences])
        return [
            Row(name, first[name], second[name], difference, p)
            for name, difference, p in zip(names, differences, adjusted, strict=True)
        ]

    def _difference(self, name: str, base: Share, model: Share) -> Difference:
        before, after = self.base.outcomes(name), self.model.outcomes(name)
        return unpaired(base, model) if before is None or after is None else paired(before, after)

    def to_json(self) -> dict[str, Any]:
        rows = [
            {
                "name": row.name,
                "base": row.base.to_json(),
                "model": row.model.to_json(),
                "difference": asdict(row.difference),
                "p_adjusted": row.p,
                "verdict": row.verdict,
            }
            for row in self.rows
        ]
        return {"rows": rows, "base": self.base.to_json(), "model": self.model.to_json()}

    def to_table(self) -> Table:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for heading in ("", self.base.model, self.model.model, "points", "95 % interval", "p", ""):
            table.add_column(heading, justify="left" if heading == "" else "right", no_wrap=True)
        for row in self.rows:
            d = row.difference
            interval = f"[{100 * d.low:+.1f}, {100 * d.high:+.1f}]"
            shares = _shown(row.base), _shown(row.model)
            table.add_row(row.name, *shares, f"{100 * d.value:+.1f}", interval, f"{row.p:.2g}", row.verdict)
        first, second = _all_shares(self.base), _all_shares(self.model)
        for name in dict.fromkeys([*first, *second]):
            if name not in first or name not in second:
                table.add_row(
                    name, *("nothing to count" if name not in s else _shown(s[name]) for s in (first, second))
                )
        for name in ("distinct", "perplexity"):
            values = [_figure(report, name) for report in (self.base, self.model)]
            if any(values):
                table.add_row(name, *values)
        return table

    def summary(self) -> str:
        """One sentence for a person."""
        rows = self.rows
        parts = []
        for verdict in ("better", "worse"):
            changed = [f"{r.name} ({100 * r.difference.value:+.0f} points)" for r in rows if r.verdict == verdict]
            if changed:
                parts.append(f"{verdict} in {', '.join(changed)}")
        return f"{self.model.model} against {self.base.model}: {'; '.join(parts) or 'no difference shown'}"


def compare(
    base: str,
    model: str,
    plan: Plan | None = None,
    *,
    device: Device = "auto",
    workers: int | None = None,
    progress: Progress = no_progress,
) -> Comparison:
    """Both policies by the same plan; novelty and perplexity of both are against the data of `model`.

    `base` is a profile, a build, a path, or "random". Raises `RequestError` before any work for a wrong name.
    """
    profile = resolve_profile(model)
    base_profile = profile if base == RANDOM else resolve_profile(base)
    build = directory_of(profile)
    reports = []
    with Bench(workers) as bench:
        for name, one in ((base, base_profile), (model, profile)):
            policy = random_policy(one, device) if name == RANDOM else load_policy(one, device)
            staged = _named(progress, name)
            reports.append(measure_build(policy, name, build, plan or Plan(), bench, staged))
            del policy  # two of seven billion parameters do not fit beside each other everywhere
    return Comparison(*reports)


def random_policy(profile: Profile, device: Device = "auto", seed: int = 0) -> Policy:
    """The architecture and tokenizer of `profile` with random weights and no adapter."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from models.checks import choose_device

    place = choose_device(profile, device)
    tokenizer = load_tokenizer(profile)
    config = AutoConfig.from_pretrained(profile.weights, trust_remote_code=False)
    config.vocab_size = max(config.vocab_size, len(tokenizer))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config)
    bare = profile.model_copy(update={"adapter_name_or_path": None, "load_in_4bit": False, "use_peft": False})
    number = torch.bfloat16 if place.type == "cuda" else torch.float32
    return Policy(model.to(place, number), tokenizer, bare, place)


def _named(progress: Progress, name: str) -> Progress:
    return lambda stage, done, total: progress(f"{name}: {stage}", done, total)


def _all_shares(report: Report) -> dict[str, Share]:
    """The report's shares and, where context was measured, how often the shown circuit was beaten."""
    found = {name: share for name, share in report.shares.items() if share.total}
    if isinstance(report, ValidationReport) and report.context is not None:
        found["uses_context"] = report.context.uses_context
    return found


def _shown(share: Share) -> str:
    return f"{100 * share.value:.1f} % of {share.total}"


def _figure(report: Report, name: str) -> str:
    if name == "distinct":
        distinct = report.distinct if isinstance(report, ValidationReport) else None
        return "" if distinct is None else f"{distinct.circuits} of {distinct.samples}"
    return "" if report.perplexity is None else f"{report.perplexity:.3f}"
