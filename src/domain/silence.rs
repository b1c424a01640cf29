//! A provider that does not answer is asked less and less: what is not handed over is not lost on the way.

use std::time::Duration;

/// So many messages in a row without an answer begin a rest.
const BEGINS: u32 = 5;

/// No rest is longer: nobody is told that the provider is back.
const LONGEST: Duration = Duration::from_secs(30);

/// How many messages in a row a provider left without an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silence {
    unanswered: u32,
}

impl Silence {
    /// A message got no answer. Gives how long its sender rests now, if it does, and whether nobody was told of it yet.
    pub fn unanswered(&mut self) -> Option<(Duration, bool)> {
        self.unanswered = self.unanswered.saturating_add(1);
        let further = self.unanswered.checked_sub(BEGINS)?;
        let rest = Duration::from_secs(1 << further.min(5)).min(LONGEST);
        Some((rest, further == 0))
    }

    /// The provider answered something. Gives whether it was silent before.
    pub fn broken(&mut self) -> bool {
        std::mem::take(&mut self.unanswered) >= BEGINS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_provider_is_left_alone_for_longer_and_longer() {
        let mut silence = Silence::default();
        let rests: Vec<_> = (0..12).map(|_| silence.unanswered()).collect();
        assert!(rests[..4].iter().all(Option::is_none), "a hiccup is none");
        let seconds: Vec<u64> = rests[4..].iter().flatten().map(|(rest, _)| rest.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(rests.iter().flatten().filter(|(_, is_news)| *is_news).count(), 1, "told once");
    }

    #[test]
    fn an_answer_of_any_kind_ends_it() {
        let mut silence = Silence::default();
        (0..4).for_each(|_| assert!(silence.unanswered().is_none()));
        assert!(!silence.broken(), "it was none yet");
        for _ in 0..5 {
            let _ = silence.unanswered();
        }
        assert!(silence.broken() && !silence.broken());
        assert!(silence.unanswered().is_none());
    }
}
