# expect: exception
# A deep exception chain.
def chain(n):
    try:
        raise ValueError(n)
    except ValueError as error:
        if n:
            chain(n - 1)
        raise RuntimeError(n) from error


chain(200)
