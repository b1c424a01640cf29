//! Owns one example of every page in every state it has. The test that renders them all is what makes sure that a
//! template and its view fit each other, and looking at them is how pages are designed and translated.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a sample that cannot be shown fails the test that asks for it"
)]

use watchword_domain::{Channel, Country, DeliveryState, FailureClass, Language};

use super::{
    Brand, Carried, Chrome, CodeError, CodeProof, CodeView, Colours, Csrf, DeliveryPart, EndedReason,
    EndedView, ErrorKind, ErrorView, FormPostView, Further, LandingView, LanguageLink, OtherPart, Pages,
    PhoneError, PhoneView, ProofPart, ResendPart, SignOutView, SignedOutView, View,
};

/// Every sample in a language, in the house's colours and in those of a project: its name and its page.
#[must_use]
pub fn in_language(language: Language) -> Vec<(String, String)> {
    let pages = Pages::load().unwrap();
    let mut all = Vec::new();
    for (dress, chrome) in [("", chrome(language)), ("-coloured", coloured_chrome(language))] {
        all.extend(
            rendered(&pages, &chrome).into_iter().map(|(name, page)| (format!("{name}{dress}"), page)),
        );
    }
    all
}

/// Renders every sample in `chrome`: its name and its page.
pub(super) fn rendered(pages: &Pages, chrome: &Chrome) -> Vec<(String, String)> {
    fn each<V: Samples>(pages: &Pages, chrome: &Chrome, into: &mut Vec<(String, String)>) {
        for (name, view) in V::samples() {
            let page = pages.render(&view, chrome);
            into.push((name.clone(), page.unwrap_or_else(|error| panic!("{name}: {error:?}"))));
        }
    }
    let mut all = Vec::new();
    each::<PhoneView>(pages, chrome, &mut all);
    each::<CodeView>(pages, chrome, &mut all);
    each::<EndedView>(pages, chrome, &mut all);
    each::<ErrorView>(pages, chrome, &mut all);
    each::<FormPostView>(pages, chrome, &mut all);
    each::<SignOutView>(pages, chrome, &mut all);
    each::<SignedOutView>(pages, chrome, &mut all);
    each::<LandingView>(pages, chrome, &mut all);
    all
}

/// Named examples of one view.
pub(super) trait Samples: View + Sized {
    fn samples() -> Vec<(String, Self)>;
}

const CSRF: &str = "Vx3kP0bZr1mQ8sT5yWn2Aa";

pub(super) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub(super) fn chrome(language: Language) -> Chrome {
    let link = |language: Language| LanguageLink { language, url: format!("?ui_locales={}", language.tag()) };
    Chrome {
        brand: Some(Brand {
            name: "Acme Market".into(),
            logo_url: None,
            colours: None,
            support_email: Some("help@acme.example".into()),
            privacy_url: Some("https://acme.example/privacy".into()),
            terms_url: Some("https://acme.example/terms".into()),
        }),
        language,
        back_url: Some("https://acme.example/".into()),
        languages: Language::ALL.into_iter().map(link).collect(),
        csp_nonce: "bm9uY2U".into(),
        request_id: "0192f3a1c7d84e52".into(),
    }
}

/// A project that brings colours of its own and nothing else.
pub(super) fn coloured_chrome(language: Language) -> Chrome {
    let mut chrome = chrome(language);
    chrome.brand = Some(Brand {
        name: "بازار سما".into(),
        logo_url: None,
        colours: Some(Colours::of("#6d28d9".parse().unwrap())),
        support_email: None,
        privacy_url: None,
        terms_url: None,
    });
    chrome
}

pub(super) fn phone() -> PhoneView {
    let countries = ["IN", "ES", "BR", "ID", "AE", "EG", "GB", "MX", "PT", "US"];
    PhoneView {
        csrf: Csrf::new(CSRF),
        action: "/acme/sign-in/phone".into(),
        carried: Carried::Sealed("v1.9mJ2xQk7Zr".into()),
        countries: countries.map(country).to_vec(),
        selected: Some(country("IN")),
        phone: String::new(),
        error: None,
        elsewhere: None,
        client_name: "Acme Market".into(),
        proof: None,
    }
}

pub(super) fn code(state: DeliveryState, failure: Option<FailureClass>) -> CodeView {
    CodeView {
        csrf: Csrf::new(CSRF),
        action: "/acme/sign-in/code".into(),
        resend_action: "/acme/sign-in/code/resend".into(),
        change_url: "/acme/sign-in/phone?sign_in=Qk7Zr9mJ2x".into(),
        events_url: "/acme/sign-in/code/events?sign_in=Qk7Zr9mJ2x".into(),
        refresh_url: "/acme/sign-in/code?sign_in=Qk7Zr9mJ2x".into(),
        sign_in: "Qk7Zr9mJ2x".into(),
        number: "+91 ••••• ••210".into(),
        code_length: 6,
        delivery: DeliveryPart {
            channel: Channel::Whatsapp,
            steps_in: false,
            other: None,
            state,
            failure,
            resend: ResendPart::In(24),
            expires_in: 271,
            waited: 6,
        },
        other_action: "/acme/sign-in/channel".to_owned(),
        tries_left: 5,
        renewed: false,
        error: None,
        proof: None,
    }
}

/// As nobody could solve it: the samples are looked at in browsers, too.
fn proof() -> ProofPart {
    ProofPart { challenge: format!("2.32.16.1767225600.{CSRF}.{CSRF}"), wait: 437 }
}

impl Samples for PhoneView {
    fn samples() -> Vec<(String, Self)> {
        let errors = [
            ("missing", PhoneError::Missing),
            ("not-a-number", PhoneError::NotANumber),
            ("not-valid", PhoneError::NotValid(country("US"))),
            ("too-short", PhoneError::TooShort),
            ("too-long", PhoneError::TooLong),
            ("wrong-country", PhoneError::WrongCountry(country("FR"))),
            ("shared-code", PhoneError::SharedCode { country: country("GG"), served: country("GB") }),
            ("not-allowed", PhoneError::NotAllowedHere),
            ("wait", PhoneError::Wait { seconds: 42 }),
            ("too-many-from-here", PhoneError::TooManyFromHere { seconds: 437 }),
            ("too-many-today", PhoneError::TooManyToday { seconds: 17_000 }),
            ("pool-busy", PhoneError::PoolBusy { seconds: 2400 }),
            ("stopped", PhoneError::Stopped { seconds: 1980 }),
            ("blocked", PhoneError::Blocked),
        ];
        let mut samples = vec![
            ("phone".to_owned(), phone()),
            (
                "phone-one-country".to_owned(),
                PhoneView {
                    countries: vec![country("ID")],
                    carried: Carried::SignIn("Qk7Zr9mJ2x".into()),
                    ..phone()
                },
            ),
        ];
        let asked = PhoneView { phone: "98765 43210".into(), proof: Some(proof()), ..phone() };
        samples.push(("phone-proof".to_owned(), asked));
        samples.extend(errors.map(|(name, error)| {
            let typed = if error == PhoneError::Missing { "" } else { "+33 6 12 34" };
            let elsewhere = matches!(error, PhoneError::NotValid(_)).then(|| country("IN"));
            (
                format!("phone-{name}"),
                PhoneView { phone: typed.into(), error: Some(error), elsewhere, ..phone() },
            )
        }));
        samples
    }
}

impl Samples for CodeView {
    fn samples() -> Vec<(String, Self)> {
        let states = DeliveryState::ALL.into_iter().filter(|state| *state != DeliveryState::Failed);
        let mut samples: Vec<_> =
            states.map(|state| (format!("code-{}", state.as_str()), code(state, None))).collect();
        for class in FailureClass::ALL {
            samples
                .push((format!("code-failed-{}", class.as_str()), code(DeliveryState::Failed, Some(class))));
        }
        let errors = [
            ("missing", CodeError::Missing),
            ("not-a-code", CodeError::NotACode),
            ("wrong-length", CodeError::WrongLength),
            ("wrong", CodeError::Wrong { left: 4 }),
            ("wrong-last", CodeError::Wrong { left: 1 }),
            ("expired-error", CodeError::Expired),
        ];
        samples.extend(errors.map(|(name, error)| {
            let tries_left = if let CodeError::Wrong { left } = error { left } else { 5 };
            let view = code(DeliveryState::Delivered, None);
            (format!("code-{name}"), CodeView { error: Some(error), tries_left, ..view })
        }));
        samples.extend([("new-code", Further::NewCode), ("other-channel", Further::OtherChannel)].map(
            |(name, of)| {
                let view = code(DeliveryState::Sent, None);
                (
                    format!("code-proof-{name}"),
                    CodeView { proof: Some(CodeProof { part: proof(), of }), ..view },
                )
            },
        ));
        let ended = |tries_left, expires_in, resend| {
            let view = code(DeliveryState::Delivered, None);
            CodeView {
                tries_left,
                delivery: DeliveryPart { expires_in, resend, ..view.delivery.clone() },
                ..view
            }
        };
        let with_resend = |resend| {
            let view = code(DeliveryState::Delivered, None);
            CodeView { delivery: DeliveryPart { resend, ..view.delivery.clone() }, ..view }
        };
        samples.extend([
            ("code-renewed".to_owned(), CodeView { renewed: true, ..code(DeliveryState::Sent, None) }),
            ("code-resend-now".to_owned(), with_resend(ResendPart::Now)),
            ("code-resend-no-more".to_owned(), with_resend(ResendPart::NoMore { until: 40_000 })),
            ("code-ended-tries".to_owned(), ended(0, 200, ResendPart::In(40))),
            ("code-ended-expired".to_owned(), ended(3, 0, ResendPart::Now)),
            ("code-ended-no-more".to_owned(), ended(3, 0, ResendPart::NoMore { until: 1500 })),
        ]);
        samples.extend(code_by_other_channels());
        samples
    }
}

/// The code page where another channel carries the code, or may.
fn code_by_other_channels() -> Vec<(String, CodeView)> {
    let offers = |view: CodeView, seconds| {
        let other = Some(OtherPart { channel: Channel::Sms, seconds });
        CodeView { delivery: DeliveryPart { other, ..view.delivery.clone() }, ..view }
    };
    let by = |channel, state, steps_in| {
        let view = code(state, None);
        CodeView { delivery: DeliveryPart { channel, steps_in, ..view.delivery.clone() }, ..view }
    };
    let failed = || code(DeliveryState::Failed, Some(FailureClass::NotReachable));
    let samples = [
        ("other-in", offers(code(DeliveryState::Accepted, None), 14)),
        ("other-now", offers(code(DeliveryState::Unknown, None), 0)),
        ("other-failed", offers(failed(), 0)),
        ("email-accepted", by(Channel::Email, DeliveryState::Accepted, false)),
        ("email-instead", by(Channel::Email, DeliveryState::Accepted, true)),
        ("email-failed", by(Channel::Email, DeliveryState::Failed, false)),
        ("sms-instead", by(Channel::Sms, DeliveryState::Sent, true)),
        ("sms-delivered", by(Channel::Sms, DeliveryState::Delivered, false)),
        ("sms-failed", by(Channel::Sms, DeliveryState::Failed, false)),
    ];
    samples.map(|(name, view)| (format!("code-{name}"), view)).into()
}

impl Samples for EndedView {
    fn samples() -> Vec<(String, Self)> {
        let reasons = [
            ("expired", EndedReason::Expired),
            ("too-many-tries", EndedReason::TooManyTries),
            ("undeliverable", EndedReason::Undeliverable),
            ("blocked", EndedReason::Blocked),
            ("disowned", EndedReason::Disowned),
            ("unconfirmed", EndedReason::Unconfirmed),
            ("already-used", EndedReason::AlreadyUsed),
        ];
        let mut samples = Vec::from(reasons.map(|(name, reason)| {
            (
                format!("ended-{name}"),
                Self { reason, restart_url: Some("/acme/authorize?client_id=x".into()) },
            )
        }));
        samples
            .push(("ended-no-way-back".to_owned(), Self { reason: EndedReason::Expired, restart_url: None }));
        samples
    }
}

impl Samples for ErrorView {
    fn samples() -> Vec<(String, Self)> {
        [
            ("unknown-pool", ErrorKind::UnknownPool),
            ("unknown-client", ErrorKind::UnknownClient),
            ("redirect-uri", ErrorKind::RedirectUri),
            ("invalid-request", ErrorKind::InvalidRequest),
            ("stale-form", ErrorKind::StaleForm),
            ("not-found", ErrorKind::NotFound),
            ("method-not-allowed", ErrorKind::MethodNotAllowed),
            ("too-large", ErrorKind::TooLarge),
            ("wrong-content-type", ErrorKind::WrongContentType),
            ("too-many-requests", ErrorKind::TooManyRequests),
            ("unavailable", ErrorKind::Unavailable),
            ("internal", ErrorKind::Internal),
        ]
        .map(|(name, kind)| {
            let technical =
                (kind == ErrorKind::InvalidRequest).then(|| "code_challenge is missing".to_owned());
            let restart_url = (kind == ErrorKind::StaleForm).then(|| "/acme/sign-in/phone".to_owned());
            let again = kind == ErrorKind::Unavailable;
            (format!("error-{name}"), Self { kind, technical, restart_url, again })
        })
        .into()
    }
}

impl Samples for FormPostView {
    fn samples() -> Vec<(String, Self)> {
        let view = Self {
            action: "https://acme.example/callback".into(),
            fields: vec![("code".into(), "Zr1mQ8sT5yWn2Aa".into()), ("state".into(), "a&b\"<c>".into())],
            client_name: "Acme Market".into(),
        };
        vec![("form-post".to_owned(), view)]
    }
}

impl Samples for SignOutView {
    fn samples() -> Vec<(String, Self)> {
        let view = Self {
            csrf: Csrf::new(CSRF),
            action: "/acme/end-session".into(),
            carried: vec![("state".into(), "a&b\"<c>".into())],
            client_name: "Acme Market".into(),
            cancel_url: Some("https://acme.example/".into()),
        };
        vec![("sign-out".to_owned(), view)]
    }
}

impl Samples for SignedOutView {
    fn samples() -> Vec<(String, Self)> {
        let view = |sign_in_url| Self { client_name: "Acme Market".into(), sign_in_url };
        vec![
            ("signed-out".to_owned(), view(Some("https://acme.example/".into()))),
            ("signed-out-no-way-back".to_owned(), view(None)),
        ]
    }
}

impl Samples for LandingView {
    fn samples() -> Vec<(String, Self)> {
        vec![("landing".to_owned(), Self { docs_url: "https://github.com/watchword/watchword".into() })]
    }
}
