//! The wording of authentication templates, which WhatsApp fixes per language: the body, the security line, the
//! expiry line and the button. Languages outside this table are shown in English.

/// The four fixed texts in one language; `{code}` and `{minutes}` mark what is filled in.
pub(crate) struct AuthenticationText {
    language: &'static str,
    body: &'static str,
    security: &'static str,
    expiry: &'static str,
    /// Label of the copy-code button.
    pub(crate) copy: &'static str,
    /// Label of the button by which a person says that the code was not asked for.
    pub(crate) not_me: &'static str,
}

impl AuthenticationText {
    /// By Meta's language code; the region is ignored, because the six texts do not differ by it.
    pub(crate) fn in_language(code: &str) -> &'static Self {
        let language = code.split('_').next().unwrap_or(code);
        TEXTS.iter().find(|text| text.language == language).unwrap_or(&ENGLISH)
    }

    /// The body, with the security line if the template has it.
    pub(crate) fn body(&self, code: &str, security: bool) -> String {
        let body = self.body.replace("{code}", code);
        if security { format!("{body} {}", self.security) } else { body }
    }

    /// The footer of a template with `code_expiration_minutes`.
    pub(crate) fn expiry(&self, minutes: u64) -> String {
        self.expiry.replace("{minutes}", &minutes.to_string())
    }
}

const ENGLISH: AuthenticationText = AuthenticationText {
    language: "en",
    body: "{code} is your verification code.",
    security: "For your security, do not share this code.",
    expiry: "This code expires in {minutes} minutes.",
    copy: "Copy code",
    not_me: "I didn't request a code",
};

const TEXTS: [AuthenticationText; 6] = [
    ENGLISH,
    AuthenticationText {
        language: "es",
        body: "{code} es tu código de verificación.",
        security: "Por tu seguridad, no lo compartas.",
        expiry: "Este código caduca en {minutes} minutos.",
        copy: "Copiar código",
        not_me: "No pedí un código",
    },
    AuthenticationText {
        language: "pt",
        body: "Seu código de verificação é {code}.",
        security: "Para sua segurança, não o compartilhe.",
        expiry: "Este código expira em {minutes} minutos.",
        copy: "Copiar código",
        not_me: "Não pedi um código",
    },
    AuthenticationText {
        language: "id",
        body: "{code} adalah kode verifikasi Anda.",
        security: "Demi keamanan, jangan bagikan kode ini.",
        expiry: "Kode ini kedaluwarsa dalam {minutes} menit.",
        copy: "Salin kode",
        not_me: "Saya tidak meminta kode",
    },
    AuthenticationText {
        language: "hi",
        body: "{code} आपका सत्यापन कोड है।",
        security: "अपनी सुरक्षा के लिए, यह कोड किसी को न बताएँ।",
        expiry: "यह कोड {minutes} मिनट में समाप्त हो जाएगा।",
        copy: "कोड कॉपी करें",
        not_me: "मैंने कोड नहीं माँगा",
    },
    AuthenticationText {
        language: "ar",
        body: "{code} هو رمز التحقق الخاص بك.",
        security: "حفاظًا على أمانك، لا تشارك هذا الرمز.",
        expiry: "تنتهي صلاحية هذا الرمز خلال {minutes} دقائق.",
        copy: "نسخ الرمز",
        not_me: "لم أطلب رمزًا",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_words() {
        assert_eq!(AuthenticationText::in_language("pt_BR").copy, "Copiar código");
        assert_eq!(AuthenticationText::in_language("fr").copy, "Copy code");
        assert!(AuthenticationText::in_language("ar").body("123456", true).starts_with("123456 هو"));
    }
}
