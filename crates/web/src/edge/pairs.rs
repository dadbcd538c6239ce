//! The decoded pairs of a query or form, in their order; a name may come several times.

/// Names and values.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Decodes `application/x-www-form-urlencoded`. Every text decodes to something.
    pub fn decode(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of a name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first value of a name.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a switch is on: the last value of its name is `on`.
    pub fn is_on(&self, name: &str) -> bool {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .is_some_and(|(_, value)| value == "on" || value == "true")
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same with one value for a name, or without the name.
    #[must_use]
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        Self(pairs)
    }

    /// As a query behind a path; the path alone when there are no pairs.
    pub fn behind(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{query}")
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_on_by_its_last_value() {
        assert!(Pairs::decode(b"a=off&a=on").is_on("a"));
        assert!(!Pairs::decode(b"a=off").is_on("a"));
    }

    #[test]
    fn replacing_a_value_keeps_the_others() {
        let pairs = Pairs::decode(b"query=is%3Aunresolved&sort=date&cursor=0%3A1%3A0");
        assert_eq!(
            pairs.with("cursor", None).with("sort", Some("new")).behind("/i/"),
            "/i/?query=is%3Aunresolved&sort=new"
        );
    }
}
