//! Why a call brought no answer, as data: it is stored with the attempt and shown to people, who must be able to act
//! on it.

use serde::{Deserialize, Serialize};

/// Why a call brought no answer. The text is a sentence for people; the JSON form has the variant under `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CallError {
    /// The URL cannot be called at all.
    #[error("The URL cannot be called: {reason}.")]
    InvalidUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// A header name or value has characters that HTTP does not allow.
    #[error("The request header {name:?} is not a valid HTTP header.")]
    InvalidHeader {
        /// The header's name.
        name: String,
    },
    /// The address is not public, and nobody opened it.
    #[error(
        "The address {address} is not allowed: it is {range}. The operator can open networks with egress.allow."
    )]
    BlockedAddress {
        /// The address, as text.
        address: String,
        /// What kind of address that is.
        range: String,
    },
    /// The name has no address.
    #[error("The host name {host:?} could not be resolved: {reason}.")]
    Dns {
        /// The name that was asked for.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody answers at the address.
    #[error("No connection could be made: {reason}.")]
    Connect {
        /// What the operating system said.
        reason: String,
    },
    /// No connection within the time for it.
    #[error("No connection could be made within {limit_ms} ms.")]
    ConnectTimeout {
        /// The time allowed.
        limit_ms: u64,
    },
    /// No common ground with the other side, or a certificate that is not trusted.
    #[error("The TLS handshake failed: {reason}.")]
    Tls {
        /// What the TLS library said.
        reason: String,
    },
    /// No complete answer within the time for the whole call.
    #[error("There was no complete answer within {limit_ms} ms.")]
    Timeout {
        /// The time allowed.
        limit_ms: u64,
    },
    /// The other side hung up before its answer was complete.
    #[error("The connection was closed before the answer was complete.")]
    Reset,
    /// What came back is not HTTP.
    #[error("The answer is not valid HTTP: {reason}.")]
    InvalidResponse {
        /// What the parser said.
        reason: String,
    },
    /// The head of the answer is too large.
    #[error("The headers of the answer are larger than allowed ({limit_bytes} bytes).")]
    HeadersTooLarge {
        /// The size allowed.
        limit_bytes: usize,
    },
    /// The body of the answer is too large. Its beginning is in the exchange.
    #[error("The body of the answer is larger than {limit_bytes} bytes.")]
    BodyTooLarge {
        /// The size allowed, after decompression.
        limit_bytes: usize,
    },
    /// The answer is complete, but not the JSON that was expected.
    #[error("The answer is not the expected JSON: {reason}.")]
    NotJson {
        /// What the parser said, with line and column.
        reason: String,
    },
    /// Anything else.
    #[error("The call failed: {reason}.")]
    Other {
        /// The causes, outermost first.
        reason: String,
    },
}

impl CallError {
    /// The variant in one word, the same as in JSON: for metrics and filters.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InvalidUrl { .. } => "invalid_url",
            Self::InvalidHeader { .. } => "invalid_header",
            Self::BlockedAddress { .. } => "blocked_address",
            Self::Dns { .. } => "dns",
            Self::Connect { .. } => "connect",
            Self::ConnectTimeout { .. } => "connect_timeout",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Reset => "reset",
            Self::InvalidResponse { .. } => "invalid_response",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::NotJson { .. } => "not_json",
            Self::Other { .. } => "other",
        }
    }

    /// Whether time was the trouble, while connecting or later.
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::ConnectTimeout { .. } | Self::Timeout { .. })
    }

    /// Whether the same call may go better later without anybody changing it.
    pub const fn is_transient(&self) -> bool {
        !matches!(self, Self::InvalidUrl { .. } | Self::InvalidHeader { .. } | Self::BlockedAddress { .. })
    }
}
