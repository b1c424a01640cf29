//! The session a right code begins: its cookie, and what it is worth.

use std::time::Duration;

use watchword_domain::client::ClientKind;
use watchword_domain::pool::PoolSettings;

use crate::on_each_database;
use crate::support::{Answer, CALLBACK, House, query_of, random_phone, request, with_query};

async fn open_with(house: &House, cookies: &str) -> Answer {
    let url = with_query(&house.url("/authorize"), &house.request());
    Answer::of(house.http.get(url).header("cookie", cookies).send().await.unwrap()).await
}

const HOUR: Duration = Duration::from_secs(60 * 60);

on_each_database! {
    fn the_session_is_kept_from_scripts_and_other_sites(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let answer = browser.type_code(&house, &page, &code).await;
        let lines: Vec<&str> =
            answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
        let name = format!("watchword-session-{}=", house.pool.id);
        let session = lines.iter().find_map(|line| line.strip_prefix(&name)).unwrap();
        // No `Max-Age`: it ends with the browser. `Secure` and `__Host-` come with https.
        assert_eq!(session.split_once(';').unwrap().1, " Path=/; HttpOnly; SameSite=Lax");
        assert!(session.split_once(';').unwrap().0.len() >= 32);
        for line in lines {
            assert!(
                line.contains("; HttpOnly") && line.contains("; SameSite=Lax") && !line.contains("Domain")
            );
        }
    }

    fn every_sign_in_begins_a_new_session_and_ends_the_old_one(house) {
        let (browser, phone) = (house.browser(), random_phone());
        browser.sign_in(&house, &phone).await;
        let old = browser.cookie_line();
        assert_eq!(open_with(&house, &old).await.status, 303);
        let mut again = house.request();
        again.push(("prompt".into(), "login".into()));
        let page = browser.authorize(&house, &again).await;
        let location = browser.type_phone(&house, &page, &phone).await.location();
        let (page, code) = (browser.page(&house, &location).await, house.code_to(&phone, 1).await);
        browser.type_code(&house, &page, &code).await.location();
        assert_ne!(browser.cookie_line(), old);
        assert_eq!(open_with(&house, &old).await.status, 200, "the old session is dead");
        assert!(open_with(&house, &browser.cookie_line()).await.location().starts_with(CALLBACK));
    }

    fn a_project_may_end_sessions_sooner_also_those_that_are_there(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        house.clock.turn(Duration::from_secs(20 * 60));
        assert_eq!(open_with(&house, &browser.cookie_line()).await.status, 303);
        let shorter = |own: &mut PoolSettings| own.session_seconds = Some(20 * 60);
        house.flow.change_settings(&house.pool, shorter).await.unwrap();
        assert_eq!(open_with(&house, &browser.cookie_line()).await.status, 200, "it is asked again");
    }

    fn a_session_somebody_made_up_is_none(house) {
        for value in ["x", "0000000000000000000000000000000000", "'%20OR%201=1", ""] {
            let cookies = format!("watchword-session-{}={value}", house.pool.id);
            assert_eq!(open_with(&house, &cookies).await.status, 200, "{value}");
        }
    }

    fn a_session_of_one_pool_is_none_in_another(house) {
        let other = house.project("other", ClientKind::Web).await;
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        assert_eq!(browser.open_at(&other).await.status, 200);
        let cookies = format!("watchword-session-{}={}", other.pool.id, browser.cookie("session").unwrap());
        let url = with_query(&format!("{}/authorize", other.pool.issuer), &request(other.client.id.as_str()));
        assert_eq!(house.http.get(url).header("cookie", cookies).send().await.unwrap().status(), 200);
    }

    fn a_session_ends_when_nobody_uses_it_for_a_day(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        house.clock.turn(23 * HOUR);
        browser.open(&house).await.location();
        house.clock.turn(23 * HOUR);
        browser.open(&house).await.location();
        house.clock.turn(24 * HOUR);
        assert_eq!(browser.open(&house).await.status, 200);
    }

    fn a_session_ends_after_a_week_however_much_it_is_used(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        for _ in 0..13 {
            house.clock.turn(12 * HOUR);
            browser.open(&house).await.location();
        }
        house.clock.turn(12 * HOUR);
        assert_eq!(browser.open(&house).await.status, 200);
    }

    fn a_disabled_user_has_no_session_and_gets_none(house) {
        let (browser, phone) = (house.browser(), random_phone());
        browser.sign_in(&house, &phone).await;
        house.execute("UPDATE users SET disabled_at = 1").await;
        let page = browser.open(&house).await;
        assert_eq!(page.status, 200);
        let location = browser.type_phone(&house, &page, &phone).await.location();
        let (page, code) = (browser.page(&house, &location).await, house.code_to(&phone, 1).await);
        let location = browser.type_code(&house, &page, &code).await.location();
        assert_eq!(query_of(&location)["error"], "login_required");
        assert_eq!(house.count("sessions").await, 1);
    }
}
