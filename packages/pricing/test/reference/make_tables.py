"""Makes src/tables.ts: what `exponential.ts` and `mills.ts` interpolate, with mpmath at 60 digits.

Run: python3 -m pip install mpmath==1.3.0 && python3 test/reference/make_tables.py > src/tables.ts
Mills' ratio M(a) = (1 - Phi(a)) / phi(a) and 1 - a*M(a) fall like 1/a and 1/a^2; times (a+4) and (a+4)^2 they
stay near 1 and are smooth in u = 4 / (a+4), which maps a >= 0 to (0, 1]. There each of 64 equal pieces is
interpolated by a polynomial of degree 6 at Chebyshev's points, in v from -1 to 1 across the piece.
The worst relative error between the points is printed to standard error: 8.6e-18 and 5.0e-17.
"""
import sys
from mpmath import mp, mpf, cos, erfc, exp, lu_solve, matrix, nstr, pi, sqrt

mp.dps = 60
PIECES, DEGREE, SHIFT, STRIDE = 64, 6, 4, 14


def mills(a):
    if a > 200:
        tail = mpf(0)
        for n in range(200, 0, -1):
            tail = n / (a + tail)
        return 1 / (a + tail)
    return sqrt(pi / 2) * exp(a * a / 2) * erfc(a / sqrt(mpf(2)))


def slope(a):
    if a > 200:
        tail = mpf(0)
        for n in range(200, 1, -1):
            tail = n / (a + tail)
        inner = 1 / (a + tail)
        return inner / (a + inner)
    return 1 - a * mills(a)


def scaled(f, power):
    def g(u):
        if u == 0:
            return mpf(1)
        a = SHIFT / u - SHIFT
        return f(a) * (a + SHIFT) ** power

    return g


def piece(g, i):
    low, high = mpf(i) / PIECES, mpf(i + 1) / PIECES
    at = lambda v: (low + high) / 2 + (high - low) / 2 * v
    points = [cos(pi * (2 * j + 1) / (2 * (DEGREE + 1))) for j in range(DEGREE + 1)]
    powers = matrix(DEGREE + 1, DEGREE + 1)
    for row, v in enumerate(points):
        for column in range(DEGREE + 1):
            powers[row, column] = v**column
    exact = lu_solve(powers, matrix([g(at(v)) for v in points]))
    worst = max(
        abs(sum(exact[j] * v**j for j in range(DEGREE + 1)) / g(at(v)) - 1)
        for v in (-1 + mpf(2) * q / 22 for q in range(23))
    )
    return [float(z) for z in exact], worst


rows = []
worst = [mpf(0), mpf(0)]
for i in range(PIECES):
    row = []
    for which, (f, power) in enumerate(((mills, 1), (slope, 2))):
        c, error = piece(scaled(f, power), i)
        row += c
        worst[which] = max(worst[which], error)
    rows += row
print("worst relative error:", nstr(worst[0], 3), nstr(worst[1], 3), file=sys.stderr)

powers = []
for j in range(32):
    exact = mpf(2) ** (mpf(j) / 32)
    head = float(exact)
    powers += [head, float(exact - head)]


def column(name, comment, numbers):
    lines = [f"/** {comment} */", f"export const {name}: Float64Array = new Float64Array(["]
    line = " "
    for number in numbers:
        text = repr(number).removesuffix(".0")
        if len(line) + len(text) + 2 > 108:
            lines.append(line)
            line = " "
        line += f" {text},"
    return "\n".join([*lines, line, "])"])


print("// Made by test/reference/make_tables.py; do not edit.\n")
print(column("POWERS", "2^(j/32) for j from 0 to 31: the nearest double, and what is left.", powers))
print()
print(column("MILLS", "Seven coefficients of Mills' ratio and seven of its slope, for each of 64 pieces.", rows))
