//! What `project limits` and `project release` say, and what may be decided.

use std::str::FromStr;

use clap::Args;
use serde_json::json;
use watchword_domain::budgets::{Budget, Counted};
use watchword_domain::money::Money;
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_flow::Watchword;
use watchword_flow::limits::Usage;

use crate::commands::output;
use crate::config::problem::Problem;

/// A project's own value, or the installation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own<T>(Option<T>);

impl<T: FromStr> FromStr for Own<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == "default" { Ok(Self(None)) } else { text.parse().map(|value| Self(Some(value))) }
    }
}

/// New limits.
#[derive(Args)]
pub struct Change {
    /// Messages within a UTC hour, or `default` for the installation's.
    #[arg(long, value_name = "NUMBER")]
    messages_per_hour: Option<Own<u32>>,
    /// Messages within a UTC day, or `default`.
    #[arg(long, value_name = "NUMBER")]
    messages_per_day: Option<Own<u32>>,
    /// SMS within a UTC day, or `default`; they count as messages, too.
    #[arg(long, value_name = "NUMBER")]
    sms_per_day: Option<Own<u32>>,
    /// What messages may cost within a UTC hour, such as 12.50, or `default`.
    #[arg(long, value_name = "AMOUNT")]
    money_per_hour: Option<Own<Money>>,
    /// What messages may cost within a UTC day, or `default`.
    #[arg(long, value_name = "AMOUNT")]
    money_per_day: Option<Own<Money>>,
    /// What is done about ranges of numbers whose codes do not come back: off, observe, protect, or `default`.
    #[arg(long, value_name = "MODE")]
    monitor: Option<Own<Monitor>>,
}

impl Change {
    pub(super) fn is_any(&self) -> bool {
        self.messages_per_hour.is_some()
            || self.messages_per_day.is_some()
            || self.sms_per_day.is_some()
            || self.money_per_hour.is_some()
            || self.money_per_day.is_some()
            || self.monitor.is_some()
    }

    /// Whether it means something here.
    pub(super) fn check(&self, flow: &Watchword) -> Result<(), Problem> {
        for (flag, own) in [
            ("--messages-per-hour", self.messages_per_hour),
            ("--messages-per-day", self.messages_per_day),
            ("--sms-per-day", self.sms_per_day),
        ] {
            if own.is_some_and(|own| own.0 == Some(0)) {
                let mend = "Give 1 or more; to stop a project altogether, delete its clients.";
                return Err(Problem::new(flag, "is 0", mend));
            }
        }
        for (flag, own) in
            [("--money-per-hour", self.money_per_hour), ("--money-per-day", self.money_per_day)]
        {
            if own.is_some_and(|own| own.0.is_some()) && flow.settings().limits.prices.is_empty() {
                let mend = "Name a file of prices as limits.prices_file; docs/limits.md says what is in it.";
                return Err(Problem::new(flag, "is an amount of nothing: there are no prices", mend));
            }
        }
        Ok(())
    }

    pub(super) fn apply(&self, own: &mut PoolSettings) {
        fn put<T: Copy>(change: Option<Own<T>>, into: &mut Option<T>) {
            if let Some(Own(value)) = change {
                *into = value;
            }
        }
        put(self.messages_per_hour, &mut own.messages_per_hour);
        put(self.messages_per_day, &mut own.messages_per_day);
        put(self.sms_per_day, &mut own.sms_per_day);
        put(self.money_per_hour, &mut own.money_per_hour);
        put(self.money_per_day, &mut own.money_per_day);
        put(self.monitor, &mut own.monitor);
    }
}

/// A project's budgets, what was used of them, and what else it is limited by.
pub(super) fn said(flow: &Watchword, pool: &Pool, usage: &[Usage], is_json: bool) -> String {
    let limits = &flow.settings().limits;
    let (monitor, probation) = (pool.limits(limits).monitor, flow.probation_ends(pool));
    let amount = |budget: &Budget, amount: u64| match budget.counted {
        Counted::Messages | Counted::Sms => amount.to_string(),
        Counted::Money => format!("{} {}", Money::from_micros(amount), limits.prices.currency()),
    };
    let most = |budget: &Budget| budget.most.map(|most| amount(budget, most));
    if is_json {
        let budget = |usage: &Usage| {
            json!({
                "budget": usage.budget.name(),
                "used": amount(&usage.budget, usage.used),
                "most": most(&usage.budget),
                "until": usage.until.to_rfc3339(),
            })
        };
        let budgets: Vec<_> = usage.iter().map(budget).collect();
        let until = probation.map(watchword_domain::Timestamp::to_rfc3339);
        return json!({ "budgets": budgets, "monitor": monitor.as_str(), "probation_until": until })
            .to_string();
    }
    let head = ["budget", "used", "of", "until"].map(str::to_owned);
    let row = |usage: &Usage| {
        let used = amount(&usage.budget, usage.used);
        let of = most(&usage.budget).unwrap_or_else(|| "no limit".to_owned());
        [usage.budget.name().to_owned(), used, of, usage.until.to_rfc3339()]
    };
    let rows: Vec<_> = std::iter::once(head).chain(usage.iter().map(row)).collect();
    let money = pool.probation_money(limits).filter(|_| !limits.prices.is_empty());
    let money = money.map_or_else(String::new, |most| format!(" for {most} {}", limits.prices.currency()));
    let probation = probation.map_or_else(String::new, |until| {
        format!(
            "It is a new project until {}: at most {} messages{money} a day. `watchword project release` ends that.\n",
            until.to_rfc3339(),
            limits.probation_messages_day
        )
    });
    let monitor = format!("Ranges of numbers whose codes do not come back: {}.", monitor.as_str());
    format!(
        "The budgets of {}; times are UTC.\n\n{}\n{probation}{monitor}",
        pool.domain,
        output::table(&rows)
    )
}
