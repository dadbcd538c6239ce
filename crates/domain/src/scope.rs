//! Scopes: what a token, a role or an app may do. A [`ScopeSet`] is a bit set; sets compare and intersect in one
//! instruction, which matters because every request checks several.
//!
//! Two rules are kept apart on purpose: [`ScopeSet::with_implied`] widens a set when it is *granted* (roles, tokens,
//! apps), while a request check compares literally ([`ScopeSet::intersects`]).

use std::{fmt, str::FromStr};

macro_rules! scopes {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// One scope. The order of the variants is the order in which lists of all scopes are shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Scope { $(#[doc = $text] $variant),* }

        impl Scope {
            /// Every scope there is.
            pub const ALL: &'static [Scope] = &[$(Scope::$variant),*];

            /// The text clients see.
            pub const fn as_str(self) -> &'static str {
                match self { $(Scope::$variant => $text),* }
            }
        }

        impl FromStr for Scope {
            type Err = UnknownScope;
            fn from_str(text: &str) -> Result<Self, UnknownScope> {
                match text { $($text => Ok(Scope::$variant),)* _ => Err(UnknownScope(text.to_owned())) }
            }
        }
    };
}

scopes! {
    OrgRead = "org:read", OrgWrite = "org:write", OrgAdmin = "org:admin", OrgIntegrations = "org:integrations",
    OrgCi = "org:ci", MemberRead = "member:read", MemberWrite = "member:write", MemberAdmin = "member:admin",
    TeamRead = "team:read", TeamWrite = "team:write", TeamAdmin = "team:admin", ProjectRead = "project:read",
    ProjectWrite = "project:write", ProjectAdmin = "project:admin", ProjectReleases = "project:releases",
    EventRead = "event:read", EventWrite = "event:write", EventAdmin = "event:admin", AlertsRead = "alerts:read",
    AlertsWrite = "alerts:write", OpenId = "openid", Profile = "profile", Email = "email",
}

impl Scope {
    /// The scopes that holding this one grants besides itself.
    const fn implied(self) -> &'static [Scope] {
        use Scope::*;
        match self {
            OrgWrite => &[OrgRead],
            OrgAdmin => &[OrgWrite, OrgRead, OrgIntegrations],
            MemberWrite => &[MemberRead],
            MemberAdmin => &[MemberWrite, MemberRead],
            TeamWrite => &[TeamRead],
            TeamAdmin => &[TeamWrite, TeamRead],
            ProjectWrite => &[ProjectRead],
            ProjectAdmin => &[ProjectWrite, ProjectRead],
            EventWrite => &[EventRead],
            EventAdmin => &[EventWrite, EventRead],
            AlertsWrite => &[AlertsRead],
            _ => &[],
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope {0:?}")]
pub struct UnknownScope(pub String);

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ScopeSet(u32);

impl ScopeSet {
    /// The set without scopes.
    pub const EMPTY: ScopeSet = ScopeSet(0);

    /// The set of the scopes given.
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < scopes.len() {
            bits |= 1 << scopes[i] as u32;
            i += 1;
        }
        ScopeSet(bits)
    }

    /// Every scope.
    pub const fn all() -> Self {
        Self::of(Scope::ALL)
    }

    /// Whether the set holds `scope`, literally.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// Whether the two sets share a scope: the test of every request.
    pub const fn intersects(self, other: ScopeSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether every scope of `other` is in this set.
    pub const fn is_superset(self, other: ScopeSet) -> bool {
        self.0 & other.0 == other.0
    }

    /// The scopes in both sets.
    pub const fn intersection(self, other: ScopeSet) -> ScopeSet {
        ScopeSet(self.0 & other.0)
    }

    /// The scopes in either set.
    pub const fn union(self, other: ScopeSet) -> ScopeSet {
        ScopeSet(self.0 | other.0)
    }

    /// The scopes of this set that are not in `other`.
    pub const fn difference(self, other: ScopeSet) -> ScopeSet {
        ScopeSet(self.0 & !other.0)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set and everything its scopes imply (`project:admin` brings `project:write` and `project:read`).
    pub fn with_implied(self) -> ScopeSet {
        self.iter().fold(self, |set, scope| set.union(ScopeSet::of(scope.implied())))
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }

    /// The texts in alphabetical order, as most answers list them.
    pub fn sorted(self) -> Vec<&'static str> {
        let mut texts: Vec<_> = self.iter().map(Scope::as_str).collect();
        texts.sort_unstable();
        texts
    }

    /// Reads texts as stored; unknown ones are dropped, because an unknown scope never grants anything.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> ScopeSet {
        texts.into_iter().filter_map(|text| text.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(ScopeSet::EMPTY, |set, scope| set.union(ScopeSet::of(&[scope])))
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Scope::as_str)).finish()
    }
}
