"""From a completion to a score: extraction, policy, the sandbox, the reward. Imports neither torch nor trl."""
