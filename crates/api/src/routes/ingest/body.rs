//! Bodies of SDKs, unpacked while they arrive. Both what is sent and what it unpacks to are limited, and so are the time
//! that takes and what the process holds of all bodies together: a small body that unpacks to a large one costs no more
//! than a large one, and a sender who dawdles does not keep others out.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_compression::{
    tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder},
    zstd::DParameter,
};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt};
use mortise_service::{Ctx, ingest::BodyLease};
use mortise_wire::envelope::{HEADER_BYTES_MAX, IngestError};
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    time::Instant,
};
use tokio_util::io::StreamReader;

/// The largest window that a zstd body may ask for, as a power of two: 8 MiB, which every decoder supports.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIME_MAX: Duration = Duration::from_secs(120);

/// How large a body may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// As sent.
    pub(super) sent_bytes_max: usize,
    /// Unpacked.
    pub(super) unpacked_bytes_max: usize,
    /// Whether its first line is a header, which is short.
    pub(super) has_header_line: bool,
}

/// A body and the memory lent to it, which is given back with it.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) bytes: Bytes,
    _lease: BodyLease,
}

/// Reads and unpacks a body.
pub(super) async fn read(
    ctx: &Ctx,
    body: Body,
    encoding: Option<&[u8]>,
    limits: BodyLimits,
) -> Result<Unpacked, IngestError> {
    Arriving::new(ctx, body, encoding, limits).await?.rest().await
}

/// A body of which a part may be there.
pub(super) struct Arriving {
    reader: Reader,
    sent: Arc<AtomicUsize>,
    limits: BodyLimits,
    lease: BodyLease,
    bytes: BytesMut,
    is_over: bool,
    until: Instant,
}

impl Arriving {
    /// Begins to unpack a body.
    pub(super) async fn new(
        ctx: &Ctx,
        body: Body,
        encoding: Option<&[u8]>,
        limits: BodyLimits,
    ) -> Result<Self, IngestError> {
        let until = Instant::now() + BODY_TIME_MAX;
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let stream = body.into_data_stream().map_err(io::Error::other).map(move |chunk| {
            let chunk = chunk?;
            if counted.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len() > limits.sent_bytes_max {
                return Err(io::Error::other("too large"));
            }
            Ok(chunk)
        });
        let reader = unpacking(StreamReader::new(Box::pin(stream)), encoding);
        let reader = tokio::time::timeout_at(until, reader).await.map_err(|_| IngestError::InvalidBody)??;
        let lease = ctx.ingest().lend_body().ok_or(IngestError::Overload)?;
        Ok(Self { reader, sent, limits, lease, bytes: BytesMut::new(), is_over: false, until })
    }

    /// What comes before the first line feed or the end.
    pub(super) async fn first_line(&mut self) -> Result<&[u8], IngestError> {
        let end = loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                break end;
            }
            match self.is_over {
                true if self.bytes.is_empty() => return Err(IngestError::EmptyBody),
                true => break self.bytes.len(),
                false => self.more().await?,
            }
        };
        Ok(&self.bytes[..end])
    }

    /// The whole body.
    pub(super) async fn rest(mut self) -> Result<Unpacked, IngestError> {
        if self.limits.has_header_line {
            self.first_line().await?;
        }
        while !self.is_over {
            self.more().await?;
        }
        Ok(Unpacked { bytes: self.bytes.freeze(), _lease: self.lease })
    }

    /// Reads on, within the limits.
    async fn more(&mut self) -> Result<(), IngestError> {
        if self.bytes.capacity() == self.bytes.len() {
            self.bytes.reserve(CHUNK_BYTES);
        }
        if !self.lease.grow_to(self.bytes.capacity()) {
            return Err(IngestError::Overload);
        }
        let from = self.bytes.len();
        let read = tokio::time::timeout_at(self.until, self.reader.read_buf(&mut self.bytes)).await;
        if self.sent.load(Ordering::Relaxed) > self.limits.sent_bytes_max {
            return Err(IngestError::BodyTooLarge);
        }
        match read {
            Ok(Ok(count)) => self.is_over = count == 0,
            Ok(Err(_)) | Err(_) => return Err(IngestError::InvalidBody),
        }
        if self.bytes.len() > self.limits.unpacked_bytes_max {
            return Err(IngestError::BodyTooLarge);
        }
        let is_in_header = self.limits.has_header_line && from <= HEADER_BYTES_MAX;
        if is_in_header && self.bytes.len() > HEADER_BYTES_MAX && !self.bytes.contains(&b'\n') {
            return Err(IngestError::InvalidEnvelope);
        }
        Ok(())
    }
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;

async fn unpacking<R>(reader: R, encoding: Option<&[u8]>) -> Result<Reader, IngestError>
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    let encoding = encoding.unwrap_or_default().trim_ascii().to_ascii_lowercase();
    Ok(match encoding.as_slice() {
        b"" | b"identity" => Box::new(reader),
        b"gzip" | b"x-gzip" => {
            let mut decoder = GzipDecoder::new(reader);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        b"br" => Box::new(BrotliDecoder::new(reader)),
        b"zstd" => {
            let mut decoder =
                ZstdDecoder::with_params(reader, &[DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX)]);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        b"deflate" => deflate(reader).await?,
        _ => return Err(IngestError::InvalidBody),
    })
}

/// The name means zlib, and many send the bare stream.
async fn deflate<R>(reader: R) -> Result<Reader, IngestError>
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    let mut reader = BufReader::new(reader);
    let head = reader.fill_buf().await.map_err(|_| IngestError::InvalidBody)?;
    let is_zlib = head.first().is_some_and(|first| first & 0x0f == 8)
        && head.get(1).is_none_or(|second| u16::from_be_bytes([head[0], *second]) % 31 == 0);
    Ok(if is_zlib { Box::new(ZlibDecoder::new(reader)) } else { Box::new(DeflateDecoder::new(reader)) })
}
