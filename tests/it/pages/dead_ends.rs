//! Pages on which nothing can be done: where they lead, and where they never do.

use watchword_domain::client::front_page_of;

use crate::on_each_database;
use crate::support::{CALLBACK, with_query};

on_each_database! {
    fn a_known_client_is_led_back_to_at_its_registered_site_only(house) {
        let mut request = house.request();
        for (name, value) in &mut request {
            if name == "redirect_uri" {
                *value = "https://elsewhere.example/cb".to_owned();
            }
        }
        let page = house.browser().authorize(&house, &request).await;
        assert_eq!(page.status, 400);
        assert_eq!(page.link("Back to "), front_page_of(CALLBACK).unwrap());
        assert!(!page.text.contains("elsewhere.example"), "{}", page.text);
        let stranger = [("client_id".to_owned(), "nobody".to_owned())];
        let page = house.browser().authorize(&house, &stranger).await;
        assert!(page.status == 400 && !page.text.contains("Back to "));
    }

    fn a_page_that_leads_nowhere_speaks_every_language(house) {
        let unknown = house.url("/authorize?client_id=nobody");
        for url in [unknown, format!("http://{}/nothing/at/all", house.provider)] {
            let page = house.browser().get(&url).await;
            let spanish = page.text.split("<a href=\"").find(|rest| rest.contains("hreflang=\"es\"")).unwrap();
            let address = spanish.split_once('"').unwrap().0.replace("&amp;", "&");
            let page = house.browser().page(&house, &address).await;
            assert!(page.text.contains("<html lang=\"es\""), "{address}: {}", page.text);
        }
    }

    fn an_address_is_never_repeated_as_a_way_elsewhere_nor_with_a_token_in_it(house) {
        let slashes = format!("http://{}//elsewhere.example/x", house.provider);
        let hinted = with_query(&house.url("/end-session"), &[("id_token_hint", "eyJhbGciOi")]);
        for (url, status) in [(slashes, 404), (hinted, 200)] {
            let page = house.browser().get(&url).await;
            assert_eq!(page.status, status, "{url}");
            assert!(!page.text.contains("\"//") && !page.text.contains("eyJhbGciOi"), "{}", page.text);
        }
    }
}
