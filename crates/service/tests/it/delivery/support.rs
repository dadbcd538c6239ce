//! A subscriber that posts every event to fixed addresses, and what tests need to drive it.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use mortise_domain::{DeliveryId, IssueId};
use mortise_egress::{Method, Request};
use mortise_service::{
    Ctx, Error, Result,
    access::{self, OrgAccess},
    authenticate,
    delivery::{
        self, DeliveryFilter, DeliveryView, Event, Handover, Prepared, Registry, Running, Subscriber, Target,
    },
    events::{self, IssueRef},
};
use mortise_store::Conn;
use mortise_testkit::{Receiver, TestApp, World};
use tokio_util::sync::CancellationToken;

/// Issues with this id make [`Post`] panic while it prepares.
pub const PANICS: i64 = 666;
/// Issues with this id make [`Post`] panic while it looks for targets.
pub const PANICS_EARLY: i64 = 777;

/// Tells every event to every address; `post:0` is the first.
pub struct Post {
    pub urls: Vec<String>,
}

impl Subscriber for Post {
    fn kind(&self) -> &'static str {
        "post"
    }

    fn targets<'a>(
        &'a self,
        _: &'a mut Conn,
        events: &'a [Event],
    ) -> BoxFuture<'a, mortise_store::Result<Vec<Target>>> {
        Box::pin(async move {
            let mut targets = Vec::new();
            for event in events {
                assert_ne!(event.payload["issue"], PANICS_EARLY, "told to panic");
                for index in 0..self.urls.len() {
                    let subscriber = format!("post:{index}");
                    targets.push(Target { event_id: event.id, subscriber, kind: None, app: None });
                }
            }
            Ok(targets)
        })
    }

    fn prepare<'a>(
        &'a self,
        ctx: &'a Ctx,
        handovers: &'a [Handover],
    ) -> BoxFuture<'a, Result<Vec<Prepared>>> {
        Box::pin(async move {
            let prepare = |handover: &Handover| {
                assert_ne!(handover.payload["issue"], PANICS, "told to panic");
                let index: usize = handover.delivery.subscriber["post:".len()..].parse().unwrap();
                let request = Request::new(Method::POST, self.urls[index].clone())
                    .header("Request-ID", handover.delivery.uuid.clone())
                    .body(handover.payload.to_string());
                let (egress, now) = (ctx.egress.clone(), ctx.now());
                Prepared::Run(Box::pin(async move { delivery::call(&egress, request, now).await }))
            };
            Ok(handovers.iter().map(prepare).collect())
        })
    }
}

/// Bounds with a poll quick enough for tests.
pub fn options() -> delivery::Options {
    delivery::Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Default::default() }
}

/// Starts delivery to these receivers.
pub fn start(app: &TestApp, receivers: &[&Receiver]) -> Running {
    start_with(app, receivers, options())
}

pub fn start_with(app: &TestApp, receivers: &[&Receiver], options: delivery::Options) -> Running {
    let urls = receivers.iter().map(|receiver| receiver.url()).collect();
    let registry = Registry::new().with(Post { urls });
    delivery::start(app.ctx.clone(), registry, options, CancellationToken::new())
}

/// Issues with these ids are created, all in one transaction.
pub async fn emit(app: &TestApp, world: &World, issues: impl IntoIterator<Item = i64>) {
    let (org, project, now) = (world.org, world.project, app.ctx.now());
    let issues: Vec<_> = issues.into_iter().collect();
    let written = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            for id in issues {
                events::issue_created(tx, IssueRef { org, project, issue: IssueId::new(id) }, now).await?;
            }
            Ok::<_, Error>(())
        })
    });
    written.await.unwrap();
}

/// What the owner may do.
pub async fn owner(app: &TestApp, world: &World) -> OrgAccess {
    let caller = authenticate::bearer(&app.ctx, &world.owner_token, Default::default()).await.unwrap();
    access::organization_by_id(&app.ctx, caller, world.org).await.unwrap()
}

/// The whole log, newest first.
pub async fn log(app: &TestApp, world: &World) -> Vec<DeliveryView> {
    let access = owner(app, world).await;
    let page = delivery::list_deliveries(&app.ctx, &access, &DeliveryFilter::default(), None, 100).await;
    page.unwrap().deliveries
}

/// Waits until there is a log and it satisfies `done`.
pub async fn log_when(
    app: &TestApp,
    world: &World,
    done: impl Fn(&[DeliveryView]) -> bool,
) -> Vec<DeliveryView> {
    let started = Instant::now();
    loop {
        let log = log(app, world).await;
        if !log.is_empty() && done(&log) {
            return log;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{log:#?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The attempts of a delivery: number, status, error kind.
pub async fn attempts(app: &TestApp, world: &World, id: DeliveryId) -> Vec<(i64, Option<i64>, String)> {
    let access = owner(app, world).await;
    let detail = delivery::get_delivery(&app.ctx, &access, id).await.unwrap();
    let row = |view: &delivery::AttemptView| {
        let attempt = &view.attempt;
        let kind = attempt.exchange["error"]["kind"].as_str().unwrap_or_default().to_owned();
        (attempt.number, attempt.response_code, kind)
    };
    detail.attempts.iter().map(row).collect()
}
