//! A mail server on a port of this machine: keeps what it gets, or refuses every recipient.

use std::sync::{Arc, Mutex, PoisonError};

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

    /// What came: recipient in angle brackets and message, by recipient.
    pub fn taken(&self) -> Vec<(String, String)> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        taken.sort();
        taken
    }
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
                text.push_str(&line);
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
