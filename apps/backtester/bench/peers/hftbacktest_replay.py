"""
hftbacktest, compiled by numba; the quotes are made into its events before the clock starts, and what it compiles is
warm. It replays depth by price level and one asset or a few, so it plays one contract's quotes, all as if of one book,
and no orders: its fills wait for trades or queues, which quotes do not tell.
"""

import time

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_CLEAR_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    LOCAL_EVENT,
    SELL_EVENT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    event_dtype,
)
from numba import njit
from trivial import load, report

rows = list(load())
events = np.zeros(len(rows) * 4, event_dtype)
at = 0
start = rows[0][0]
before = {BUY_EVENT: rows[0][2], SELL_EVENT: rows[0][3]}
for number, (_, _, bid, ask, bid_size, ask_size) in enumerate(rows):
    # One quote after the other, a microsecond apart: its book has one time for all that it holds.
    ns = (start + number) * 1_000
    for side, price, size in ((BUY_EVENT, bid, bid_size), (SELL_EVENT, ask, ask_size)):
        both = EXCH_EVENT | LOCAL_EVENT | side
        events[at] = (both | DEPTH_CLEAR_EVENT, ns, ns, before[side] / 100, 0, 0, 0, 0)
        events[at + 1] = (both | DEPTH_EVENT, ns, ns, price / 100, size, 0, 0, 0)
        before[side] = price
        at += 2


def backtest():
    asset = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0, 0)
        .tick_size(0.01)
        .lot_size(1)
    )
    return HashMapMarketDepthBacktest([asset])


@njit
def play(hbt):
    quotes = 0
    seen = 0.0
    while hbt.elapse(1_000) == 0:
        depth = hbt.depth(0)
        seen += depth.best_bid + depth.best_ask
        quotes += 1
    return quotes, seen


play(backtest())
hbt = backtest()
started = time.process_time()
quotes, _ = play(hbt)
report("hftbacktest (one book, no orders)", len(rows), time.process_time() - started, 0, 0)
