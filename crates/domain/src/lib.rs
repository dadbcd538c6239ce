//! What Mortise is about, with no I/O: typed ids, scopes, roles, statuses and their rules, the clock and the source
//! of randomness. Everything else depends on this crate; it depends on nothing of ours and never touches JSON.

#[macro_use]
mod coded;

pub mod audit;
pub mod clock;
pub mod commit;
pub mod external;
pub mod id;
pub mod issue;
pub mod member;
pub mod org;
pub mod origin;
pub mod platform;
pub mod random;
pub mod role;
pub mod scope;
pub mod short_id;
pub mod slug;
pub mod status;
pub mod token;
pub mod url;
pub mod version;

pub use audit::AuditEvent;
pub use clock::{Clock, SystemClock, Time};
pub use coded::UnknownCode;
pub use commit::{ChangeKind, FileChange};
pub use external::ExternalProvider;
pub use id::*;
pub use issue::{ActivityKind, IssueStatus, Level, Priority, ResolutionKind, Substatus};
pub use member::InviteStatus;
pub use random::{Ids, SystemIds};
pub use role::{OrgRole, ScopeOptions, TeamRole};
pub use scope::{Scope, ScopeSet};
pub use short_id::ShortId;
pub use slug::{SlugError, SlugKind};
pub use url::PublicUrl;
