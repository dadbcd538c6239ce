//! What notices are made of, loaded at once for many.

use std::collections::{HashMap, HashSet};

use mortise_domain::{
    IssueId, OrgId, ProjectId,
    org::{OrgFlag, OrgFlags},
};
use mortise_egress::Request;
use mortise_providers::PluginManifest;
use mortise_store::{
    issue,
    organization::{self, Organization},
    project::{self, Project},
};
use mortise_wire::{event::raw_json, issue::Issue};

use super::{Notice, key_of, receivers, request, rules_naming};
use crate::{
    Ctx, Result,
    events::Facts,
    issues::{
        ListOptions,
        events::{WholeEvent, whole_events},
        list_json,
    },
    plugins::Options,
};

/// Projects with their settings, issues and events.
pub(crate) struct Material {
    options: HashMap<ProjectId, Options>,
    projects: HashMap<ProjectId, Project>,
    orgs: HashMap<OrgId, Organization>,
    issues: HashMap<i64, Issue>,
    events: HashMap<(ProjectId, String), WholeEvent>,
}

/// Which event something is about.
fn event_of(facts: &Facts) -> Option<(ProjectId, String)> {
    Some((ProjectId::new(facts.project?), facts.error_event.clone()?))
}

impl Material {
    /// For these facts.
    pub(crate) async fn load(ctx: &Ctx, facts: &[Facts]) -> Result<Self> {
        let mut conn = ctx.store.read().await?;
        let projects: HashSet<ProjectId> =
            facts.iter().filter_map(|it| it.project.map(ProjectId::new)).collect();
        let projects: Vec<ProjectId> = projects.into_iter().collect();
        let options = Options::of_all(&mut conn, &projects).await?;
        let projects = project::by_ids(&mut conn, &projects).await?;
        let orgs: HashSet<OrgId> = projects.iter().map(|project| project.organization_id).collect();
        let orgs = organization::by_ids(&mut conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
        let ids: HashSet<IssueId> = facts.iter().filter_map(|it| it.issue.map(IssueId::new)).collect();
        let rows = issue::by_ids(&mut conn, &ids.into_iter().collect::<Vec<_>>()).await?;
        let issues = list_json(&mut conn, ctx, None, &rows, &ListOptions::default()).await?;
        let wanted: HashSet<_> = facts.iter().filter_map(event_of).collect();
        let events = whole_events(&mut conn, &wanted.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self {
            options,
            projects: projects.into_iter().map(|project| (project.id, project)).collect(),
            orgs: orgs.into_iter().map(|org| (org.id, org)).collect(),
            issues: issues.into_iter().filter_map(|issue| Some((issue.id.parse().ok()?, issue))).collect(),
            events,
        })
    }

    /// What a plugin sends its receivers, each with its key; nobody when anything that it takes is gone.
    pub(crate) fn requests(
        &self,
        ctx: &Ctx,
        plugin: &PluginManifest,
        facts: &Facts,
    ) -> Result<Vec<(String, Request)>> {
        let found = || {
            let project = self.projects.get(&ProjectId::new(facts.project?))?;
            let event = self.events.get(&event_of(facts)?)?;
            let issue = self.issues.get(&event.row().group_id)?;
            Some((
                project,
                self.orgs.get(&project.organization_id)?,
                event,
                issue,
                self.options.get(&project.id)?,
            ))
        };
        let Some((project, org, event, issue, options)) = found() else { return Ok(Vec::new()) };
        let raw = raw_json(event.row());
        let notice = Notice {
            org: &org.slug,
            project,
            issue,
            event: event.row(),
            raw: &raw,
            rules: facts.alert.as_ref().map(|alert| rules_naming(alert, plugin)).unwrap_or_default(),
            is_private: OrgFlags::from_bits(org.flags).is_on(OrgFlag::EnhancedPrivacy),
        };
        let one =
            |receiver: String| Ok((key_of(&receiver), request(ctx, plugin, options, &receiver, &notice)?));
        receivers(plugin, options).into_iter().map(one).collect()
    }

    /// Whether a plugin is on in the project of these facts.
    pub(crate) fn is_on(&self, plugin: &PluginManifest, facts: &Facts) -> bool {
        let options = facts.project.and_then(|id| self.options.get(&ProjectId::new(id)));
        options.is_some_and(|options| options.is_enabled(plugin))
    }
}
