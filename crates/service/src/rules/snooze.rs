//! Muting rules, about issues and about metrics, for oneself or for everybody. Who is mute for everybody does nothing;
//! for oneself, one gets no mail.

use mortise_domain::{AuditEvent, MetricRuleId, RuleId, Scope, ScopeSet, Time, UserId};
use mortise_store::{
    rule::snooze::{self as store, Muted, Snooze},
    user,
};
use mortise_wire::{Fields, WireTime, errors::ErrorBody, rule as wire};
use serde_json::Value;

use super::{NO_SUCH_RULE, content, entry, find};
use crate::{Ctx, Error, Result, access::ProjectAccess, audit};

const MAY_MUTE: ScopeSet = ScopeSet::of(&[Scope::AlertsWrite]);
const REFUSED: &str = "Requesting user cannot mute this rule.";
const NOBODY: &str = "Cannot mute for the request user because the user is anonymous.";
const EXISTS: &str = "RuleSnooze already exists for this rule and scope.";
const UNMUTE_REFUSED: &str = "Requesting user cannot unmute this rule.";
const MISSING: &str = "This rulesnooze object doesn't exist.";

/// What is said of a rule that is not there, where it is to be muted.
pub fn no_such_rule(error: Error) -> Error {
    match error {
        Error::NoSuchResource => Error::missing(NO_SUCH_RULE),
        other => other,
    }
}

/// What keeps a rule quiet for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// For everybody, not for the caller alone.
    pub is_for_all: bool,
    /// Who muted it, for people.
    pub by: Option<String>,
    /// `None` for ever.
    pub until: Option<Time>,
}

/// What keeps a rule quiet now; what does so for everybody comes first.
pub async fn mutes(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<Vec<Mute>> {
    find(ctx, access, id).await?;
    let mut conn = ctx.store.read().await?;
    let found =
        store::of_rules(&mut conn, &[Muted::Issue(id)], access.org.caller.user_id(), ctx.now()).await?;
    let people: Vec<_> = found.iter().filter_map(|it| it.owner_id).collect();
    let people = user::by_ids(&mut conn, &people).await?;
    let name = |id| people.iter().find(|it| Some(it.id) == id).map(|it| it.display_name().to_owned());
    let mute =
        |it: &Snooze| Mute { is_for_all: it.user_id.is_none(), by: name(it.owner_id), until: it.until };
    Ok(found.iter().map(mute).collect())
}

/// Mutes a rule as `{target, until?}` says: for the caller (`me`), else for everybody.
pub async fn snooze(
    ctx: &Ctx,
    access: &ProjectAccess,
    id: RuleId,
    fields: Fields,
) -> Result<wire::RuleSnooze> {
    let rule = find(ctx, access, id).await.map_err(no_such_rule)?;
    let entry = entry(access.org.org.id, AuditEvent::RuleMute, id, &content(&rule));
    mute(ctx, access, Muted::Issue(id), entry, fields).await
}

/// Lets a rule be heard again: by everybody if the caller may decide that, and by the caller.
pub async fn unsnooze(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<()> {
    find(ctx, access, id).await.map_err(no_such_rule)?;
    unmute(ctx, access, Muted::Issue(id)).await
}

/// Mutes a rule; `entry` goes to the audit log when that is for everybody.
pub(crate) async fn mute(
    ctx: &Ctx,
    access: &ProjectAccess,
    rule: Muted,
    entry: audit::Entry,
    mut fields: Fields,
) -> Result<wire::RuleSnooze> {
    let is_for_me = fields.string("target").required() == "me";
    let until = fields.time("until").nullable().flatten();
    fields.finish()?;
    let owner_id = access.org.caller.user_id();
    let user_id = match is_for_me {
        true if !is_person(access) => return Err(Error::invalid(NOBODY)),
        true if access.org.member.is_none() => return Err(Error::refused(REFUSED)),
        true => owner_id,
        false if !may_decide(access) => return Err(Error::refused(REFUSED)),
        false => None,
    };
    let (rule_id, metric_rule_id) = match rule {
        Muted::Issue(id) => (Some(id), None),
        Muted::Metric(id) => (None, Some(id)),
    };
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    let new = Snooze { rule_id, metric_rule_id, user_id, owner_id, until, date_added: now };
    let stored = new.clone();
    let muted = ctx.store.write(move |tx| {
        Box::pin(async move {
            if !store::insert(tx, &stored).await? {
                return Err(Error::Gone(ErrorBody::detail(EXISTS)));
            }
            if stored.user_id.is_none() {
                audit::record(tx, &actor, &entry, now).await?;
            }
            Ok(())
        })
    });
    muted.await?;
    ctx.ingest().rules_changed();
    Ok(wire::RuleSnooze {
        owner_id: new.owner_id.map(UserId::get),
        user_id: new.user_id.map_or_else(|| "everyone".into(), |id| id.get().into()),
        until: new.until.map_or_else(|| "forever".into(), |it| Value::from(WireTime::new(it).to_string())),
        date_added: new.date_added.into(),
        rule_id: new.rule_id.map(RuleId::get),
        alert_rule_id: new.metric_rule_id.map(MetricRuleId::get),
    })
}

/// Whether somebody asks who hears rules: no app, no key.
fn is_person(access: &ProjectAccess) -> bool {
    access.org.caller.user.as_ref().is_some_and(|user| !user.is_sentry_app)
}

/// Whether the caller may decide for everybody: people with the scope, and apps and keys that may change the rule.
fn may_decide(access: &ProjectAccess) -> bool {
    !is_person(access) || access.require(MAY_MUTE).is_ok()
}

/// Lets a rule be heard again.
pub(crate) async fn unmute(ctx: &Ctx, access: &ProjectAccess, rule: Muted) -> Result<()> {
    let may = may_decide(access);
    let user = access.org.caller.user_id();
    let for_all = store::of_rules(&mut *ctx.store.read().await?, &[rule], None, ctx.now()).await?;
    let ended = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut ended = may && store::delete(tx, rule, None).await?;
            if let Some(user) = user {
                ended |= store::delete(tx, rule, Some(user)).await?;
            }
            Ok::<_, Error>(ended)
        })
    });
    let ended = ended.await?;
    ctx.ingest().rules_changed();
    match (ended, for_all.is_empty()) {
        (true, _) => Ok(()),
        (false, false) => Err(Error::refused(UNMUTE_REFUSED)),
        (false, true) => Err(Error::missing(MISSING)),
    }
}
