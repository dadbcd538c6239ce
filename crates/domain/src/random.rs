//! Randomness is a parameter: ids, tokens and secrets come from the [`Ids`] of the context.

use rand::Rng;

/// The source of random identifiers and secrets.
pub trait Ids: Send + Sync + 'static {
    /// Fills `out` with bytes fit for secrets.
    fn fill(&self, out: &mut [u8]);

    /// A version 4 UUID.
    fn uuid(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// `bytes` random bytes as lowercase hex: twice as many characters.
    fn hex(&self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        hex(&buffer)
    }

    /// A random word of lowercase letters.
    fn letters(&self, length: usize) -> String {
        let mut buffer = vec![0; length];
        self.fill(&mut buffer);
        buffer.iter().map(|byte| char::from(b'a' + byte % 26)).collect()
    }
}

/// Lowercase hex of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn fill(&self, out: &mut [u8]) {
        rand::rng().fill_bytes(out);
    }
}
