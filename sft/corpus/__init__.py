"""The ansatz corpus: circuit families, how they are written as code, prompts that tell the truth about them."""
