//! Owns the colours a pool may choose and the arithmetic that keeps its pages readable (WCAG 2.2 contrast).

use std::fmt;
use std::str::FromStr;

/// The least contrast between text and what it stands on (WCAG 2.2, success criterion 1.4.3, level AA).
const AA_TEXT: f64 = 4.5;

/// What text looks like on the pages' paper: (paper, secondary text) of the light and the dark scheme, as in
/// `templates/assets/sign-in.css`.
const LIGHT: (Rgb, Rgb) = (Rgb(0xff, 0xff, 0xff), Rgb(0x4d, 0x56, 0x60));
const DARK: (Rgb, Rgb) = (Rgb(0x17, 0x1b, 0x1f), Rgb(0xaa, 0xb3, 0xbc));

/// An opaque sRGB colour; written and read as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Why a colour cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ColourRefusal {
    /// Not of the form `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    NotAColour,
    /// Text of one of the colours could not be read on the other; `found` is the ratio, 4.5 is needed.
    #[error("the contrast of {text} on {ground} is {found:.2}, below 4.5")]
    TooLittleContrast {
        /// The text's colour.
        text: Rgb,
        /// What the text stands on.
        ground: Rgb,
        /// Their contrast ratio.
        found: f64,
    },
}

/// Whether a page is shown light or dark; the person's device decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on white.
    Light,
    /// Light text on near black.
    Dark,
}

/// The three colours a pool sets for one scheme. Always readable: both constructors see to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    brand: Rgb,
    ink: Rgb,
    wash: Rgb,
}

/// A pool's colours for both schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// For light devices.
    pub light: Palette,
    /// For dark devices.
    pub dark: Palette,
}

impl Palette {
    /// A palette chosen in full: `brand` (the button), `ink` (text on it), `wash` (a tint that secondary text
    /// stands on).
    ///
    /// # Errors
    /// When text in one of the two places would fall below the contrast of WCAG AA.
    pub fn new(scheme: Scheme, brand: Rgb, ink: Rgb, wash: Rgb) -> Result<Self, ColourRefusal> {
        readable(ink, brand)?;
        readable(scheme.paper_and_text().1, wash)?;
        Ok(Self { brand, ink, wash })
    }

    /// A palette from the brand colour alone: the text on it is black or white, whichever is read better (one of
    /// the two always passes), and the wash is a tint of it on the scheme's paper.
    #[must_use]
    pub fn of(scheme: Scheme, brand: Rgb) -> Self {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        let ink = if contrast(white, brand) >= AA_TEXT { white } else { black };
        let (paper, text) = scheme.paper_and_text();
        let tint = brand.over(paper, 10);
        let wash = if contrast(text, tint) >= AA_TEXT { tint } else { paper };
        Self { brand, ink, wash }
    }

    /// The declarations that set this palette in a style sheet.
    pub(super) fn declarations(&self) -> String {
        format!("--brand:{};--brand-ink:{};--brand-wash:{}", self.brand, self.ink, self.wash)
    }
}

impl Colours {
    /// Both palettes from one brand colour. For dark devices the colour is lightened until it stands out.
    #[must_use]
    pub fn of(brand: Rgb) -> Self {
        let (paper, _) = Scheme::Dark.paper_and_text();
        let lightened = (0..=100u16)
            .step_by(10)
            .map(|percent| Rgb(255, 255, 255).over(brand, percent))
            .find(|colour| contrast(*colour, paper) >= AA_TEXT)
            .unwrap_or(Rgb(255, 255, 255));
        Self { light: Palette::of(Scheme::Light, brand), dark: Palette::of(Scheme::Dark, lightened) }
    }
}

impl Scheme {
    fn paper_and_text(self) -> (Rgb, Rgb) {
        match self {
            Self::Light => LIGHT,
            Self::Dark => DARK,
        }
    }
}

impl Rgb {
    /// This colour laid over `ground` with an opacity of `percent`.
    fn over(self, ground: Self, percent: u16) -> Self {
        let mix = |top: u8, below: u8| {
            let sum = u16::from(top) * percent + u16::from(below) * (100 - percent.min(100));
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, ground.0), mix(self.1, ground.1), mix(self.2, ground.2))
    }

    /// Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// The contrast ratio of two colours, 1 (the same) to 21 (black on white), as WCAG 2.2 defines it.
#[must_use]
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (one.luminance(), other.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn readable(text: Rgb, ground: Rgb) -> Result<(), ColourRefusal> {
    let found = contrast(text, ground);
    if found >= AA_TEXT { Ok(()) } else { Err(ColourRefusal::TooLittleContrast { text, ground, found }) }
}

impl fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl FromStr for Rgb {
    type Err = ColourRefusal;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let digits = written.strip_prefix('#').filter(|digits| digits.len() == 6);
        let all_hex = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = digits
            .filter(all_hex)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or(ColourRefusal::NotAColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_runs_from_one_to_twenty_one() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((contrast(black, white) - 21.0).abs() < 0.001);
        assert!((contrast(white, white) - 1.0).abs() < 0.001);
        // The example every checker gives: #767676 is the lightest grey that passes on white.
        assert!(contrast(Rgb(0x76, 0x76, 0x76), white) >= AA_TEXT);
        assert!(contrast(Rgb(0x77, 0x77, 0x77), white) < AA_TEXT);
    }

    #[test]
    fn any_brand_colour_gives_readable_pages() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colours = Colours::of(Rgb(red, green, blue));
                    for (scheme, palette) in [(Scheme::Light, colours.light), (Scheme::Dark, colours.dark)] {
                        Palette::new(scheme, palette.brand, palette.ink, palette.wash).unwrap();
                    }
                }
            }
        }
    }

    #[test]
    fn the_house_colours_are_readable_and_those_reckoned_with_here() {
        let sheet = include_str!("../../../templates/assets/sign-in.css");
        let colour = |name: &str, nth| {
            let value = sheet.split(&format!("--{name}: ")).nth(nth).unwrap().split(';').next().unwrap();
            value.replace("#fff", "#ffffff").parse::<Rgb>().unwrap()
        };
        for (nth, scheme) in [(1, Scheme::Light), (2, Scheme::Dark)] {
            let [paper, text] = ["raise", "ink-2"].map(|name| colour(name, nth));
            assert_eq!((paper, text), scheme.paper_and_text());
            let [brand, ink, wash] = ["brand", "brand-ink", "brand-wash"].map(|name| colour(name, nth));
            Palette::new(scheme, brand, ink, wash).unwrap();
            for ground in ["raise", "wash", "bad-wash"].map(|name| colour(name, nth)) {
                readable(colour("ink", nth), ground).unwrap();
            }
            readable(colour("bad", nth), paper).unwrap();
            readable(text, colour("wash", nth)).unwrap();
            assert!(contrast(colour("edge", nth), paper) >= 3.0, "the edge of a field is seen (WCAG 1.4.11)");
        }
    }

    #[test]
    fn a_palette_nobody_could_read_is_refused() {
        let refusal = Palette::new(Scheme::Light, Rgb(255, 230, 0), Rgb(255, 255, 255), Rgb(255, 255, 240));
        assert!(matches!(refusal, Err(ColourRefusal::TooLittleContrast { .. })));
    }

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!("#0b6b53".parse::<Rgb>().unwrap().to_string(), "#0b6b53");
        for wrong in ["0b6b53", "#0b6b5", "#0b6b5z", "#+b6b53", "#éé", ""] {
            assert_eq!(wrong.parse::<Rgb>(), Err(ColourRefusal::NotAColour), "{wrong}");
        }
    }
}
