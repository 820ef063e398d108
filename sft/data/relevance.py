"""How much a text has to do with a query: TF-IDF cosine by numpy alone, or an encoder model from a local folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from quantum.errors import RequestError
from quantum.reading import read_json

BATCH = 32


def tfidf_relevance(texts: Sequence[str], query: str) -> list[float]:
    """Cosine of each text with the query, 0 to 1; weights (1 + ln tf) * (ln((1 + N) / (1 + df)) + 1), N the texts.

    Manning, Raghavan, Schuetze, Introduction to Information Retrieval (2008), ch. 6; idf smoothed as in scikit-learn.
    """
    counts = [Counter(_words(text)) for text in texts]
    found = Counter(word for count in counts for word in count)

    def weights(count: Counter[str]) -> dict[str, float]:
        return {
            word: (1 + np.log(times)) * (np.log((1 + len(texts)) / (1 + found[word])) + 1)
            for word, times in count.items()
        }

    wanted = weights(Counter(_words(query)))
    scale = np.linalg.norm(list(wanted.values())) if wanted else 1.0
    cosines = []
    for weighted in map(weights, counts):
        length = np.linalg.norm(list(weighted.values())) if weighted else 1.0
        cosines.append(float(sum(wanted[word] * weighted.get(word, 0.0) for word in wanted) / (scale * length)))
    return cosines


def encoder_relevance(texts: Sequence[str], query: str, folder: Path) -> list[float]:
    """Cosine of sentence embeddings by the encoder in `folder`, such as a copy of all-MiniLM-L6-v2.

    Token embeddings are averaged, or the first is taken where the folder's own `1_Pooling/config.json` says so. Raises
    `RequestError` for a folder that holds no encoder; nothing is downloaded.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    if not (folder / "config.json").is_file():
        raise RequestError(f"{folder} holds no model (no config.json); give the folder of an encoder, or no --encoder")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModel.from_pretrained(folder, local_files_only=True, trust_remote_code=False).eval()
    except (OSError, ValueError) as error:
        raise RequestError(f"{folder} holds no encoder that loads: {' '.join(str(error).split()):.200}") from None
    first = _takes_first_token(folder)
    vectors = []
    every = [query, *texts]
    for start in range(0, len(every), BATCH):
        batch = tokenizer(every[start : start + BATCH], padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = states[:, 0] if first else (states * mask).sum(1) / mask.sum(1)
        vectors.append(torch.nn.functional.normalize(pooled, dim=-1).float().numpy())
    embedded = np.concatenate(vectors)
    return [float(cosine) for cosine in embedded[1:] @ embedded[0]]


def _takes_first_token(folder: Path) -> bool:
    path = folder / "1_Pooling" / "config.json"
    return path.is_file() and bool(read_json(path).get("pooling_mode_cls_token"))


def _words(text: str) -> list[str]:
    """Lower-case words of two letters or more, a plural s cut off."""
    return [re.sub(r"(?<=[^s])s$", "", word) for word in re.findall(r"[^\W\d_][\w-]+", text.lower())]
