//! In which language the pages and the message speak.

use watchword_domain::Language;

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, with_query};

/// Opens the number page with further parameters, in a browser that prefers these languages.
async fn open(house: &House, browser: &Browser, extra: &[(&str, &str)], accepted: &str) -> Answer {
    let mut request = house.request();
    request.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let url = with_query(&house.url("/authorize"), &request);
    browser.send(house.http.get(url).header("accept-language", accepted)).await
}

fn speaks(page: &Answer, language: Language) -> bool {
    let direction = if language == Language::Ar { "rtl" } else { "ltr" };
    page.text.contains(&format!("<html lang=\"{}\" dir=\"{direction}\">", language.tag()))
}

on_each_database! {
    fn a_page_speaks_what_the_browser_accepts_the_client_wishes_or_the_person_chooses(house) {
        let browser = house.browser();
        assert!(speaks(&open(&house, &browser, &[], "xx").await, Language::En));
        assert!(speaks(&open(&house, &browser, &[], "fr, es-MX;q=0.5").await, Language::Es));
        assert!(speaks(&open(&house, &browser, &[("ui_locales", "xx hi")], "es").await, Language::Hi));
        let both = [("ui_locales", "hi"), ("lang", "ar")];
        assert!(speaks(&open(&house, &browser, &both, "es").await, Language::Ar));
        assert!(
            speaks(&open(&house, &browser, &[("ui_locales", "hi")], "es").await, Language::Ar),
            "remembered"
        );
        assert!(speaks(&open(&house, &browser, &[("lang", "xx")], "es").await, Language::Ar));
    }

    fn every_page_can_be_read_in_every_language(house) {
        let browser = house.browser();
        let page = open(&house, &browser, &[], "en").await;
        let code_page = browser.ask_code(&house, &random_phone()).await;
        for language in Language::ALL {
            let link = format!("hreflang=\"{}\"", language.tag());
            assert!(page.text.contains(&link) && code_page.text.contains(&link), "{}", language.tag());
            let lang =
                format!("/sign-in/code?sign_in={}&lang={}", code_page.hidden("sign_in"), language.tag());
            assert!(speaks(&browser.get(&house.url(&lang)).await, language));
        }
    }

    fn the_message_speaks_the_language_the_client_wished_for(house) {
        for language in Language::ALL {
            let (browser, phone) = (house.browser(), random_phone());
            let page = open(&house, &browser, &[("ui_locales", language.tag())], "xx").await;
            let location = browser.type_phone(&house, &page, &phone).await.location();
            assert_eq!(house.message_to(&phone, 0).await["language"], language.meta_code());
            assert!(speaks(&browser.page(&house, &location).await, language));
        }
    }

    fn the_message_speaks_the_language_the_person_chose(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = open(&house, &browser, &[("lang", "pt"), ("ui_locales", "hi")], "es").await;
        browser.type_phone(&house, &page, &phone).await.location();
        assert_eq!(house.message_to(&phone, 0).await["language"], "pt_BR");
    }

    fn what_is_wrong_is_said_in_the_language_of_the_page(house) {
        let browser = house.browser();
        let page = open(&house, &browser, &[("ui_locales", "ar")], "xx").await;
        let refused = browser.type_phone(&house, &page, "12").await;
        assert_eq!(refused.status, 422);
        assert!(speaks(&refused, Language::Ar));
    }
}
