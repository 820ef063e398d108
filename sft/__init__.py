"""Supervised fine-tuning: the ansatz corpus, the training stage, validation of what a policy writes."""
