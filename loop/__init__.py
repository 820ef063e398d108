"""From a problem to a run: memory, prompts, discover, resume, export, verify, and the command."""
