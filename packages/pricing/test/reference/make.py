"""Makes european.json: normal distribution, Black prices and Greeks to 17 digits, with mpmath at 80 digits.

Run: python3 -m pip install mpmath==1.3.0 && python3 test/reference/make.py > test/reference/european.json
The inputs are the exact binary values of the decimals written, as JavaScript reads them. A row whose time value is
below 1e-30 dollars is left out.
"""
import json
from mpmath import mp, mpf, erfc, exp, log, sqrt, pi, nstr

mp.dps = 80


def cdf(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def pdf(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def black(right, f, k, t, v, d):
    f, k, t, v, d = (mpf(z) for z in (f, k, t, v, d))
    s = v * sqrt(t)
    d1 = log(f / k) / s + s / 2
    d2 = d1 - s
    sign = 1 if right == "C" else -1
    intrinsic = max(sign * (f - k), mpf(0))
    price = d * sign * (f * cdf(sign * d1) - k * cdf(sign * d2))
    r = -log(d) / t
    theta = -d * f * pdf(d1) * v / (2 * sqrt(t)) + r * price
    return {
        "price": price,
        "timeValue": price - d * intrinsic,
        "delta": sign * d * cdf(sign * d1),
        "gamma": d * pdf(d1) / (f * s),
        "thetaPerDay": theta / 365,
        "vega": d * f * pdf(d1) * sqrt(t),
        "rho": -t * price,
    }


def text(x):
    return float(nstr(x, 20))


normal = []
for x in [-38, -37, -30, -20, -12.5, -10, -8, -6, -5.7, -4, -3, -2, -1, -0.7, -0.66, -0.6, -0.3, -1e-3, -1e-9, 0, 1e-9, 0.1, 0.47, 0.65, 0.67, 1, 1.96, 2.5, 4, 6, 8]:
    normal.append([x, text(cdf(mpf(x))), text(pdf(mpf(x)))])

minute = 1 / 525600
prices = []


def add(right, forward, strike, years, volatility, discount):
    row = black(right, forward, strike, years, volatility, discount)
    if row["timeValue"] >= mpf("1e-30"):
        prices.append([right, forward, strike, years, volatility, discount] + [text(z) for z in row.values()])


# Round strikes, from a fifth to three times the forward.
for strike in [20, 60, 80, 90, 95, 98, 99.5, 99.99, 100, 100.01, 100.5, 102, 105, 110, 125, 150, 300]:
    for years in [minute, 5 * minute, 60 * minute, 390 * minute, 1440 * minute, 7 / 365, 30 / 365, 1, 5]:
        for volatility in [0.05, 0.2, 0.6, 1.5, 4]:
            for right in "CP":
                add(right, 100, strike, years, volatility, 1 if (strike * 4) % 8 < 4 else 0.97)
# Strikes by deviations, out to eleven, for shares of all prices: the wings of every expiry.
for forward in [3.17, 251.37, 5843.25]:
    for minutes in [1, 17, 195, 390, 2000, 20000, 250000]:
        for volatility in [0.08, 0.35, 1.1, 3]:
            for deviations in [-11, -8, -5, -3, -1.5, -0.4, 0.01, 0.7, 2, 4, 6.5, 9.5]:
                years = minutes / 525600
                strike = round(forward * float(exp(deviations * volatility * sqrt(mpf(years)))), 3)
                if strike > 0:
                    add("CP"[strike < forward], forward, strike, years, volatility, 0.99)

columns = ["right", "forward", "strike", "years", "volatility", "discount", "price", "timeValue", "delta", "gamma", "thetaPerDay", "vega", "rho"]
print(json.dumps({"normal": normal, "columns": columns, "prices": prices}).replace("], [", "],\n["))
