//! `/sign-in/phone`: what is taken as a number, and what is said to the rest.

use crate::on_each_database;
use crate::support::random_phone;

/// How people write the number `+1 AAA BBB CCCC` beside the country United States.
const WAYS: [&str; 11] = [
    "+1AAABBBCCCC",
    "AAABBBCCCC",
    "(AAA) BBB-CCCC",
    "AAA.BBB.CCCC",
    "1-AAA-BBB-CCCC",
    "00 1 AAA BBB CCCC",
    "011 1 AAA BBB CCCC",
    "tel:+1-AAA-BBB-CCCC",
    " +1 (AAA) BBB/CCCC\t",
    "\u{202a}+1\u{a0}AAA\u{a0}BBB\u{2011}CCCC\u{202c}",
    "+1 AAA BBB CCCC in Arabic digits",
];

fn written(way: &str, phone: &str) -> String {
    let text = way.replace("AAA", &phone[2..5]).replace("BBB", &phone[5..8]).replace("CCCC", &phone[8..]);
    match text.strip_suffix(" in Arabic digits") {
        Some(text) => text.chars().map(|letter| arabic(letter).unwrap_or(letter)).collect(),
        None => text,
    }
}

fn arabic(digit: char) -> Option<char> {
    char::from_u32(0x660 + digit.to_digit(10)?)
}

/// What is typed, and the beginning of what is said about it.
const REFUSED: [(&str, &str); 14] = [
    ("", "Enter your WhatsApp number."),
    ("   ", "Enter your WhatsApp number."),
    ("hello", "This is not a phone number."),
    ("1-800-FLOWERS", "This is not a phone number."),
    ("\"><script>alert(1)</script>", "This is not a phone number."),
    ("12", "This number is too short."),
    ("+1 415 555 267 123", "This number is too long."),
    ("+999 1234567", "This is not a phone number."),
    ("+44 7400 123456", "Numbers from United Kingdom (+44) can’t be used here."),
    ("+1 242 357 1234", "This number belongs to Bahamas, which shares +1 with United States."),
    ("(111) 111-1111", "This is not a valid number in United States (+1). Check its digits"),
    ("+91 11111 11111", "This is not a valid number in India (+91). Check its digits"),
    ("+1 900 234 5678", "This number can’t receive codes here."),
    ("+1 800 234 5678", "This number can’t receive codes here."),
];

on_each_database! {
    fn a_number_is_understood_however_it_is_written(house) {
        let browser = house.browser();
        let page = browser.open(&house).await;
        for way in WAYS {
            let phone = random_phone();
            let answer = browser.type_phone(&house, &page, &written(way, &phone)).await;
            assert_eq!(answer.status, 303, "{way}: {}", answer.text);
            house.code_to(&phone, 0).await;
        }
    }

    fn a_whole_number_is_taken_whatever_the_country_beside_it(house) {
        house.browser().ask_code(&house, "+91 98765 43210").await;
        house.code_to("+919876543210", 0).await;
    }

    fn what_is_no_number_here_is_shown_again_with_the_reason(house) {
        let browser = house.browser();
        let page = browser.open(&house).await;
        let before = house.contents().await;
        for (typed, reason) in REFUSED {
            let answer = browser.type_phone(&house, &page, typed).await;
            assert_eq!(answer.status, 422, "{typed}");
            assert!(answer.element("error").starts_with(reason), "{typed}: {}", answer.element("error"));
            assert!(
                answer.text.contains("<title>Problem: ") && answer.text.contains("aria-invalid=\"true\"")
            );
            assert!(!answer.text.contains("<script>alert"));
            assert_eq!(answer.value("phone"), typed);
        }
        assert_eq!(house.contents().await, before, "nothing is stored, so nothing can be sent");
    }

    fn a_number_that_was_refused_can_be_corrected_on_the_same_page(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.open(&house).await;
        let again = browser.type_phone(&house, &page, "12").await;
        assert_eq!(browser.type_phone(&house, &again, &phone).await.status, 303);
        house.code_to(&phone, 0).await;
    }

    fn a_number_beside_the_wrong_country_is_offered_the_only_other_one_that_has_it(house) {
        let browser = house.browser();
        let page = browser.open(&house).await;
        for (typed, country, sent) in
            [("90000 12345", "IN", "+919000012345"), ("(11) 96123-4567", "BR", "+5511961234567")]
        {
            let answer = browser.type_phone(&house, &page, typed).await;
            assert_eq!(answer.status, 422);
            let form = answer.text.split_once("id=\"elsewhere\">").expect("an offer").1;
            assert!(form.contains(&format!("name=\"country\" value=\"{country}\"")), "{form}");
            let (csrf, sealed) = (answer.hidden("csrf"), answer.hidden("sealed"));
            let form =
                [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", country), ("phone", typed)];
            assert_eq!(browser.post(&house.url("/sign-in/phone"), &form).await.status, 303);
            house.code_to(sent, 0).await;
        }
        for typed in ["12", "+44 7400 123456", ""] {
            assert!(!browser.type_phone(&house, &page, typed).await.text.contains("elsewhere\">"), "{typed}");
        }
    }

    fn a_number_that_just_got_a_code_gets_no_second_one_by_starting_again(house) {
        let phone = random_phone();
        house.browser().ask_code(&house, &phone).await;
        let browser = house.browser();
        let page = browser.open(&house).await;
        let before = house.count("messages").await;
        let answer = browser.type_phone(&house, &page, &phone).await;
        assert_eq!(answer.status, 429);
        assert!(answer.text.contains("A code was sent to this number a moment ago."));
        assert!((1..=30).contains(&answer.header("retry-after").parse().unwrap()));
        assert_eq!((house.count("messages").await, house.count("sign_ins").await), (before, 1));
    }

    fn a_hinted_number_is_filled_in(house) {
        let mut request = house.request();
        request.push(("login_hint".into(), "+55 (11) 96123-4567".into()));
        let page = house.browser().authorize(&house, &request).await;
        assert_eq!(page.value("phone"), "+5511961234567");
        assert!(page.option("BR").contains(" selected"));
        request.pop();
        request.push(("login_hint".into(), "somebody@example.com".into()));
        assert_eq!(house.browser().authorize(&house, &request).await.value("phone"), "");
    }

    fn the_country_of_a_language_comes_first_where_the_browser_names_none(house) {
        let url = crate::support::with_query(&house.url("/authorize"), &house.request());
        for (language, country) in [("pt", "BR"), ("hi", "IN"), ("en", "US")] {
            let request = house.http.get(&url).header("accept-language", language);
            assert!(house.browser().send(request).await.option(country).contains(" selected"), "{language}");
        }
    }

    fn the_country_shown_first_is_one_the_browser_speaks_of(house) {
        let url = crate::support::with_query(&house.url("/authorize"), &house.request());
        let request = house.http.get(url).header("accept-language", "fr-CA, pt-BR;q=0.9, en-US;q=0.8");
        let page = house.browser().send(request).await;
        assert!(page.option("BR").contains(" selected") && !page.option("US").contains(" selected"));
    }
}
