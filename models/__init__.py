"""What generates: model profiles, loaders, prompt formats, the embedded model and its tokenizer."""
