//! Laying the sources over each other, and telling what is wrong in whose words.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::ArgMatches;
use figment::{
    Error, Figment, Metadata, Profile, Provider,
    error::Kind as ErrorKind,
    providers::{Format, Toml},
    util::nest,
    value::{Dict, Map, Value},
};

use super::{
    Config,
    options::{self, Kind, OPTIONS, Spec},
};

/// The flag of the configuration file.
pub(crate) const FILE_FLAG: &str = "config";
/// Its environment variable.
const FILE_VARIABLE: &str = "MORTISE_CONFIG";
/// Read without being named, when it is there.
const FILE_DEFAULT: &str = "mortise.toml";
/// Variables of the project's own tests.
const TEST_PREFIX: &str = "MORTISE_TEST_";

/// Options with what is known about their sources.
pub(crate) struct Loaded {
    /// The options.
    pub(crate) config: Config,
    figment: Figment,
    /// Variables that look like options and are none.
    pub(crate) unknown_variables: Vec<String>,
}

impl Loaded {
    /// An option's value as text, and where it came from. Nothing for an option that is not set.
    pub(crate) fn value(&self, spec: &Spec) -> Option<(String, String)> {
        let value = self.figment.find_value(spec.key).ok()?;
        let source = self.figment.get_metadata(value.tag()).map_or_else(String::new, source);
        Some((shown(spec, &value), source))
    }
}

/// Reads all sources. `matches` are the command line's.
pub(crate) fn load(matches: &ArgMatches) -> Result<Loaded> {
    let mut figment = Figment::new();
    for spec in OPTIONS {
        if let Some(default) = spec.default {
            figment = figment.merge(One::new(spec, default, "default".to_owned()));
        }
    }
    if let Some(file) = file(matches)? {
        figment = figment.merge(Toml::file_exact(&file));
    }
    for spec in OPTIONS {
        let variable = spec.variable();
        match std::env::var(&variable) {
            Ok(text) => figment = figment.merge(One::new(spec, &text, variable)),
            Err(std::env::VarError::NotPresent) => {}
            Err(error) => bail!("{variable}: {error}"),
        }
    }
    for spec in OPTIONS.iter().filter(|spec| spec.is_flag()) {
        if let Some(text) = matches.get_one::<String>(spec.key) {
            figment = figment.merge(One::new(spec, text, format!("--{}", spec.flag())));
        }
    }
    let config: Config = figment.extract().map_err(|error| explain(&error))?;
    Ok(Loaded { config, figment, unknown_variables: unknown_variables() })
}

/// The configuration file: the one that is named, which must be there, or the one that lies in the working folder.
fn file(matches: &ArgMatches) -> Result<Option<PathBuf>> {
    let named = matches.get_one::<String>(FILE_FLAG).map(PathBuf::from);
    let named = named.or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
    if let Some(file) = named {
        std::fs::metadata(&file).with_context(|| format!("the configuration file {}", file.display()))?;
        return Ok(Some(file));
    }
    Ok(Some(Path::new(FILE_DEFAULT)).filter(|file| file.is_file()).map(Path::to_owned))
}

fn unknown_variables() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let is_known = |name: &str| {
        name == FILE_VARIABLE
            || name.starts_with(TEST_PREFIX)
            || OPTIONS.iter().any(|spec| spec.variable() == name)
    };
    let mut unknown: Vec<_> = names.filter(|name| name.starts_with("MORTISE_") && !is_known(name)).collect();
    unknown.sort();
    unknown
}

/// One value from one source.
struct One {
    key: &'static str,
    value: Value,
    source: String,
}

impl One {
    fn new(spec: &Spec, text: &str, source: String) -> Self {
        // Numbers and switches are read as such; everything else stays the text that was written.
        let value = match spec.kind {
            Kind::Number | Kind::Switch => text.parse().unwrap_or_else(|never| match never {}),
            _ => Value::from(text),
        };
        Self { key: spec.key, value, source }
    }
}

impl Provider for One {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let nested = nest(self.key, self.value.clone());
        Ok(Map::from([(Profile::Default, nested.into_dict().unwrap_or_default())]))
    }
}

/// Where a value came from, for people: a flag, a variable, a file's path, `default`.
fn source(metadata: &Metadata) -> String {
    match metadata.source.as_ref().and_then(|source| source.file_path()) {
        Some(path) => path.display().to_string(),
        None => metadata.name.to_string(),
    }
}

fn explain(error: &Error) -> anyhow::Error {
    let key = error.path.join(".");
    let kind = options::by_key(&key).map(|spec| spec.kind.name());
    let what = match &error.kind {
        ErrorKind::UnknownField(field, _) => {
            format!("there is no option {field:?}; `mortise config` lists them all")
        }
        ErrorKind::InvalidType(found, expected) | ErrorKind::InvalidValue(found, expected) => {
            format!("{found} is not of the kind: {}", kind.unwrap_or_else(|| expected.clone()))
        }
        ErrorKind::UnknownVariant(found, expected) => {
            format!("{found:?} is not one of {}", expected.join(", "))
        }
        other => other.to_string(),
    };
    let key = if key.is_empty() { "configuration".to_owned() } else { key };
    match &error.metadata {
        Some(metadata) => anyhow!("{key}: {what} (from {})", source(metadata)),
        None => anyhow!("{key}: {what}"),
    }
}

/// A value as text, without what must not be seen.
fn shown(spec: &Spec, value: &Value) -> String {
    if spec.kind == Kind::Secret {
        return "(set, not shown)".to_owned();
    }
    let text = match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, it) => it.to_string(),
        Value::Num(_, number) => {
            let whole = number.to_i128().map(|whole| whole.to_string());
            whole.or_else(|| number.to_u128().map(|whole| whole.to_string())).unwrap_or_default()
        }
        Value::Array(_, items) => items.iter().map(|item| shown(spec, item)).collect::<Vec<_>>().join(","),
        other => format!("{other:?}"),
    };
    without_password(text)
}

/// Hides the password of a database URL.
fn without_password(text: String) -> String {
    match url::Url::parse(&text) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for URLs that cannot have a password, and this one has.
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => text,
    }
}
