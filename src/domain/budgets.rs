//! What a pool may send and spend: budgets of messages and of money for the hour and the day of UTC, and the smaller one of
//! a project that is new.

use std::time::Duration;

use crate::channel::Channel;
use crate::limits::{Limits, window_start};
use crate::money::Money;
use crate::pool::Pool;
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Parts of a budget, in percent, at which somebody is told.
const THRESHOLDS: [u8; 3] = [50, 80, FULL];

/// All of a budget, in percent.
pub const FULL: u8 = 100;

/// What a budget is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Messages, one each.
    Messages,
    /// SMS, one each: the channel on which fraud pays.
    Sms,
    /// Money, in millionths of a unit of the price table's currency.
    Money,
}

/// How long a budget is for: a whole hour or day of UTC, so that all nodes count in the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// One budget of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// What is counted.
    pub counted: Counted,
    /// For how long.
    pub span: Span,
    /// How much; none where it is counted to be seen and nothing else.
    pub most: Option<u64>,
    /// Whether it is as small as it is because the project is new.
    pub is_probation: bool,
}

impl Budget {
    /// Its name, in rows, commands and metrics.
    pub fn name(&self) -> &'static str {
        match (self.counted, self.span) {
            (Counted::Messages, Span::Hour) => "messages_hour",
            (Counted::Messages, Span::Day) => "messages_day",
            (Counted::Sms, Span::Hour) => "sms_hour",
            (Counted::Sms, Span::Day) => "sms_day",
            (Counted::Money, Span::Hour) => "money_hour",
            (Counted::Money, Span::Day) => "money_day",
        }
    }

    /// When the present hour or day began.
    pub fn start(&self, now: Timestamp) -> Timestamp {
        window_start(self.window(), now)
    }

    /// When the next one begins, and the budget is whole again.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        self.start(now) + self.window()
    }

    fn window(&self) -> Duration {
        match self.span {
            Span::Hour => HOUR,
            Span::Day => DAY,
        }
    }

    /// Whether messages on this channel are counted against it.
    pub fn covers(&self, channel: Channel) -> bool {
        self.counted != Counted::Sms || channel == Channel::Sms
    }

    /// Whether it bears so much.
    pub fn bears(&self, amount: u64) -> bool {
        self.most.is_none_or(|most| amount <= most)
    }

    /// The percentages that going from one amount to the next reaches.
    pub fn reached(&self, before: u64, after: u64) -> impl Iterator<Item = u8> + use<> {
        let most = self.most.map(u128::from);
        let holds = move |amount: u64, percent: u8| {
            most.is_some_and(|most| u128::from(amount) * 100 >= most * u128::from(percent))
        };
        THRESHOLDS.into_iter().filter(move |percent| !holds(before, *percent) && holds(after, *percent))
    }
}

impl Pool {
    /// Until when the pool's project counts as new; none when it does not, because somebody released it or the
    /// installation knows no probation.
    pub fn probation_ends(&self, installation: &Limits) -> Option<Timestamp> {
        let days = u64::from(installation.probation_days);
        (days > 0 && !self.settings.released)
            .then(|| self.created_at + Duration::from_secs(days * DAY.as_secs()))
    }

    /// What the messages of a new project may cost within a UTC day: a share of what the installation gives a pool, or else
    /// of what the project gave itself. None where neither says how much.
    pub fn probation_money(&self, installation: &Limits) -> Option<Money> {
        let whole = installation.money_per_pool_day.or(self.settings.money_per_day)?;
        let share = u128::from(whole.micros()) * u128::from(installation.probation_money_percent) / 100;
        Some(Money::from_micros(u64::try_from(share).unwrap_or(u64::MAX)))
    }

    /// Its budgets at `now`, always in the same order. Money is counted wherever there are prices.
    pub fn budgets(&self, installation: &Limits, now: Timestamp) -> Vec<Budget> {
        let limits = self.limits(installation);
        let is_new = self.probation_ends(installation).is_some_and(|end| now < end);
        let is_probation = is_new && limits.probation_messages_day < limits.messages_per_pool_day;
        let day = if is_probation { limits.probation_messages_day } else { limits.messages_per_pool_day };
        let messages = |span, most: u32, is_probation| Budget {
            counted: Counted::Messages,
            span,
            most: Some(most.into()),
            is_probation,
        };
        let money = |span, most: Option<Money>, is_probation| Budget {
            counted: Counted::Money,
            span,
            most: most.map(Money::micros),
            is_probation,
        };
        let mut budgets = vec![
            messages(Span::Hour, limits.messages_per_pool_hour, false),
            messages(Span::Day, day, is_probation),
            Budget { counted: Counted::Sms, ..messages(Span::Day, limits.sms_per_pool_day, false) },
        ];
        if !limits.prices.is_empty() {
            let share = self.probation_money(installation).filter(|_| is_new);
            let share = share.filter(|share| limits.money_per_pool_day.is_none_or(|day| *share < day));
            budgets.push(money(Span::Hour, limits.money_per_pool_hour, false));
            budgets.push(money(Span::Day, share.or(limits.money_per_pool_day), share.is_some()));
        }
        budgets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::PoolSettings;
    use crate::prices::PriceTable;
    use proptest::prelude::*;

    fn pool(settings: PoolSettings) -> Pool {
        Pool {
            id: "local_1".into(),
            name: "Acme".into(),
            domain: "acme".into(),
            issuer: "https://acme.example".into(),
            settings,
            created_at: Timestamp::from_seconds(0),
        }
    }

    fn budget(most: u64) -> Budget {
        Budget { counted: Counted::Messages, span: Span::Hour, most: Some(most), is_probation: false }
    }

    fn most(budgets: &[Budget], name: &str) -> Option<u64> {
        budgets.iter().find(|budget| budget.name() == name).and_then(|budget| budget.most)
    }

    #[test]
    fn a_new_project_has_a_smaller_day_until_it_is_old_or_released() {
        let limits = Limits::default();
        let day = |pool: &Pool, days: i64| {
            most(&pool.budgets(&limits, Timestamp::from_seconds(days * 86_400)), "messages_day")
        };
        let new = pool(PoolSettings::default());
        assert_eq!([day(&new, 0), day(&new, 6), day(&new, 7)], [Some(100), Some(100), Some(1000)]);
        let released = pool(PoolSettings { released: true, ..PoolSettings::default() });
        assert_eq!(day(&released, 0), Some(1000));
        let modest = pool(PoolSettings { messages_per_day: Some(50), ..PoolSettings::default() });
        assert_eq!(day(&modest, 0), Some(50), "a smaller budget stays as it is");
        let none = Limits { probation_days: 0, ..Limits::default() };
        assert_eq!(most(&new.budgets(&none, Timestamp::from_seconds(0)), "messages_day"), Some(1000));
    }

    #[test]
    fn sms_are_counted_as_messages_and_by_themselves() {
        let own = PoolSettings { sms_per_day: Some(500), ..PoolSettings::default() };
        for (settings, expected) in [(PoolSettings::default(), 200), (own, 500)] {
            let budgets = pool(settings).budgets(&Limits::default(), Timestamp::from_seconds(0));
            assert_eq!(most(&budgets, "sms_day"), Some(expected));
            let covering = |channel| budgets.iter().filter(move |budget| budget.covers(channel)).count();
            assert_eq!((covering(Channel::Whatsapp), covering(Channel::Sms)), (2, 3));
        }
    }

    #[test]
    fn money_is_counted_where_there_are_prices() {
        let now = Timestamp::from_seconds(7 * 86_400);
        assert_eq!(pool(PoolSettings::default()).budgets(&Limits::default(), now).len(), 3);
        let prices = PriceTable::parse("country,channel,EUR\n*,whatsapp,0.01\n").unwrap();
        let limits =
            Limits { prices: prices.into(), money_per_pool_day: "5".parse().ok(), ..Limits::default() };
        let own = PoolSettings { money_per_day: "2.50".parse().ok(), ..PoolSettings::default() };
        let budgets = pool(own).budgets(&limits, now);
        assert_eq!((most(&budgets, "money_day"), most(&budgets, "money_hour")), (Some(2_500_000), None));
        let budgets = pool(PoolSettings::default()).budgets(&limits, now);
        assert_eq!(most(&budgets, "money_day"), Some(5_000_000));
    }

    #[test]
    fn a_new_project_has_a_share_of_the_money_until_it_is_old_or_released() {
        let prices = PriceTable::parse("country,channel,EUR\n*,whatsapp,0.01\n").unwrap();
        let limits =
            Limits { prices: prices.into(), money_per_pool_day: "5".parse().ok(), ..Limits::default() };
        let day = |settings: PoolSettings, limits: &Limits, days: i64| {
            let budgets = pool(settings).budgets(limits, Timestamp::from_seconds(days * 86_400));
            let day = budgets.iter().find(|budget| budget.name() == "money_day").unwrap();
            (day.most, day.is_probation)
        };
        let own = |money: &str| PoolSettings { money_per_day: money.parse().ok(), ..PoolSettings::default() };
        assert_eq!(day(PoolSettings::default(), &limits, 6), (Some(500_000), true));
        assert_eq!(day(PoolSettings::default(), &limits, 7), (Some(5_000_000), false));
        assert_eq!(
            day(own("1000"), &limits, 0),
            (Some(500_000), true),
            "its own word does not make it older"
        );
        assert_eq!(day(own("0.2"), &limits, 0), (Some(200_000), false), "a smaller budget stays as it is");
        let released = PoolSettings { released: true, ..PoolSettings::default() };
        assert_eq!(day(released, &limits, 0), (Some(5_000_000), false));
        let nothing_said = Limits { money_per_pool_day: None, ..limits };
        assert_eq!(day(PoolSettings::default(), &nothing_said, 0), (None, false));
        assert_eq!(day(own("1"), &nothing_said, 0), (Some(100_000), true));
    }

    #[test]
    fn hours_and_days_are_those_of_utc() {
        let now = Timestamp::from_seconds(86_400 + 3 * 3600 + 125);
        let day = Budget { span: Span::Day, ..budget(1) };
        assert_eq!((budget(1).start(now).seconds(), budget(1).end(now).seconds()), (97_200, 100_800));
        assert_eq!((day.start(now).seconds(), day.end(now).seconds()), (86_400, 172_800));
    }

    proptest! {
        #[test]
        fn each_percentage_is_reached_exactly_once(most in 1_u64..3000, steps in prop::collection::vec(1_u64..400, 1..60)) {
            let (mut amount, mut told) = (0, Vec::new());
            for step in steps {
                told.extend(budget(most).reached(amount, amount + step));
                amount += step;
            }
            let expected: Vec<u8> =
                [50, 80, 100].into_iter().filter(|percent| amount * 100 >= most * u64::from(*percent)).collect();
            prop_assert_eq!(told, expected);
        }

        #[test]
        fn a_budget_bears_its_whole_and_no_more(most in 0_u64..u64::MAX) {
            prop_assert!(budget(most).bears(most) && !budget(most).bears(most + 1));
            let seen = Budget { most: None, ..budget(0) };
            prop_assert!(seen.bears(most) && seen.reached(0, most).next().is_none());
        }
    }
}
