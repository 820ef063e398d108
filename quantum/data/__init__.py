"""Molecular Hamiltonians as JSON, and the script that made them."""
