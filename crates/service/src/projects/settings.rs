//! What owners can change about a project: how it is stored, and the rules for what a body may ask for.

use mortise_store::project::Project;
use mortise_wire::{
    Fields,
    project::{ProjectKept, ProjectSettings},
};
use serde_json::{Map, Value};

use super::options;

/// Bounds of the delays of digests, seconds.
const DIGEST_SECONDS_MIN: i64 = 60;
const DIGEST_SECONDS_MAX: i64 = 3_600;
/// Longest subject of a mail.
const SUBJECT_CHARACTERS_MAX: usize = 200;
/// Most hours after which a quiet issue resolves: ten years.
const RESOLVE_AGE_HOURS_MAX: i64 = 87_600;
/// Most crash reports to keep; -1 keeps all.
const CRASH_REPORTS_MAX: i64 = 20;
/// Longest security token and header.
const TOKEN_CHARACTERS_MAX: usize = 255;
const TOKEN_HEADER_CHARACTERS_MAX: usize = 20;
/// Longest text with rules.
const RULES_CHARACTERS_MAX: usize = 65_536;
/// Longest name of an environment, a grouping, a tag.
const NAME_CHARACTERS_MAX: usize = 200;

const DIGESTS_CROSSED: &str = "The minimum delay on digests must be lower than the maximum.";
const NO_DOMAINS: &str = "Empty value will block all requests, use * to accept from all domains";
const NOT_A_TOKEN: &str = "Enter a valid value.";

/// Keys of a body that only those may set who may write the project.
pub(super) const WRITER_KEYS: &[&str] = &[
    "name",
    "slug",
    "platform",
    "options",
    "digestsMinDelay",
    "digestsMaxDelay",
    "subjectPrefix",
    "subjectTemplate",
    "allowedDomains",
    "resolveAge",
    "dataScrubber",
    "dataScrubberDefaults",
    "safeFields",
    "sensitiveFields",
    "storeCrashReports",
    "securityToken",
    "securityTokenHeader",
    "verifySSL",
    "scrubIPAddresses",
    "scrapeJavaScript",
    "groupingConfig",
    "groupingEnhancements",
    "secondaryGroupingConfig",
    "secondaryGroupingExpiry",
    "groupingAutoUpdate",
    "fingerprintingRules",
    "defaultEnvironment",
    "relayPiiConfig",
    "builtinSymbolSources",
    "symbolSources",
    "dynamicSamplingBiases",
    "highlightTags",
    "highlightContext",
];

/// The settings of a project, defaults where nothing was changed.
pub fn settings_of(project: &Project) -> ProjectSettings {
    serde_json::from_value(project.options.clone()).unwrap_or_default()
}

/// What is only kept.
pub fn kept_of(project: &Project) -> ProjectKept {
    serde_json::from_value(project.options.clone()).unwrap_or_default()
}

/// Takes over from a body what it changes: the project's options afterwards.
pub(super) fn read(fields: &mut Fields, project: &Project) -> Value {
    let mut settings = settings_of(project);
    read_mail(fields, &mut settings);
    read_privacy(fields, &mut settings);
    read_security(fields, &mut settings);
    read_grouping(fields, &mut settings);
    let mut kept = kept_of(project);
    read_kept(fields, &mut kept);
    let mut stored: Map<String, Value> = project.options.as_object().cloned().unwrap_or_default();
    for part in [serde_json::to_value(settings), serde_json::to_value(kept)] {
        if let Ok(Value::Object(part)) = part {
            stored.extend(part);
        }
    }
    options::read(fields, &mut stored);
    Value::Object(stored)
}

/// Sets a place to what the body says, if it says something.
fn set<T>(place: &mut T, found: Option<T>) {
    if let Some(found) = found {
        *place = found;
    }
}

/// The same for what may be null, which stands for the default.
fn reset<T: Default>(place: &mut T, found: Option<Option<T>>) {
    if let Some(found) = found {
        *place = found.unwrap_or_default();
    }
}

fn read_mail(fields: &mut Fields, it: &mut ProjectSettings) {
    let delay = |fields: &mut Fields, key: &str| {
        fields.int(key).min(DIGEST_SECONDS_MIN).max(DIGEST_SECONDS_MAX).optional()
    };
    set(&mut it.digests_min_delay, delay(fields, "digestsMinDelay"));
    set(&mut it.digests_max_delay, delay(fields, "digestsMaxDelay"));
    if it.digests_min_delay > it.digests_max_delay {
        fields.error("digestsMinDelay", DIGESTS_CROSSED);
    }
    let prefix = fields.string("subjectPrefix").max(SUBJECT_CHARACTERS_MAX).allow_blank();
    reset(&mut it.subject_prefix, prefix.nullable());
    let template = fields.string("subjectTemplate").max(SUBJECT_CHARACTERS_MAX);
    set(&mut it.subject_template, template.optional());
    let age = fields.int("resolveAge").min(0).max(RESOLVE_AGE_HOURS_MAX);
    reset(&mut it.resolve_age, age.nullable());
}

fn read_privacy(fields: &mut Fields, it: &mut ProjectSettings) {
    for (key, place) in [
        ("dataScrubber", &mut it.data_scrubber),
        ("dataScrubberDefaults", &mut it.data_scrubber_defaults),
        ("scrubIPAddresses", &mut it.scrub_ip_addresses),
        ("scrapeJavaScript", &mut it.scrape_java_script),
    ] {
        set(place, fields.bool(key).optional());
    }
    for (key, place) in [("safeFields", &mut it.safe_fields), ("sensitiveFields", &mut it.sensitive_fields)] {
        let found = fields.strings(key).max(NAME_CHARACTERS_MAX).allow_blank().and_then(without_blanks);
        reset(place, found.nullable());
    }
    let reports = fields.int("storeCrashReports").min(-1).max(CRASH_REPORTS_MAX);
    reset(&mut it.store_crash_reports, reports.nullable());
}

fn without_blanks(mut texts: Vec<String>) -> Result<Vec<String>, String> {
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

fn read_security(fields: &mut Fields, it: &mut ProjectSettings) {
    let domains = fields.strings("allowedDomains").max(NAME_CHARACTERS_MAX).allow_blank();
    let domains = domains.and_then(|domains| match without_blanks(domains)? {
        domains if domains.is_empty() => Err(NO_DOMAINS.to_owned()),
        domains => Ok(domains),
    });
    set(&mut it.allowed_domains, domains.optional());
    let token = fields.string("securityToken").max(TOKEN_CHARACTERS_MAX);
    let token = token.and_then(|text| only(text, |c| c.is_ascii_alphanumeric() || "-+/= ".contains(c)));
    set(&mut it.security_token, token.optional());
    let header = fields.string("securityTokenHeader").max(TOKEN_HEADER_CHARACTERS_MAX).allow_blank();
    let header = header.and_then(|text| only(text, |c| c.is_ascii_alphanumeric() || "_-".contains(c)));
    if let Some(header) = header.nullable() {
        it.security_token_header = header.filter(|header| !header.is_empty());
    }
    set(&mut it.verify_ssl, fields.bool("verifySSL").optional());
}

fn only(text: String, allowed: impl Fn(char) -> bool) -> Result<String, String> {
    if text.chars().all(allowed) { Ok(text) } else { Err(NOT_A_TOKEN.to_owned()) }
}

fn read_grouping(fields: &mut Fields, it: &mut ProjectSettings) {
    set(&mut it.grouping_config, fields.string("groupingConfig").max(NAME_CHARACTERS_MAX).optional());
    let secondary = fields.string("secondaryGroupingConfig").max(NAME_CHARACTERS_MAX).allow_blank();
    reset(&mut it.secondary_grouping_config, secondary.nullable());
    reset(&mut it.secondary_grouping_expiry, fields.int("secondaryGroupingExpiry").min(0).nullable());
    set(&mut it.grouping_auto_update, fields.bool("groupingAutoUpdate").optional());
    for (key, place) in [
        ("groupingEnhancements", &mut it.grouping_enhancements),
        ("fingerprintingRules", &mut it.fingerprinting_rules),
    ] {
        reset(place, fields.string(key).max(RULES_CHARACTERS_MAX).allow_blank().nullable());
    }
}

fn read_kept(fields: &mut Fields, it: &mut ProjectKept) {
    for (key, place, max) in [
        ("defaultEnvironment", &mut it.default_environment, NAME_CHARACTERS_MAX),
        ("relayPiiConfig", &mut it.relay_pii_config, RULES_CHARACTERS_MAX),
        ("symbolSources", &mut it.symbol_sources, RULES_CHARACTERS_MAX),
    ] {
        reset(place, fields.string(key).max(max).allow_blank().nullable());
    }
    for (key, place) in
        [("builtinSymbolSources", &mut it.builtin_symbol_sources), ("highlightTags", &mut it.highlight_tags)]
    {
        reset(place, fields.strings(key).max(NAME_CHARACTERS_MAX).nullable());
    }
    let biases = fields.list("dynamicSamplingBiases", mortise_wire::fields::AnyRule);
    reset(&mut it.dynamic_sampling_biases, biases.nullable());
    reset(&mut it.highlight_context, fields.object("highlightContext").nullable());
}
