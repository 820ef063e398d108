"""Does training this policy train anything? Tried on a few tokens before hours are spent on it, and then undone.

Adapters fail in silence: all weights frozen, target modules that touch nothing, an adapter that the forward pass
leaves out. The loss curve of such a run looks like that of a bad learning rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from models.policy import Policy
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch

TEXT: Final = "def create_ansatz(num_qubits):\n    return QuantumCircuit(num_qubits)\n"
LEARNING_RATE: Final = 1e-2


@dataclass(frozen=True)
class SelfCheck:
    """What the check found; `step` and `logits` are the largest changes of a weight and of a logit by one step."""

    trainable: int
    parameters: int
    step: float
    logits: float

    def __str__(self) -> str:
        share = 100 * self.trainable / self.parameters
        return (
            f"self-check: {self.trainable:,} trainable parameters ({share:.2g} % of {self.parameters:,}); one step "
            f"changes the adapter by up to {self.step:.1e} and the logits by up to {self.logits:.1e}"
        )


def check_trainable(policy: Policy) -> SelfCheck:
    """One optimiser step of the policy's adapter on a few tokens; weights, modes and random streams end as they were.

    Raises RequestError, one line, when nothing is trainable, when the step leaves the adapter as it was, and when the
    adapter does not reach the logits.
    """
    import torch

    model: Any = policy.model
    name = policy.profile.name
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not trained:
        raise RequestError(f"self-check: no parameter of {name!r} would be trained; look at lora_target_modules")
    ids = policy.tokenizer(TEXT, return_tensors="pt", add_special_tokens=False)["input_ids"].to(policy.device)
    with _undone(policy, trained) as before:
        logits = _logits(policy, ids)
        model.train()
        with _precision(policy):
            model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.0, foreach=False).step()
        step = max(_largest_change(new, old) for new, old in zip(trained, before, strict=True))
        change = _largest_change(_logits(policy, ids), logits)
    if not step > 0:
        raise RequestError(f"self-check: one optimiser step leaves the adapter of {name!r} as it was: no gradient")
    if not change > 0:
        raise RequestError(f"self-check: the adapter of {name!r} changes and its logits do not: it is not applied")
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return SelfCheck(sum(n for n, on in sizes if on), policy.model.num_parameters(), step, change)


@contextmanager
def _undone(policy: Policy, trained: list[torch.nn.Parameter]) -> Iterator[list[torch.Tensor]]:
    """Copies of the trained weights; in the end weights, gradients, modes and random streams are as before."""
    import torch

    devices = [policy.device] if policy.device.type == "cuda" else []
    before = [parameter.detach().clone() for parameter in trained]
    modes = {module: module.training for module in policy.model.modules()}
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(0)  # of dropout: the same policy gives the same figures
        try:
            yield before
        finally:
            for parameter, value in zip(trained, before, strict=True):
                parameter.data.copy_(value)
                parameter.grad = None
            for module, mode in modes.items():
                module.training = mode


def _logits(policy: Policy, ids: torch.Tensor) -> torch.Tensor:
    """Without labels: unsloth gives no logits beside a loss."""
    import torch

    policy.model.eval()
    with torch.no_grad(), _precision(policy):
        logits: torch.Tensor = policy.model(input_ids=ids, use_cache=False).logits
    return logits.float()


def _precision(policy: Policy) -> AbstractContextManager[Any]:
    """The mixed precision that TRL trains in on a GPU."""
    import torch

    return torch.autocast(policy.device.type, torch.bfloat16, enabled=policy.device.type == "cuda")


def _largest_change(new: torch.Tensor, old: torch.Tensor) -> float:
    return float((new.detach() - old).abs().max())
