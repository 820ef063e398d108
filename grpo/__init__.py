"""GRPO by TRL, set up from a config, with prompts that are fresh from a task at every step."""
