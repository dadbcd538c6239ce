//! The smallest HTTP/1.1 that a load generator needs: one blocking keep-alive connection per sender thread, and the
//! reading half shared with the receiver. A full client would take processor time away from what is measured.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

const TIMEOUT: Duration = Duration::from_secs(30);
const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A connection that is used for one request after another.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

pub(super) struct Answer {
    pub(super) status: u16,
    /// What was set, as `name=value`.
    pub(super) cookies: Vec<String>,
    pub(super) body: Vec<u8>,
}

/// A request or an answer.
pub(super) struct Message {
    /// The first line.
    pub(super) line: String,
    cookies: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self { stream: BufReader::new(stream), address })
    }

    /// `headers` are whole lines, each with its line end.
    pub(super) fn get(&mut self, path: &str, headers: &str) -> Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.address), &[])
    }

    pub(super) fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        let (address, length) = (self.address, body.len());
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.send(&head, body)
    }

    fn send(&mut self, head: &str, body: &[u8]) -> Result<Answer> {
        self.stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let Message { line, cookies, body } =
            read_message(&mut self.stream)?.context("the server closed the connection")?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("not a status line: {line}"))?;
        Ok(Answer { status, cookies, body })
    }
}

/// Reads what a load generator needs of a request or an answer; `None` when the other side has closed.
pub(super) fn read_message(stream: &mut impl BufRead) -> Result<Option<Message>> {
    let line = read_line(stream)?;
    if line.is_empty() {
        return Ok(None);
    }
    let (mut length, mut chunked, mut cookies) = (0, false, Vec::new());
    loop {
        let header = read_line(stream)?;
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            "set-cookie" => cookies.extend(value.split(';').next().map(|pair| pair.trim().to_owned())),
            _ => {}
        }
    }
    let body = if chunked { read_chunks(stream)? } else { read_bytes(stream, length)? };
    Ok(Some(Message { line, cookies, body }))
}

fn read_chunks(stream: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let length = usize::from_str_radix(&read_line(stream)?, 16)?;
        body.extend(read_bytes(stream, length)?);
        read_line(stream)?;
        if length == 0 || body.len() > MESSAGE_BYTES_MAX {
            return Ok(body);
        }
    }
}

fn read_bytes(stream: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    if length > MESSAGE_BYTES_MAX {
        bail!("a message of {length} bytes");
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

/// A line without its end; empty at the end of the input.
fn read_line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.take(64 * 1024).read_line(&mut line)?;
    line.truncate(line.trim_end().len());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Message> {
        read_message(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn a_body_of_known_length_is_read_to_its_end() {
        let text = "HTTP/1.1 200 OK\r\nSet-Cookie: Sid=aB=; Path=/\r\nContent-Length: 2\r\n\r\n{}rest";
        let message = read(text).unwrap();
        assert_eq!((message.line.as_str(), message.body.as_slice()), ("HTTP/1.1 200 OK", b"{}".as_slice()));
        assert_eq!(message.cookies, ["Sid=aB="]);
    }

    #[test]
    fn a_chunked_body_is_put_together() {
        let text =
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(read(text).unwrap().body, b"abc0123456789");
    }

    #[test]
    fn a_closed_connection_is_no_message() {
        assert!(read("").is_none());
    }
}
