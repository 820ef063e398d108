"""The YAML files that a user launches, as package data."""
