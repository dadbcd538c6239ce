//! What is neither status nor assignee: seen, bookmarked, subscribed, public, priority, waiting for review.

use mortise_domain::{
    Ids, UserId,
    issue::{ActivityKind, Priority},
};
use mortise_store::{
    Tx,
    issue::{
        Issue,
        mark::{self, Listener},
        write,
    },
};
use serde_json::{Map, Value, json};

use super::change::Change;
use crate::{
    Result,
    issues::act::{Act, ids, object, reason},
};

/// Random bytes of the id under which an issue is public.
const SHARE_ID_BYTES: usize = 16;

/// Makes the changes, and adds what was changed to `answer`. Without a user nothing is seen, bookmarked or subscribed.
pub async fn set(
    tx: &mut Tx,
    act: &Act,
    random: &dyn Ids,
    issues: &[Issue],
    change: &Change,
    answer: &mut Map<String, Value>,
) -> Result<()> {
    if let Some(user) = act.user {
        marks(tx, act, user, issues, change, answer).await?;
    }
    if let Some(is_public) = change.is_public {
        let share = set_public(tx, act, random, issues, is_public).await?;
        answer.insert("isPublic".to_owned(), is_public.into());
        answer.insert("shareId".to_owned(), share.into());
    }
    if let Some(priority) = change.priority {
        set_priority(tx, act, issues, priority).await?;
        answer.insert("priority".to_owned(), priority.as_str().into());
    }
    if let Some(waits) = change.inbox {
        set_inbox(tx, act, issues, waits).await?;
        answer.insert("inbox".to_owned(), waits.into());
    }
    Ok(())
}

async fn marks(
    tx: &mut Tx,
    act: &Act,
    user: UserId,
    issues: &[Issue],
    change: &Change,
    answer: &mut Map<String, Value>,
) -> Result<()> {
    let all = ids(issues);
    if let Some(seen) = change.has_seen {
        match seen {
            true => mark::see(tx, &all, user, act.now).await?,
            false => mark::unsee(tx, &all, user).await?,
        }
        answer.insert("hasSeen".to_owned(), seen.into());
    }
    if let Some(bookmarked) = change.is_bookmarked {
        if bookmarked {
            mark::bookmark(tx, &all, user, act.now).await?;
            mark::subscribe(tx, &all, Listener::User(user), reason::BOOKMARK, act.now).await?;
        } else {
            mark::remove_bookmark(tx, &all, user).await?;
            mark::unsubscribe(tx, &all, user, reason::BOOKMARK).await?;
        }
        answer.insert("isBookmarked".to_owned(), bookmarked.into());
    }
    if let Some(subscribed) = change.is_subscribed {
        mark::set_subscription(tx, &all, user, subscribed, reason::UNKNOWN, act.now).await?;
        answer.insert("isSubscribed".to_owned(), subscribed.into());
        answer.insert("subscriptionDetails".to_owned(), json!({ "reason": reason::UNKNOWN }));
    }
    Ok(())
}

/// Sharing what is shared already makes the old link useless. The answer is the last new id.
async fn set_public(
    tx: &mut Tx,
    act: &Act,
    random: &dyn Ids,
    issues: &[Issue],
    is_public: bool,
) -> Result<Option<String>> {
    let shared: Vec<&Issue> = issues.iter().filter(|issue| issue.share_id.is_some()).collect();
    act.record(tx, shared.iter().copied(), ActivityKind::SetPrivate, &Map::new()).await?;
    if !is_public {
        for issue in shared {
            write::set_share(tx, issue.id, None).await?;
        }
        return Ok(None);
    }
    let mut last = None;
    for issue in issues {
        let share = random.hex(SHARE_ID_BYTES);
        write::set_share(tx, issue.id, Some(&share)).await?;
        last = Some(share);
    }
    act.record(tx, issues, ActivityKind::SetPublic, &Map::new()).await?;
    Ok(last)
}

async fn set_priority(tx: &mut Tx, act: &Act, issues: &[Issue], priority: Priority) -> Result<()> {
    write::set_priority(tx, &ids(issues), priority.number(), act.now).await?;
    let changed = issues.iter().filter(|issue| issue.priority != priority.number());
    let data = object([("priority", priority.as_str().into())]);
    act.record(tx, changed, ActivityKind::SetPriority, &data).await
}

async fn set_inbox(tx: &mut Tx, act: &Act, issues: &[Issue], waits: bool) -> Result<()> {
    if waits {
        write::enter_inbox(tx, &ids(issues), act.now).await?;
        return Ok(());
    }
    let waited = issues.iter().filter(|issue| issue.inbox_reason.is_some());
    act.record(tx, waited, ActivityKind::MarkReviewed, &Map::new()).await?;
    Ok(write::leave_inbox(tx, &ids(issues)).await?)
}
