"""Eight float64 numbers as one value inside numba kernels: the engine's SIMD vector, written for by hand.

LLVM does not vectorise a plain inner loop over eight lanes (it cannot prove that the rows do not overlap), and losing
that costs a factor of 3 to 8. So a row of eight is a type of its own, lowered to LLVM's `<8 x double>`: one register
with AVX-512, two with AVX2, four with SSE2 or NEON. A product may contract with a sum into one fused instruction;
nothing else is relaxed, no sum is reordered.

    a = load(array, row)                 array: C-contiguous float64 of shape (rows, 8), from `aligned`
    store(array, row, c * a + s * b)     +, -, * and unary - between lanes
    splat(x), flip(a, parity(bits)), sum_lanes(a)

Not covered: other element types, masks, unaligned arrays (rows must start on 64 bytes).
"""

# Numba types what runs here, not by annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, no-any-return"
from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

LANES: Final = 8
_BYTES: Final = 8 * LANES
_VECTOR: Final = ir.VectorType(ir.DoubleType(), LANES)
_BITS: Final = ir.VectorType(ir.IntType(64), LANES)
_FLAGS: Final = ("contract",)


class LanesType(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="Lanes8")


lanes: Final = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, fe_type: LanesType) -> None:
        super().__init__(manager, fe_type, _VECTOR)


def aligned(rows: int) -> np.ndarray:
    """Zeros of shape (rows, 8) whose rows start on 64-byte boundaries, as `load` and `store` require."""
    raw = np.zeros(rows * LANES + LANES)
    first = -raw.ctypes.data % _BYTES // 8
    return raw[first : first + rows * LANES].reshape(rows, LANES)


def _address(context: Any, builder: Any, array_type: Any, array: Any, row: Any) -> Any:
    struct = context.make_array(array_type)(context, builder, array)
    zero = ir.Constant(ir.IntType(64), 0)
    pointer = cgutils.get_item_pointer(context, builder, array_type, struct, [row, zero], wraparound=False)
    return builder.bitcast(pointer, _VECTOR.as_pointer())


def _broadcast(builder: Any, scalar: Any, vector: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    return _some(builder, one, [0] * LANES)


def _some(builder: Any, vector: Any, positions: Iterable[int]) -> Any:
    mask = [ir.Constant(ir.IntType(32), position) for position in positions]
    undefined = ir.Constant(vector.type, ir.Undefined)
    return builder.shuffle_vector(vector, undefined, ir.Constant(ir.VectorType(ir.IntType(32), len(mask)), mask))


@intrinsic
def load(typing: Any, array: Any, row: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], *args), align=_BYTES)

    return lanes(array, types.intp), lower


@intrinsic
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _address(context, builder, signature.args[0], *args[:2]), align=_BYTES)
        return context.get_dummy_value()

    return types.none(array, types.intp, lanes), lower


@intrinsic
def splat(typing: Any, value: Any) -> Any:
    """All eight lanes the same."""
    return lanes(types.float64), lambda context, builder, signature, args: _broadcast(builder, args[0], _VECTOR)


@intrinsic
def flip(typing: Any, value: Any, parity: Any) -> Any:
    """`value` with its sign changed in all lanes when `parity` (0 or 1) is 1; branch-free."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        sign = _broadcast(builder, builder.shl(args[1], ir.Constant(ir.IntType(64), 63)), _BITS)
        return builder.bitcast(builder.xor(builder.bitcast(args[0], _BITS), sign), _VECTOR)

    return lanes(lanes, types.int64), lower


@intrinsic
def parity(typing: Any, bits: Any) -> Any:
    """1 when an odd number of bits is set, else 0."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.and_(builder.ctpop(args[0]), ir.Constant(ir.IntType(64), 1))

    return types.int64(types.int64), lower


@intrinsic
def sum_lanes(typing: Any, value: Any) -> Any:
    """The sum of the eight lanes, always in the same order."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector, width = args[0], LANES
        while width > 1:
            width //= 2
            low, high = (_some(builder, vector, range(first, first + width)) for first in (0, width))
            vector = builder.fadd(low, high)
        return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))

    return types.float64(lanes), lower


@intrinsic
def _negative(typing: Any, a: Any) -> Any:
    return lanes(lanes), lambda context, builder, signature, args: builder.fneg(args[0])


def _binary(name: str) -> Any:
    def template(typing: Any, a: Any, b: Any) -> Any:
        def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, name)(*args, flags=_FLAGS)

        return lanes(lanes, lanes), lower

    return intrinsic(template)


_add, _subtract, _multiply = _binary("fadd"), _binary("fsub"), _binary("fmul")


# numba compares the parameter lists of an overload and its implementation, annotations included: none here.
@overload(operator.add)
def _overload_add(a, b):  # type: ignore[no-untyped-def]
    return (lambda a, b: _add(a, b)) if a is lanes and b is lanes else None


@overload(operator.sub)
def _overload_subtract(a, b):  # type: ignore[no-untyped-def]
    return (lambda a, b: _subtract(a, b)) if a is lanes and b is lanes else None


@overload(operator.mul)
def _overload_multiply(a, b):  # type: ignore[no-untyped-def]
    return (lambda a, b: _multiply(a, b)) if a is lanes and b is lanes else None


@overload(operator.neg)
def _overload_negative(a):  # type: ignore[no-untyped-def]
    return (lambda a: _negative(a)) if a is lanes else None
