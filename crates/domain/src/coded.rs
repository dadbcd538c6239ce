//! Enums with two spellings: a number, which is stored, and a word, which clients see. `coded!` writes both
//! directions from one table so that they cannot disagree.

/// A number or a word that stands for nothing in its enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?} is no {of}")]
pub struct UnknownCode {
    /// The enum that was asked.
    pub of: &'static str,
    /// What was given.
    pub code: String,
}

macro_rules! coded {
    ($($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $number:literal, $word:literal;)+
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* #[doc = concat!("`", $word, "`, stored as ", stringify!($number), ".")] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the table.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The number that is stored.
            pub const fn number(self) -> i64 {
                match self { $($name::$variant => $number),+ }
            }

            /// The word that clients see.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl TryFrom<i64> for $name {
            type Error = $crate::UnknownCode;
            fn try_from(number: i64) -> Result<Self, $crate::UnknownCode> {
                Self::ALL.iter().copied().find(|value| value.number() == number)
                    .ok_or_else(|| $crate::UnknownCode { of: stringify!($name), code: number.to_string() })
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;
            fn from_str(word: &str) -> Result<Self, $crate::UnknownCode> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
                    .ok_or_else(|| $crate::UnknownCode { of: stringify!($name), code: word.to_owned() })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}
