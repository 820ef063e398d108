"""How good a policy is, measured: prompts, judges, shares with intervals, and what the context is worth.

suite.py names the prompts, judge.py says what became of one answer, bench.py judges many at once, shares.py is the
statistics, report.py the result. perplexity.py and context.py are figures of their own, domain.py is for answers that
are no circuits; `sft.validate` and `sft.compare` put them together.
"""
