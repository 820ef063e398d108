"""From a loaded policy to one that a trainer can take: the adapter made, domain tokens added, the self-check passed."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from models.adapters import attach_adapter
from models.policy import Policy
from models.selfcheck import check_trainable


def prepare_training(policy: Policy, seed: int, domain_tokens: Sequence[str] = ()) -> None:
    """Change `policy` in place, ready for TRL; equal seeds give equal adapters. Raises RequestError.

    A policy that trains all its weights only gets its domain tokens.
    """
    attach_adapter(policy, seed, domain_tokens)
    if policy.profile.use_peft:
        print(check_trainable(policy), file=sys.stderr)
