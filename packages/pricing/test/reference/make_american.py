"""Makes american.json: American prices by methods that share nothing with ours, converged and extrapolated.

Run: python3 -m pip install numpy==2.* scipy==1.* && python3 test/reference/make_american.py > test/reference/american.json
Without dividends: M. Broadie's and J. Detemple's binomial tree whose last step is Black's formula (1996), at N and 2N
steps, extrapolated. With one: the same tree from each share price on a fine grid after the dividend, a spline over
them, and a tree from there to now. With one, a call and no yield, where exercise pays only just before the share goes
ex: the integral of the better of exercise and holding over the lognormal price, which is exact.
"""
import json
import numpy as np
from scipy.integrate import quad
from scipy.interpolate import CubicSpline
from scipy.special import ndtr


def black(sign, s, k, t, v, r, q):
    d1 = (np.log(s / k) + (r - q + 0.5 * v * v) * t) / (v * np.sqrt(t))
    d2 = d1 - v * np.sqrt(t)
    return sign * (s * np.exp(-q * t) * ndtr(sign * d1) - k * np.exp(-r * t) * ndtr(sign * d2))


def tree(sign, s, k, t, v, r, q, n, last=None, american=True):
    """A tree for each of the share prices s; `last` is the value at t, Black's formula a step before unless given."""
    s = np.atleast_1d(np.asarray(s, float))[:, None]
    dt = t / n
    u = np.exp(v * np.sqrt(dt))
    p = (np.exp((r - q) * dt) - 1 / u) / (u - 1 / u)
    keep = np.exp(-r * dt)
    if last is None:
        steps = n - 1
        prices = s * u ** (2 * np.arange(steps + 1) - steps)
        value = black(sign, prices, k, dt, v, r, q)
        if american:
            value = np.maximum(value, sign * (prices - k))
    else:
        steps = n
        value = last(s * u ** (2 * np.arange(steps + 1) - steps))
    for i in range(steps - 1, -1, -1):
        value = keep * (p * value[:, 1:] + (1 - p) * value[:, :-1])
        if american:
            np.maximum(value, sign * (s * u ** (2 * np.arange(i + 1) - i) - k), out=value)
    return value[:, 0]


def extrapolated(f, n):
    return 2 * f(2 * n) - f(n)


def plain(sign, s, k, t, v, r, q):
    return float(extrapolated(lambda n: tree(sign, s, k, t, v, r, q, n)[0], 6000))


def with_dividend(sign, s, k, t, v, r, q, at, amount):
    reach = np.exp(7 * v * np.sqrt(t))
    grid = np.exp(np.linspace(np.log(max(min(s - amount, k), 1e-3) / reach), np.log(max(s, k) * reach), 700))
    after = CubicSpline(np.log(grid), extrapolated(lambda n: tree(sign, grid, k, t - at, v, r, q, n), 700))

    def before(prices):
        value = after(np.log(np.clip(prices - amount, grid[0], grid[-1])))
        return np.maximum(value, sign * (prices - k))

    return float(extrapolated(lambda n: tree(sign, s, k, at, v, r, q, n, before)[0], 3000))


def call_with_dividend(s, k, t, v, r, at, amount):
    def integrand(z):
        price = s * np.exp((r - 0.5 * v * v) * at + v * np.sqrt(at) * z)
        hold = black(1, price - amount, k, t - at, v, r, 0) if price > amount else 0
        return max(hold, price - k) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)

    # The share price from which exercise is better is a kink, which the integral is cut at.
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = (low * high) ** 0.5
        better = middle - k > (black(1, middle - amount, k, t - at, v, r, 0) if middle > amount else 0)
        low, high = (low, middle) if better else (middle, high)
    kink = (np.log(high / s) - (r - 0.5 * v * v) * at) / (v * np.sqrt(at))
    kink = min(max(kink, -9), 9)
    parts = [quad(integrand, a, b, epsabs=1e-13, epsrel=1e-13, limit=400)[0] for a, b in ((-9, kink), (kink, 9))]
    return float(np.exp(-r * at) * sum(parts))


rows = []
for days in (1, 5, 30, 182, 365):
    for strike in (90, 97, 100, 103, 110):
        for sign, volatility, rate, dividend_yield in ((-1, 0.2, 0.05, 0), (-1, 0.6, 0.045, 0.01), (1, 0.3, 0.02, 0.06)):
            t = days / 365
            rows.append(["P" if sign < 0 else "C", 100, strike, t, volatility, rate, dividend_yield, 0, 0,
                         plain(sign, 100, strike, t, volatility, rate, dividend_yield)])
exact = []
for strike in (90, 97, 100, 110):
    for days, ex, amount, volatility in ((5, 2, 0.5, 0.3), (30, 10, 1, 0.35), (182, 60, 2, 0.25)):
        exact.append(["C", 100, strike, days / 365, volatility, 0.045, 0, ex / 365, amount,
                      call_with_dividend(100, strike, days / 365, volatility, 0.045, ex / 365, amount)])
puts = []
for strike in (90, 100, 110):
    for days, ex, amount, volatility in ((5, 2, 0.5, 0.3), (30, 10, 1, 0.35), (182, 60, 2, 0.25)):
        puts.append(["P", 100, strike, days / 365, volatility, 0.045, 0, ex / 365, amount,
                     with_dividend(-1, 100, strike, days / 365, volatility, 0.045, 0, ex / 365, amount)])
columns = ["right", "spot", "strike", "years", "volatility", "rate", "dividendYield", "dividendYears", "dividend", "price"]
print(json.dumps({"columns": columns, "plain": rows, "callsWithDividend": exact, "putsWithDividend": puts}).replace("], [", "],\n["))
