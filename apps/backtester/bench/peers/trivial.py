"""What every peer plays: each thousandth quote buys a contract of what it quotes, or sells it when one is held."""

import csv
import itertools
import json
import sys

EVERY = 1_000


PATH, ROWS = sys.argv[1], int(sys.argv[2])


def load():
    """The first rows as (time in us, symbol, bid cents, ask cents, bid size, ask size)."""
    with open(PATH, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for time_us, symbol, bid, ask, bid_size, ask_size in itertools.islice(rows, ROWS):
            yield int(time_us), symbol, int(bid), int(ask), int(bid_size), int(ask_size)


def report(peer, quotes, seconds, fills, fill_cents):
    print(json.dumps({"peer": peer, "quotes": quotes, "seconds": seconds, "fills": fills, "fillCents": fill_cents}))
