"""The program language: an ansatz as one `create_ansatz(num_qubits)` for every size, as data.

A program is a tree of blocks of gates walked along the qubits and of repetitions (`tree`, `patterns`, `excitations`).
From it come its circuit at any size, without running code (`build`), and its Python source (`write`), from which it is
read back (`read`). Programs are drawn (`draw`), edited and crossed (`edit`, `edit_walk`), and made smaller (`reduce`).
"""
