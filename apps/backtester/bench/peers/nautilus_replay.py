"""NautilusTrader's BacktestEngine; the quotes are made into its objects before the clock starts."""

import time

from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy
from trivial import EVERY, load, report

VENUE = Venue("OPRA")


class Trivial(Strategy):
    def __init__(self, instruments):
        super().__init__(StrategyConfig())
        self.ids = [instrument.id for instrument in instruments]
        self.quotes = self.fills = self.fill_cents = 0
        self.held = set()
        self.one = Quantity.from_int(1)

    def on_start(self):
        for instrument_id in self.ids:
            self.subscribe_quote_ticks(instrument_id)

    def on_quote_tick(self, tick):
        self.quotes += 1
        if self.quotes % EVERY != 0:
            return
        side = OrderSide.SELL if tick.instrument_id in self.held else OrderSide.BUY
        self.submit_order(self.order_factory.market(tick.instrument_id, side, self.one))

    def on_order_filled(self, event):
        self.fills += 1
        self.fill_cents += round(float(event.last_px) * 100)
        if event.order_side == OrderSide.BUY:
            self.held.add(event.instrument_id)
        else:
            self.held.discard(event.instrument_id)


engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
engine.add_venue(
    venue=VENUE,
    oms_type=OmsType.NETTING,
    account_type=AccountType.MARGIN,
    base_currency=USD,
    starting_balances=[Money(100_000_000, USD)],
)
instruments = {}
ticks = []
for time_us, symbol, bid, ask, bid_size, ask_size in load():
    instrument = instruments.get(symbol)
    if instrument is None:
        instrument = Equity(
            instrument_id=InstrumentId(Symbol(symbol), VENUE),
            raw_symbol=Symbol(symbol),
            currency=USD,
            price_precision=2,
            price_increment=Price.from_str("0.01"),
            lot_size=Quantity.from_int(1),
            ts_event=0,
            ts_init=0,
        )
        instruments[symbol] = instrument
        engine.add_instrument(instrument)
    ticks.append(
        QuoteTick(
            instrument.id,
            Price(bid / 100, 2),
            Price(ask / 100, 2),
            Quantity.from_int(bid_size),
            Quantity.from_int(ask_size),
            time_us * 1_000,
            time_us * 1_000,
        )
    )
engine.add_data(ticks)
strategy = Trivial(list(instruments.values()))
engine.add_strategy(strategy)
started = time.process_time()
engine.run()
report("NautilusTrader", strategy.quotes, time.process_time() - started, strategy.fills, strategy.fill_cents)
