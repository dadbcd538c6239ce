//! Issues: the states they can be in, and the numbers under which those are stored.

coded! {
    /// Where an issue stands. Only the first three and `reprocessing` are ever shown.
    pub enum IssueStatus {
        Unresolved = 0, "unresolved";
        Resolved = 1, "resolved";
        /// Called "archived" on pages.
        Ignored = 2, "ignored";
        PendingDeletion = 3, "pending_deletion";
        DeletionInProgress = 4, "deletion_in_progress";
        PendingMerge = 5, "pending_merge";
        Reprocessing = 6, "reprocessing";
    }

    /// Why an issue stands where it stands. A resolved issue has none.
    pub enum Substatus {
        ArchivedUntilEscalating = 1, "archived_until_escalating";
        Escalating = 2, "escalating";
        Ongoing = 3, "ongoing";
        ArchivedUntilConditionMet = 4, "archived_until_condition_met";
        ArchivedForever = 5, "archived_forever";
        Regressed = 6, "regressed";
        New = 7, "new";
    }

    /// How urgent an issue is.
    pub enum Priority {
        Low = 25, "low";
        Medium = 50, "medium";
        High = 75, "high";
    }

    /// Severity of an event; an issue has that of its latest event.
    pub enum Level {
        Sample = 0, "sample";
        Debug = 10, "debug";
        Info = 20, "info";
        Warning = 30, "warning";
        Error = 40, "error";
        Fatal = 50, "fatal";
    }

    /// What resolved an issue, and so what brings it back. The first three are kept as a row beside the issue.
    pub enum ResolutionKind {
        /// Fixed by this release: older ones may still report it.
        InRelease = 0, "in_release";
        /// Fixed by the release that follows this one.
        InNextRelease = 1, "in_next_release";
        InUpcomingRelease = 2, "in_upcoming_release";
        /// Any later event brings it back.
        Now = 3, "now";
        InCommit = 4, "in_commit";
    }

    /// What an issue is about.
    pub enum IssueCategory {
        Error = 1, "error";
    }

    /// The shape of an event, which decides how its title is made.
    pub enum EventCategory {
        /// A plain message.
        Default = 0, "default";
        /// Carries an exception.
        Error = 1, "error";
        /// A content security policy report of a browser.
        Csp = 2, "csp";
    }

    /// An entry of an issue's history.
    pub enum ActivityKind {
        SetResolved = 1, "set_resolved";
        SetUnresolved = 2, "set_unresolved";
        SetIgnored = 3, "set_ignored";
        SetPublic = 4, "set_public";
        SetPrivate = 5, "set_private";
        SetRegression = 6, "set_regression";
        CreateIssue = 7, "create_issue";
        Note = 8, "note";
        /// Never stored: it closes every list of activities.
        FirstSeen = 9, "first_seen";
        Release = 10, "release";
        Assigned = 11, "assigned";
        Unassigned = 12, "unassigned";
        SetResolvedInRelease = 13, "set_resolved_in_release";
        Merge = 14, "merge";
        SetResolvedByAge = 15, "set_resolved_by_age";
        SetResolvedInCommit = 16, "set_resolved_in_commit";
        Deploy = 17, "deploy";
        NewProcessingIssues = 18, "new_processing_issues";
        UnmergeSource = 19, "unmerge_source";
        UnmergeDestination = 20, "unmerge_destination";
        SetResolvedInPullRequest = 21, "set_resolved_in_pull_request";
        Reprocess = 22, "reprocess";
        MarkReviewed = 23, "mark_reviewed";
        AutoSetOngoing = 24, "auto_set_ongoing";
        SetEscalating = 25, "set_escalating";
        SetPriority = 26, "set_priority";
        DeletedAttachment = 27, "deleted_attachment";
    }
}

/// Days after which a new, regressed or escalating issue counts as ongoing.
pub const ONGOING_AFTER_DAYS: i64 = 7;

impl IssueStatus {
    /// Whether clients may see an issue in this state; the others answer as if the issue did not exist.
    pub const fn is_visible(self) -> bool {
        matches!(self, Self::Unresolved | Self::Resolved | Self::Ignored | Self::Reprocessing)
    }

    /// Reads the word of a client, which may use the old name `muted` for ignored.
    pub fn from_client(word: &str) -> Option<Self> {
        match word {
            "unresolved" => Some(Self::Unresolved),
            "resolved" => Some(Self::Resolved),
            "ignored" | "muted" => Some(Self::Ignored),
            _ => None,
        }
    }
}

impl Substatus {
    /// The only status under which this makes sense.
    pub const fn status(self) -> IssueStatus {
        match self {
            Self::ArchivedUntilEscalating | Self::ArchivedUntilConditionMet | Self::ArchivedForever => {
                IssueStatus::Ignored
            }
            Self::Escalating | Self::Ongoing | Self::Regressed | Self::New => IssueStatus::Unresolved,
        }
    }

    /// Reads the word of a client, which may leave out `archived_` as older ones do.
    pub fn from_client(word: &str) -> Option<Self> {
        match word {
            "until_escalating" => Some(Self::ArchivedUntilEscalating),
            "until_condition_met" => Some(Self::ArchivedUntilConditionMet),
            "forever" => Some(Self::ArchivedForever),
            other => other.parse().ok(),
        }
    }

    /// Whether time alone turns it into [`Substatus::Ongoing`], after [`ONGOING_AFTER_DAYS`].
    pub const fn ages(self) -> bool {
        matches!(self, Self::New | Self::Regressed | Self::Escalating)
    }
}

/// Whether the two go together. Unresolved and ignored issues always have a substatus, the others never.
pub fn is_valid_pair(status: IssueStatus, substatus: Option<Substatus>) -> bool {
    match substatus {
        Some(substatus) => substatus.status() == status,
        None => !matches!(status, IssueStatus::Unresolved | IssueStatus::Ignored),
    }
}

impl Level {
    /// The priority that a new issue of this level gets.
    pub const fn initial_priority(self) -> Priority {
        match self {
            Self::Sample | Self::Debug | Self::Info => Priority::Low,
            Self::Warning => Priority::Medium,
            Self::Error | Self::Fatal => Priority::High,
        }
    }
}

impl ResolutionKind {
    /// Whether it is kept as a row that later events are compared with.
    pub const fn has_row(self) -> bool {
        matches!(self, Self::InRelease | Self::InNextRelease | Self::InUpcomingRelease)
    }
}
