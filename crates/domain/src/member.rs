//! Membership: how an invitation stands and the marks a membership carries.

coded! {
    /// How a membership came about. Only approved ones count; a pending invitation is an approved membership
    /// without a user.
    pub enum InviteStatus {
        Approved = 0, "approved";
        /// A member asked that somebody be invited.
        RequestedToBeInvited = 1, "requested_to_be_invited";
        /// A stranger asked to join.
        RequestedToJoin = 2, "requested_to_join";
    }

    /// A mark on a membership. The number is its bit.
    pub enum MemberFlag {
        IdpProvisioned = 8, "idp:provisioned";
        IdpRoleRestricted = 16, "idp:role-restricted";
        SsoLinked = 1, "sso:linked";
        SsoInvalid = 2, "sso:invalid";
        MemberLimitRestricted = 4, "member-limit:restricted";
        PartnershipRestricted = 32, "partnership:restricted";
    }
}

/// The marks of one membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct MemberFlags(i64);

impl MemberFlags {
    /// Takes the bits as stored.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// The bits to store.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// Whether the mark is set.
    pub const fn has(self, flag: MemberFlag) -> bool {
        self.0 & flag.number() != 0
    }

    /// The same marks with one set or cleared.
    #[must_use]
    pub const fn with(self, flag: MemberFlag, value: bool) -> Self {
        if value { Self(self.0 | flag.number()) } else { Self(self.0 & !flag.number()) }
    }

    /// Every mark with its value, in the order in which clients see them.
    pub fn iter(self) -> impl Iterator<Item = (MemberFlag, bool)> {
        MemberFlag::ALL.iter().map(move |flag| (*flag, self.has(*flag)))
    }
}

/// Days that an invitation can be accepted.
pub const INVITATION_DAYS: i64 = 30;
