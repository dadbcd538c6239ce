//! Reading JSON from outside, with a depth limit, in two ways.
//!
//! [`parse_strict`] reads API bodies and words its errors as Python's reader does, because that is what the answer to
//! a malformed body quotes. [`parse_lenient`] reads what SDKs send: bare `NaN` and `Infinity` become null, invalid
//! UTF-8 and lone surrogates become U+FFFD, NUL characters (which PostgreSQL texts cannot hold) are dropped.
//! In both the last of equal keys wins and keeps the place of the first.

use std::{borrow::Cow, fmt};

use serde_json::{Map, Number, Value};

/// Deepest nesting of lists and objects that is read.
pub const JSON_DEPTH_MAX: usize = 128;

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// The grammar is broken.
    Syntax {
        /// What was expected.
        message: &'static str,
        /// Line from 1.
        line: usize,
        /// Column in characters from 1.
        column: usize,
        /// Characters before the place.
        char: usize,
    },
    /// `NaN`, `Infinity` or a number beyond a float.
    OutOfRange(String),
    /// Not UTF-8.
    Encoding {
        /// The first bad byte.
        byte: u8,
        /// Bytes before it.
        position: usize,
    },
    /// More than [`JSON_DEPTH_MAX`] levels.
    TooDeep,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, line, column, char } => {
                write!(f, "{message}: line {line} column {column} (char {char})")
            }
            Self::OutOfRange(text) => {
                write!(f, "Out of range float values are not JSON compliant: '{text}'")
            }
            Self::Encoding { byte, position } => {
                write!(
                    f,
                    "'utf-8' codec can't decode byte {byte:#04x} in position {position}: invalid start byte"
                )
            }
            Self::TooDeep => write!(f, "more than {JSON_DEPTH_MAX} levels of nesting"),
        }
    }
}

impl std::error::Error for JsonError {}

/// Reads the body of an API request.
pub fn parse_strict(body: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let position = error.valid_up_to();
        JsonError::Encoding { byte: body.get(position).copied().unwrap_or_default(), position }
    })?;
    Reader { text, at: 0, lenient: false }.document()
}

/// Reads JSON of an SDK.
pub fn parse_lenient(body: &[u8]) -> Result<Value, JsonError> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Reader { text, at: 0, lenient: true }.document()
}

struct Reader<'a> {
    text: &'a str,
    /// Byte position.
    at: usize,
    lenient: bool,
}

type Read<T> = Result<T, JsonError>;

impl<'a> Reader<'a> {
    fn document(mut self) -> Read<Value> {
        if self.text.starts_with('\u{feff}') {
            return Err(self.error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
        }
        self.skip_space();
        let value = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() { Err(self.error("Extra data", self.at)) } else { Ok(value) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn error(&self, message: &'static str, at: usize) -> JsonError {
        let before = &self.text[..at];
        let char = before.chars().count();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError::Syntax {
            message,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            char,
        }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > JSON_DEPTH_MAX {
            return Err(JsonError::TooDeep);
        }
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') if self.digit_follows() => self.number(),
            _ if self.take("null") => Ok(Value::Null),
            _ if self.take("true") => Ok(Value::Bool(true)),
            _ if self.take("false") => Ok(Value::Bool(false)),
            _ => self.constant(),
        }
    }

    /// `NaN` and the infinities, which are no JSON but are sent.
    fn constant(&mut self) -> Read<Value> {
        for word in ["NaN", "Infinity", "-Infinity"] {
            if self.take(word) {
                return self.out_of_range(word);
            }
        }
        Err(self.error("Expecting value", self.at))
    }

    fn out_of_range(&self, text: &str) -> Read<Value> {
        if self.lenient { Ok(Value::Null) } else { Err(JsonError::OutOfRange(text.to_owned())) }
    }

    fn digit_follows(&self) -> bool {
        let next = self.at + usize::from(self.peek() == Some(b'-'));
        self.text.as_bytes().get(next).is_some_and(u8::is_ascii_digit)
    }

    fn digits_from(&self, at: usize) -> usize {
        self.text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn number(&mut self) -> Read<Value> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + usize::from(bytes[start] == b'-');
        // A leading zero stands alone; what follows is an error of the caller.
        end += if bytes[end] == b'0' { 1 } else { self.digits_from(end) };
        let integer_end = end;
        if bytes.get(end) == Some(&b'.') && self.digits_from(end + 1) > 0 {
            end += 1 + self.digits_from(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if end + 1 + sign <= bytes.len() && self.digits_from(end + 1 + sign) > 0 {
                end += 1 + sign + self.digits_from(end + 1 + sign);
            }
        }
        self.at = end;
        let text = &self.text[start..end];
        if end == integer_end {
            if let Ok(integer) = text.parse::<i64>() {
                return Ok(Value::from(integer));
            }
            if let Ok(integer) = text.parse::<u64>() {
                return Ok(Value::from(integer));
            }
        }
        match text.parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Ok(Value::Number(number)),
            None => self.out_of_range(text),
        }
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take("]") {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take("]") {
                return Ok(Value::Array(items));
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter", self.at));
            }
            self.skip_space();
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        let mut map = Map::new();
        self.at += 1;
        self.skip_space();
        if self.take("}") {
            return Ok(Value::Object(map));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("Expecting property name enclosed in double quotes", self.at));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(":") {
                return Err(self.error("Expecting ':' delimiter", self.at));
            }
            self.skip_space();
            let value = self.value(depth + 1)?;
            map.insert(key, value);
            self.skip_space();
            if self.take("}") {
                return Ok(Value::Object(map));
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter", self.at));
            }
            self.skip_space();
        }
    }

    fn string(&mut self) -> Read<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let Some(stop) = stop else { return Err(self.error("Unterminated string starting at", start)) };
            out.push_str(&rest[..stop]);
            self.at += stop;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(start, &mut out)?,
                Some(0) if self.lenient => self.at += 1,
                Some(control) if self.lenient => {
                    out.push(char::from(control));
                    self.at += 1;
                }
                _ => return Err(self.error("Invalid control character at", self.at)),
            }
        }
    }

    fn escape(&mut self, start: usize, out: &mut String) -> Read<()> {
        let backslash = self.at;
        let plain = match self.text.as_bytes().get(backslash + 1) {
            None => return Err(self.error("Unterminated string starting at", start)),
            Some(b'u') => return self.unicode_escape(out),
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(*quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(_) => return Err(self.error("Invalid \\escape", backslash)),
        };
        out.push(plain);
        self.at = backslash + 2;
        Ok(())
    }

    /// `\uXXXX`, or two of them that make one character; a surrogate on its own becomes U+FFFD.
    fn unicode_escape(&mut self, out: &mut String) -> Read<()> {
        let letter = self.at + 1;
        let Some(unit) = self.hex4(letter + 1).filter(|_| letter + 5 < self.text.len()) else {
            return Err(self.error("Invalid \\uXXXX escape", letter));
        };
        self.at = letter + 5;
        let mut character = char::from_u32(unit);
        if (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            let low = self.hex4(self.at + 2).filter(|low| (0xDC00..0xE000).contains(low));
            if let Some(low) = low {
                character = char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                self.at += 6;
            }
        }
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        if character != '\0' || !self.lenient {
            out.push(character);
        }
        Ok(())
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits =
            self.text.get(at..at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// The text without NUL characters, which PostgreSQL texts cannot hold.
pub fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}
