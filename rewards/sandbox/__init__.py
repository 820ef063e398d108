"""The sandbox: runs code that a model wrote and believes nothing of it but a gate list.

    host ──exec──► keeper ──fork──► zygote (Qiskit loaded, isolated) ──fork──► child (locked down, one candidate)
      ▲                                                                           │
      └──────────── one JSON document: a circuit, or what went wrong ◄────────────┘

host.py starts (interpreter.py) and supervises, zygote.py forks and watches, child.py locks itself down and runs,
serialise.py writes the document, verdict.py reads it. preload.py is what a candidate can import; seccomp.py,
landlock.py, isolation.py and clock.py are the layers; levels.py says which of them this machine has; proof.py shows
that each one works. settings.py is what a file may say, protection.py what only the machine and the command line can.
docs/security.md is the threat model.
"""

from rewards.sandbox.host import Sandbox, SandboxError
from rewards.sandbox.levels import Hello, describe_level
from rewards.sandbox.proof import LayerProof, prove_layers
from rewards.sandbox.protection import CEILINGS, Protection
from rewards.sandbox.result import REASONS, SandboxResult
from rewards.sandbox.settings import LEVELS, SandboxSettings

__all__ = [
    "CEILINGS",
    "LEVELS",
    "REASONS",
    "Hello",
    "LayerProof",
    "Protection",
    "Sandbox",
    "SandboxError",
    "SandboxResult",
    "SandboxSettings",
    "describe_level",
    "prove_layers",
]
