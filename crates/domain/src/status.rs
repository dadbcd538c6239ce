//! Life cycles of everything that can be switched off or deleted. Deletion takes time, so it has two steps: asked
//! for (`pending_deletion`, can be cancelled) and running (`deletion_in_progress`).

coded! {
    /// An organization's life cycle.
    pub enum OrgStatus {
        Active = 0, "active";
        PendingDeletion = 1, "pending_deletion";
        DeletionInProgress = 2, "deletion_in_progress";
    }

    /// A project's life cycle.
    pub enum ProjectStatus {
        Active = 0, "active";
        Disabled = 1, "disabled";
        PendingDeletion = 2, "pending_deletion";
        DeletionInProgress = 3, "deletion_in_progress";
    }

    /// A team's life cycle.
    pub enum TeamStatus {
        Active = 0, "active";
        PendingDeletion = 1, "pending_deletion";
        DeletionInProgress = 2, "deletion_in_progress";
    }

    /// Whether a client key takes events. The words are the values of the `status` filter.
    pub enum ProjectKeyStatus {
        Active = 0, "active";
        Inactive = 1, "inactive";
    }

    /// An OAuth application's life cycle; only an active one may authenticate.
    pub enum ApplicationStatus {
        Active = 0, "active";
        Inactive = 1, "inactive";
        PendingDeletion = 2, "pending_deletion";
        DeletionInProgress = 3, "deletion_in_progress";
    }

    /// How public a Sentry App is.
    pub enum AppStatus {
        /// A public app in development.
        Unpublished = 0, "unpublished";
        /// A public app in the directory.
        Published = 1, "published";
        /// Private to the organization that owns it.
        Internal = 2, "internal";
        /// Publication was asked for and not granted yet.
        PublishRequestInProgress = 3, "publish_request_inprogress";
        /// Being torn down.
        DeletionInProgress = 4, "deletion_in_progress";
    }

    /// Whether an installation may act.
    pub enum InstallationStatus {
        /// Waiting for the app to confirm.
        Pending = 0, "pending";
        Installed = 1, "installed";
    }

    /// Life cycle of service hooks, integrations, repositories and other objects an integration owns.
    pub enum ObjectStatus {
        Active = 0, "active";
        Disabled = 1, "disabled";
        PendingDeletion = 2, "pending_deletion";
        DeletionInProgress = 3, "deletion_in_progress";
    }

    /// Where one hand-over of one event to one subscriber stands.
    pub enum DeliveryState {
        /// Waiting for its time, or under way.
        Pending = 0, "pending";
        Delivered = 1, "delivered";
        /// Given up; only a replay tries again.
        Failed = 2, "failed";
        /// Nothing was left to deliver to: uninstalled, or without a webhook URL.
        Skipped = 3, "skipped";
    }
}
