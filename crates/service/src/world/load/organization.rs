//! An organization and everything in it but its apps.

use std::collections::HashMap;

use mortise_domain::{IntegrationId, MemberId, OrgId, OrgRole, ProjectId, TeamId, status::ObjectStatus};
use mortise_store::{StoreError, Tx, issue, member, outbox, project, repository, team};
use serde_json::{Map, Value, json};

use super::{Maker, WorldError, at};
use crate::{
    Error, accounts, ingest, integrations, keys, organizations,
    pipeline::{self, ClientFacts, Intake},
    projects, teams,
    world::{
        check::Problem,
        document::{Integration, Issue, Organization, Project, Repository},
    },
};

/// An organization under construction.
struct Place {
    org: OrgId,
    slug: String,
    path: String,
    teams: HashMap<String, TeamId>,
    integrations: HashMap<String, IntegrationId>,
}

impl Maker {
    pub(super) async fn organization(
        &mut self,
        tx: &mut Tx,
        path: &str,
        from: &Organization,
    ) -> Result<Value, WorldError> {
        let owner = self.user_id(&from.owner)?;
        let new = organizations::NewOrganization {
            name: from.name.clone(),
            slug: Some(from.slug.clone()),
            default_team: false,
            is_default: false,
        };
        let org = organizations::insert_organization(tx, &self.ctx, &self.actor, owner, &new).await;
        let org = org.map_err(at(format!("{path}.slug")))?;
        self.orgs.insert(from.slug.clone(), (org.id, owner));
        let mut place = Place {
            org: org.id,
            slug: from.slug.clone(),
            path: path.to_owned(),
            teams: HashMap::new(),
            integrations: HashMap::new(),
        };
        let teams = self.teams(tx, &mut place, from).await?;
        self.members(tx, &place, from).await?;
        let mut projects = Map::new();
        for (index, project) in from.projects.iter().enumerate() {
            let made = self.project(tx, &place, index, project).await?;
            projects.insert(project.slug.clone(), made);
        }
        let integrations = self.integrations(tx, &mut place, &from.integrations).await?;
        let repositories = self.repositories(tx, &place, &from.repositories).await?;
        // Apps that are installed from here on are not told of what was before.
        outbox::settle(tx, org.id, self.now).await?;
        Ok(json!({
            "id": org.id.to_string(),
            "teams": teams,
            "projects": projects,
            "integrations": integrations,
            "repositories": repositories,
            "apps": {},
        }))
    }

    async fn teams(
        &mut self,
        tx: &mut Tx,
        place: &mut Place,
        from: &Organization,
    ) -> Result<Value, WorldError> {
        let owner = self.membership(tx, place.org, &from.owner).await?;
        let mut made = Map::new();
        for (index, new) in from.teams.iter().enumerate() {
            let path = format!("{}.teams[{index}]", place.path);
            let team =
                teams::insert_team(tx, &self.ctx, &self.actor, place.org, &new.name, Some(new.slug.clone()))
                    .await;
            let team = team.map_err(at(path))?;
            team::put_member(tx, team.id, owner, None).await?;
            made.insert(new.slug.clone(), json!({"id": team.id.to_string()}));
            place.teams.insert(new.slug.to_lowercase(), team.id);
        }
        Ok(Value::Object(made))
    }

    async fn membership(&self, tx: &mut Tx, org: OrgId, email: &str) -> Result<MemberId, WorldError> {
        let found = member::of_user(tx, org, self.user_id(email)?).await?;
        Ok(found.ok_or_else(|| Error::Internal("a new member is not there".to_owned()))?.id)
    }

    async fn members(&self, tx: &mut Tx, place: &Place, from: &Organization) -> Result<(), WorldError> {
        for (index, new) in from.members.iter().enumerate() {
            let path = format!("{}.members[{index}]", place.path);
            let role: OrgRole = parsed(&new.role)?;
            let user = self.user(&new.email)?;
            let member = accounts::insert_member(tx, &self.actor, place.org, user, role, self.now).await;
            let member = member.map_err(at(path))?;
            for team in place.teams_named(&new.teams) {
                team::put_member(tx, team, member.id, None).await?;
            }
        }
        Ok(())
    }

    async fn project(
        &self,
        tx: &mut Tx,
        place: &Place,
        index: usize,
        from: &Project,
    ) -> Result<Value, WorldError> {
        let path = format!("{}.projects[{index}]", place.path);
        let new = projects::NewProject {
            org: place.org,
            team: None,
            name: from.name.clone(),
            slug: Some(from.slug.clone()),
            platform: from.platform.clone(),
            default_rules: false,
            actor: self.actor.clone(),
        };
        let made = projects::create_project_in(tx, &self.ctx, &new).await;
        let (project, key) = made.map_err(at(path))?;
        for team in place.teams_named(&from.teams) {
            project::add_team(tx, project.id, team).await?;
        }
        let mut issues = Map::new();
        for issue in &from.issues {
            issues.insert(issue.key.clone(), self.issue(tx, place, project.id, &project.slug, issue).await?);
        }
        let dsn = keys::to_wire(&self.ctx, key).dsn.public;
        Ok(json!({"id": project.id.to_string(), "dsn": dsn, "issues": issues}))
    }

    /// Stores an event that is an issue of its own, whatever its title.
    async fn issue(
        &self,
        tx: &mut Tx,
        place: &Place,
        project: ProjectId,
        slug: &str,
        from: &Issue,
    ) -> Result<Value, WorldError> {
        let event_id = self.ctx.ids.uuid().simple().to_string();
        let raw = json!({
            "event_id": event_id,
            "platform": from.platform,
            "level": from.level,
            "message": from.title,
            "culprit": from.culprit,
            "fingerprint": [place.slug, slug, from.key],
        });
        let intake = Intake {
            received: self.now,
            envelope_event_id: None,
            fallback_event_id: &event_id,
            client: ClientFacts {
                project_id: project,
                key_id: None,
                ip_address: None,
                user_agent: None,
                sdk: None,
            },
            scrubber: &pipeline::Scrubber::off(),
        };
        let processed = pipeline::process(raw, &intake);
        let prepared = ingest::Prepared::new(processed, place.org, project)?;
        let stored = ingest::store_event_in(tx, &self.ctx, &prepared).await?;
        let id = stored.issue.ok_or_else(|| Error::Internal("a new event was there already".to_owned()))?;
        let issue = issue::by_id(tx, id).await?;
        let issue = issue.ok_or_else(|| Error::Internal("a new issue is not there".to_owned()))?;
        let short_id = mortise_domain::ShortId::new(slug, issue.short_id.unsigned_abs());
        Ok(json!({"id": id.to_string(), "short_id": short_id.to_string(), "event_id": event_id}))
    }

    async fn integrations(
        &self,
        tx: &mut Tx,
        place: &mut Place,
        from: &[Integration],
    ) -> Result<Value, WorldError> {
        let mut made = Map::new();
        for (index, integration) in from.iter().enumerate() {
            let path = format!("{}.integrations[{index}]", place.path);
            let provider = self.ctx.providers().get(&integration.provider);
            let identity = match &integration.identity {
                None => None,
                Some(identity) => Some(integrations::NewIdentity {
                    user: self.user_id(&identity.user)?,
                    external_id: identity.external_id.clone(),
                    data: identity.data.clone(),
                }),
            };
            let new = integrations::NewIntegration {
                org: place.org,
                provider: provider
                    .map_or(integration.provider.as_str(), |known| known.manifest().integration_key)
                    .to_owned(),
                external_id: integration.external_id.clone(),
                name: integration.name.clone(),
                metadata: integration.metadata.clone(),
                config: integration.config.clone(),
                status: parsed::<ObjectStatus>(&integration.status)?,
                identity,
            };
            let id = integrations::create_integration_in(tx, &self.ctx, &new).await.map_err(taken(&path))?;
            made.insert(integration.key.clone(), json!({"id": id.to_string()}));
            place.integrations.insert(integration.key.to_lowercase(), id);
        }
        Ok(Value::Object(made))
    }

    async fn repositories(
        &self,
        tx: &mut Tx,
        place: &Place,
        from: &[Repository],
    ) -> Result<Value, WorldError> {
        let mut made = Map::new();
        for (index, new) in from.iter().enumerate() {
            let path = format!("{}.repositories[{index}]", place.path);
            let integration = new.integration.as_ref().map(|key| key.to_lowercase());
            let row = repository::NewRepository {
                name: new.name.clone(),
                url: new.url.clone(),
                provider: new.provider.clone(),
                external_id: new.external_id.clone(),
                integration: integration.and_then(|key| place.integrations.get(&key).copied()),
                config: Value::Object(new.config.clone()),
            };
            let added = repository::insert(tx, place.org, &row, self.now).await;
            let added = added.map_err(|error| taken(&path)(error.into()))?;
            made.insert(new.key.clone(), json!({"id": added.id.to_string()}));
        }
        Ok(Value::Object(made))
    }
}

impl Place {
    fn teams_named(&self, slugs: &[String]) -> Vec<TeamId> {
        slugs.iter().filter_map(|slug| self.teams.get(&slug.to_lowercase()).copied()).collect()
    }
}

/// A word that was checked before.
fn parsed<T: std::str::FromStr>(word: &str) -> Result<T, WorldError> {
    word.parse().map_err(|_| Error::Internal("a checked word is unknown".to_owned()).into())
}

/// A broken unique constraint is a complaint about the document.
fn taken(path: &str) -> impl FnOnce(Error) -> WorldError {
    move |error| match error {
        Error::Store(StoreError::Conflict(_)) => {
            let text = "the same provider and external id, or the same identity, is there already".to_owned();
            WorldError::Document(vec![Problem { path: path.to_owned(), text }])
        }
        other => other.into(),
    }
}
