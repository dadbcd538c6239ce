//! Making a project: the row, its team, its first key and, unless it is declined, its first alert rule.

use mortise_domain::{
    AuditEvent, OrgId, Scope, ScopeSet, SlugKind, TeamId, TeamRole, Time, org::OrgFlag,
    platform::is_project_platform,
};
use mortise_store::{
    StoreError, Tx, member,
    project::{self, Project},
    project_key::{self, ProjectKey},
    rule::{self, RuleContent},
    team,
};
use mortise_wire::{Fields, project as wire};
use serde_json::{Value, json};

use super::{
    WRITE, audit_data,
    json::{Related, summaries},
};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, TeamAccess},
    audit,
    keys::{self, DEFAULT_LABEL},
    teams::{free_slug as free_team_slug, insert_team},
};

/// Longest name of a project.
pub(super) const NAME_CHARACTERS_MAX: usize = 50;
/// Random bytes of a security token: 32 hex digits.
const SECURITY_TOKEN_BYTES: usize = 16;
const BAD_PLATFORM: &str = "Invalid platform";
const NO_USER: &str = "User is not authenticated";
const SWITCHED_OFF: &str = "Your organization has disabled this feature for members.";
const NO_MEMBER: &str = "You must be a member of the organization to join a new team as a Team Admin";
const SLUG_TAKEN: &str = "A project with this slug already exists.";

/// What a new project needs to be made.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Where.
    pub org: OrgId,
    /// The team that gets it.
    pub team: Option<TeamId>,
    /// What people read.
    pub name: String,
    /// Unique in the organization; made from the name when absent.
    pub slug: Option<String>,
    /// A known platform.
    pub platform: Option<String>,
    /// Whether it starts with a rule that mails about new issues.
    pub default_rules: bool,
    /// Who made it.
    pub actor: audit::Actor,
}

/// Makes a project in a transaction: also for the first start and declared set-ups, which have no caller. A slug that
/// was asked for and is taken is a conflict.
pub async fn create_project_in(tx: &mut Tx, ctx: &Ctx, new: &NewProject) -> Result<(Project, ProjectKey)> {
    let now = ctx.now();
    let slug = match &new.slug {
        Some(slug) => slug.clone(),
        None => free_slug(tx, ctx, new).await?,
    };
    let inserted = project::insert(tx, new.org, &slug, &new.name, new.platform.as_deref(), now).await;
    let mut project = inserted.map_err(|error| match error {
        StoreError::Conflict(_) => Error::conflict(SLUG_TAKEN),
        other => other.into(),
    })?;
    project.options = json!({ "securityToken": ctx.ids.hex(SECURITY_TOKEN_BYTES) });
    project::update(tx, &project).await?;
    project::drop_redirect(tx, new.org, &slug).await?;
    if let Some(team) = new.team {
        project::add_team(tx, project.id, team).await?;
    }
    let key = keys::generate(&*ctx.ids, project.id, DEFAULT_LABEL);
    let key = project_key::insert(tx, &key, now).await?;
    if new.default_rules {
        let content = RuleContent::new(DEFAULT_RULE_NAME, default_rule(ctx));
        rule::insert(tx, project.id, &content, None, now).await?;
    }
    record(tx, new, &project, now).await?;
    Ok((project, key))
}

async fn record(tx: &mut Tx, new: &NewProject, project: &Project, now: Time) -> Result<()> {
    let entry = audit::Entry::new(new.org, AuditEvent::ProjectAdd, audit_data(project));
    audit::record(tx, &new.actor, &entry.target(project.id.get()), now).await
}

/// The first slug made from the name that no project of the organization has.
async fn free_slug(tx: &mut Tx, ctx: &Ctx, new: &NewProject) -> Result<String> {
    let candidates: Vec<String> = SlugKind::Project.candidates(&new.name, &*ctx.ids).collect();
    for slug in candidates {
        if project::holder_of_slug(tx, new.org, &slug).await?.is_none() {
            return Ok(slug);
        }
    }
    Err(Error::conflict(SLUG_TAKEN))
}

const DEFAULT_RULE_NAME: &str = "Send a notification for new issues";

/// The rule that a project starts with, as rules are stored: mail about each new issue.
fn default_rule(ctx: &Ctx) -> Value {
    json!({
        "conditions": [{ "id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
        "actions": [{
            "id": "sentry.mail.actions.NotifyEmailAction",
            "targetType": "IssueOwners",
            "targetIdentifier": null,
            "fallthroughType": "ActiveMembers",
            "uuid": ctx.ids.uuid().to_string(),
        }],
        "action_match": "all",
        "filter_match": "all",
        "frequency": 30,
    })
}

/// The platform in a body: `Some(None)` for none.
pub(super) fn platform_of(fields: &mut Fields) -> Option<Option<String>> {
    let check = |text: String| match text.as_str() {
        "" => Ok(None),
        known if is_project_platform(known) => Ok(Some(text)),
        _ => Err(BAD_PLATFORM.to_owned()),
    };
    fields.string("platform").allow_blank().and_then(check).nullable().map(Option::flatten)
}

/// The slug in a body.
pub(super) fn slug_of(fields: &mut Fields) -> Option<String> {
    let check = |slug: String| match SlugKind::Project.validate(&slug) {
        Ok(()) => Ok(slug),
        Err(error) => Err(error.to_string()),
    };
    fields.string("slug").and_then(check).nullable().flatten()
}

/// Whether the caller may make projects in a team: whoever may write its projects, and its members where the
/// organization lets members make projects.
pub fn may_create_in(access: &OrgAccess, team: TeamId) -> bool {
    let scopes = access.scopes_on(&[team]);
    let is_let = access.flags().is_on(OrgFlag::MemberProjectCreation);
    let reads = scopes.intersects(ScopeSet::of(&[Scope::ProjectRead]));
    scopes.intersects(WRITE) || (is_let && reads && access.in_team(team))
}

fn require_creation(access: &TeamAccess) -> Result<()> {
    if may_create_in(&access.org, access.team.id) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Makes a project of a team from `{name, slug?, platform?, default_rules?}`. The access value needs no more than
/// reading; who may create is decided here.
pub async fn create_project(ctx: &Ctx, access: &TeamAccess, fields: Fields) -> Result<wire::Project> {
    require_creation(access)?;
    let new = new_project(&access.org, Some(access.team.id), fields)?;
    let inner = ctx.clone();
    let (project, _) =
        ctx.store.write(move |tx| Box::pin(async move { create_project_in(tx, &inner, &new).await })).await?;
    project_json(ctx, &access.org, &project).await
}

/// Makes a project together with a team of its own, `team-<name>`, that the caller leads.
pub async fn create_project_and_team(
    ctx: &Ctx,
    mut access: OrgAccess,
    fields: Fields,
) -> Result<wire::ProjectWithNewTeam> {
    let mut new = new_project(&access, None, fields)?;
    let Some(user) = &access.caller.user else { return Err(Error::unauthorized(NO_USER)) };
    if !access.flags().is_on(OrgFlag::MemberProjectCreation) && !access.has(ScopeSet::of(&[Scope::OrgWrite]))
    {
        return Err(Error::refused(SWITCHED_OFF));
    }
    let member = access.member.as_ref().ok_or_else(|| Error::refused(NO_MEMBER))?.id;
    let wanted = format!("team-{}", user.email.split('@').next().unwrap_or_default());
    let inner = ctx.clone();
    let (project, team_slug) = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let slug = free_team_slug(tx, &inner, new.org, &wanted).await?;
                let team = insert_team(tx, &inner, &new.actor, new.org, &slug, Some(slug.clone())).await?;
                team::put_member(tx, team.id, member, Some(TeamRole::Admin.as_str())).await?;
                new.team = Some(team.id);
                let (project, _) = create_project_in(tx, &inner, &new).await?;
                let data = json!({"team_slug": team.slug, "project_slug": project.name});
                let entry = audit::Entry::new(new.org, AuditEvent::TeamAndProjectCreated, data);
                audit::record(tx, &new.actor, &entry, inner.now()).await?;
                Ok::<_, Error>((project, team.slug))
            })
        })
        .await?;
    let mut conn = ctx.store.read().await?;
    access.teams = member::teams_of(&mut conn, member).await?;
    let rows = summaries(&mut conn, &access, &[project.id]).await?;
    let project = rows.into_iter().next().ok_or(Error::NotFound)?;
    Ok(wire::ProjectWithNewTeam { project, team_slug })
}

fn new_project(access: &OrgAccess, team: Option<TeamId>, mut fields: Fields) -> Result<NewProject> {
    let new = NewProject {
        org: access.org.id,
        team,
        name: fields.string("name").max(NAME_CHARACTERS_MAX).required(),
        slug: slug_of(&mut fields),
        platform: platform_of(&mut fields).flatten(),
        default_rules: fields.bool("default_rules").nullable().flatten().unwrap_or(true),
        actor: audit::Actor::of(&access.caller),
    };
    fields.finish()?;
    Ok(new)
}

async fn project_json(ctx: &Ctx, access: &OrgAccess, project: &Project) -> Result<wire::Project> {
    let related = Related::load(&mut *ctx.store.read().await?, &access.caller, &[project.id]).await?;
    Ok(related.base(access, project))
}
