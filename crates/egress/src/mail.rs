//! Mail, through the one server that the operator names. Its address is the operator's choice, so it is not guarded like
//! the URLs of users.

use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header::ContentType},
    transport::smtp::Error as SmtpError,
};

/// How long the server may take for one mail, all steps together.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the server may take for one step.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Whom an answer reaches; whoever sends it when nobody is named.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same in HTML, for readers that show it.
    pub html: Option<String>,
    /// Unique among all mails, and the same when one is sent again.
    pub id: String,
}

/// What the server said to a mail that it did not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// An address is none, or the mail cannot be written.
    #[error("The mail cannot be written: {reason}.")]
    Unwritable {
        /// What is wrong with it.
        reason: String,
    },
    /// The server refuses it, now (4xx) or for good (5xx).
    #[error("The mail server refused it: {reason}.")]
    Refused {
        /// The three digits.
        code: u16,
        /// What it said.
        reason: String,
    },
    /// The server could not be talked to.
    #[error("The mail server could not be reached: {reason}.")]
    Unreachable {
        /// Why.
        reason: String,
    },
}

/// A server of the operator's that is no such server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MailSetupError(String);

/// Sends mails.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mailer {
    /// Through the server at `smtp://` or `smtps://user:password@host:port`, as `from`: an address, or a name and an
    /// address in angle brackets.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSetupError> {
        let from =
            from.parse().map_err(|error| MailSetupError(format!("{from} is no mail address: {error}")))?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailSetupError("no mail server can be reached under such a URL".to_owned()))?;
        Ok(Self { transport: builder.timeout(Some(STEP_TIMEOUT)).build(), from })
    }

    /// Hands a mail to the server; the code with which it took it.
    pub async fn send(&self, mail: &Mail) -> Result<u16, MailError> {
        let message = self.message(mail)?;
        match tokio::time::timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(response)) => Ok(u16::from(response.code())),
            Ok(Err(error)) => Err(of_error(&error)),
            Err(_) => Err(MailError::Unreachable { reason: "it took too long".to_owned() }),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let unwritable = |reason: String| MailError::Unwritable { reason };
        let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| unwritable(error.to_string()));
        // A line end would begin another header.
        let subject = mail.subject.replace(['\r', '\n'], " ");
        let host = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(mailbox(&mail.to)?)
            .subject(subject)
            .message_id(Some(format!("<{}@{host}>", mail.id)));
        if let Some(reply_to) = &mail.reply_to {
            builder = builder.reply_to(mailbox(reply_to)?);
        }
        let written = match &mail.html {
            None => builder.header(ContentType::TEXT_PLAIN).body(mail.text.clone()),
            Some(html) => {
                builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone()))
            }
        };
        written.map_err(|error| unwritable(error.to_string()))
    }
}

fn of_error(error: &SmtpError) -> MailError {
    let reason = error.to_string();
    match error.status() {
        Some(code) => MailError::Refused { code: u16::from(code), reason },
        None => MailError::Unreachable { reason },
    }
}
