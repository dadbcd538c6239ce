//! Passwords: Argon2id with the parameters that [OWASP] recommends, stored in the usual `$argon2id$…` form.
//!
//! One check costs tens of milliseconds and 19 MiB of memory by design. Callers run it on a blocking thread and bound
//! how many run at once.
//!
//! [OWASP]: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use mortise_domain::Ids;
use secrecy::{ExposeSecret, SecretString};

/// Longer passwords are refused before any work is done on them.
pub const PASSWORD_BYTES_MAX: usize = 1024;
const SALT_BYTES: usize = 16;

/// Makes and checks password hashes.
///
/// ```
/// use mortise_crypto::Passwords;
/// use mortise_domain::SystemIds;
///
/// let passwords = Passwords::with_cost(8, 1, &SystemIds).unwrap(); // cheap, for examples and tests only
/// let stored = passwords.hash(&"correct horse".into(), &SystemIds).unwrap();
/// assert!(passwords.verify(&"correct horse".into(), Some(&stored)).unwrap());
/// assert!(!passwords.verify(&"battery staple".into(), Some(&stored)).unwrap());
/// assert!(!passwords.verify(&"correct horse".into(), None).unwrap()); // takes as long
/// ```
pub struct Passwords {
    argon2: Argon2<'static>,
    /// A hash of nothing anybody knows, checked when there is no user to check against.
    decoy: String,
}

/// Why a password could not be hashed or checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Longer than [`PASSWORD_BYTES_MAX`].
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// What is stored is no hash: damage, not a wrong password.
    #[error("the stored password hash cannot be read: {0}")]
    Stored(String),
    /// The cost is outside what the algorithm can do.
    #[error("password hashing failed: {0}")]
    Hashing(String),
}

impl Passwords {
    /// With the cost for real use.
    pub fn new(ids: &dyn Ids) -> Result<Self, PasswordError> {
        Self::with_cost(Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, ids)
    }

    /// With another cost; tests use 8 KiB and one pass.
    pub fn with_cost(memory_kib: u32, passes: u32, ids: &dyn Ids) -> Result<Self, PasswordError> {
        let params = Params::new(memory_kib, passes, Params::DEFAULT_P_COST, None)
            .map_err(|error| PasswordError::Hashing(error.to_string()))?;
        let decoy = decoy(&params, ids).map_err(|error| PasswordError::Hashing(error.to_string()))?;
        Ok(Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), decoy })
    }

    /// What to store for a new password.
    pub fn hash(&self, password: &SecretString, ids: &dyn Ids) -> Result<String, PasswordError> {
        let password = password.expose_secret().as_bytes();
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        let mut salt = [0; SALT_BYTES];
        ids.fill(&mut salt);
        let hash = self.argon2.hash_password_with_salt(password, &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hashing(error.to_string()))
    }

    /// Whether this is the password. `stored` is `None` when there is no such person or the person has no password;
    /// the answer is then no, and takes as long as with one, so that nobody learns who exists.
    pub fn verify(&self, password: &SecretString, stored: Option<&str>) -> Result<bool, PasswordError> {
        let text = stored.unwrap_or(&self.decoy);
        let hash = PasswordHash::new(text).map_err(|error| PasswordError::Stored(error.to_string()))?;
        let password = password.expose_secret().as_bytes();
        // Cutting keeps the time bounded; what was cut cannot be right, because no such password was ever stored.
        let fits = password.len() <= PASSWORD_BYTES_MAX;
        let password = &password[..password.len().min(PASSWORD_BYTES_MAX)];
        let equal = self.argon2.verify_password(password, &hash).is_ok();
        Ok(equal && fits && stored.is_some())
    }

    /// Whether a hash was made with another cost and should be renewed at the next sign-in.
    pub fn needs_rehash(&self, stored: &str) -> bool {
        PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok()).is_none_or(|params| {
            let now = self.argon2.params();
            params.m_cost() != now.m_cost() || params.t_cost() != now.t_cost()
        })
    }
}

/// Random bytes in the form of a hash. Nothing was hashed: the start of the server does not wait for it.
fn decoy(params: &Params, ids: &dyn Ids) -> Result<String, argon2::password_hash::Error> {
    let (mut salt, mut output) = ([0; SALT_BYTES], [0; Params::DEFAULT_OUTPUT_LEN]);
    ids.fill(&mut salt);
    ids.fill(&mut output);
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(Output::new(&output)?),
    };
    Ok(hash.to_string())
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}
