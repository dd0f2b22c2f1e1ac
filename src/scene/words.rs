//! What is said of a scene: the services that failed are what nearly every sentence speaks of.

use crate::wording::{Arg, Args, Text, text};

use super::Scene;

impl Scene<'_> {
    /// A text that may speak of the failing services: by the message `failing`, or by the variables that it is made of, which are
    /// `services` (how many), `service` (the first), `others` and `more` (the others, by name and by number).
    #[must_use]
    pub fn say(
        &self,
        id: &'static str,
        args: impl IntoIterator<Item = (&'static str, Arg)>,
    ) -> Text {
        text(id, self.failing_args().into_iter().chain(args))
    }

    fn failing_args(&self) -> Args {
        let mut services = self.failing.iter().map(|service| self.services.get(*service));
        let first = services.next().map(|first| match first.log_of_nameless() {
            Some(file) => Arg::Text(text("app-of-log", [("file", file.into())])),
            None => (&first.name).into(),
        });
        let others: Vec<&str> = services.map(|service| service.name.as_str()).collect();
        vec![
            ("services", self.failing.len().into()),
            ("service", first.unwrap_or_else(|| Arg::Shown(String::new()))),
            ("others", others.join(", ").into()),
            ("more", others.len().into()),
        ]
    }
}
