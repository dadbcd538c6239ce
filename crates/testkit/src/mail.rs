//! A mail server on a port of this machine: keeps what it gets, or refuses every recipient. Mails in two parts are read as
//! readers of mail read them.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mortise_egress::Mailer;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// The server.
#[derive(Debug)]
pub struct MailServer {
    url: String,
    taken: Taken,
}

/// Recipient and message, as they came.
type Taken = Arc<Mutex<Vec<(String, String)>>>;

impl MailServer {
    /// Takes everything.
    pub async fn start() -> Self {
        Self::answering("250 ok").await
    }

    /// Refuses every recipient with this answer, such as `450 later`.
    pub async fn refusing(answer: &'static str) -> Self {
        Self::answering(answer).await
    }

    async fn answering(recipients: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let taken = Taken::default();
        let shared = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&shared);
                // A client that goes away has ended the talk.
                tokio::spawn(async move { drop(talk(stream, recipients, taken).await) });
            }
        });
        Self { url, taken }
    }

    /// Sends mails through it, as `Mortise <mortise@m.test>`.
    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.url, "Mortise <mortise@m.test>").expect("a mailer")
    }

    /// What came, in two parts each, by recipient.
    ///
    /// # Panics
    ///
    /// When something came that has not two parts.
    pub fn letters(&self) -> Vec<Letter> {
        self.taken().into_iter().map(Letter::read).collect()
    }

    /// What came: recipient in angle brackets and message, by recipient.
    pub fn taken(&self) -> Vec<(String, String)> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        taken.sort();
        taken
    }
}

/// A mail in two parts, as its reader may look at either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Recipient in angle brackets.
    pub to: String,
    /// The headers of the whole.
    pub headers: String,
    /// The text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

impl Letter {
    /// Reads a mail that offers a text and HTML, in this order.
    ///
    /// # Panics
    ///
    /// When it is no such mail.
    fn read((to, message): (String, String)) -> Self {
        let (headers, body) = message.split_once("\n\n").expect("headers and a body");
        let headers = headers.replace("\n ", " ").replace("\n\t", " ");
        assert!(headers.contains("Content-Type: multipart/alternative;"), "{headers}");
        let boundary = headers.split("boundary=\"").nth(1).and_then(|it| it.split('"').next());
        let mark = format!("--{}", boundary.expect("a boundary"));
        let parts: Vec<&str> = body.split(mark.as_str()).collect();
        let [_, text, html, end] = parts[..] else { panic!("not two parts:\n{body}") };
        assert!(end.starts_with("--"), "the last part has no end:\n{body}");
        Self { text: part(text, "text/plain"), html: part(html, "text/html"), to, headers }
    }
}

/// What a part of this type says.
fn part(part: &str, kind: &str) -> String {
    let (headers, body) = part.trim_start_matches('\n').split_once("\n\n").expect("headers and a body");
    assert!(headers.contains(&format!("Content-Type: {kind}; charset=utf-8")), "{headers}");
    // The line end before the mark belongs to the mark.
    let body = body.strip_suffix('\n').unwrap_or(body);
    let encoding = headers.lines().find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "));
    let bytes = match encoding {
        Some("base64") => STANDARD.decode(body.replace('\n', "")).expect("base64"),
        Some("quoted-printable") => unquoted(body),
        _ => return body.to_owned(),
    };
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\n", "");
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two hex digits"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

async fn talk(stream: TcpStream, recipients: &'static str, taken: Taken) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await?;
    let (mut to, mut text, mut is_data) = (String::new(), String::new(), false);
    while let Some(line) = lines.next_line().await? {
        let answer = match line.as_str() {
            "." if is_data => {
                is_data = false;
                let message = (to.clone(), std::mem::take(&mut text));
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(message);
                "250 taken"
            }
            _ if is_data => {
                // A dot at the start of a line is sent twice.
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
                continue;
            }
            "DATA" => {
                is_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            line if line.starts_with("RCPT") => {
                to = line.replace("RCPT TO:", "");
                recipients
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
