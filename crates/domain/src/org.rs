//! An organization's switches. Some are stored as "disable …" and shown as "allow …"; the inversion happens here
//! and nowhere else: [`OrgFlags::is_on`] and [`OrgFlags::with`] speak the client's sense.

coded! {
    /// A switch of an organization. The number is its bit, the word its key in JSON.
    pub enum OrgFlag {
        /// Everybody may join every team; members see projects of teams they are not in.
        OpenMembership = 1, "openMembership";
        EnhancedPrivacy = 2, "enhancedPrivacy";
        /// Stored inverted.
        SharedIssues = 4, "allowSharedIssues";
        EarlyAdopter = 8, "isEarlyAdopter";
        Require2fa = 16, "require2FA";
        RequireEmailVerification = 64, "requireEmailVerification";
        CodecovAccess = 128, "codecovAccess";
        /// Stored inverted.
        MemberProjectCreation = 256, "allowMemberProjectCreation";
    }
}

impl OrgFlag {
    /// The name under which the switch is stored and named in the audit log.
    pub const fn stored_name(self) -> &'static str {
        match self {
            Self::OpenMembership => "allow_joinleave",
            Self::EnhancedPrivacy => "enhanced_privacy",
            Self::SharedIssues => "disable_shared_issues",
            Self::EarlyAdopter => "early_adopter",
            Self::Require2fa => "require_2fa",
            Self::RequireEmailVerification => "require_email_verification",
            Self::CodecovAccess => "codecov_access",
            Self::MemberProjectCreation => "disable_member_project_creation",
        }
    }

    /// Whether a set bit means that the client sees `false`.
    pub const fn is_inverted(self) -> bool {
        matches!(self, Self::SharedIssues | Self::MemberProjectCreation)
    }
}

/// The switches of one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrgFlags(i64);

impl Default for OrgFlags {
    /// What a new organization starts with: open membership, sharing and project creation allowed, nothing else.
    fn default() -> Self {
        Self(OrgFlag::OpenMembership.number())
    }
}

impl OrgFlags {
    /// Takes the bits as stored; bits without a meaning here are kept.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// The bits to store.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// The value that clients see.
    pub const fn is_on(self, flag: OrgFlag) -> bool {
        (self.0 & flag.number() != 0) != flag.is_inverted()
    }

    /// The same switches with one set to the value that clients shall see.
    #[must_use]
    pub const fn with(self, flag: OrgFlag, value: bool) -> Self {
        if value != flag.is_inverted() { Self(self.0 | flag.number()) } else { Self(self.0 & !flag.number()) }
    }
}
