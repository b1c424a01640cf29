//! What a browser has to fetch before a sign-in page is there.

use watchword_domain::Country;
use watchword_domain::client::ClientKind;

use crate::on_each_database;

/// The addresses of the style sheet, the script and the icon of a page.
fn assets_of(page: &str) -> Vec<&str> {
    let quoted = page.split('"').skip(1).step_by(2);
    quoted.filter(|value| value.starts_with("/assets/")).collect()
}

on_each_database! {
    fn a_sign_in_page_with_every_country_weighs_less_than_30_kb_in_every_language(house) {
        let mut project = house.project("everywhere", ClientKind::Web).await;
        project.pool.settings.countries = Country::all().collect();
        let settings = serde_json::to_string(&project.pool.settings).unwrap();
        house.execute(&format!("UPDATE pools SET settings = '{settings}' WHERE domain = 'everywhere'")).await;
        for language in ["en", "es", "pt", "id", "hi", "ar"] {
            let authorize = format!("{}/authorize", project.pool.issuer);
            let url = crate::support::with_query(
                &authorize,
                &crate::support::request(project.client.id.as_str()),
            );
            let page = house.browser().get(&format!("{url}&ui_locales={language}")).await.text;
            assert!(page.contains(&format!("<html lang=\"{language}\"")));
            assert_eq!(page.matches("<option ").count(), Country::all().count());
            let mut weight = page.len();
            for asset in assets_of(&page) {
                let request = house.http.get(format!("http://{}{asset}", house.provider));
                let answer = request.header("accept-encoding", "gzip").send().await.unwrap();
                weight += answer.bytes().await.unwrap().len();
            }
            assert!((15_000..30_000).contains(&weight), "{language}: {weight} bytes");
        }
    }
}
