//! Sealed values: secrets that Mortise must be able to read again, such as client secrets and providers' credentials,
//! lie encrypted in the database.
//!
//! A blob is `version (1 byte) | key id (4 bytes, big endian) | nonce (24 bytes) | ciphertext and tag`, made with
//! XChaCha20-Poly1305; the nonce is long enough to be random. The place (`table.column:row`) is authenticated with
//! it, so a blob copied to another row does not open.
//!
//! A [`Keyring`] has one key or several. The newest, with the highest id, seals; every one opens. To rotate, add a
//! key, seal again whatever [`Keyring::needs_reseal`], then drop the old key.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use mortise_domain::Ids;
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};

const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const HEADER_BYTES: usize = 1 + 4;
/// What a place mostly fits into, bytes.
const PLACE_BYTES: usize = 64;

/// Where a sealed value lies. It must be the same when sealing and opening, and different for every value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// `row` is the row's key, as text that never changes.
    pub fn new(table: &str, column: &str, row: impl fmt::Display) -> Self {
        let mut place = String::with_capacity(PLACE_BYTES);
        for part in [table, ".", column, ":"] {
            place.push_str(part);
        }
        // Only a `Display` that fails could, and those of keys do not.
        let _ = write!(place, "{row}");
        Self(place)
    }
}

/// The sealing keys.
///
/// ```
/// use mortise_crypto::{ExposeSecret, Keyring, Place};
/// use mortise_domain::SystemIds;
///
/// let keyring = Keyring::generate(&SystemIds);
/// let place = Place::new("application", "client_secret", 7);
/// let blob = keyring.seal(&place, b"hunter2", &SystemIds);
/// assert_eq!(keyring.open_text(&place, &blob).unwrap().expose_secret(), "hunter2");
///
/// let rotated = keyring.with_new_key(&SystemIds);
/// assert!(rotated.needs_reseal(&blob).unwrap());
/// assert_eq!(rotated.open_text(&place, &blob).unwrap().expose_secret(), "hunter2");
/// ```
pub struct Keyring {
    /// Oldest first, never empty. Behind a lock, so that keys can be rotated under a running server.
    keys: RwLock<Arc<[Key]>>,
}

struct Key {
    id: u32,
    secret: SecretBox<[u8; KEY_BYTES]>,
}

/// Why a sealed value cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short, or of a version that this program does not know.
    #[error("not a sealed value of a known version")]
    Format,
    /// Sealed with a key that was dropped, or with another installation's.
    #[error("sealed with key {0}, which is not in the keyring")]
    UnknownKey(u32),
    /// Changed, or moved from another place, or sealed with a different key of the same id.
    #[error("the sealed value does not open here")]
    Refused,
    /// Opened, but it is no text.
    #[error("the sealed value is not text")]
    NotText,
}

/// Why a text is no keyring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Counting from 1.
    #[error("line {0} of the keyring is not `number:base64 of 32 bytes`")]
    Line(usize),
    /// Two lines with the same number.
    #[error("key {0} is in the keyring twice")]
    Duplicate(u32),
    /// No key at all.
    #[error("the keyring is empty")]
    Empty,
}

impl Keyring {
    /// A keyring with one new key.
    pub fn generate(ids: &dyn Ids) -> Self {
        Self::of(vec![Key::generate(1, ids)])
    }

    /// Reads the text form: one `id:base64` a line; empty lines and lines that start with `#` are skipped.
    pub fn parse(text: &SecretString) -> Result<Self, KeyringError> {
        let mut keys = Vec::new();
        for (index, line) in text.expose_secret().lines().map(str::trim).enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                keys.push(Key::parse(line).ok_or(KeyringError::Line(index + 1))?);
            }
        }
        keys.sort_by_key(|key| key.id);
        if let Some(pair) = keys.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(KeyringError::Duplicate(pair[0].id));
        }
        if keys.is_empty() {
            return Err(KeyringError::Empty);
        }
        Ok(Self::of(keys))
    }

    /// The text form, oldest key first.
    pub fn to_text(&self) -> SecretString {
        let line = |key: &Key| format!("{}:{}\n", key.id, STANDARD.encode(key.secret.expose_secret()));
        self.keys().iter().map(line).collect::<String>().into()
    }

    /// The same keys and a newer one, which seals from now on.
    #[must_use]
    pub fn with_new_key(&self, ids: &dyn Ids) -> Self {
        let old = self.keys();
        let mut keys: Vec<_> = old.iter().map(Key::copy).collect();
        keys.push(Key::generate(newest(&old).id.saturating_add(1), ids));
        Self::of(keys)
    }

    /// The newest key alone, for when nothing is sealed with the others any more.
    #[must_use]
    pub fn only_newest(&self) -> Self {
        Self::of(vec![newest(&self.keys()).copy()])
    }

    /// Takes over the keys of another keyring: from now on its newest seals, and only its keys open.
    pub fn adopt(&self, other: &Keyring) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = other.keys();
    }

    /// The ids of the keys, oldest first.
    pub fn key_ids(&self) -> Vec<u32> {
        self.keys().iter().map(|key| key.id).collect()
    }

    /// Seals with the newest key.
    pub fn seal(&self, place: &Place, value: &[u8], ids: &dyn Ids) -> Vec<u8> {
        let keys = self.keys();
        let key = newest(&keys);
        let mut nonce = [0; NONCE_BYTES];
        ids.fill(&mut nonce);
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: value, aad: place.0.as_bytes() })
            .expect("a value in memory is shorter than the cipher's limit of 256 GiB");
        let mut blob = Vec::with_capacity(HEADER_BYTES + NONCE_BYTES + sealed.len());
        blob.push(VERSION);
        blob.extend_from_slice(&key.id.to_be_bytes());
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(&sealed);
        blob
    }

    /// Opens a blob that was sealed for this place.
    pub fn open(&self, place: &Place, blob: &[u8]) -> Result<SecretSlice<u8>, SealError> {
        self.open_bytes(place, blob).map(SecretSlice::from)
    }

    /// Opens a blob that holds text.
    pub fn open_text(&self, place: &Place, blob: &[u8]) -> Result<SecretString, SealError> {
        let value = String::from_utf8(self.open_bytes(place, blob)?).map_err(|_| SealError::NotText)?;
        Ok(value.into())
    }

    /// Whether the blob was sealed with an older key than the newest.
    pub fn needs_reseal(&self, blob: &[u8]) -> Result<bool, SealError> {
        split(blob).map(|(id, _, _)| id != newest(&self.keys()).id)
    }

    fn open_bytes(&self, place: &Place, blob: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, nonce, sealed) = split(blob)?;
        let keys = self.keys();
        let key = keys.iter().find(|key| key.id == id).ok_or(SealError::UnknownKey(id))?;
        key.cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place.0.as_bytes() })
            .map_err(|_| SealError::Refused)
    }

    fn of(keys: Vec<Key>) -> Self {
        Self { keys: RwLock::new(keys.into()) }
    }

    fn keys(&self) -> Arc<[Key]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn newest(keys: &[Key]) -> &Key {
    keys.last().expect("a keyring is never empty")
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("key_ids", &self.key_ids()).finish_non_exhaustive()
    }
}

impl Key {
    fn generate(id: u32, ids: &dyn Ids) -> Self {
        Self { id, secret: SecretBox::init_with_mut(|secret: &mut [u8; KEY_BYTES]| ids.fill(secret)) }
    }

    fn parse(line: &str) -> Option<Self> {
        let (id, secret) = line.split_once(':')?;
        let secret = STANDARD.decode(secret.trim()).ok()?;
        let secret: [u8; KEY_BYTES] = secret.try_into().ok()?;
        Some(Self { id: id.trim().parse().ok()?, secret: SecretBox::new(Box::new(secret)) })
    }

    fn copy(&self) -> Self {
        Self { id: self.id, secret: SecretBox::new(Box::new(*self.secret.expose_secret())) }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.secret.expose_secret().into())
    }
}

/// Key id, nonce and ciphertext of a blob.
fn split(blob: &[u8]) -> Result<(u32, [u8; NONCE_BYTES], &[u8]), SealError> {
    let (version, rest) = blob.split_first().ok_or(SealError::Format)?;
    let (id, rest) = rest.split_first_chunk().ok_or(SealError::Format)?;
    let (nonce, sealed) = rest.split_first_chunk().ok_or(SealError::Format)?;
    if *version != VERSION {
        return Err(SealError::Format);
    }
    Ok((u32::from_be_bytes(*id), *nonce, sealed))
}
