//! Every sample of every view in every language, and what must hold of all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use watchword_domain::{Channel, Country, DeliveryState, FailureClass, Language};

use super::locale::{LOCALE_FILES, Locale, LocaleFiles, compare, outline};
use super::samples::{self, chrome, coloured_chrome, rendered};
use super::{Chrome, CodeView, DeliveryPart, Pages, PagesFault, PhoneView, ResendPart, assets};

/// Calls `check` with the language, name and page of every sample.
fn for_every_page(check: impl Fn(Language, &str, &str)) {
    let pages = Pages::load().unwrap();
    for language in Language::ALL {
        for chrome in
            [chrome(language), coloured_chrome(language), Chrome { brand: None, ..chrome(language) }]
        {
            for (name, page) in rendered(&pages, &chrome) {
                check(language, &name, &page);
            }
        }
    }
}

/// The start tags of a page, without the angle brackets.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag)
}

/// The value of an attribute of a start tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value)
}

#[test]
fn every_page_is_whole_in_every_language() {
    for_every_page(|language, name, page| {
        let direction = if language.is_rtl() { "rtl" } else { "ltr" };
        let opening = format!("<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">", language.tag());
        assert!(page.starts_with(&opening), "{name}: {page}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name} has one heading");
        assert_eq!(page.matches("<main>").count(), 1, "{name} has one main part");
        assert!(!page.contains("{{") && !page.contains("<title></title>"), "{name}");
        assert_balanced(name, page);
    });
}

fn assert_balanced(name: &str, page: &str) {
    // An option ends where the next begins (HTML, section 13.1.2.4): over all countries that is two kilobytes.
    let empty_elements = ["!doctype", "meta", "link", "img", "input", "br", "path", "rect", "option"];
    let mut open = Vec::new();
    for tag in tags(page) {
        let element = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(element), "{name} closes what it opened");
        } else if !empty_elements.contains(&element) {
            open.push(element);
        }
    }
    assert!(open.is_empty(), "{name} leaves {open:?} open");
}

#[test]
fn every_reference_within_a_page_finds_its_target() {
    for_every_page(|_, name, page| {
        let ids: Vec<&str> = tags(page).filter_map(|tag| attribute(tag, "id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name} uses an id twice");
        for reference in ["for", "form", "aria-describedby"] {
            for target in
                tags(page).filter_map(|tag| attribute(tag, reference)).flat_map(str::split_whitespace)
            {
                assert!(ids.contains(&target), "{name}: nothing has the id {target}");
            }
        }
    });
}

#[test]
fn every_form_that_comes_back_to_us_carries_its_csrf_token() {
    for_every_page(|_, name, page| {
        for form in page.split("<form ").skip(1).filter_map(|rest| rest.split_once("</form>")) {
            let (tag, _) = form.0.split_once('>').unwrap();
            assert!(tag.contains("method=\"post\""), "{name}: {tag}");
            if !tag.contains("action=\"/") {
                assert_eq!(name, "form-post", "only an answer to a client leaves this origin");
                continue;
            }
            let token = tags(form.0).find(|tag| attribute(tag, "name") == Some("csrf"));
            let token = token.and_then(|tag| attribute(tag, "value"));
            assert!(token.is_some_and(|token| !token.is_empty()), "{name}");
        }
    });
}

#[test]
fn no_page_needs_inline_scripts_or_styles() {
    for_every_page(|_, name, page| {
        for tag in tags(page) {
            let inline = |names: &str| names.contains(" style=") || names.contains(" on");
            assert!(!tag.split('"').step_by(2).any(inline), "{name}: {tag}");
            assert!(!tag.starts_with("style") || attribute(tag, "nonce") == Some("bm9uY2U"), "{name}: {tag}");
            assert!(!tag.starts_with("script") || tag.contains(" src=\"/assets/"), "{name}: {tag}");
        }
    });
}

#[test]
fn an_error_is_announced_and_tied_to_its_field() {
    let pages = Pages::load().unwrap();
    for (name, page) in rendered(&pages, &chrome(Language::En)) {
        if !page.contains("<title>Problem: ") {
            continue;
        }
        let said = page.split("role=\"alert\"").skip(1).filter_map(|rest| rest.split(['>', '<']).nth(1));
        assert!(said.into_iter().any(|text| text.ends_with('.')), "{name} says what is wrong");
        let invalid = tags(&page).find(|tag| tag.contains("aria-invalid=\"true\""));
        if let Some(field) = invalid {
            let described = attribute(field, "aria-describedby").unwrap();
            assert!(described.split(' ').any(|id| id == "error"), "{name}");
        }
    }
}

#[test]
fn names_from_outside_never_become_markup() {
    let pages = Pages::load().unwrap();
    let name = "<script>alert('\"&')</script>";
    let mut chrome = chrome(Language::En);
    chrome.brand.as_mut().unwrap().name = name.to_owned();
    let view = PhoneView { client_name: name.to_owned(), phone: name.to_owned(), ..samples::phone() };
    let page = pages.render(&view, &chrome).unwrap();
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("Sign in to &lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"), "{page}");
}

#[test]
fn values_keep_their_direction_in_sentences_of_the_other() {
    let pages = Pages::load().unwrap();
    let page = |client: &str, language| {
        let view = PhoneView { client_name: client.to_owned(), ..samples::phone() };
        pages.render(&view, &chrome(language)).unwrap()
    };
    assert!(page("Acme", Language::En).contains("<h1>Sign in to Acme</h1>"));
    assert!(page("سوق", Language::En).contains("<h1>Sign in to \u{2068}سوق\u{2069}</h1>"));
    assert!(page("Acme", Language::Ar).contains("\u{2066}Acme\u{2069}</h1>"));
}

#[test]
fn without_scripts_the_code_page_looks_again_until_the_code_may_be_typed() {
    let pages = Pages::load().unwrap();
    let refreshes = |view: &CodeView| {
        pages.render(view, &chrome(Language::En)).unwrap().contains("<noscript><meta http-equiv=\"refresh\"")
    };
    let offers_news = |view: &CodeView| {
        pages.render(view, &chrome(Language::En)).unwrap().contains("See whether there is news")
    };
    for state in DeliveryState::ALL {
        let under_way = matches!(
            state,
            DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Accepted | DeliveryState::Sent
        );
        let is_here = matches!(state, DeliveryState::Queued | DeliveryState::Sending);
        assert_eq!(refreshes(&samples::code(state, None)), under_way, "{state:?}");
        assert!(!refreshes(&CodeView { tries_left: 0, ..samples::code(state, None) }), "{state:?}");
        let mut long = samples::code(state, None);
        long.delivery.waited = 21;
        assert_eq!(refreshes(&long), is_here, "somebody may be typing: {state:?}");
        let is_over = matches!(state, DeliveryState::Delivered | DeliveryState::Read);
        assert_eq!(offers_news(&long), !is_here && !is_over, "{state:?}");
    }
}

#[test]
fn the_script_is_told_how_the_message_fares() {
    let pages = Pages::load().unwrap();
    let part = DeliveryPart {
        channel: Channel::Whatsapp,
        steps_in: false,
        other: None,
        state: DeliveryState::Failed,
        failure: Some(FailureClass::NotReachable),
        resend: ResendPart::In(30),
        expires_in: 200,
        waited: 6,
    };
    let event = serde_json::to_value(pages.delivery_event(&part, Language::En).unwrap()).unwrap();
    let expected = serde_json::json!({
        "state": "failed", "step": 0, "failed": true, "final": true, "offer": "change",
        "title": "Your code could not be sent",
        "text": "This number does not seem to be on WhatsApp. Check it, or use another number.",
        "resend": "in", "resend_in": 30, "expires_in": 200, "channel": "whatsapp",
        "other": "", "other_in": 0, "other_channel": "",
    });
    assert_eq!(event, expected);
}

#[test]
fn every_country_with_a_calling_code_has_a_name_in_every_language() {
    for files in &LOCALE_FILES {
        let locale = Locale::load(files).unwrap();
        for country in Country::all() {
            assert_ne!(
                locale.country_name(country),
                country.as_str(),
                "{country} in {}",
                files.language.tag()
            );
        }
    }
}

#[test]
fn countries_are_listed_by_their_names() {
    let pages = Pages::load().unwrap();
    let listed = |language| {
        let page = pages.render(&samples::phone(), &chrome(language)).unwrap();
        let codes: Vec<_> = page.split("<option value=\"").skip(1).map(|rest| rest[..2].to_owned()).collect();
        codes.join(" ")
    };
    assert_eq!(listed(Language::En), "BR EG IN ID MX PT ES AE GB US");
    assert_eq!(listed(Language::Es), "BR EG AE ES US IN ID MX PT GB");
}

#[test]
fn a_language_that_lacks_a_text_is_found_at_start() {
    let [english, ..] = &LOCALE_FILES;
    let with = |texts| LocaleFiles { language: Language::Hi, texts, countries: "[]" };
    let fault = |texts| compare(english, &with(texts)).unwrap_err().to_string();
    assert_eq!(fault("problem = x\n"), "templates/locales/hi.ftl: the text \"back-to\" is missing");
    let one = LocaleFiles { language: Language::En, texts: "a = { $b }\n", countries: "[]" };
    let other = compare(&one, &with("a = { $c }\n")).unwrap_err();
    assert!(matches!(other, PagesFault::Text { ref key, .. } if key == "a"), "{other}");
    assert!(compare(&one, &with("a = { $b }\nd = x\n")).is_err());
    assert!(Locale::load(&with("not fluent")).is_err());
}

#[test]
fn every_text_is_said_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = String::new();
    for folder in ["src/http/view", "templates", "templates/pages", "templates/parts"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                sources += &fs::read_to_string(path).unwrap();
            }
        }
    }
    for key in outline(LOCALE_FILES[0].texts).into_keys() {
        assert!(sources.contains(&format!("\"{key}\"")), "nothing says the text {key}");
    }
}

#[test]
fn counts_have_every_form_their_language_needs() {
    let forms = |language| match language {
        Language::Ar => &["[zero]", "[one]", "[two]", "[few]", "[many]", "*[other]"][..],
        Language::Id => &[],
        _ => &["[one]", "*[other]"],
    };
    for files in &LOCALE_FILES {
        for choice in files.texts.split("$count ->").skip(1) {
            let (choice, _) = choice.split_once("\n    }").unwrap();
            for form in forms(files.language) {
                assert!(choice.contains(form), "{} in {}: {choice}", form, files.language.tag());
            }
        }
    }
    let locale = Locale::load(&LOCALE_FILES[5]).unwrap();
    let tries = |count: u32| {
        let args = serde_json::Map::from_iter([("count".to_owned(), count.into())]);
        locale.say("code-tries-left", &args).unwrap()
    };
    let said = [0, 1, 2, 3, 11, 100].map(tries);
    let expected = [
        "لم تبقَ أي محاولة",
        "بقيت محاولة واحدة",
        "بقيت محاولتان",
        "بقيت 3 محاولات",
        "بقيت 11 محاولة",
        "بقيت 100 محاولة",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_sign_in_page_stays_under_thirty_kilobytes_with_all_it_loads() {
    let pages = Pages::load().unwrap();
    let loaded: usize = assets().iter().map(|asset| asset.bytes.len()).sum();
    for language in Language::ALL {
        let phone = PhoneView { countries: Country::all().take(40).collect(), ..samples::phone() };
        let code = samples::code(DeliveryState::Sent, None);
        let chrome = coloured_chrome(language);
        let largest =
            pages.render(&phone, &chrome).unwrap().len().max(pages.render(&code, &chrome).unwrap().len());
        println!("{}: {largest} + {loaded} bytes", language.tag());
        assert!(loaded + largest < 30_000, "{}: {} bytes", language.tag(), loaded + largest);
    }
}

/// Every sample in every language: the file it is looked at in, and its page.
fn sample_files() -> Vec<(String, String)> {
    let of = |language: Language| {
        let named = move |(name, page)| (format!("{name}-{}.html", language.tag()), page);
        samples::in_language(language).into_iter().map(named)
    };
    Language::ALL.into_iter().flat_map(of).collect()
}

#[test]
fn every_sample_has_a_name_of_its_own_and_loads_what_is_there() {
    let (files, assets) = (sample_files(), assets());
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), files.len());
    for (name, page) in &files {
        let loaded = page.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
        let mut loaded = loaded.map(|file| format!("/assets/{file}")).peekable();
        assert!(loaded.peek().is_some(), "{name} has a style");
        for file in loaded {
            assert!(assets.iter().any(|asset| asset.path == file), "{name}: {file}");
        }
    }
    write_samples(&files);
}

/// For looking at pages and translating them: `WATCHWORD_SAMPLES=/tmp/samples cargo test -p watchword-http every_sample`
/// writes every sample as a file one can open.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, no configuration of the product"
)]
fn write_samples(files: &[(String, String)]) {
    let Some(folder) = std::env::var_os("WATCHWORD_SAMPLES").map(PathBuf::from) else { return };
    fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), &asset.bytes).unwrap();
    }
    for (name, page) in files {
        fs::write(folder.join(name), page.replace("\"/assets/", "\"assets/")).unwrap();
    }
}
