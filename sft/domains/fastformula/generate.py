"""Question and FastFormula rows of our own making, from templates: `python -m sft.domains.fastformula.generate`.

Eleven kinds of formula (pay, bonus, eligibility, service, leave, ...), with names, figures and wording drawn from
a seed. Every row is judged by the grammar before it is kept, and no formula occurs twice. The rows say nothing about a
real payroll.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from quantum.seeds import seed_for
from sft.data.examples import Example, save_examples
from sft.domains.fastformula import FastFormulaDomain

ROWS: Final = 300
SHIPPED: Final = Path(__file__).parent / "rows.jsonl"

Formula = tuple[str, str]
"""A question and the formula that answers it."""

PAY: Final = ("salary", "base_pay", "monthly_salary", "annual_salary", "gross_pay", "basic_salary")
HOURS: Final = ("hours_worked", "regular_hours", "total_hours", "time_entered")
RATES: Final = ("hourly_rate", "pay_rate", "standard_rate", "job_rate")
RESULTS: Final = ("result", "amount", "pay_value", "total", "l_value")
CODES: Final = ("grade", "job_code", "location", "employment_category", "union_code")
DATES: Final = ("hire_date", "start_date", "adjusted_service_date", "contract_date")
FLAGS: Final = ("eligible", "flag", "l_status", "qualifies")
ASK: Final = ("Write a formula that", "Create a FastFormula that", "Give me a formula which", "I need a formula that")


def rows(count: int = ROWS, seed: int = 0) -> list[Example]:
    """`count` distinct rows; equal arguments give equal rows."""
    domain, found, number = FastFormulaDomain(), dict[str, Example](), 0
    while len(found) < count:
        kind = KINDS[number % len(KINDS)]
        question, formula = kind(Random(seed_for(seed, "fastformula", number)))
        judgement = domain.judge(formula)
        if judgement.hash is None:
            raise RuntimeError(f"{kind.__name__} wrote no FastFormula ({judgement.message}):\n{formula}")
        prompt = [{"role": "user", "content": question}]
        row = Example("fastformula", prompt, formula, judgement.hash, {"template": kind.__name__.strip("_")})
        found.setdefault(judgement.hash, row)
        number += 1
    return list(found.values())


def _head(inputs: dict[str, str], kinds: dict[str, str] | None = None) -> list[str]:
    """DEFAULT lines with their constants, and the INPUTS line."""
    kinds = kinds or {}
    named = [f"{name} ({kinds[name]})" if name in kinds else name for name in inputs]
    return [*(f"DEFAULT FOR {name} IS {value}" for name, value in inputs.items()), f"INPUTS ARE {', '.join(named)}"]


def _overtime(random: Random) -> Formula:
    hours, rate, out = random.choice(HOURS), random.choice(RATES), random.choice(RESULTS)
    limit, factor = random.choice((35, 37.5, 38, 40, 48)), random.choice((1.25, 1.5, 1.75, 2))
    question = (
        f"{random.choice(ASK)} pays {hours} at {rate}, and every hour above {limit} at {factor} times {rate}. "
        f"Return {out}."
    )
    lines = [
        *_head({hours: "0", rate: "0"}),
        f"IF {hours} > {limit} THEN",
        f"  {out} = {limit} * {rate} + ({hours} - {limit}) * {rate} * {factor}",
        "ELSE",
        f"  {out} = {hours} * {rate}",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


def _bonus(random: Random) -> Formula:
    pay, out = random.choice(PAY), random.choice(("bonus", "bonus_amount", "incentive"))
    percent, cap = random.choice((3, 4, 5, 6, 7.5, 8, 10, 12, 15)), random.choice((1000, 2500, 4000, 5000, 10000))
    question = f"{random.choice(ASK)} returns {out} as {percent} percent of {pay}, but never more than {cap}."
    lines = [*_head({pay: "0"}), f"{out} = LEAST({pay} * {percent} / 100, {cap})", f"RETURN {out}"]
    return question, "\n".join(lines)


def _defaulted(random: Random) -> Formula:
    name, value = random.choice((*RATES, *PAY)), random.choice((1, 3, 10, 12.5, 20, 100))
    question = (
        f"{random.choice(ASK)} uses {value} when {name} is not given, and returns a message that says so; "
        f"otherwise the message is 'OK'. Return {name} and mesg."
    )
    lines = [
        *_head({name: str(value)}),
        "mesg = 'OK'",
        f"IF {name} WAS DEFAULTED THEN",
        f"  mesg = 'Warning: {name} defaulted'",
        f"RETURN {name}, mesg",
    ]
    return question, "\n".join(lines)


def _by_code(random: Random) -> Formula:
    code, out = random.choice(CODES), random.choice(("allowance", "rate", "percentage", "uplift"))
    names, values = random.sample("ABCDEFGH", 3), random.sample((50, 75, 100, 150, 200, 250, 300, 400), 3)
    question = (
        f"{random.choice(ASK)} sets {out} by {code}: {values[0]} for {names[0]}, {values[1]} for {names[1]}, "
        f"and {values[2]} for any other {code}."
    )
    lines = [
        *_head({code: "' '"}, {code: "text"}),
        f"IF {code} = '{names[0]}' THEN",
        f"  {out} = {values[0]}",
        f"ELSE IF {code} = '{names[1]}' THEN",
        f"  {out} = {values[1]}",
        "ELSE",
        f"  {out} = {values[2]}",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


def _eligible(random: Random) -> Formula:
    pay, flag, code = random.choice(PAY), random.choice(FLAGS), random.choice(CODES)
    least, name = random.choice((1000, 1500, 2000, 3000, 5000)), random.choice(("FT", "PT", "EMP", "CWK", "STAFF"))
    word = random.choice(("and", "or"))
    question = (
        f"{random.choice(ASK)} returns {flag} as 'Y' if {pay} is at least {least} {word} {code} is '{name}', else 'N'."
    )
    lines = [
        *_head({pay: "0", code: "' '"}, {code: "text"}),
        f"IF {pay} >= {least} {word.upper()} {code} = '{name}' THEN",
        f"  {flag} = 'Y'",
        "ELSE",
        f"  {flag} = 'N'",
        f"RETURN {flag}",
    ]
    return question, "\n".join(lines)


def _service(random: Random) -> Formula:
    start, out = random.choice(DATES), random.choice(("years", "service_years", "l_service"))
    months, unit = random.choice(((12, "years"), (6, "half years"), (3, "quarters")))
    end = random.choice(("effective_date", "calculation_date", "period_end"))
    question = f"{random.choice(ASK)} returns {out}, the whole {unit} of service from {start} to {end}."
    lines = [
        *_head({start: "'01-JAN-1900' (date)", end: "'01-JAN-1900' (date)"}, {start: "date", end: "date"}),
        f"{out} = TRUNC(MONTHS_BETWEEN({end}, {start}) / {months}, 0)",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


def _leave(random: Random) -> Formula:
    days, most, out = (
        random.choice((1.25, 1.5, 1.75, 2, 2.5)),
        random.choice((15, 20, 24, 25, 30)),
        random.choice(("accrual", "balance", "leave_days")),
    )
    months = random.choice(("months_worked", "months_in_year", "periods"))
    question = (
        f"{random.choice(ASK)} accrues {days} days of leave for each of {months}, at most {most} days, "
        f"and adds carry_over. Return {out}."
    )
    lines = [
        *_head({months: "0", "carry_over": "0"}),
        f"{out} = LEAST({months} * {days}, {most}) + carry_over",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


def _rounding(random: Random) -> Formula:
    pay, out, parts = random.choice(PAY), random.choice(RESULTS), random.choice((12, 24, 26, 52))
    places, function = random.choice((0, 1, 2)), random.choice(("ROUND", "TRUNC"))
    how = {"ROUND": "rounded", "TRUNC": "truncated"}[function]
    question = f"{random.choice(ASK)} splits {pay} into {parts} equal parts, {how} to {places} decimals, as {out}."
    lines = [*_head({pay: "0"}), f"{out} = {function}({pay} / {parts}, {places})", f"RETURN {out}"]
    return question, "\n".join(lines)


def _text(random: Random) -> Formula:
    out, function = random.choice(("label", "full_name", "display")), random.choice(("UPPER", "LOWER", "INITCAP"))
    mark = random.choice((", ", " - ", " / ", ": "))
    first, second = random.choice((("last_name", "first_name"), ("department", "job"), ("city", "country")))
    question = f"{random.choice(ASK)} joins {first} and {second} with '{mark}' between them, in {function}, as {out}."
    lines = [
        *_head({first: "' '", second: "' '"}, {first: "text", second: "text"}),
        f"{out} = {function}({first} || '{mark}' || {second})",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


def _block(random: Random) -> Formula:
    pay, out = random.choice(PAY), random.choice(("tax", "deduction", "contribution"))
    bound, low, high = random.choice((1000, 2000, 3000, 4000)), random.choice((5, 8, 10)), random.choice((15, 20, 25))
    question = (
        f"{random.choice(ASK)} takes {low} percent of {pay} up to {bound} and {high} percent above it as {out}, "
        f"and also returns net, which is {pay} less {out}."
    )
    lines = [
        f"/* {out} in two bands */",
        *_head({pay: "0"}),
        f"{out} = {pay} * {low} / 100",
        f"IF {pay} > {bound} THEN",
        "(",
        f"  excess = {pay} - {bound}",
        f"  {out} = {bound} * {low} / 100 + excess * {high} / 100",
        ")",
        f"net = {pay} - {out}",
        f"RETURN {out}, net",
    ]
    return question, "\n".join(lines)


def _loop(random: Random) -> Formula:
    start, rate, years = random.choice(PAY), random.choice((2, 3, 4, 5)), random.choice((3, 5, 10, 15, 20))
    out, count = random.choice(("projected", "future_value", "balance")), random.choice(("i", "counter", "n"))
    question = f"{random.choice(ASK)} grows {start} by {rate} percent a year for {years} years in a loop, as {out}."
    lines = [
        *_head({start: "0"}),
        f"{out} = {start}",
        f"{count} = 0",
        f"WHILE {count} < {years} LOOP",
        "(",
        f"  {out} = {out} * (1 + {rate} / 100)",
        f"  {count} = {count} + 1",
        ")",
        f"RETURN {out}",
    ]
    return question, "\n".join(lines)


KINDS: Final[tuple[Callable[[Random], Formula], ...]] = (
    *(_overtime, _bonus, _defaulted, _by_code, _eligible, _service, _leave, _rounding, _text, _block, _loop),
)

if __name__ == "__main__":
    save_examples(rows(), SHIPPED)
    print(f"{SHIPPED}: {ROWS} rows")
