//! The proof of work: when it is asked for, what counts as one, and how often.

use std::time::Duration;

use watchword_domain::limits::{ADDRESS_WINDOW, Limits};

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, solved, zero_bits};

/// One free start, and then little work.
fn one_free(usual: Limits) -> Limits {
    Limits { starts_before_proof: 1, proof_bits: 8, ..usual }
}

fn two_free(usual: Limits) -> Limits {
    Limits { starts_before_proof: 2, starts_per_address: 6, proof_bits: 8, ..usual }
}

fn asks(answer: &Answer) -> bool {
    answer.status == 429 && answer.text.contains("name=\"challenge\"")
}

/// How many bits of work a page asks for: those of an answer, and how often they are doubled by its sixteen.
fn work(page: &Answer) -> u32 {
    let (challenge, answers) = (page.hidden("challenge"), 16);
    assert_eq!(challenge.split('.').nth(2), Some(answers.to_string().as_str()));
    challenge.split('.').nth(1).unwrap().parse::<u32>().unwrap() + u32::ilog2(answers)
}

async fn start(house: &House, browser: &Browser) -> Answer {
    let page = browser.authorize(house, &house.prompted()).await;
    browser.type_phone(house, &page, &random_phone()).await
}

/// Solves what a page asks for and types the number again.
async fn answer(house: &House, browser: &Browser, page: &Answer, phone: &str) -> Answer {
    browser.type_phone_with(house, page, phone, &solved(&page.hidden("challenge"))).await
}

/// A browser whose page asks for a proof of work.
async fn asked(house: &House) -> (Browser, Answer) {
    house.clock.turn_to_next(ADDRESS_WINDOW);
    assert_eq!(start(house, &house.browser()).await.status, 303);
    let browser = house.browser();
    let page = start(house, &browser).await;
    assert!(asks(&page), "{}", page.text);
    (browser, page)
}

on_each_database! {
    fn after_the_free_starts_each_takes_a_proof_that_is_spent_once(house with one_free) {
        let (browser, page) = asked(&house).await;
        assert_eq!((house.count("sign_ins").await, house.count("spent_proofs").await), (1, 0));
        let phone = random_phone();
        assert_eq!(answer(&house, &browser, &page, &phone).await.status, 303);
        assert_eq!((house.count("sign_ins").await, house.count("spent_proofs").await), (2, 1));
        let again = answer(&house, &browser, &page, &random_phone()).await;
        assert!(asks(&again), "it was spent");
        assert_ne!(again.hidden("challenge"), page.hidden("challenge"));
        assert_eq!(answer(&house, &browser, &again, &random_phone()).await.status, 303);
    }

    fn the_page_keeps_the_number_and_says_how_it_goes_without_scripts(house with one_free) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        start(&house, &house.browser()).await;
        let browser = house.browser();
        let page = browser.type_phone(&house, &browser.open(&house).await, "(415) 200-0001").await;
        assert!(asks(&page));
        assert_eq!(page.value("phone"), "(415) 200-0001");
        assert!(page.text.contains("this step needs JavaScript"), "{}", page.text);
        assert!(!page.text.contains("<title>Problem"), "nothing is wrong");
        let wait: u64 = page.header("retry-after").parse().unwrap();
        house.clock.turn(Duration::from_secs(wait));
        assert_eq!(start(&house, &browser).await.status, 303, "whoever waited as told is asked nothing");
    }

    fn a_proof_is_good_in_its_browser_and_its_time_and_nowhere_else(house with one_free) {
        let (browser, page) = asked(&house).await;
        let thief = house.browser();
        let stolen = thief.open(&house).await;
        let (challenge, phone) = (page.hidden("challenge"), random_phone());
        let nonce = solved(&challenge);
        let post = async |browser: &Browser, from: &Answer, challenge: &str, nonce: &str| {
            let [csrf, sealed] = ["csrf", "sealed"].map(|name| from.hidden(name));
            let form = [
                ("csrf", csrf.as_str()),
                ("sealed", &sealed),
                ("country", "US"),
                ("phone", &phone),
                ("challenge", challenge),
                ("nonce", nonce),
            ];
            browser.post(&house.url("/sign-in/phone"), &form).await
        };
        assert!(asks(&post(&thief, &stolen, &challenge, &nonce).await));
        for easier in [challenge.replacen("2.4.16.", "2.1.16.", 1), challenge.replacen("2.4.16.", "2.4.1.", 1)] {
            assert_ne!(easier, challenge);
            assert!(asks(&post(&browser, &page, &easier, &solved(&easier)).await), "nobody grades their own work");
        }
        for (challenge, nonce) in [(challenge.as_str(), ""), (&challenge, "x"), ("", "1"), ("2.4", "1"), (".....", "1")] {
            assert!(asks(&post(&browser, &page, challenge, nonce).await), "{challenge} {nonce}");
        }
        let (first, others) = nonce.split_once('.').unwrap();
        let wrong = (0..).find(|wrong| zero_bits(&challenge, *wrong) < 4).unwrap();
        for nonce in [others, &format!("{others}.{}", others.split('.').next().unwrap()), &format!("{wrong}.{others}")] {
            assert!(asks(&post(&browser, &page, &challenge, nonce).await), "{first} was left out");
        }
        assert_eq!(house.count("spent_proofs").await, 0);
        house.clock.turn(Duration::from_secs(5 * 60));
        assert!(asks(&post(&browser, &page, &challenge, &nonce).await), "it is over");
        assert_eq!(house.count("messages").await, 1);
    }

    fn a_proof_of_another_project_is_none(house with one_free) {
        let (browser, page) = asked(&house).await;
        let other = house.project("other", watchword_domain::client::ClientKind::Web).await;
        let there = browser.open_at(&other).await;
        let (challenge, [csrf, sealed]) = (page.hidden("challenge"), ["csrf", "sealed"].map(|name| there.hidden(name)));
        let (nonce, phone) = (solved(&challenge), random_phone());
        let form = [
            ("csrf", csrf.as_str()),
            ("sealed", &sealed),
            ("country", "US"),
            ("phone", &phone),
            ("challenge", &challenge),
            ("nonce", &nonce),
        ];
        assert!(asks(&browser.post(&format!("{}/sign-in/phone", other.pool.issuer), &form).await));
    }

    fn more_starts_take_more_work_and_in_the_end_a_wait(house with two_free) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let browser = house.browser();
        for _ in 0..2 {
            assert_eq!(start(&house, &browser).await.status, 303);
        }
        let mut asked = Vec::new();
        for _ in 0..4 {
            let page = start(&house, &browser).await;
            asked.push(work(&page));
            assert_eq!(answer(&house, &browser, &page, &random_phone()).await.status, 303);
        }
        assert_eq!(asked, [8, 8, 9, 9], "from the fifth on twice the work");
        let refused = start(&house, &browser).await;
        assert!(!asks(&refused) && refused.status == 429 && refused.text.contains("from your network"));
        assert_eq!(house.count("messages").await, 6);
    }

    fn a_proof_is_spent_by_a_start_that_is_refused_for_another_reason(house with one_free) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let phone = random_phone();
        house.browser().ask_code(&house, &phone).await;
        let browser = house.browser();
        let page = start(&house, &browser).await;
        let refused = answer(&house, &browser, &page, &phone).await;
        assert!(refused.text.contains("a moment ago"), "{}", refused.text);
        assert_eq!(house.count("spent_proofs").await, 1);
        assert!(asks(&answer(&house, &browser, &page, &random_phone()).await));
    }

    fn a_browser_somebody_signed_in_with_has_free_starts_of_its_own(house with one_free) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let (known, phone) = (house.browser(), random_phone());
        known.sign_in(&house, &phone).await;
        assert!(asks(&start(&house, &house.browser()).await), "the address had its free start");
        let page = known.authorize(&house, &house.prompted()).await;
        assert_eq!(known.type_phone(&house, &page, &phone).await.status, 303);
        // Its own free start is gone as well.
        house.clock.turn(Duration::from_secs(31));
        let form = known.authorize(&house, &house.prompted()).await;
        house.execute("UPDATE challenges SET expires_at = 1").await;
        assert!(asks(&known.type_phone(&house, &form, &phone).await));
    }

    fn another_number_within_a_sign_in_takes_a_proof_as_well(house with one_free) {
        house.clock.turn_to_next(ADDRESS_WINDOW);
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        let phone = random_phone();
        let asked = browser.change_phone(&house, &page, &phone).await;
        assert!(asks(&asked));
        let [csrf, sign_in, challenge] = ["csrf", "sign_in", "challenge"].map(|name| asked.hidden(name));
        let nonce = solved(&challenge);
        let form = [
            ("csrf", csrf.as_str()),
            ("sign_in", &sign_in),
            ("country", "US"),
            ("phone", &phone),
            ("challenge", &challenge),
            ("nonce", &nonce),
        ];
        assert_eq!(browser.post(&house.url("/sign-in/phone"), &form).await.status, 303);
    }
}
