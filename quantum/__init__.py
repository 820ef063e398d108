"""Physics: Hamiltonians, circuits, exact energies, VQE. No torch, no trl; nothing here knows what a model is."""
