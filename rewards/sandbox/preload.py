"""Everything a candidate may import, loaded before any candidate exists: after the fork no file can be opened.

The lists below are therefore also the list of modules that a candidate can import; anything else is an ordinary
`ModuleNotFoundError`. The warm-up runs what Qiskit loads or caches at first use.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Final

STANDARD_LIBRARY: Final = """
    __future__ abc array ast base64 binascii bisect calendar cmath codecs collections collections.abc colorsys
    contextlib copy copyreg csv dataclasses datetime decimal difflib dis enum errno fractions functools gc
    hashlib heapq hmac inspect io itertools json keyword linecache locale logging math numbers operator os
    os.path pathlib pickle pprint queue random re reprlib secrets shutil signal statistics string struct sys
    tempfile textwrap threading time timeit token tokenize traceback types typing unicodedata uuid warnings
    weakref zlib
    asyncio concurrent.futures ctypes encodings.idna fcntl glob mmap multiprocessing.pool
    multiprocessing.shared_memory pty resource runpy select socket ssl subprocess
    urllib.request
"""
"""The last two lines are there so that an attempt is denied by the kernel and not by a missing module."""

SCIENCE: Final = """
    numpy numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.typing rustworkx typing_extensions
    scipy scipy.linalg scipy.optimize scipy.sparse scipy.sparse.linalg scipy.special
    scipy.stats
"""
"""What Qiskit (scipy.stats: its random operators) and candidates use. The rest would only make every fork slower."""

PACKAGES: Final = ("qiskit",)
"""Loaded whole, every submodule."""

_UNWANTED: Final = """
    matplotlib PIL IPython sympy networkx pandas qiskit_aer pylatexenc pydot seaborn
"""
"""Optional imports of the packages above that would make every fork slower and are of no use to a circuit."""

_PROJECT: Final = ("quantum", "rewards")


def clean_path(project: str) -> None:
    """Leaves `sys.path` with the existing directories other than `project`, a checkout of ours.

    An installed project lies beside Qiskit, whose plug-ins are found through that directory: then it stays. What a
    candidate can import is decided by what is loaded, not by the path. Before the warm-up and never again: plug-in
    discovery caches by the path, and would look for files afterwards.
    """
    installed = os.path.isdir(os.path.join(project, "qiskit"))
    sys.path[:] = [
        entry
        for entry in sys.path
        if entry and os.path.isdir(entry) and (installed or not os.path.samefile(entry, project))
    ]


def load(still_wanted: Callable[[], None]) -> tuple[int, list[str]]:
    """Imports the manifest; gives the number of modules and what could not be loaded. Calls back between imports."""
    for name in _UNWANTED.split():
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # import system's own mark for "not importable"
    loaded, failed = 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*STANDARD_LIBRARY.split(), *SCIENCE.split(), *_submodules()):
            still_wanted()
            try:
                importlib.import_module(name)
                loaded += 1
            except Exception as error:
                failed.append(f"{name}: {type(error).__name__}: {error}"[:200])
    return loaded, failed


def forget_unwanted() -> None:
    """Removes the marks of `load`, and the project itself, from the modules that a candidate can import."""
    for name, module in list(sys.modules.items()):
        if module is None or name.partition(".")[0] in _PROJECT:
            del sys.modules[name]


def _submodules() -> Iterator[str]:
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield name
        for module in pkgutil.walk_packages(package.__path__, f"{name}.", onerror=lambda _: None):
            if "matplotlib" not in module.name and not module.name.endswith("__main__"):
                yield module.name


def warm_up() -> None:
    """Touches what Qiskit loads lazily, without starting its thread pool: transpile levels 0 and 1 only."""
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit import ParameterVector
    from qiskit.circuit.library import PauliEvolutionGate, PermutationGate, QFTGate, efficient_su2, n_local
    from qiskit.quantum_info import SparsePauliOp, Statevector

    from rewards.sandbox.serialise import to_document

    theta = ParameterVector("t", 4)
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.rx(2 * theta[0] + 0.1, 0)
    circuit.rzz(theta[1], 0, 1)
    circuit.to_gate().control(1)
    circuit.append(QFTGate(3), [0, 1, 2])
    circuit.append(PermutationGate([1, 0, 2]), [0, 1, 2])
    circuit.append(PauliEvolutionGate(SparsePauliOp(["XXI", "IZZ"]), time=theta[2]), [0, 1, 2])
    for ansatz in (circuit, efficient_su2(3, reps=1), n_local(3, "ry", "cx", reps=1)):
        to_document(ansatz)
    bound = circuit.assign_parameters(dict.fromkeys(circuit.parameters, 0.3))
    for level in (0, 1):
        transpile(bound, basis_gates=["rx", "ry", "rz", "cx"], optimization_level=level)
    str(circuit.decompose().draw("text"))
    Statevector(bound)
    for broken in ("1/0", "def f(:", "import no_such_module"):
        try:
            exec(broken, {})
        except Exception as error:
            str(error)


def adapt() -> None:
    """Changes to libraries that a candidate would otherwise stumble over.

    `qasm2.loads` and `QuantumCircuit.from_qasm_str` insist that the working directory exists before they parse a text
    that includes only what is built in; here nothing can be looked up by path. numpy's new generators seed themselves
    from the system; here from `random`, which starts every candidate at the same seed, so its circuit is repeatable.
    What asks the system for random bytes, such as uuid, gets the same ones in every candidate. `time.sleep` reckons the
    end by a clock, which stands still; here it waits so many seconds.
    """
    import random
    import select
    import time

    from numpy.random import bit_generator
    from qiskit import qasm2

    qasm2._normalize_path = str
    os.urandom = random._urandom = random.Random(0).randbytes  # type: ignore[attr-defined]
    time.sleep = lambda seconds: select.select([], [], [], float(seconds)) and None
    bit_generator.randbits = random.getrandbits  # type: ignore[attr-defined]


def start_thread_pool() -> None:
    """Makes Qiskit's Rust thread pool exist, with one idle worker.

    A candidate cannot create threads. A two-qubit `UnitaryGate` asks the pool for its size and would panic while
    creating it; with RAYON_NUM_THREADS=1 and QISKIT_IN_PARALLEL=TRUE it is told "one" and works in its own thread.
    """
    import numpy as np
    from qiskit.circuit.library import UnitaryGate

    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    UnitaryGate(np.linalg.qr(matrix)[0]).definition  # noqa: B018  # synthesised on access
