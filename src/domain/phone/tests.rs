//! What reading, refusing and masking numbers must do.

use super::reading::accept;
use super::*;
use PhoneNumberFormat::{E164, International, National, RFC3966};
use proptest::prelude::*;

fn country(code: &str) -> Option<Country> {
    code.parse().ok()
}

fn read(input: &str, code: &str) -> Result<String, PhoneRefusal> {
    Phone::parse(input, country(code)).map(|phone| phone.as_e164().to_owned())
}

#[track_caller]
fn reads_as(input: &str, code: &str, expected: &str) {
    assert_eq!(read(input, code).as_deref(), Ok(expected), "{input:?} in {code:?}");
}

#[track_caller]
fn refuses(input: &str, code: &str, expected: PhoneRefusal) {
    assert_eq!(read(input, code), Err(expected), "{input:?} in {code:?}");
}

#[test]
fn every_usual_way_of_writing_a_number_is_the_same_number() {
    for input in [
        "+919876543210",
        "+91 98765 43210",
        "+91-98765-43210",
        "+91.98765.43210",
        "+91/98765/43210",
        "(+91) 98765 43210",
        "+ 91 (98765) 43210",
        "++91 98765 43210",
        "+00 91 98765 43210",
        "\u{FF0B}91 98765 43210",
        "+91\u{A0}98765\u{202F}43210",
        "+91\u{2009}98765\u{3000}43210",
        "+91\u{2011}98765\u{2013}43210\u{2212}",
        "\u{202A}+91 98765 43210\u{202C}",
        "\u{2066}\u{200E}+91 98765\u{200B} 43210\u{2069}\u{FEFF}",
        "\t+91 98765 43210\r\n",
        "tel:+91-98765-43210",
        "TEL:+919876543210;npdi",
        " tel:98765-43210;phone-context=+91",
        "0091 98765 43210",
        "00-91-98765-43210",
        "011 91 98765 43210",
        "+٩١ ٩٨٧٦٥ ٤٣٢١٠",
        "+९१ ९८७६५ ४३२१०",
        "+৯১ ৯৮৭৬৫ ৪৩২১০",
        "+９１ ９８７６５ ４３２１０",
    ] {
        for beside in ["", "IN", "US", "DE", "BR", "JP"] {
            reads_as(input, beside, "+919876543210");
        }
    }
}

#[test]
fn a_national_number_is_read_in_the_country_beside_it() {
    for (input, code, expected) in [
        ("98765 43210", "IN", "+919876543210"),
        ("098765 43210", "IN", "+919876543210"),
        ("91 98765 43210", "IN", "+919876543210"),
        ("०९८७६५ ४३२१०", "IN", "+919876543210"),
        ("011 2345 6789", "IN", "+911123456789"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("1 650 253 0000", "US", "+16502530000"),
        ("604-555-0123", "CA", "+16045550123"),
        ("07911 123456", "GB", "+447911123456"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("0151/23 45 67 89", "DE", "+4915123456789"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("0812-3456-7890", "ID", "+6281234567890"),
        ("050 123 4567", "AE", "+971501234567"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "AE", "+971501234567"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("9123 4567", "SG", "+6591234567"),
    ] {
        reads_as(input, code, expected);
    }
}

#[test]
fn a_country_dials_abroad_by_its_own_prefix() {
    reads_as("0011 44 7911 123456", "AU", "+447911123456");
    reads_as("010 44 7911 123456", "JP", "+447911123456");
    reads_as("8~10 44 7911 123456", "RU", "+447911123456");
    reads_as("011 44 7911 123456", "CA", "+447911123456");
    reads_as("001 44 7911 123456", "HK", "+447911123456");
}

#[test]
fn a_trunk_zero_in_brackets_is_no_part_of_the_number() {
    reads_as("+44 (0) 7911 123456", "", "+447911123456");
    reads_as("+49 (0)151 23456789", "US", "+4915123456789");
    reads_as("+33 (0)6 12 34 56 78", "", "+33612345678");
}

#[test]
fn an_italian_zero_is_part_of_the_number() {
    reads_as("06 6982 1234", "IT", "+390669821234");
    reads_as("+39 06 6982 1234", "", "+390669821234");
    reads_as("0039 06 6982 1234", "IN", "+390669821234");
    reads_as("312 345 6789", "IT", "+393123456789");
}

#[test]
fn the_quirks_of_mexico_argentina_and_brazil_end_in_one_form() {
    for input in ["+52 1 55 1234 5678", "+52 55 1234 5678", "0052 1 55 1234 5678"] {
        reads_as(input, "", "+525512345678");
    }
    reads_as("55 1234 5678", "MX", "+525512345678");
    for input in ["+54 9 11 2345-6789", "+5491123456789"] {
        reads_as(input, "", "+5491123456789");
    }
    reads_as("011 15 2345-6789", "AR", "+5491123456789");
    reads_as("0 11 15 2345-6789", "AR", "+5491123456789");
    for input in ["+55 11 91234-5678", "+55 (11) 91234-5678"] {
        reads_as(input, "", "+5511912345678");
    }
    reads_as("(11) 91234-5678", "BR", "+5511912345678");
    reads_as("011 91234-5678", "BR", "+5511912345678");
    reads_as("0 21 11 91234-5678", "BR", "+5511912345678");
}

#[test]
fn what_is_no_number_is_refused_by_its_reason() {
    for (input, code, refusal) in [
        ("", "IN", PhoneRefusal::Empty),
        (" \u{200F}\u{A0} ", "IN", PhoneRefusal::Empty),
        ("+", "IN", PhoneRefusal::NotANumber),
        ("()-", "IN", PhoneRefusal::NotANumber),
        ("tel:", "IN", PhoneRefusal::Empty),
        ("98765\0 43210", "IN", PhoneRefusal::NotANumber),
        ("98765@43210", "IN", PhoneRefusal::NotANumber),
        ("98765+43210", "IN", PhoneRefusal::NotANumber),
        ("+91 98765 43210 +91 98765 43211", "", PhoneRefusal::NotANumber),
        ("\u{1F4DE} 98765 43210", "IN", PhoneRefusal::NotANumber),
        ("1-800-FLOWERS", "US", PhoneRefusal::Letters),
        ("someone@example.com", "US", PhoneRefusal::Letters),
        ("नमस्ते", "IN", PhoneRefusal::Letters),
        ("650 253 0000 x12", "US", PhoneRefusal::Extension),
        ("650 253 0000 ext. 12", "US", PhoneRefusal::Extension),
        ("650 253 0000#12", "US", PhoneRefusal::Extension),
        ("+1 650 253 0000,12", "", PhoneRefusal::Extension),
        ("+1 650 253 0000;ext=12", "", PhoneRefusal::Extension),
        ("tel:+1-650-253-0000;ext=12", "", PhoneRefusal::Extension),
        ("98765 43210", "", PhoneRefusal::NoCountryCode),
        ("tel:98765-43210;phone-context=example.com", "", PhoneRefusal::NoCountryCode),
        ("+999 12345678", "IN", PhoneRefusal::UnknownCountryCode),
        ("+0", "IN", PhoneRefusal::TooShort),
        ("1", "IN", PhoneRefusal::TooShort),
        ("+91 98765", "US", PhoneRefusal::TooShort),
        ("+91 98765 43210 98765", "US", PhoneRefusal::TooLong),
        ("98765 43210 98765 43210 9", "IN", PhoneRefusal::TooLong),
        ("+91 11111 11111", "US", PhoneRefusal::NotValid(country("IN"))),
        ("111 111 1111", "CA", PhoneRefusal::NotValid(country("CA"))),
    ] {
        refuses(input, code, refusal);
    }
    refuses(&"1".repeat(10_000), "IN", PhoneRefusal::TooLong);
    refuses(&" ".repeat(10_000), "IN", PhoneRefusal::TooLong);
}

#[test]
fn a_number_typed_beside_the_wrong_country_is_traced_to_the_only_other_one_that_has_it() {
    let home = |typed: &str, others: &str| {
        let others = others.split(' ').filter_map(country);
        Phone::home_among(typed, others).map(|country| country.to_string())
    };
    refuses("98765 43210", "US", PhoneRefusal::NotValid(country("US")));
    assert_eq!(home("98765 43210", "IN GB ID").as_deref(), Some("IN"));
    assert_eq!(home("0812 3456 7890", "IN GB ID").as_deref(), Some("ID"));
    assert_eq!(home("(415) 555-2671", "IN CA US").as_deref(), Some("US"));
    assert_eq!(home("98765 43210", "IN RU"), None, "it could be either");
    assert_eq!(home("1800 180 1253", "IN"), None, "no mobile number");
    for named in ["+91 98765 43210", "0091 98765 43210", "hello", ""] {
        assert_eq!(home(named, "IN"), None, "{named}");
    }
    let everywhere = Country::all().map(|country| country.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(home("98765 43210", &everywhere), None);
}

#[test]
fn a_number_that_could_be_a_strangers_is_refused() {
    // India for the world, North Dakota by way of a Colombian carrier.
    refuses("0091 70123 45678", "CO", PhoneRefusal::Ambiguous);
    reads_as("0091 70123 45678", "DE", "+917012345678");
    reads_as("+91 70123 45678", "CO", "+917012345678");
    // One digit too many is a slip of the finger, not a Dutch number without its plus sign.
    assert!(read("312 555 12345", "US").is_err());
}

#[test]
fn the_kind_of_a_number_says_whether_a_message_can_reach_a_person() {
    for (input, kind, receives) in [
        ("+919876543210", PhoneKind::Mobile, true),
        ("+16502530000", PhoneKind::FixedLineOrMobile, true),
        ("+442071838750", PhoneKind::FixedLine, true),
        ("+18002530000", PhoneKind::TollFree, false),
        ("+19002530000", PhoneKind::PremiumRate, false),
        ("+611300123456", PhoneKind::SharedCost, false),
        ("+447641234567", PhoneKind::Pager, false),
        ("+80012345678", PhoneKind::TollFree, false),
        ("+979123456789", PhoneKind::PremiumRate, false),
    ] {
        let phone = Phone::parse(input, None).unwrap();
        assert_eq!((phone.kind(), phone.kind().receives_messages()), (kind, receives), "{input}");
    }
}

#[test]
fn a_number_knows_its_country() {
    for (input, code) in [("+919876543210", "IN"), ("+16045550123", "CA"), ("+77011234567", "KZ")] {
        assert_eq!(Phone::parse(input, None).unwrap().country(), country(code), "{input}");
    }
    assert_eq!(Phone::parse("+80012345678", None).unwrap().country(), None);
}

#[test]
fn only_the_last_three_digits_are_shown() {
    for (e164, masked) in [
        ("+919876543210", "+91 ••••• ••210"),
        ("+16502530123", "+1 •••-•••-•123"),
        ("+4915123456789", "+49 •••• ••••789"),
        ("+393123456789", "+39 ••• ••• •789"),
        ("+6591234567", "+65 •••• •567"),
        // Short numbers show less, so that the rest cannot be tried out.
        ("+6834002", "+683 ••••"),
        ("+24740123", "+247 ••••3"),
        // In no plan of today, but perhaps once stored.
        ("+99912345678", "+••••••••678"),
    ] {
        let phone = Phone::from_e164(e164).unwrap();
        assert_eq!(phone.masked(), masked);
        assert_eq!(format!("{phone:?}"), masked);
    }
}

#[test]
fn what_was_stored_is_taken_back_in_exactly_that_form() {
    for text in [
        "",
        "+",
        "919876543210",
        "+0123456789",
        "+123456",
        "+1234567890123456",
        "+91 9876543210",
        "+٩١٩٨٧٦٥٤٣٢١٠",
    ] {
        assert_eq!(Phone::from_e164(text), Err(PhoneRefusal::NotANumber), "{text:?}");
    }
    assert_eq!(Phone::from_e164("+999123456789").unwrap().as_e164(), "+999123456789");
}

const KINDS: [PhoneNumberType; 10] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

/// The metadata's example of each kind of number in each country.
fn examples() -> impl Strategy<Value = (Country, PhoneNumber)> {
    let examples: Vec<_> = Country::all()
        .flat_map(|country| KINDS.map(|kind| (country, kind)))
        .filter_map(|(country, kind)| {
            let region = country.region()?;
            let number = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()?;
            accept(Ok(number.clone()), Some(country)).is_ok().then_some((country, number))
        })
        .collect();
    prop::sample::select(examples)
}

/// The same text with its digits in the script whose zero is given.
fn in_script(text: &str, zero: u32) -> String {
    let translate = |character: char| {
        let value = character.to_digit(10)?;
        char::from_u32(zero + value)
    };
    text.chars().map(|character| translate(character).unwrap_or(character)).collect()
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(input in ".*", code in "[A-Z]{2}") {
        let _ = Phone::parse(&input, country(&code));
    }

    #[test]
    fn text_made_of_what_numbers_are_made_of_is_read_or_refused(
        input in "(tel:|TEL:)?[+＋]{0,2}[0-9٠-٩०-९ ()./~\u{202A}-]{0,40}(;(ext|phone-context)=)?[+0-9a-z]{0,8}",
        at in 0..245_usize,
    ) {
        if let Ok(phone) = Phone::parse(&input, Country::all().nth(at)) {
            prop_assert_eq!(Phone::parse(phone.as_e164(), None), Ok(phone.clone()));
            prop_assert_eq!(Phone::from_e164(phone.as_e164()), Ok(phone));
        }
    }

    #[test]
    fn the_canonical_form_is_read_as_itself(
        (country, number) in examples(),
        digits in any::<u64>(),
        keep in 1_u32..9,
    ) {
        // Numbers near the example reach corners of a plan that the example does not.
        let modulus = 10_u64.pow(keep);
        let national_number = number.national_number - number.national_number % modulus + digits % modulus;
        let near = PhoneNumber { national_number, ..number };
        if let Ok(phone) = accept(Ok(near), Some(country)) {
            prop_assert_eq!(Phone::parse(phone.as_e164(), None), Ok(phone.clone()));
            prop_assert_eq!(Phone::parse(phone.as_e164(), Some(country)), Ok(phone));
        }
    }

    #[test]
    fn every_format_of_a_number_in_every_script_is_that_number(
        (country, number) in examples(),
        zero in prop::sample::select(&crate::digits::ZEROS[..]),
        beside in 0..245_usize,
    ) {
        let beside = Country::all().nth(beside);
        let expected = accept(Ok(number.clone()), Some(country)).unwrap();
        for format in [E164, International, RFC3966] {
            let text = in_script(&number.format_as(format), zero);
            prop_assert_eq!(Phone::parse(&text, beside), Ok(expected.clone()), "{}", text);
        }
        let text = in_script(&number.format_as(National), zero);
        prop_assert_eq!(Phone::parse(&text, Some(country)), Ok(expected), "{}", text);
    }

    #[test]
    fn a_masked_number_gives_away_three_digits_at_most((country, number) in examples()) {
        let phone = accept(Ok(number), Some(country)).unwrap();
        let masked = phone.masked();
        let shown = masked.strip_prefix(&format!("+{}", country.calling_code())).unwrap();
        let shown: String = shown.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(shown.len() <= 3 && phone.as_e164().ends_with(&shown));
        prop_assert!(masked.matches('•').count() >= 4);
    }
}

#[test]
fn a_range_never_says_whose_number() {
    let ranges = |number: &str| Phone::from_e164(number).unwrap().ranges();
    assert_eq!(ranges("+5511987654321"), ["BR +55119", "BR +55119876"]);
    assert_eq!(ranges("+14155550123"), ["US +1415", "US +1415555"]);
    assert_eq!(ranges("+14165550123"), ["CA +1416", "CA +1416555"]);
    assert_eq!(ranges("+29022222"), ["SH +2902"], "four digits stay unsaid");
    assert_eq!(ranges("+9999999"), ["-- +999"]);
}
