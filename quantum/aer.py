"""Qiskit Aer as the witness: energies of bound circuits through its public API, and a whole VQE on it.

`aer_energy` is the figure that a score reports. It takes the original circuit with every angle a number: parameters
passed to Aer at run time are silently ignored in crx, cry, crz and cp (their angle stays 0; qiskit-aer issues 2323,
2391, 2403). `AerObjective`, which needs many angles a call, therefore rewrites those gates, and u, into rotations
with two-term shift rules first, gives every rotation a symbol of its own, and applies the chain rule itself.

No transpiling: Aer runs every gate of the closed table but iswap, which goes in by its definition. One thread, float64,
method statevector, no fusion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from quantum.circuit import Angle, Circuit, Gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.hamiltonians import Hamiltonian

_KEY = "energy"


class AerError(RuntimeError):
    """Aer did not finish a circuit that is valid here: a failure of ours, not of the circuit."""


class _InThisThread(Executor):
    """Aer's jobs run where they are submitted: no thread to wake, none to lose in a fork."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@lru_cache(maxsize=1)
def _simulator() -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator(
        method="statevector",
        precision="double",
        max_parallel_threads=1,
        fusion_enable=False,
        executor=_InThisThread(),
    )


@lru_cache(maxsize=32)
def _measurement(hamiltonian: Hamiltonian) -> Any:
    from qiskit_aer.library import SaveExpectationValue

    return SaveExpectationValue(hamiltonian.operator, label=_KEY)


def _run(circuit: Any, hamiltonian: Hamiltonian, **options: Any) -> list[float]:
    circuit.append(_measurement(hamiltonian), range(circuit.num_qubits))
    result = _simulator().run(circuit, shots=1, **options).result()
    if not result.success:
        raise AerError(f"Aer: {result.status}")
    return [float(getattr(experiment.data, _KEY)) for experiment in result.results]


def aer_energy(circuit: Circuit, theta: Sequence[float], hamiltonian: Hamiltonian) -> float:
    """<psi(theta)|H|psi(theta)> by Aer, the circuit bound at `theta`, in the Hamiltonian's unit.

    Raises ValueError on a wrong number of parameters, `AerError` when Aer fails.
    """
    return _run(_runnable(circuit).to_qiskit(theta), hamiltonian)[0]


def _runnable(circuit: Circuit) -> Circuit:
    """The circuit with every iswap, which Aer does not know, replaced by Qiskit's definition of it."""
    if not any(gate.name == "iswap" for gate in circuit.gates):
        return circuit
    gates: list[Gate] = []
    for gate in circuit.gates:
        gates += _iswap(*gate.qubits) if gate.name == "iswap" else (gate,)
    return Circuit(circuit.num_qubits, circuit.num_parameters, tuple(gates))


def _iswap(a: int, b: int) -> tuple[Gate, ...]:
    steps = ("s", (a,)), ("s", (b,)), ("h", (a,)), ("cx", (a, b)), ("cx", (b, a)), ("h", (b,))
    return tuple(Gate(name, qubits) for name, qubits in steps)


class AerObjective:
    """theta -> (E, dE/dtheta), every number an expectation value by Aer, gradients by the two-term shift rule.

    One call is one Aer job of 2K + 1 circuits, K the number of rotations that depend on a parameter.
    """

    def __init__(self, circuit: Circuit, hamiltonian: Hamiltonian) -> None:
        rotations, angles = separate_angles(circuit)
        self._hamiltonian = hamiltonian
        self._circuit = rotations.to_qiskit()
        self._symbols = sorted(self._circuit.parameters, key=lambda symbol: symbol.index)
        self._slopes = np.zeros((len(angles), circuit.num_parameters))
        for row, angle in zip(self._slopes, angles, strict=True):
            for index, coefficient in angle.terms:
                row[index] = coefficient
        self._constants = np.array([angle.constant for angle in angles])

    def __call__(self, theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        angles = self._slopes @ theta + self._constants
        shifts = math.pi / 2 * np.eye(len(angles))
        points = np.vstack([angles[None, :], angles + shifts, angles - shifts])
        if not len(angles):
            energies = np.array(_run(self._circuit.copy(), self._hamiltonian))
        else:
            binds = {symbol: list(column) for symbol, column in zip(self._symbols, points.T, strict=True)}
            energies = np.array(
                _run(
                    self._circuit.copy(),
                    self._hamiltonian,
                    parameter_binds=[binds],
                    runtime_parameter_bind_enable=True,
                )
            )
        if len(energies) != len(points):
            raise AerError(f"Aer returned {len(energies)} energies for {len(points)} points")
        up, down = energies[1 : len(angles) + 1], energies[len(angles) + 1 :]
        return float(energies[0]), 0.5 * (up - down) @ self._slopes


def _scaled(angle: Angle, factor: float) -> Angle:
    return Angle(tuple((index, factor * c) for index, c in angle.terms), factor * angle.constant)


def _two_term_gates(gate: Gate) -> tuple[Gate, ...]:
    """`gate` as gates whose every angle obeys the two-term shift rule, equal up to a global phase."""
    if gate.name == "u":
        theta, phi, lam = gate.angles
        return tuple(Gate(name, gate.qubits, (angle,)) for name, angle in (("rz", lam), ("ry", theta), ("rz", phi)))
    if gate.name not in ("crx", "cry", "crz", "cp"):
        return (gate,)
    (control, target), half = gate.qubits, (_scaled(gate.angles[0], 0.5),)
    minus_half = (_scaled(gate.angles[0], -0.5),)
    if gate.name == "crx":
        return Gate("rx", (target,), half), Gate("rzx", gate.qubits, minus_half)
    if gate.name == "cry":
        turned = _two_term_gates(Gate("crx", gate.qubits, gate.angles))
        return Gate("sdg", (target,)), *turned, Gate("s", (target,))
    both = Gate("rz", (target,), half), Gate("rzz", gate.qubits, minus_half)
    return both if gate.name == "crz" else (Gate("p", (control,), half), *both)


def separate_angles(circuit: Circuit) -> tuple[Circuit, list[Angle]]:
    """The circuit with parameter k as the whole angle of its k-th parametrised rotation, and those angles."""
    gates: list[Gate] = []
    angles: list[Angle] = []
    for gate in _runnable(circuit).gates:
        for part in _two_term_gates(gate):
            if part.angles and part.angles[0].terms:
                angles.append(part.angles[0])
                part = Gate(part.name, part.qubits, (Angle(((len(angles) - 1, 1.0),)),))
            gates.append(part)
    return Circuit(circuit.num_qubits, len(angles), tuple(gates)), angles


class Polish(NamedTuple):
    energy: float
    parameters: tuple[float, ...]
    improvement: float


def polish_on_aer(circuit: Circuit, theta: Sequence[float], hamiltonian: Hamiltonian, iterations: int = 10) -> Polish:
    """L-BFGS-B from `theta` with Aer's own energies and gradients: the found energy, its parameters, and the gain.

    The starting energy stands when nothing lower is found; `improvement` is then 0.
    """
    from scipy.optimize import minimize

    first = aer_energy(circuit, theta, hamiltonian)
    if not circuit.num_parameters:
        return Polish(first, tuple(theta), 0.0)
    found = minimize(
        AerObjective(circuit, hamiltonian),
        np.asarray(theta, dtype=np.float64),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxfun": 2 * iterations, "ftol": 0.0, "gtol": 1e-8},
    )
    parameters = tuple(float(value) for value in found.x)
    energy = aer_energy(circuit, parameters, hamiltonian)
    if energy >= first:
        return Polish(first, tuple(float(value) for value in theta), 0.0)
    return Polish(energy, parameters, first - energy)
