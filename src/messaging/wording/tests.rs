//! What people read, in every language.

use watchword_domain::{Phone, Secret};

use super::*;
use crate::Recipient;

fn message(language: Language, project: &str) -> OutgoingCode {
    OutgoingCode {
        to: Recipient::Phone(Phone::from_e164("+5511987654321").unwrap()),
        code: Secret::new("482913".to_owned()),
        language,
        correlation: "0197a1".to_owned(),
        project: project.to_owned(),
        host: "acme.id.example.com".to_owned(),
        lives: Duration::from_secs(299),
        identity: None,
    }
}

fn sms(language: Language, project: &str) -> String {
    Wording::load().unwrap().sms(&message(language, project)).unwrap()
}

fn mail(language: Language, project: &str) -> Mail {
    Wording::load().unwrap().mail(&message(language, project)).unwrap()
}

#[test]
fn an_sms_says_whose_code_it_is_how_long_it_works_and_where() {
    for (language, text) in [
        (Language::En, "Acme Market: 482913 is your sign-in code. Valid for 5 min. Never share it."),
        (Language::Es, "Acme Market: usa 482913 para entrar. Vale 5 min. No lo compartas con nadie."),
        (Language::Pt, "Acme Market: use 482913 para entrar. Vale por 5 min. Nunca compartilhe."),
        (
            Language::Id,
            "Acme Market: 482913 adalah kode masuk Anda. Berlaku 5 menit. Jangan bagikan kepada siapa pun.",
        ),
        (Language::Hi, "Acme Market: 482913 आपका साइन-इन कोड है। 5 मिनट तक मान्य। इसे किसी को न बताएँ।"),
        (Language::Ar, "رمز الدخول إلى Acme Market: 482913. صالح لمدة 5 دقائق. لا تشاركه مع أحد."),
    ] {
        assert_eq!(sms(language, "Acme Market"), format!("{text}\n@acme.id.example.com #482913"));
    }
}

/// WICG, "Origin-bound one-time codes delivered via SMS": the last line is `@`, the host, a space, `#`, the code, and
/// nothing after it.
#[test]
fn the_last_line_is_the_one_a_phone_looks_for_whatever_the_project_is_called() {
    for project in
        ["Acme", "Acme\n@evil.example #111111", "A\u{2028}@evil.example #1\r", "@evil.example #111111", ""]
    {
        for language in Language::ALL {
            let text = sms(language, project);
            assert_eq!(text.lines().count(), 2, "{text:?}");
            assert_eq!(text.lines().last(), Some("@acme.id.example.com #482913"));
            assert!(!text.contains(['\r', '\u{2028}']) && !text.ends_with('\n'));
        }
    }
}

#[test]
fn an_sms_is_one_part_in_latin_script_and_two_in_others_however_long_the_name_is() {
    let long_latin = "The International Society of Independent Grocers and Greengrocers ".repeat(8);
    for language in Language::ALL {
        for project in [
            "Acme",
            long_latin.as_str(),
            &"Longword".repeat(40),
            &"सहकारी बाज़ार ".repeat(20),
            &"😀".repeat(90),
        ] {
            let text = sms(language, project);
            assert!(is_short(&text), "{language:?}: {text}");
            let is_gsm = text.encode_utf16().count() > 134;
            let latin = !matches!(language, Language::Hi | Language::Ar);
            assert!(!is_gsm || (latin && project.is_ascii()), "{language:?}: {text}");
        }
    }
}

#[test]
fn a_long_name_is_cut_after_a_word_where_there_is_one() {
    let text = sms(Language::En, &"The International Society of Independent Grocers ".repeat(3));
    let name = text.split(": 482913").next().unwrap();
    assert_eq!(name, "The International Society of Independent Grocers The...");
    let unbroken = sms(Language::En, &"Longword".repeat(40));
    assert!(unbroken.starts_with("LongwordLongword") && unbroken.contains("...: 482913"), "{unbroken}");
}

#[test]
fn a_code_that_lives_a_minute_is_not_said_to_live_five() {
    let wording = Wording::load().unwrap();
    for (seconds, said) in [(0, "1 min"), (61, "1 min"), (90, "2 min"), (600, "10 min")] {
        let message = OutgoingCode { lives: Duration::from_secs(seconds), ..message(Language::En, "Acme") };
        assert!(wording.sms(&message).unwrap().contains(&format!("Valid for {said}.")), "{seconds}");
    }
    let dual = OutgoingCode { lives: Duration::from_secs(120), ..message(Language::Ar, "Acme") };
    assert!(wording.sms(&dual).unwrap().contains("صالح لدقيقتين"));
}

#[test]
fn a_mail_has_the_code_in_its_text_and_not_in_its_subject() {
    for language in Language::ALL {
        let mail = mail(language, "Acme Market");
        assert!(mail.subject.contains("Acme Market") && !mail.subject.contains("482913"));
        assert!(mail.plain.starts_with("482913\n") && mail.html.matches("482913").count() == 1);
        for part in [&mail.plain, &mail.html] {
            assert!(part.contains("Acme Market") && part.contains('5'), "{part}");
        }
    }
}

#[test]
fn a_mail_has_no_links_and_loads_nothing() {
    for language in Language::ALL {
        let mail = mail(language, "Acme Market");
        for word in ["<a", "href", "http", "src", "<script", "url(", "example.com", "<img"] {
            assert!(!mail.html.contains(word) && !mail.plain.contains(word), "{word}");
        }
    }
}

#[test]
fn a_mail_reads_in_the_direction_of_its_language() {
    assert!(mail(Language::Ar, "Acme").html.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(mail(Language::Hi, "Acme").html.contains("<html lang=\"hi\" dir=\"ltr\">"));
}

#[test]
fn a_project_cannot_write_the_mails_html_or_its_headers() {
    let mail = mail(Language::En, "<b>A&B\"</b>\r\nBcc: eve@evil.example");
    assert!(mail.html.contains("&lt;b&gt;A&amp;B&quot;&lt;/b&gt; Bcc:") && !mail.html.contains("<b>"));
    assert!(!mail.subject.contains(['\r', '\n']));
}

#[test]
fn every_language_has_every_text_with_the_same_values() {
    let outline = |text: &str| {
        let mut keys: Vec<(String, Vec<String>)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                keys.push((line.split(" =").next().unwrap().to_owned(), Vec::new()));
            }
            if let Some((_, values)) = keys.last_mut() {
                values.extend(
                    line.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()),
                );
                values.sort();
                values.dedup();
            }
        }
        keys
    };
    let english = outline(SOURCES[0].1);
    assert_eq!(english.len(), 5);
    for (language, text) in SOURCES {
        assert_eq!(outline(text), english, "{language:?}");
    }
}
