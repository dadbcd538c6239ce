//! Bodies of SDKs, unpacked while they arrive. Both what is sent and what it unpacks to are limited, and so is what the
//! process holds of all bodies together, so a small body that unpacks to a large one costs no more than a large one.

use std::io;

use async_compression::tokio::bufread::{
    BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};
use async_compression::zstd::DParameter;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt};
use mortise_service::{Ctx, ingest::BodyLease};
use mortise_wire::envelope::{HEADER_BYTES_MAX, IngestError};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

/// The largest window that a zstd body may ask for, as a power of two: 8 MiB, which every decoder supports.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

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
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let stream = body.into_data_stream().map_err(io::Error::other).map(move |chunk| {
        let chunk = chunk?;
        if counted.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len() > limits.sent_bytes_max {
            return Err(io::Error::other("too large"));
        }
        Ok(chunk)
    });
    let reader = unpacking(StreamReader::new(Box::pin(stream)), encoding).await?;
    let unpacked = collect(ctx, reader, limits).await;
    if sent.load(Ordering::Relaxed) > limits.sent_bytes_max {
        Err(IngestError::BodyTooLarge)
    } else {
        unpacked
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

async fn collect(ctx: &Ctx, mut reader: Reader, limits: BodyLimits) -> Result<Unpacked, IngestError> {
    let mut lease = ctx.ingest().lend_body().ok_or(IngestError::Overload)?;
    let mut bytes = BytesMut::new();
    let mut header_is_over = !limits.has_header_line;
    loop {
        if bytes.capacity() == bytes.len() {
            bytes.reserve(CHUNK_BYTES);
        }
        if !lease.grow_to(bytes.capacity()) {
            return Err(IngestError::Overload);
        }
        let from = bytes.len();
        if reader.read_buf(&mut bytes).await.map_err(|_| IngestError::InvalidBody)? == 0 {
            break;
        }
        if bytes.len() > limits.unpacked_bytes_max {
            return Err(IngestError::BodyTooLarge);
        }
        if !header_is_over {
            header_is_over = bytes[from..].contains(&b'\n');
            if !header_is_over && bytes.len() > HEADER_BYTES_MAX {
                return Err(IngestError::InvalidEnvelope);
            }
        }
    }
    Ok(Unpacked { bytes: bytes.freeze(), _lease: lease })
}
