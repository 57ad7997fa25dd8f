//! Sums the quotes of a `.dbn.zst` with the official decoder, as the jobs of the benchmark do.
use dbn::decode::DecodeRecord;
use dbn::{CbboMsg, UNDEF_PRICE};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: dbn-peer FILE")?;
    let mut decoder = dbn::decode::DbnDecoder::from_zstd_file(file)?;
    let (mut records, mut bid, mut ask, mut bid_size, mut ask_size) = (0u64, 0i64, 0i64, 0u64, 0u64);
    while let Some(quote) = decoder.decode_record::<CbboMsg>()? {
        let level = &quote.levels[0];
        if level.bid_px != UNDEF_PRICE {
            bid += level.bid_px;
        }
        if level.ask_px != UNDEF_PRICE {
            ask += level.ask_px;
        }
        bid_size += u64::from(level.bid_sz);
        ask_size += u64::from(level.ask_sz);
        records += 1;
    }
    println!("{records} {bid} {ask} {bid_size} {ask_size}");
    Ok(())
}
