//! Doing what actions say, for a sample event: to see whether it arrives. The sample is an event like any other, so that
//! what is told of it can be looked up; the tag `sample_event` gives it away.

use mortise_wire::{Fields, errors::ErrorBody};
use serde_json::{Value, json};

use super::{check::NodeRule, compile::tell, input, nodes::Kind};
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    events::{self, AlertFacts, IssueRef},
    ingest::{Prepared, store_event_in},
    pipeline::{ClientFacts, Intake, Scrubber, process},
};

/// The rule of an alert that no rule caused.
const NO_RULE: i64 = -1;
/// Longest name.
const NAME_CHARACTERS_MAX: usize = 256;
/// What projects without a platform run on.
const PLATFORM_DEFAULT: &str = "javascript";
const NO_ACTIONS: &str = "No actions to perform.";

/// Does what `{actions, name?}` says for a sample event of the project's platform.
pub async fn try_out(ctx: &Ctx, access: &ProjectAccess, mut fields: Fields) -> Result<()> {
    let known = input::known(&mut *ctx.store.read().await?, access, &fields).await?;
    let actions = fields.list("actions", NodeRule { kind: Kind::Action, known: &known }).or(Vec::new());
    let name = fields.string("name").max(NAME_CHARACTERS_MAX).allow_blank().nullable().flatten();
    fields.finish()?;
    if actions.is_empty() {
        return Err(Error::Invalid(ErrorBody::Other(json!([NO_ACTIONS]))));
    }
    let (org, project, now) = (access.org.org.id, access.project.id, ctx.now());
    let platform = access.project.platform.as_deref().unwrap_or(PLATFORM_DEFAULT);
    let event = sample_event(ctx, access, platform)?;
    let alert = AlertFacts {
        rule: NO_RULE,
        title: name.unwrap_or_default(),
        is_first: true,
        tell: tell(actions.iter()),
        also: Vec::new(),
    };
    let inner = ctx.clone();
    let done = ctx.store.write(move |tx| {
        Box::pin(async move {
            // Somebody may have discarded the issue of samples; then there is nothing to tell of.
            if let Some(issue) = store_event_in(tx, &inner, &event).await?.issue {
                let subject = IssueRef { org, project, issue };
                events::alert_triggered(tx, subject, &event.event_id, alert, now).await?;
            }
            Ok::<_, Error>(())
        })
    });
    done.await
}

/// A sample event of a platform, to be stored.
pub(crate) fn sample_event(ctx: &Ctx, access: &ProjectAccess, platform: &str) -> Result<Prepared> {
    let (org, project, now) = (access.org.org.id, access.project.id, ctx.now());
    let fallback_event_id = ctx.ids.uuid().simple().to_string();
    let intake = Intake {
        received: now,
        envelope_event_id: None,
        fallback_event_id: &fallback_event_id,
        client: ClientFacts {
            project_id: project,
            key_id: None,
            ip_address: None,
            user_agent: None,
            sdk: None,
        },
        scrubber: &Scrubber::off(),
    };
    Prepared::new(process(sample(platform), &intake), org, project)
}

/// An error as an SDK for the platform sends it.
fn sample(platform: &str) -> Value {
    let frame = |function: &str, line: i64| json!({"filename": "checkout", "function": function, "lineno": line, "in_app": true});
    json!({
        "platform": platform.split('-').next().unwrap_or(platform),
        "level": "error",
        "tags": {"sample_event": "yes"},
        "user": {"id": "1", "email": "sample@example.com"},
        "exception": {"values": [{
            "type": "SampleError",
            "value": "This is a sample that tries out an alert rule",
            "stacktrace": {"frames": [frame("submit", 12), frame("charge", 48)]},
        }]},
    })
}
