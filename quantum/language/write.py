"""A program as the Python source of its `create_ansatz(num_qubits)`.

Every slot of a block has a name, declared just before the loops that use it: a `ParameterVector` indexed by the
position, or a `Parameter` where all positions share it; in a repetition the name carries the layer. So no count has to
agree with anything, whatever is edited. A block that occurs twice becomes a helper function, and so does an excitation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS
from quantum.language.tree import Path, Program, Repeat, Statement, Step, Walk, num_sites, walks

HELPER_SITES: Final = ("i", "j", "k", "l")
LEAST_HELPER: Final = 3
"""Steps from which on a block that occurs twice is written once."""
INDENT: Final = "    "

Block = tuple[int, int, tuple[Step, ...]]
"""The width, the number of slots and the steps: what two walks have in common that one helper serves."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A consistent set of names: the circuit, the position, the repetitions from the outside in, the angles."""

    circuit: str
    site: str
    layers: tuple[str, str]
    angles: tuple[str, ...]


HANDS: Final = (
    Hand("qc", "q", ("layer", "rep"), tuple("abcdefghmuvwxyz")),
    Hand("circuit", "i", ("layer", "step"), ("theta", "phi", "gamma", "beta", "alpha", "delta", "eta", "chi", "mu")),
    Hand("ansatz", "k", ("r", "s"), tuple("xyzuvwabcdefgh")),
)


def write(program: Program, hand: Hand = HANDS[0]) -> str:
    """The source in the hand given, ending without a newline."""
    return _Writer(program, hand).source()


def describe(program: Program) -> str:
    """The statements in words: "ry, n // 2 x (cx-ry-cx bricks)"."""
    return ", ".join(map(_phrase, program.statements))


def _phrase(statement: Statement) -> str:
    if isinstance(statement, Repeat):
        return f"{statement.times} x ({', '.join(map(_phrase, statement.body))})"
    gates = "-".join(step.gate for step in statement.steps)
    return gates if statement.where == "chain" else f"{gates} {statement.where}"


class _Writer:
    def __init__(self, program: Program, hand: Hand) -> None:
        self.program = program
        self.hand = hand
        self.names = dict(self._named())
        self.helpers = dict(self._helpers())

    def source(self) -> str:
        circuit = self.hand.circuit
        shared = [name for key, name in self.names.items() if key == ()]
        body = [
            f'"""{describe(self.program)}."""',
            f"{circuit} = QuantumCircuit(num_qubits)",
            *(f'{name} = Parameter("{name}")' for name in shared),
            *self._statements(self.program.statements, (), ()),
            f"return {circuit}",
        ]
        functions = [*self._excitations(), *self._blocks()]
        main = ["def create_ansatz(num_qubits):", *(INDENT + line for line in body)]
        text = "\n\n\n".join("\n".join(lines) for lines in [*functions, main])
        kinds = [kind for kind in ("Parameter", "ParameterVector") if f" {kind}(" in text]
        imports = ["from qiskit import QuantumCircuit"]
        imports += [f"from qiskit.circuit import {', '.join(kinds)}"] if kinds else []
        return "\n".join(imports) + "\n\n\n" + text

    def _named(self) -> Iterator[tuple[object, str]]:
        """A name for every slot of every walk, in the order of the text; () is what the whole program shares."""
        names = self._angle_names()
        if any("program" in walk.sharing for _, walk in walks(self.program)):
            yield (), next(names)
        for path, walk in walks(self.program):
            for slot, sharing in enumerate(walk.sharing):
                if sharing != "program":
                    yield (path, slot), next(names)

    def _angle_names(self) -> Iterator[str]:
        for times in count(1):
            yield from (name * times for name in self.hand.angles)

    def _helpers(self) -> Iterator[tuple[Block, str]]:
        """A name for every block that occurs more than once."""
        blocks = Counter(_block(walk) for _, walk in walks(self.program) if len(walk.steps) >= LEAST_HELPER)
        often = [block for block, times in blocks.items() if times > 1]
        for number, block in enumerate(often, start=1):
            yield block, "block" if number == 1 else f"block{number}"

    def _statements(self, statements: Sequence[Statement], above: Path, loops: tuple[str, ...]) -> Iterator[str]:
        for number, statement in enumerate(statements):
            path = (*above, number)
            if isinstance(statement, Walk):
                yield from self._walk(statement, path, loops)
                continue
            if not loops:
                yield from self._sites_inside(path)
            layer = self.hand.layers[len(loops)]
            body = [*self._statements(statement.body, path, (*loops, layer))]
            name = layer if any(re.search(rf"\b{layer}\b", line) for line in body) else "_"
            yield f"for {name} in range({self._times(statement)}):"
            yield from (INDENT + line for line in body)

    def _times(self, repeat: Repeat) -> str:
        return re.sub(r"\bn\b", "num_qubits", repeat.times)

    def _sites_inside(self, above: Path) -> Iterator[str]:
        """The angles that are the same in every repetition, declared before the outermost one."""
        for path, walk in walks(self.program):
            if path[: len(above)] == above:
                for slot, sharing in enumerate(walk.sharing):
                    if sharing == "site":
                        yield self._declaration(walk, path, slot, ())

    def _declaration(self, walk: Walk, path: Path, slot: int, loops: tuple[str, ...]) -> str:
        name = self.names[path, slot]
        text = f'f"{name}{"_".join(f"{{{loop}}}" for loop in loops)}"' if loops else f'"{name}"'
        if walk.sharing[slot] == "layer" or not PATTERNS[walk.where].is_walk:
            return f"{name} = Parameter({text})"
        return f"{name} = ParameterVector({text}, num_qubits)"

    def _walk(self, walk: Walk, path: Path, loops: tuple[str, ...]) -> Iterator[str]:
        for slot, sharing in enumerate(walk.sharing):
            if sharing != "program" and not (loops and sharing == "site"):
                yield self._declaration(walk, path, slot, loops)
        layer = loops[-1] if loops else "0"
        headers = loop_headers(walk.where, walk.width, self.hand.site, layer)
        yield from headers
        sites = site_texts(walk.where, walk.width, self.hand.site)
        angles = [self._angle(walk, path, slot) for slot in range(len(walk.sharing))]
        yield from (INDENT * len(headers) + line for line in self._calls(walk, angles, sites))

    def _angle(self, walk: Walk, path: Path, slot: int) -> str:
        """How a slot is written inside the loops."""
        sharing, q = walk.sharing[slot], self.hand.site
        if sharing == "program":
            return self.names[()]
        name = self.names[path, slot]
        if sharing == "layer" or not PATTERNS[walk.where].is_walk:
            return name
        if sharing != "mirror":
            return f"{name}[{q}]"
        return f"{name}[{mirrored(walk.where, walk.width, q)}]"

    def _calls(self, walk: Walk, angles: Sequence[str], sites: Sequence[str]) -> Iterator[str]:
        helper = self.helpers.get(_block(walk))
        if helper is None:
            yield from (self._call(step, angles, sites) for step in walk.steps)
        else:
            yield f"{helper}({', '.join([self.hand.circuit, *angles, *sites])})"

    def _call(self, step: Step, angles: Sequence[str], sites: Sequence[str]) -> str:
        turned = [] if step.angle is None else [_multiple(step.factor, angles[step.angle])]
        arguments = ", ".join([*turned, *(sites[site] for site in step.sites)])
        if step.gate in EXCITATIONS:
            return f"{step.gate}({self.hand.circuit}, {arguments})"
        return f"{self.hand.circuit}.{step.gate}({arguments})"

    def _excitations(self) -> Iterator[list[str]]:
        used = {step.gate for _, walk in walks(self.program) for step in walk.steps}
        for name in EXCITATIONS:
            if name in used:
                steps = [
                    Step(part.gate, part.sites, 0 if part.factor else None, part.factor)
                    for part in EXCITATIONS[name].parts
                ]
                yield self._function(name, ["t"], num_sites(name), steps, EXCITATIONS[name].title)

    def _blocks(self) -> Iterator[list[str]]:
        for (width, slots, steps), name in self.helpers.items():
            yield self._function(name, [*islice(self._angle_names(), slots)], width, steps)

    def _function(
        self, name: str, angles: Sequence[str], width: int, steps: Sequence[Step], title: str = ""
    ) -> list[str]:
        sites = HELPER_SITES[:width]
        head = f"def {name}({', '.join([self.hand.circuit, *angles, *sites])}):"
        words = [f'"""{title}."""'] if title else []
        return [head, *(INDENT + line for line in [*words, *(self._call(step, angles, sites) for step in steps)])]


def loop_headers(where: str, width: int, q: str, layer: str) -> tuple[str, ...]:
    """The lines of the loops that walk a pattern, indented, with `q` for the position."""
    return tuple(line.format(**_texts(width, q), layer=layer) for line in PATTERNS[where].loops)


def site_texts(where: str, width: int, q: str) -> list[str]:
    """The qubits of the block at position `q`."""
    return [site.format(**_texts(width, q)) for site in PATTERNS[where].sites[:width]]


def mirrored(where: str, width: int, q: str) -> str:
    """The index that position `q` has in common with its mirror image."""
    image = f"{_less('num_qubits', width)} - {q}"
    return f"min({q}, {f'abs({image})' if where == 'ring' else image})"


def _texts(width: int, q: str) -> dict[str, object]:
    end, last = _less("num_qubits", width - 1), _less("num_qubits", width)
    return {"n": "num_qubits", "q": q, "width": width, "end": end, "last": last}


def _block(walk: Walk) -> Block:
    return walk.width, len(walk.sharing), walk.steps


def _less(name: str, by: int) -> str:
    return f"{name} - {by}" if by else name


def _multiple(factor: int, angle: str) -> str:
    if abs(factor) == 1:
        return angle if factor == 1 else f"-{angle}"
    return f"{factor} * {angle}"
