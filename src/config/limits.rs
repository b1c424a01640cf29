//! The settings of limits, and the file of prices that budgets of money rest on.

use std::path::PathBuf;
use std::sync::Arc;

use watchword_domain::limits::Limits;
use watchword_domain::prices::PriceTable;

use super::reader::Reader;

/// Budgets that mean nothing without prices.
const OF_MONEY: [&str; 2] = ["limits.money_per_pool_hour", "limits.money_per_pool_day"];

pub(super) fn read(reader: &mut Reader) -> Option<Limits> {
    let file = reader.text("limits.prices_file").map(PathBuf::from);
    let limits = reader.bounded("limits", Limits::check);
    let Some(file) = file else {
        for budget in OF_MONEY {
            if !reader.is_given(budget) {
                continue;
            }
            let mend = "Name a file of prices as limits.prices_file; docs/limits.md says what is in it.";
            reader.refuse(budget, "is an amount of nothing: there are no prices", mend);
        }
        return limits;
    };
    let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    match read.and_then(|text| PriceTable::parse(&text).map_err(|refusal| refusal.to_string())) {
        Ok(prices) => limits.map(|limits| Limits { prices: Arc::new(prices), ..limits }),
        Err(wrong) => {
            let wrong = format!("cannot be used: {}: {wrong}", file.display());
            reader.refuse("limits.prices_file", wrong, "Correct it; docs/limits.md says what is in it.");
            None
        }
    }
}
