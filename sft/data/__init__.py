"""Training data from outside and from the corpus, as files that a person can read before a model does."""
