# Imports what a model may think of.
import abc, bisect, cmath, collections, copy, dataclasses, decimal, enum, fractions, functools, heapq, inspect
import io, itertools, json, logging, math, numbers, operator, os, pathlib, pickle, random, re, statistics, string
import sys, textwrap, time, traceback, types, typing, uuid, warnings
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

start = time.time()


def create_ansatz(num_qubits):
    try:
        qc = QuantumCircuit(num_qubits)
        qc.ry(Parameter("x"), 0)
        return copy.deepcopy(qc)
    finally:
        print(f"{time.time() - start:.3f} s", file=sys.stderr)
