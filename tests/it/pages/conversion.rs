//! Ranges of numbers whose codes do not come back, or to which far more is sent than usual.

use std::time::Duration;

use serde_json::json;
use watchword_domain::channel::{DeliveryPolicy, Fallback};
use watchword_domain::conversion::{Look, Subject, TRAFFIC_WINDOW};
use watchword_domain::limits::{Limits, window_start};
use watchword_domain::monitor::Monitor;
use watchword_domain::{Channel, Clock};

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, solved};

pub(super) fn protect(usual: Limits) -> Limits {
    Limits { monitor: Monitor::Protect, proof_bits: 8, ..usual }
}

fn few_starts(usual: Limits) -> Limits {
    Limits { starts_before_proof: 3, starts_per_address: 3, ..protect(usual) }
}

fn off(usual: Limits) -> Limits {
    Limits { monitor: Monitor::Off, ..usual }
}

/// The range of every number of the tests.
fn range() -> Subject {
    Subject::Range("US +1415".into())
}

/// The network of every browser of the tests.
fn network() -> Subject {
    Subject::Network("127.0.0.0/24".into())
}

/// Counts codes to the tests' range so many windows ago.
pub(super) async fn sent(house: &House, windows_ago: u32, sent: u32, verified: u32) {
    sent_to(house, range(), windows_ago, (sent, verified)).await;
}

/// Counts codes to a subject.
async fn sent_to(house: &House, subject: Subject, windows_ago: u32, (sent, verified): (u32, u32)) {
    let window = window_start(TRAFFIC_WINDOW, house.clock.now() - TRAFFIC_WINDOW * windows_ago);
    let (tx, subjects) = (house.store.begin(&house.pool.id).await.unwrap(), [subject]);
    for number in 0..sent {
        tx.count_sent(&subjects, window).await.unwrap();
        if number < verified {
            tx.count_verified(&subjects, window).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

async fn start(house: &House, browser: &Browser, phone: &str) -> Answer {
    let page = browser.authorize(house, &house.prompted()).await;
    browser.type_phone(house, &page, phone).await
}

pub(super) fn asks(answer: &Answer) -> bool {
    answer.status == 429 && answer.text.contains("name=\"challenge\"")
}

/// Codes go by WhatsApp, and by SMS when that does not bring them.
async fn falls_back(house: &House) {
    let channels = vec![Channel::Whatsapp, Channel::Sms];
    let policy = DeliveryPolicy { channels, fallback: Fallback::Automatic, ..DeliveryPolicy::default() };
    house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
}

/// A message on this channel fails for the sender's sake.
async fn refuses(house: &House, phone: &str, channel: &str) {
    let (code, status) = if channel == "sms" { (402, 402) } else { (131_031, 401) };
    let fault =
        json!({ "kind": "error", "code": code, "http_status": status, "to": phone, "channel": channel });
    house.fault(fault).await;
}

/// The counts of the range's windows: sent and verified; those of every other subject must be the same.
pub(crate) async fn counted(house: &House) -> Vec<String> {
    let of = async |prefix: &str| {
        let counts = "CAST(sent AS TEXT) || ' ' || CAST(verified AS TEXT)";
        house.values(&format!("SELECT {counts} FROM prefix_traffic WHERE prefix = '{prefix}'")).await
    };
    let range = of("US +1415").await;
    for wider in ["US", "all", "from 127.0.0.0/24"] {
        assert_eq!(of(wider).await, range, "{wider}");
    }
    range
}

pub(super) async fn kinds(house: &House) -> Vec<String> {
    house.values("SELECT kind FROM limit_alerts ORDER BY kind").await
}

on_each_database! {
    fn a_code_that_comes_back_is_counted_with_its_message(house) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        house.browser().ask_code(&house, &random_phone()).await;
        let code = house.code_to(&phone, 0).await;
        assert_eq!(counted(&house).await, ["2 0"]);
        // The code is typed in the next window, and belongs to the one it was sent in.
        house.clock.turn(TRAFFIC_WINDOW / 2);
        house.execute("UPDATE challenges SET expires_at = 9000000000000000").await;
        house.clock.turn(TRAFFIC_WINDOW / 2);
        browser.type_code(&house, &page, &code).await.location();
        assert_eq!(counted(&house).await, ["2 1"]);
    }

    fn what_our_own_fault_kept_back_is_not_held_against_a_range(house) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        house.fault(json!({ "kind": "error", "code": 131031, "times": 1 })).await;
        house.browser().ask_code(&house, &random_phone()).await;
        house.eventually("SELECT id FROM messages WHERE state = 'failed'").await;
        house.fault(json!({ "kind": "error", "code": 131026, "times": 1 })).await;
        house.browser().ask_code(&house, &random_phone()).await;
        house.eventually("SELECT id FROM messages WHERE failure_code = 131026").await;
        assert_eq!(counted(&house).await, ["1 0"], "a number that is not on WhatsApp counts");
    }

    fn a_code_counts_once_by_however_many_channels_it_goes_out(house) {
        falls_back(&house).await;
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        house.clock.turn(TRAFFIC_WINDOW - Duration::from_secs(10));
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "silence", "to": phone, "channel": "whatsapp" })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "accepted").await;
        // The SMS goes out in the next window, and carries a code of this one.
        house.clock.turn(Duration::from_secs(20));
        house.eventually("SELECT id FROM messages WHERE channel = 'sms' AND accepted_at IS NOT NULL").await;
        assert_eq!(counted(&house).await, ["1 0"]);
        browser.type_code(&house, &page, &house.code_to(&phone, 0).await).await.location();
        assert_eq!(counted(&house).await, ["1 1"]);
    }

    fn a_code_counts_with_the_message_that_goes_out_after_one_that_our_own_fault_kept_back(house) {
        falls_back(&house).await;
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        let (browser, phone) = (house.browser(), random_phone());
        refuses(&house, &phone, "whatsapp").await;
        let page = browser.ask_code(&house, &phone).await;
        house.eventually("SELECT id FROM messages WHERE channel = 'sms' AND accepted_at IS NOT NULL").await;
        assert_eq!(counted(&house).await, ["1 0"]);
        browser.type_code(&house, &page, &house.code_to(&phone, 0).await).await.location();
        assert_eq!(counted(&house).await, ["1 1"]);
    }

    fn a_code_is_uncounted_once_and_only_when_every_message_of_it_failed_for_our_sake(house) {
        falls_back(&house).await;
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        house.browser().ask_code(&house, &random_phone()).await;
        let phone = random_phone();
        for channel in ["whatsapp", "sms"] {
            refuses(&house, &phone, channel).await;
        }
        house.browser().ask_code(&house, &phone).await;
        let all = "SELECT channel FROM messages WHERE channel = 'sms' AND failed_at IS NOT NULL";
        house.eventually(all).await;
        assert_eq!(counted(&house).await, ["1 0"], "the other person's");
        let phone = random_phone();
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
        refuses(&house, &phone, "sms").await;
        house.browser().ask_code(&house, &phone).await;
        house.eventually(&format!("{all} AND recipient = '{phone}'")).await;
        assert_eq!(counted(&house).await, ["2 0"], "a number that is not on WhatsApp counts");
    }

    fn nothing_is_sent_to_a_range_whose_codes_do_not_come_back_until_it_says(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 2, 30, 2).await;
        let browser = house.browser();
        let refused = start(&house, &browser, &random_phone()).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("Codes to numbers like this one are paused"), "{}", refused.text);
        assert_eq!((house.count("messages").await, kinds(&house).await), (0, vec!["no_conversion".to_owned()]));
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((40 * 60..=60 * 60).contains(&wait), "{wait}");
        house.clock.turn(Duration::from_secs(wait - 61));
        assert_eq!(start(&house, &browser, &random_phone()).await.status, 429);
        house.clock.turn(Duration::from_secs(61));
        assert_eq!(start(&house, &browser, &random_phone()).await.status, 303);
    }

    fn who_asks_for_what_is_stopped_has_made_a_start_all_the_same(house with few_starts) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 2, 30, 0).await;
        for _ in 0..3 {
            let refused = start(&house, &house.browser(), &random_phone()).await;
            assert!(refused.text.contains("Codes to numbers like this one are paused"), "{}", refused.text);
        }
        let refused = start(&house, &house.browser(), &random_phone()).await;
        assert_eq!(refused.status, 429);
        assert!(!refused.text.contains("Codes to numbers like this one are paused"), "no more is learned here");
    }

    fn known_and_unknown_numbers_of_a_range_are_refused_alike(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        let phone = random_phone();
        house.browser().sign_in(&house, &phone).await;
        house.clock.turn(Duration::from_secs(700));
        sent(&house, 2, 30, 0).await;
        let browser = house.browser();
        let same = async |phone: &str| {
            let answer = start(&house, &browser, phone).await;
            let varying = [answer.hidden("sealed"), answer.header("retry-after").to_owned(), phone.to_owned()];
            (answer.status, varying.iter().fold(answer.text, |text, part| text.replace(part.as_str(), "")))
        };
        let ((known, known_text), (unknown, unknown_text)) = (same(&phone).await, same(&random_phone()).await);
        assert_eq!((known, unknown), (429, 429));
        let told = |text: &str| text.split_once("<form").unwrap().0.split_once("<h1>").unwrap().1.len();
        assert_eq!(told(&known_text), told(&unknown_text));
    }

    fn a_browser_somebody_signed_in_with_gets_its_code_all_the_same(house with protect) {
        let (known, phone) = (house.browser(), random_phone());
        known.sign_in(&house, &phone).await;
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        house.clock.turn(Duration::from_secs(1));
        sent(&house, 2, 30, 0).await;
        assert_eq!(start(&house, &known, &random_phone()).await.status, 429);
        assert_eq!(start(&house, &known, &phone).await.status, 303);
    }

    fn a_range_of_which_few_codes_come_back_takes_a_proof_of_work(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 2, 30, 5).await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = start(&house, &browser, &phone).await;
        assert!(asks(&page), "{}", page.text);
        assert!(page.header("retry-after").parse::<u64>().unwrap() > 600, "longer than the starts of an address");
        let nonce = solved(&page.hidden("challenge"));
        assert_eq!(browser.type_phone_with(&house, &page, &phone, &nonce).await.status, 303);
    }

    fn many_more_than_usual_at_once_take_a_proof_of_work(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 0, 19, 0).await;
        assert_eq!(start(&house, &house.browser(), &random_phone()).await.status, 303);
        assert!(asks(&start(&house, &house.browser(), &random_phone()).await));
        assert_eq!(kinds(&house).await, ["surge"]);
        house.clock.turn(2 * TRAFFIC_WINDOW);
        assert_eq!(start(&house, &house.browser(), &random_phone()).await.status, 303);
    }

    fn a_new_code_is_not_sent_to_a_range_that_was_stopped_meanwhile(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        house.clock.turn(Duration::from_secs(31));
        sent(&house, 2, 30, 0).await;
        let refused = browser.ask_new_code(&house, &page).await;
        assert_eq!(refused.status, 429);
        assert!(refused.text.contains("Codes to numbers like this one are paused"));
    }

    fn a_network_of_which_few_codes_come_back_takes_a_proof_and_in_the_end_gets_none(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent_to(&house, network(), 2, (50, 0)).await;
        assert_eq!(start(&house, &house.browser(), &random_phone()).await.status, 303);
        sent_to(&house, network(), 2, (1, 0)).await;
        assert!(asks(&start(&house, &house.browser(), &random_phone()).await));
        sent_to(&house, network(), 2, (150, 9)).await;
        let refused = start(&house, &house.browser(), &random_phone()).await;
        assert!(refused.text.contains("from your network"), "{}", refused.text);
        assert_eq!(house.values("SELECT subject FROM limit_alerts ORDER BY kind").await, ["from 127.0.0.0/24"; 2]);
        let elsewhere = "UPDATE prefix_traffic SET prefix = 'from 203.0.113.0/24' WHERE prefix = 'from 127.0.0.0/24'";
        house.execute(elsewhere).await;
        assert_eq!(start(&house, &house.browser(), &random_phone()).await.status, 303, "others' networks are theirs");
    }

    fn many_ranges_of_a_country_are_seen_together(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent_to(&house, Subject::Country("US".into()), 2, (60, 10)).await;
        assert!(asks(&start(&house, &house.browser(), &random_phone()).await));
        assert_eq!(start(&house, &house.browser(), "+5511987654321").await.status, 303, "another country is free");
    }

    fn a_narrow_range_is_seen_within_a_wide_one_that_does_well(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 2, 300, 250).await;
        sent_to(&house, Subject::Range("US +1415200".into()), 2, (30, 0)).await;
        let answer = start(&house, &house.browser(), &random_phone()).await;
        assert!(answer.text.contains("are paused"), "{}", answer.text);
        assert_eq!(start(&house, &house.browser(), "+14153000001").await.status, 303);
    }

    fn the_pool_as_a_whole_takes_a_proof_and_is_never_stopped(house with protect) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent_to(&house, Subject::Pool, 2, (1000, 0)).await;
        let (browser, phone) = (house.browser(), random_phone());
        let page = start(&house, &browser, &phone).await;
        assert!(asks(&page), "{}", page.text);
        let nonce = solved(&page.hidden("challenge"));
        assert_eq!(browser.type_phone_with(&house, &page, &phone, &nonce).await.status, 303);
        let known = house.values("SELECT subject FROM limit_alerts").await;
        assert_eq!(known, ["all"]);
    }

    fn a_code_comes_back_to_the_network_it_was_asked_for_from(house) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        house.execute("UPDATE challenges SET network = '203.0.113.0/24'").await;
        browser.type_code(&house, &page, &house.code_to(&phone, 0).await).await.location();
        let of = "SELECT prefix FROM prefix_traffic WHERE verified = 1 AND prefix LIKE 'from %'";
        assert_eq!(house.values(of).await, ["from 203.0.113.0/24"]);
    }

    fn windows_of_a_whole_day_are_read_alike_whether_summed_or_not(house) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        for windows_ago in [1, 5, 12, 60, 100, 130, 140, 143, 145, 200] {
            sent(&house, windows_ago, 2, 1).await;
        }
        let rows = house.store.read(&house.pool.id);
        let seen = rows.find_traffic(&[range(), network()], Look::at(house.clock.now())).await.unwrap();
        let sum: u32 = seen[0].traffic.iter().map(|one| one.sent).sum();
        assert_eq!((sum, seen[0].traffic.iter().map(|one| one.verified).sum::<u32>()), (16, 8));
        assert!(seen[0].traffic.len() < 8 && seen[1].traffic.is_empty(), "{seen:?}");
    }

    fn who_only_observes_is_told_once_and_sends(house) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        sent(&house, 2, 30, 0).await;
        for _ in 0..3 {
            assert_eq!(start(&house, &house.browser(), &random_phone()).await.status, 303);
        }
        assert_eq!(kinds(&house).await, ["no_conversion"]);
        let ranges = house.flow.ranges(&house.pool).await.unwrap();
        assert_eq!((ranges[0].subject.text().as_str(), ranges[0].sent_day), ("US +1415", 33));
        assert_eq!((ranges[0].sent, ranges[0].verified), (30, 0));
        assert!(ranges[0].until.is_some());
        let others: Vec<String> = ranges[1..].iter().map(|range| range.subject.text()).collect();
        assert_eq!(others, ["US", "US +1415200", "all", "from 127.0.0.0/24"]);
        assert!(ranges[1..].iter().all(|range| range.sent_day == 3 && range.until.is_none()));
    }

    fn who_switched_it_off_counts_nothing(house with off) {
        house.browser().sign_in(&house, &random_phone()).await;
        assert_eq!(house.count("prefix_traffic").await, 0);
    }
}
