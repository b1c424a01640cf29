//! Markup that cannot be injected into: literal text of this program goes in as it is, everything else is escaped.

/// A piece of HTML. There is no way to add a run-time string without escaping it.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Starts with markup of this program.
    pub(super) fn of(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Markup of this program.
    pub(super) fn raw(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    /// The heading of a panel: beside the screen it stands below a heading of its own.
    pub(super) fn heading(place: &str, words: &'static str) -> Self {
        match place {
            "aside" => Self::of("<h3>").raw(words).raw("</h3>"),
            _ => Self::of("<h2>").raw(words).raw("</h2>"),
        }
    }

    /// Text from anywhere.
    pub(super) fn text(mut self, text: &str) -> Self {
        for sign in text.chars() {
            match sign {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Markup cannot hold it, and people's messages can.
                '\0' => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        self
    }

    /// An attribute, to be used between a tag's name and its `>`.
    pub(super) fn attr(self, name: &'static str, value: &str) -> Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// Another piece.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// A piece for each of many.
    pub(super) fn each<T>(self, many: impl IntoIterator<Item = T>, piece: impl Fn(T) -> Self) -> Self {
        many.into_iter().fold(self, |html, one| html.and(&piece(one)))
    }

    /// A piece only if there is something to show.
    pub(super) fn maybe<T>(self, one: Option<T>, piece: impl Fn(T) -> Self) -> Self {
        self.each(one, piece)
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_comes_from_outside_is_escaped() {
        let html = Html::of("<p").attr("title", "\"><script>").raw(">").text("<b>&'\0").raw("</p>").finish();
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;\u{fffd}</p>");
    }
}
