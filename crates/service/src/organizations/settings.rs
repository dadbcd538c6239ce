//! What owners can change: read from and written to an organization's columns, flags and options under the keys that
//! clients see. Switches that are flags are stored as bits; all other keys lie in the options as they are.

use mortise_domain::org::{OrgFlag, OrgFlags};
use mortise_store::organization::Organization;
use mortise_wire::organization::OrganizationSettings;
use serde_json::{Map, Value, json};

use crate::{Error, Result};

/// The settings as clients see them.
pub(super) fn of(org: &Organization) -> Result<OrganizationSettings> {
    let stored: OrganizationSettings = serde_json::from_value(org.options.clone())
        .map_err(|e| Error::Internal(format!("options of organization {}: {e}", org.id)))?;
    let flags = OrgFlags::from_bits(org.flags);
    Ok(OrganizationSettings {
        open_membership: flags.is_on(OrgFlag::OpenMembership),
        enhanced_privacy: flags.is_on(OrgFlag::EnhancedPrivacy),
        allow_shared_issues: flags.is_on(OrgFlag::SharedIssues),
        codecov_access: flags.is_on(OrgFlag::CodecovAccess),
        ..stored
    })
}

/// Every key that can be changed, with its value.
pub(super) fn all_keys(org: &Organization) -> Result<Map<String, Value>> {
    let settings = serde_json::to_value(of(org)?).map_err(|e| Error::Internal(e.to_string()))?;
    let mut keys = match settings {
        Value::Object(keys) => keys,
        other => return Err(Error::Internal(format!("settings are no object but {other}"))),
    };
    let flags = OrgFlags::from_bits(org.flags);
    for flag in OrgFlag::ALL {
        keys.insert(flag.as_str().to_owned(), json!(flags.is_on(*flag)));
    }
    keys.insert("name".to_owned(), json!(org.name));
    keys.insert("slug".to_owned(), json!(org.slug));
    keys.insert("defaultRole".to_owned(), json!(org.default_role));
    Ok(keys)
}

/// Sets a key to a value that was checked.
pub(super) fn set(org: &mut Organization, key: &str, value: &Value) {
    match (key, key.parse::<OrgFlag>(), value) {
        ("name", _, Value::String(text)) => org.name.clone_from(text),
        ("slug", _, Value::String(text)) => org.slug.clone_from(text),
        ("defaultRole", _, Value::String(text)) => org.default_role.clone_from(text),
        (_, Ok(flag), Value::Bool(on)) => org.flags = OrgFlags::from_bits(org.flags).with(flag, *on).bits(),
        _ => {
            if let Value::Object(options) = &mut org.options {
                options.insert(key.to_owned(), value.clone());
            } else {
                org.options = json!({ key: value });
            }
        }
    }
}
