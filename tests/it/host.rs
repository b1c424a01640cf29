//! Pools with hosts of their own, behind a proxy that ends TLS: `https://acme.id.example` is the pool `acme`, and
//! `https://id.example` the installation.

use watchword_domain::client::ClientKind;
use watchword_flow::projects::Project;

use crate::on_each_database;
use crate::support::{
    Answer, Browser, CALLBACK, House, SIGNED_OUT, VERIFIER, VERIFY_TOKEN, claims_of, query_of, random_phone,
    request, sign, with_query,
};

const ISSUER: &str = "https://acme.id.example";

/// Signs in from the number page on; what the client is told, and every `Set-Cookie` line on the way.
async fn sign_in(house: &House, browser: &Browser) -> (String, Vec<String>) {
    let (phone, mut cookies) = (random_phone(), Vec::new());
    let mut seen = |answer: Answer| {
        let lines = answer.headers.get_all("set-cookie").into_iter();
        cookies.extend(lines.map(|line| line.to_str().unwrap().to_owned()));
        answer
    };
    let page = seen(browser.get(&with_query(&house.url("/authorize?lang=es"), &house.request())).await);
    let location = seen(browser.type_phone(house, &page, &phone).await).location();
    assert!(location.starts_with("/sign-in/code?sign_in="), "{location}");
    let page = seen(browser.page(house, &location).await);
    browser.told(house, &page, "delivered").await;
    let code = house.code_to(&phone, 0).await;
    (seen(browser.type_code(house, &page, &code).await).location(), cookies)
}

/// Redeems a code as a project's client.
async fn redeem(house: &House, project: &Project, code: &str) -> Answer {
    let secret = project.client_secret.as_ref().unwrap().expose();
    let request = house.http.post(format!("{}/token", project.pool.issuer));
    let request = request.basic_auth(project.client.id.as_str(), Some(secret)).form(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    house.send(request).await
}

on_each_database! {
    fn a_person_signs_in_and_out_at_the_host_of_the_pool(house at "https://{domain}.id.example") {
        assert_eq!(house.pool.issuer, ISSUER);
        let browser = house.browser();
        let answer = query_of(&sign_in(&house, &browser).await.0);
        assert_eq!(answer["iss"], ISSUER);
        let tokens = house.redeem(&answer["code"]).await.json();
        let [id, access] = ["id_token", "access_token"].map(|name| tokens[name].as_str().unwrap());
        for token in [id, access] {
            assert_eq!(claims_of(token)["iss"], ISSUER);
        }
        let user = house.send(house.http.get(house.url("/userinfo")).bearer_auth(access)).await.json();
        assert_eq!(user["sub"], claims_of(id)["sub"]);
        let out = [("id_token_hint", id), ("post_logout_redirect_uri", SIGNED_OUT)];
        let out = browser.get(&with_query(&house.url("/end-session"), &out)).await;
        assert_eq!(out.location(), SIGNED_OUT);
        assert_eq!(browser.open(&house).await.status, 200, "nobody is signed in any more");
    }

    /// OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3.1: an issuer without a path has nothing inserted.
    fn the_metadata_is_found_at_the_host_of_the_pool(house at "https://{domain}.id.example") {
        let found = house.look("https://acme.id.example/.well-known/openid-configuration").await;
        let metadata = found.json();
        assert_eq!(metadata["issuer"], ISSUER);
        let other = house.look("https://acme.id.example/.well-known/oauth-authorization-server").await;
        assert_eq!((other.status, other.text), (200, found.text));
        let endpoints = metadata.as_object().unwrap().iter();
        let endpoints: Vec<_> =
            endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri").collect();
        assert_eq!(endpoints.len(), 7, "{metadata}");
        for (name, url) in endpoints {
            let url = url.as_str().unwrap();
            assert!(url.starts_with(&format!("{ISSUER}/")), "{name}: {url}");
            let answer = house.look(url).await;
            assert!(answer.status != 404 && answer.status < 500, "{name}: {}", answer.status);
        }
        for host in ["id.example", "acme.id.example"] {
            let inserted = format!("https://{host}/.well-known/oauth-authorization-server/acme");
            assert_eq!(house.look(&inserted).await.status, 404, "{inserted}");
        }
    }

    fn a_port_is_part_of_the_issuer(house at "http://{domain}.localhost:8080") {
        let issuer = "http://acme.localhost:8080";
        let metadata = house.look(&format!("{issuer}/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["issuer"], issuer);
        let (answer, cookies) = sign_in(&house, &house.browser()).await;
        assert_eq!(query_of(&answer)["iss"], issuer);
        for line in cookies {
            assert!(line.starts_with("watchword-") && !line.contains("Secure"), "{line}");
        }
        let elsewhere = "http://acme.localhost:8081/.well-known/openid-configuration";
        assert_eq!(house.look(elsewhere).await.status, 404);
    }

    fn a_pool_is_reached_by_its_own_host_and_by_no_other(house at "https://{domain}.id.example") {
        house.project("other", ClientKind::Web).await;
        let query = with_query("https://id.example/authorize", &house.request());
        let query = query.split_once('?').unwrap().1;
        let paths = [&format!("/authorize?{query}"), "/jwks", "/.well-known/openid-configuration", "/sign-in/phone"];
        for origin in [
            "https://id.example",
            "https://nobody.id.example",
            "https://a.acme.id.example",
            "https://acme.id.example:8443",
            "https://acme.id.example.evil.example",
            "https://evil.example",
            &format!("http://{}", house.provider),
        ] {
            for path in paths {
                is_nothing(&house, &format!("{origin}{path}")).await;
            }
        }
        for host in ["acme.id.example", "other.id.example", "id.example", "evil.example"] {
            for path in paths {
                is_nothing(&house, &format!("https://{host}/acme{path}")).await;
            }
        }
    }

    /// RFC 9700, section 4.13: what a request says beside its host does not choose the pool.
    fn no_other_header_stands_for_the_host(house at "https://{domain}.id.example") {
        let request = house.http.get("https://evil.example/jwks").header("x-forwarded-host", "acme.id.example");
        let request = request.header("forwarded", "host=acme.id.example;proto=https");
        assert_eq!(house.send(request).await.status, 404);
    }

    /// RFC 9110, section 4.2.3: a host's letters have no case, and the scheme's own port may be written.
    fn the_host_of_a_pool_may_be_written_in_capitals_or_with_its_port(house at "https://{domain}.ID.Example:443") {
        assert_eq!(house.pool.issuer, ISSUER);
        for host in ["acme.id.example", "ACME.ID.Example", "acme.id.example:443"] {
            let request = house.http.get(house.url("/.well-known/openid-configuration")).header("host", host);
            let answer = house.send(request).await;
            assert_eq!((answer.status, answer.json()["issuer"].as_str()), (200, Some(ISSUER)), "{host}");
        }
        house.tokens_of(&random_phone()).await;
    }

    fn what_one_pool_gave_is_worth_nothing_at_the_host_of_another(house at "https://{domain}.id.example") {
        let other = house.project("other", ClientKind::Web).await;
        let (browser, phone) = (house.browser(), random_phone());
        let strange = browser.get(&with_query("https://other.id.example/authorize", &house.request())).await;
        assert_eq!(strange.status, 400, "the client is the other pool's");
        let page = browser.ask_code(&house, &phone).await;
        let (csrf, sign_in) = (page.hidden("csrf"), page.hidden("sign_in"));
        let form = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("code", &house.code_to(&phone, 0).await)];
        let there = format!("https://other.id.example/sign-in/code?sign_in={sign_in}");
        for answer in [browser.get(&there).await, browser.post(&there, &form).await] {
            assert!(answer.status >= 400 && !answer.text.contains("id=\"code\""), "{}", answer.text);
        }
        let code = query_of(&browser.post(&house.url("/sign-in/code"), &form).await.location())["code"].clone();
        let sent = with_query("https://other.id.example/authorize", &request(other.client.id.as_str()));
        assert_eq!(browser.get(&sent).await.status, 200, "nobody is signed in there");
        assert_eq!(redeem(&house, &other, &code).await.json()["error"], "invalid_grant");
        let tokens = house.redeem(&code).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        let user = house.http.get("https://other.id.example/userinfo").bearer_auth(access);
        assert_eq!(house.send(user).await.status, 401);
    }

    /// ASVS 5.0, 3.3: over TLS a cookie is bound to the host that set it.
    fn every_cookie_is_bound_to_the_host_of_its_pool(house at "https://{domain}.id.example") {
        let browser = house.browser();
        let (_, cookies) = sign_in(&house, &browser).await;
        for line in &cookies {
            let attributes: Vec<&str> = line.split("; ").skip(1).collect();
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(attributes.contains(&attribute), "{attribute}: {line}");
            }
            assert!(line.starts_with("__Host-watchword-") && !line.contains("Domain"), "{line}");
            assert!(line.split_once('=').unwrap().0.ends_with(house.pool.id.as_str()), "{line}");
        }
        for word in ["browser", "session", "known", "pending", "language"] {
            assert!(cookies.iter().any(|line| line.contains(word)), "{word}: {cookies:?}");
        }
    }

    fn a_page_speaks_every_language_at_the_host_of_the_pool(house at "https://{domain}.id.example") {
        let (browser, page) = (house.browser(), house.browser().open(&house).await);
        let spanish = page.in_language("es");
        assert!(spanish.starts_with("/authorize?"), "{spanish}");
        let page = browser.page(&house, &spanish).await;
        assert!(page.status == 200 && page.text.contains("<html lang=\"es\""), "{}", page.text);
    }

    fn what_is_of_no_pool_is_at_the_host_of_the_installation(house at "https://{domain}.id.example") {
        for path in ["/", "/healthz", "/readyz"] {
            assert_eq!(house.look(&format!("https://id.example{path}")).await.status, 200, "{path}");
        }
        let probed = house.look(&format!("http://{}/healthz", house.provider)).await;
        assert_eq!(probed.status, 200, "a load balancer knows an address only");
        let page = house.look("https://id.example/").await.text;
        let style = page.split("href=\"/assets/").find_map(|rest| rest.split_once(".css\"")).unwrap().0;
        assert_eq!(house.look(&format!("https://id.example/assets/{style}.css")).await.status, 200);

        let webhook = "https://id.example/webhooks/whatsapp";
        let hello = [("hub.mode", "subscribe"), ("hub.verify_token", VERIFY_TOKEN), ("hub.challenge", "12345")];
        let hello = house.look(&with_query(webhook, &hello)).await;
        assert_eq!((hello.status, hello.text.as_str()), (200, "12345"));
        let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
        let news = |mark: &str| house.http.post(webhook).header("x-hub-signature-256", mark).body(body);
        assert_eq!(house.send(news(&sign(body))).await.status, 200);
        assert_eq!(house.send(news(&sign("another body"))).await.status, 401);
        let report = house.http.post("https://id.example/webhooks/sms/gateway").body("{}");
        assert_eq!(house.send(report).await.status, 401, "asked for its proof");
    }
}

/// A person and a program both find nothing at this address, and no cookie is set.
async fn is_nothing(house: &House, url: &str) {
    for accept in ["text/html", "application/json"] {
        let answer = house.send(house.http.get(url).header("accept", accept)).await;
        assert_eq!(answer.status, 404, "{url}: {}", answer.text);
        assert_eq!(answer.header("set-cookie"), "", "{url}");
    }
}
