"""Ansaetze: a completion is valid when its `create_ansatz` runs in the sandbox and its circuit passes the verifier.

No problem is needed, so the circuit is judged by structure: the verifier's rules with the default limits of its size.
Energies are for `rewards.score`. A function is asked for `PROBE_QUBITS` qubits, as in the corpus, so that hashes agree
with the corpus's; one that has no circuit of that size is asked for the others of `SIZES`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from quantum.canonical import canonical_hash
from quantum.circuit import Circuit
from quantum.errors import InfrastructureError
from quantum.plain import one_line
from quantum.problem import default_limits
from quantum.verifier import verify
from rewards.extract import extract_code
from rewards.policy import check_code
from rewards.sandbox import Sandbox, SandboxResult
from sft.corpus.code import fence
from sft.corpus.rows import PROBE_QUBITS
from sft.domains.base import Domain, Judgement

SIZES: Final = (PROBE_QUBITS, 4, 6, 8, 2, 3)
"""In the order of trial; many published functions take even sizes only, or one."""

SIZE_REASONS: Final = frozenset({"exception", "wrong_qubits", "no_parameters", "dead_parameters"})
"""What may be the matter with the size alone; anything else is the matter at every size."""


class AnsatzDomain(Domain):
    """Its sandbox starts with the first answer that is code."""

    name = "ansatz"

    @cached_property
    def sandbox(self) -> Sandbox:
        return Sandbox()

    def clean(self, text: str) -> str:
        code = extract_code(text)
        return text.strip() if code is None else fence(code.strip("\n"))

    def judge(self, text: str) -> Judgement:
        code = extract_code(text)
        if code is None:
            return Judgement("no_code", "nothing in the text defines create_ansatz")
        policy = check_code(code)
        if policy.reason is not None:
            return Judgement(policy.reason, one_line(policy.message))
        first = None
        for num_qubits in SIZES:
            judgement = self._at(code, num_qubits)
            if judgement.ok:
                return judgement
            first = first or judgement
            if judgement.reason not in SIZE_REASONS:
                break
        assert first is not None
        return first

    def circuit(self, text: str, num_qubits: int) -> Circuit | None:
        """The circuit of an answer that `judge` found valid, at one size; None where it has none."""
        code = extract_code(text)
        return None if code is None else self._run(code, num_qubits).circuit

    def _run(self, code: str, num_qubits: int) -> SandboxResult:
        result = self.sandbox.run(code, num_qubits)
        if result.outcome == "infrastructure":
            raise InfrastructureError(f"the sandbox failed: {result.message}")
        return result

    def _at(self, code: str, num_qubits: int) -> Judgement:
        result = self._run(code, num_qubits)
        if result.circuit is None:
            return Judgement(result.reason or result.outcome, one_line(f"n = {num_qubits}: {result.message}"))
        verdict = verify(result.circuit, num_qubits, default_limits(num_qubits))
        if not verdict.ok:
            return Judgement(verdict.reason, one_line(f"n = {num_qubits}: {verdict.message}"))
        return Judgement(None, hash=canonical_hash(result.circuit))

    def close(self) -> None:
        if "sandbox" in self.__dict__:
            self.sandbox.close()


create = AnsatzDomain
