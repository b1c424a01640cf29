//! The wires of SMS and e-mail, made of what the configuration says.

use std::sync::Arc;
use std::time::Duration;

use watchword_flow::{EmailSender, SmsSender};
use watchword_messaging::Channel;
use watchword_messaging::email::{self, Email};
use watchword_messaging::sms::gateway::{self, Gateway};
use watchword_messaging::sms::reports::{Reports, Shape};
use watchword_messaging::sms::twilio::Twilio;
use watchword_messaging::sms::vonage::Vonage;
use watchword_messaging::sms::{AccountSettings, Provider, SettingsRefusal, Times};

use crate::config::problem::Problem;
use crate::config::{Sms, Smtp};

/// The wire of SMS, and what its reports are checked with.
pub(super) fn sms(sms: &Sms) -> Result<SmsSender, Problem> {
    let channel: Arc<dyn Channel> = match sms.provider {
        Provider::Twilio => Arc::new(twilio(sms, sms.timeout)?),
        Provider::Vonage => Arc::new(vonage(sms, sms.timeout)?),
        Provider::Gateway => Arc::new(gateway(sms)?),
    };
    Ok(SmsSender { provider: sms.provider, channel, reports: reports(sms)?.map(Arc::new) })
}

/// The wire of mails.
pub(super) fn email(smtp: &Smtp) -> Result<EmailSender, Problem> {
    Ok(EmailSender { channel: Arc::new(mail(smtp, smtp.timeout)?) })
}

pub(super) fn twilio(sms: &Sms, timeout: Duration) -> Result<Twilio, Problem> {
    Twilio::new(&account(sms, timeout)).map_err(|refusal| refused(&refusal))
}

pub(super) fn vonage(sms: &Sms, timeout: Duration) -> Result<Vonage, Problem> {
    Vonage::new(&account(sms, timeout)).map_err(|refusal| refused(&refusal))
}

fn account(sms: &Sms, timeout: Duration) -> AccountSettings {
    AccountSettings {
        base_url: sms.api_url.clone(),
        account: sms.account.clone(),
        secret: sms.secret.clone(),
        from: sms.from.clone(),
        report_url: sms.report_url.clone(),
        times: times(timeout),
    }
}

fn gateway(sms: &Sms) -> Result<Gateway, Problem> {
    let settings = gateway::Settings {
        url: sms.api_url.clone(),
        authorization: sms.secret.clone(),
        body: sms.gateway.body.clone(),
        id: sms.gateway.id.clone(),
        times: times(sms.timeout),
    };
    Gateway::new(&settings).map_err(|refusal| of_gateway(&refusal, "sms.gateway_id"))
}

pub(super) fn mail(smtp: &Smtp, timeout: Duration) -> Result<Email, Problem> {
    let settings = email::Settings { url: smtp.url.clone(), from: smtp.from.clone(), timeout };
    Email::new(&settings).map_err(|refusal| {
        let setting = match refusal {
            email::SettingsRefusal::Url => "smtp.url",
            email::SettingsRefusal::From => "smtp.from",
            email::SettingsRefusal::Timeout => "smtp.timeout_seconds",
            email::SettingsRefusal::Texts(_) | email::SettingsRefusal::Tls(_) => "e-mail",
        };
        Problem::new(setting, format!("cannot be used: {refusal}"), "Correct it.")
    })
}

fn reports(sms: &Sms) -> Result<Option<Reports>, Problem> {
    let Some(secret) = sms.report_secret.clone() else { return Ok(None) };
    let reports = match sms.provider {
        Provider::Twilio => Reports::twilio(secret, &sms.report_url),
        Provider::Vonage => Reports::vonage(&sms.account, secret),
        Provider::Gateway => Reports::gateway(
            secret,
            Shape {
                header: sms.gateway.report_header.clone(),
                id: sms.gateway.report_id.clone(),
                reference: sms.gateway.report_reference.clone(),
                status: sms.gateway.report_status.clone(),
                states: sms.gateway.report_states.clone(),
            },
        ),
    };
    reports.map(Some).map_err(|refusal| of_gateway(&refusal, "sms.gateway_report_id, _reference or _status"))
}

pub(super) fn times(whole: Duration) -> Times {
    Times { connect: Duration::from_secs(5).min(whole / 2), whole }
}

/// What is said of a setting that cannot be used.
fn refused(refusal: &SettingsRefusal) -> Problem {
    of_gateway(refusal, "sms.gateway_id")
}

fn of_gateway(refusal: &SettingsRefusal, pointer: &'static str) -> Problem {
    let setting = match refusal {
        SettingsRefusal::ApiUrl => "sms.api_url",
        SettingsRefusal::ReportUrl => "sms.report_url",
        SettingsRefusal::Account => "sms.account",
        SettingsRefusal::Secret => "sms.secret",
        SettingsRefusal::From => "sms.from",
        SettingsRefusal::Timeouts => "sms.timeout_seconds",
        SettingsRefusal::Body => "sms.gateway_body",
        SettingsRefusal::Header => "sms.gateway_report_header",
        SettingsRefusal::Pointer => pointer,
        SettingsRefusal::Texts(_) | SettingsRefusal::Client(_) => "SMS",
    };
    Problem::new(setting, format!("cannot be used: {refusal}"), "Correct it.")
}
