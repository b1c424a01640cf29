//! The table of Meta's error codes.

use watchword_domain::FailureClass;
use watchword_messaging::whatsapp::errors::{KNOWN, class_of, known, stops_sender, wants_a_look};

#[test]
fn every_documented_code_is_known() {
    let documented = [
        0, 190, 3, 10, 131_005, 200, 250, 299, 1, 2, 131_000, 131_016, 133_004, 4, 80_007, 130_429, 131_056,
        131_048, 131_064, 131_049, 130_472, 131_026, 131_021, 131_030, 131_047, 131_050, 131_051, 131_052,
        131_053, 131_060, 131_057, 131_062, 130_403, 130_497, 131_031, 368, 131_042, 131_045, 131_037, 33,
        100, 131_008, 131_009, 135_000, 132_000, 132_001, 132_005, 132_007, 132_012, 132_018, 132_015,
        132_016, 132_068, 132_069, 133_000, 133_005, 133_006, 133_008, 133_009, 133_010, 133_015, 133_016,
        134_011, 137_000, 147_001, 147_002, 147_003, 147_004, 147_005,
    ];
    for code in documented {
        assert!(known(code).is_some(), "{code}");
    }
}

#[test]
fn no_code_stands_in_the_table_twice() {
    for (index, row) in KNOWN.iter().enumerate() {
        assert!(row.first <= row.last, "{row:?}");
        let overlaps =
            KNOWN.iter().skip(index + 1).find(|other| other.first <= row.last && row.first <= other.last);
        assert_eq!(overlaps, None, "{row:?}");
    }
}

#[test]
fn the_same_code_means_the_same_in_a_status_report() {
    assert_eq!(class_of(131_026), FailureClass::NotReachable);
    assert_eq!(class_of(137_000), FailureClass::IdentityChanged);
}

#[test]
fn what_meta_keeps_to_itself_is_not_blamed_on_the_number() {
    for code in [131_049, 130_472, 131_021] {
        assert_eq!(class_of(code), FailureClass::HeldBack, "{code}");
    }
}

#[test]
fn an_undocumented_code_in_a_report_neither_costs_a_second_message_nor_stops_the_sender() {
    assert_eq!(class_of(-1), FailureClass::Rejected);
    assert_eq!(class_of(i64::MAX), FailureClass::Rejected);
}

#[test]
fn only_what_is_wrong_with_the_sender_itself_stops_it_for_everybody() {
    for code in [0, 190, 10, 131_005, 250, 131_031, 131_042, 368, 33, 133_010] {
        assert!(stops_sender(code), "{code}");
    }
    // One language's template, one person, one country, a busy moment, a fault of ours, a code nobody knows.
    for code in [132_001, 132_015, 131_026, 131_030, 130_497, 130_429, 131_008, -1] {
        assert!(!stops_sender(code), "{code}");
    }
    assert!(KNOWN.iter().all(|row| !row.stops_sender || row.class == FailureClass::SenderUnavailable));
}

#[test]
fn somebody_is_called_for_what_does_not_pass_by_itself_and_concerns_no_single_person() {
    for code in [131_048, 131_064, 131_030, 132_007, 132_000, 100, -1] {
        assert!(wants_a_look(code), "{code}");
    }
    // Told as what they are: a sender out of order, a template that is stopped. And what passes, or is one person's.
    for code in [190, 131_042, 132_001, 132_015, 132_016, 1, 130_429, 131_056, 131_026, 130_497, 137_000] {
        assert!(!wants_a_look(code), "{code}");
    }
}
