"""The replay that a notebook starts with: read_csv, then a loop over the rows of the frame."""

import time

import pandas as pd
from trivial import EVERY, PATH, ROWS, report

started = time.process_time()
frame = pd.read_csv(PATH, nrows=ROWS)
book = {}
held = set()
quotes = fills = fill_cents = 0
for _, row in frame.iterrows():
    quotes += 1
    symbol = row["symbol"]
    book[symbol] = row
    if quotes % EVERY == 0:
        fills += 1
        if symbol in held:
            held.remove(symbol)
            fill_cents += int(row["bid"])
        else:
            held.add(symbol)
            fill_cents += int(row["ask"])
report("pandas iterrows over CSV", quotes, time.process_time() - started, fills, fill_cents)
