//! Owns the number page: one question, one field.

use serde::Serialize;
use watchword_domain::Country;

use super::fault::RenderError;
use super::form::{Carried, Csrf, HiddenField};
use super::locale::Locale;
use super::pages::{Head, View};
use super::text::Text;

/// "Sign in to …": asks for the WhatsApp number.
///
/// The form posts `csrf`, `sealed` or `sign_in`, `country` (ISO code) and `phone` (as typed).
#[derive(Clone)]
pub struct PhoneView {
    /// Proof that the form is ours; field `csrf`.
    pub csrf: Csrf,
    /// Where the form is posted to.
    pub action: String,
    /// What ties the page to its sign-in.
    pub carried: Carried,
    /// The countries the pool serves, in any order; the page sorts them by name. One: it is fixed text.
    pub countries: Vec<Country>,
    /// The country shown first; `None` for the one most readers of the page's language live in, else the first by
    /// name. Where scripts run, the person's last choice in this browser wins unless the number was typed already.
    pub selected: Option<Country>,
    /// What was typed so far, or a number hinted by the client.
    pub phone: String,
    /// What was wrong with it.
    pub error: Option<PhoneError>,
    /// The country in which what was typed would be right: one button tries it there.
    pub elsewhere: Option<Country>,
    /// The client's name: what one signs in to.
    pub client_name: String,
    /// What the browser has to work out before a code is sent.
    pub proof: Option<ProofPart>,
}

/// A proof of work that is asked for. The form posts `challenge` and `nonce`.
#[derive(Clone, Debug, Serialize)]
pub struct ProofPart {
    /// The challenge, which says what is asked for.
    pub challenge: String,
    /// Seconds until none is asked for any more, for whoever has no scripts.
    pub wait: u32,
}

/// Why no code was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was typed.
    Missing,
    /// It cannot be read as a phone number.
    NotANumber,
    /// No number of the country it was read in.
    NotValid(Country),
    /// Too few digits for its country.
    TooShort,
    /// Too many digits for its country.
    TooLong,
    /// A number of a country the pool does not serve.
    WrongCountry(Country),
    /// A number of a country the pool does not serve, although it serves another of the same calling code.
    SharedCode {
        /// The number's country.
        country: Country,
        /// The one that is served.
        served: Country,
    },
    /// A number that cannot receive codes here (no mobile number, or refused by the pool's rules).
    NotAllowedHere,
    /// A code was sent to this number just now.
    Wait {
        /// Until the next one may be sent.
        seconds: u32,
    },
    /// Too many sign-ins were started from this network.
    TooManyFromHere {
        /// Until one may be started again.
        seconds: u32,
    },
    /// This number has had its codes for the hour or the day.
    TooManyToday {
        /// Until it may get another.
        seconds: u32,
    },
    /// The pool has spent a budget.
    PoolBusy {
        /// Until it is whole again.
        seconds: u32,
    },
    /// Nothing is sent to numbers of this range.
    Stopped {
        /// Until something is.
        seconds: u32,
    },
    /// Codes to this number are switched off after too many wrong tries.
    Blocked,
}

#[derive(Serialize)]
struct Context<'a> {
    csrf: &'a Csrf,
    action: &'a str,
    carried: HiddenField<'a>,
    countries: Vec<CountryContext>,
    only: bool,
    chosen: Option<CountryContext>,
    phone: &'a str,
    /// Where the number would be right.
    elsewhere: Option<CountryContext>,
    /// Something about the number itself, said at the field.
    field_error: Option<Text>,
    /// Something else, said above the form.
    notice: Option<Text>,
    /// Seconds until trying again makes sense.
    wait: Option<u32>,
    proof: &'a Option<ProofPart>,
}

#[derive(Clone, Serialize)]
struct CountryContext {
    code: Country,
    name: String,
    flag: String,
    calling_code: u16,
    shortest: u8,
    longest: u8,
    /// Whether its calling code is known as another country's.
    second: bool,
    selected: bool,
}

impl View for PhoneView {
    const TEMPLATE: &'static str = "pages/phone";

    fn head(&self) -> Head {
        Head::new(Text::new("phone-title").with("client", self.client_name.as_str()))
            .with_problem(self.error.is_some())
    }

    fn context<'a>(&'a self, locale: &'a Locale) -> Result<impl Serialize + 'a, RenderError> {
        let countries = self.sorted_countries(locale);
        let (field_error, notice) = match self.error {
            Some(error) if error.is_about_the_number() => (Some(error.text(locale)), None),
            Some(error) => (None, Some(error.text(locale))),
            None => (None, None),
        };
        Ok(Context {
            csrf: &self.csrf,
            action: &self.action,
            carried: self.carried.field(),
            only: countries.len() == 1,
            chosen: countries.iter().find(|country| country.selected).cloned(),
            countries,
            phone: &self.phone,
            elsewhere: self.elsewhere.map(|country| context_of(country, locale, false)),
            field_error,
            notice,
            wait: self.error.and_then(PhoneError::wait),
            proof: &self.proof,
        })
    }
}

impl PhoneView {
    /// The countries by name, exactly one of them selected (none when there are none).
    fn sorted_countries(&self, locale: &Locale) -> Vec<CountryContext> {
        let mut countries = self.countries.clone();
        countries.sort_by_key(|country| locale.country_rank(*country));
        let served = |country: Option<Country>| country.filter(|country| countries.contains(country));
        let selected = served(self.selected)
            .or_else(|| served(locale.language().likely_country()))
            .or_else(|| countries.first().copied());
        countries.iter().map(|&code| context_of(code, locale, selected == Some(code))).collect()
    }
}

fn context_of(code: Country, locale: &Locale, selected: bool) -> CountryContext {
    let (shortest, longest) = code.national_lengths();
    CountryContext {
        code,
        name: locale.country_name(code),
        flag: code.flag(),
        calling_code: code.calling_code(),
        shortest,
        longest,
        second: !code.leads_its_calling_code(),
        selected,
    }
}

impl PhoneError {
    fn is_about_the_number(self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::NotANumber
                | Self::NotValid(_)
                | Self::TooShort
                | Self::TooLong
                | Self::WrongCountry(_)
                | Self::SharedCode { .. }
                | Self::NotAllowedHere
        )
    }

    /// Seconds until trying again makes sense.
    pub fn wait(self) -> Option<u32> {
        match self {
            Self::Wait { seconds }
            | Self::TooManyFromHere { seconds }
            | Self::TooManyToday { seconds }
            | Self::PoolBusy { seconds }
            | Self::Stopped { seconds } => Some(seconds),
            _ => None,
        }
    }

    fn text(self, locale: &Locale) -> Text {
        let of = |key, country: Country| {
            let text = Text::new(key).with("country", locale.country_name(country));
            text.with("code", format!("+{}", country.calling_code()))
        };
        match self {
            Self::Missing => Text::new("phone-error-missing"),
            Self::NotANumber => Text::new("phone-error-not-a-number"),
            Self::NotValid(country) => of("phone-error-not-valid", country),
            Self::TooShort => Text::new("phone-error-too-short"),
            Self::TooLong => Text::new("phone-error-too-long"),
            Self::WrongCountry(country) => of("phone-error-wrong-country", country),
            Self::SharedCode { country, served } => {
                of("phone-error-shared-code", country).with("served", locale.country_name(served))
            }
            Self::NotAllowedHere => Text::new("phone-error-not-allowed-here"),
            Self::Wait { .. } => Text::new("phone-error-wait"),
            Self::TooManyFromHere { .. } => Text::new("phone-error-too-many-from-here"),
            Self::TooManyToday { .. } => Text::new("phone-error-too-many-today"),
            Self::PoolBusy { .. } => Text::new("phone-error-pool-busy"),
            Self::Stopped { .. } => Text::new("phone-error-stopped"),
            Self::Blocked => Text::new("phone-error-blocked"),
        }
    }
}
